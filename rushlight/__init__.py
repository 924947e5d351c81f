"""Rushlight."""

from rushlight import _ops
from rushlight._base.dtype import *  # noqa: F403
from rushlight._core.tensor import Tensor
from rushlight._core.expose import TORCH
globals().update(TORCH)

"""Automatic differentiation: torch.autograd's names."""

from rushlight._core.grad_mode import (
    enable_grad,
    inference_mode,
    no_grad,
    set_grad_enabled,
)
from rushlight._core.tensor import Tensor as Variable
from rushlight.autograd import graph
from rushlight.autograd.anomaly import detect_anomaly, set_detect_anomaly
from rushlight.autograd.backward import backward, grad
from rushlight.autograd.function import Function
from rushlight.autograd.gradcheck import gradcheck, gradgradcheck

__all__ = [
    "Function",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
]

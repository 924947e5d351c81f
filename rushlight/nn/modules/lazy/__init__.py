"""Layers that find out their input's size from their first input."""

from rushlight.nn.modules.lazy.mixin import LazyModuleMixin
from rushlight.nn.modules.lazy.layers import *

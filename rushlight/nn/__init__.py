"""Neural networks: Module, layers, losses, initial values and helpers."""

from rushlight.nn.modules import *
from rushlight.nn.parameter import (
    Buffer,
    Parameter,
    UninitializedBuffer,
    UninitializedParameter,
)
from rushlight.nn import functional, init, modules, parameter, utils

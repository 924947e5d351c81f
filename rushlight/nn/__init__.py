"""Neural networks: Module, layers, losses, initial values and helpers."""

from rushlight.nn import functional, init, modules, parameter, utils
from rushlight.nn.modules import *
from rushlight.nn.modules import Module
from rushlight.nn.parameter import Buffer, Parameter

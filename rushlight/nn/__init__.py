"""Neural networks: Module, layers, losses, initial values and helpers."""

from rushlight.nn.modules import *
from rushlight.nn.parameter import (
    Buffer,
    Parameter,
    UninitializedBuffer,
    UninitializedParameter,
)
from rushlight.nn import functional, init, modules, parameter, utils

#: Imported when they are first used.
_ROOMS = ("attention", "grad", "parallel")


def __getattr__(name):
    import importlib

    if name in _ROOMS:
        return importlib.import_module(f"rushlight.nn.{name}")
    if name == "DataParallel":
        return importlib.import_module("rushlight.nn.parallel").DataParallel
    from rushlight._doors import missing_name

    raise missing_name("rushlight.nn", name, [*globals(), *_ROOMS, "DataParallel"])


def __dir__():
    return sorted({*globals(), *_ROOMS, "DataParallel"})

"""Automatic differentiation: torch.autograd's names."""

from rushlight._core.grad_mode import (
    enable_grad,
    inference_mode,
    no_grad,
    set_grad_enabled,
)
from rushlight.autograd import graph
from rushlight.autograd.anomaly import detect_anomaly, set_detect_anomaly
from rushlight.autograd.backward import backward, grad
from rushlight.autograd.function import Function
from rushlight.autograd.gradcheck import gradcheck, gradgradcheck
from rushlight.autograd.variable import Variable

#: Imported when they are first used.
_ROOMS = ("forward_ad", "functional", "profiler")


def __getattr__(name):
    from rushlight._doors import missing_name

    if name in _ROOMS:
        import importlib

        try:
            return importlib.import_module(f"rushlight.autograd.{name}")
        except ModuleNotFoundError:
            pass
    raise missing_name("rushlight.autograd", name, __all__)


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

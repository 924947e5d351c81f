"""Optimizers: torch.optim's names."""

from rushlight.optim.optimizer import Optimizer
from rushlight.optim.adam import Adam
from rushlight.optim.adamw import AdamW
from rushlight.optim.sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer"]


def __getattr__(name):
    from rushlight._doors import missing_name

    raise missing_name("rushlight.optim", name, __all__)

"""Optimizers: torch.optim's names."""

from rushlight.optim.optimizer import Optimizer
from rushlight.optim.adam import Adam
from rushlight.optim.adamw import AdamW
from rushlight.optim.sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer"]


def __getattr__(name):
    from rushlight._doors import missing_name, opened

    found = opened(
        f"optim.{name}", {"optim.lr_scheduler", "optim.swa_utils"}, globals()
    )
    if found is None:
        raise missing_name("rushlight.optim", name, globals())
    globals()[name] = found
    return found

"""Optimizers and what belongs to them: torch.optim's names."""

from rushlight.optim.optimizer import Optimizer
from rushlight.optim.adadelta import Adadelta
from rushlight.optim.adafactor import Adafactor
from rushlight.optim.adagrad import Adagrad
from rushlight.optim.adam import Adam
from rushlight.optim.adamax import Adamax
from rushlight.optim.adamw import AdamW
from rushlight.optim.asgd import ASGD
from rushlight.optim.lbfgs import LBFGS
from rushlight.optim.muon import Muon
from rushlight.optim.nadam import NAdam
from rushlight.optim.radam import RAdam
from rushlight.optim.rmsprop import RMSprop
from rushlight.optim.rprop import Rprop
from rushlight.optim.sgd import SGD
from rushlight.optim.sparse_adam import SparseAdam

__all__ = [
    "ASGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "LBFGS",
    "Muon",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "SGD",
    "SparseAdam",
]


#: Imported when they are first used.
_ROOMS = ("lr_scheduler", "swa_utils")


def __getattr__(name):
    if name in _ROOMS:
        import importlib

        return importlib.import_module(f"rushlight.optim.{name}")
    from rushlight._doors import missing_name

    raise missing_name("rushlight.optim", name, [*__all__, *_ROOMS])


def __dir__():
    return sorted([*globals(), *_ROOMS])

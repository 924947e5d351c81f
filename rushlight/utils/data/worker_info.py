"""What a worker process knows of itself."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class WorkerInfo:
    """One worker: its number, how many there are, its seed and its dataset."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


_current = None


def get_worker_info():
    """This process's WorkerInfo inside a DataLoader's worker; None elsewhere.

    >>> get_worker_info() is None
    True
    """
    return _current


def set_worker_info(info):
    """Make this process a worker."""
    global _current
    _current = info

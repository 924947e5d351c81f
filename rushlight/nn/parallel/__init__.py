"""Modules on several devices: torch.nn.parallel's names, as far as there are any."""

from rushlight.nn.parallel.data_parallel import DataParallel, data_parallel
from rushlight.nn.parallel.distributed import DistributedDataParallel

__all__ = ["DataParallel", "DistributedDataParallel", "data_parallel"]


def __getattr__(name):
    from rushlight._doors import missing_name

    raise missing_name("rushlight.nn.parallel", name, __all__)

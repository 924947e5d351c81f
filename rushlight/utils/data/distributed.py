"""DistributedSampler: the part of a dataset that one of several processes reads."""

import math

from rushlight import distributed
from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight._core.expose import TORCH
from rushlight._core.generator import Generator
from rushlight.utils.data.sampler import Sampler

__all__ = ["DistributedSampler"]


class DistributedSampler(Sampler):
    """Every num_replicas-th index, beginning with rank.

    Args:
        dataset: has a length.
        num_replicas, rank: how many processes read, and which this is; there is no
            process group here to ask, so both must be given.
        shuffle: in another order each epoch, see `set_epoch`.
        seed: of the order, the same in all processes.
        drop_last: leave indices away, else repeat some, so that all read as many.

    Raises:
        RuntimeError: where num_replicas or rank is left out.
        ValueError: for a rank outside [0, num_replicas).

    >>> list(DistributedSampler(range(5), 2, 0, shuffle=False))
    [0, 2, 4]
    """

    def __init__(
        self,
        dataset,
        num_replicas=None,
        rank=None,
        shuffle=True,
        seed=0,
        drop_last=False,
    ):
        if (num_replicas is None or rank is None) and not distributed.is_available():
            raise ArgumentRuntimeError(
                explain(
                    "DistributedSampler()",
                    expected="num_replicas and rank",
                    got="neither, and requires distributed package to be available",
                    do="Give both.",
                )
            )
        if not 0 <= rank < num_replicas:
            raise ArgumentError(
                explain(
                    "DistributedSampler()",
                    expected=f"rank in the interval [0, {num_replicas - 1}]",
                    got=rank,
                    do="Count processes from 0.",
                )
            )
        self.dataset, self.num_replicas, self.rank = dataset, num_replicas, rank
        self.epoch, self.drop_last = 0, drop_last
        count = len(dataset)
        if drop_last and count % num_replicas:
            count -= num_replicas
        self.num_samples = math.ceil(count / num_replicas)
        self.total_size = self.num_samples * num_replicas
        self.shuffle, self.seed = shuffle, seed

    def __iter__(self):
        count = len(self.dataset)
        if self.shuffle:
            generator = Generator().manual_seed(self.seed + self.epoch)
            indices = TORCH["randperm"](count, generator=generator).tolist()
        else:
            indices = list(range(count))
        if not self.drop_last:
            missing = self.total_size - count
            times = math.ceil(missing / count) if count else 0
            indices += (indices * times)[:missing]
        return iter(indices[self.rank : self.total_size : self.num_replicas])

    def __len__(self):
        return self.num_samples

    def set_epoch(self, epoch):
        """Choose the order of an epoch; call it before each."""
        self.epoch = epoch

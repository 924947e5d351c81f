"""Passes over a loader: the first are seen by the checks that are interested."""

import weakref

from rushlight.guard.checks.data import (
    data_order,
    uneven_mean,
    worker_random,
    worker_stream,
)
from rushlight.guard.checks.optim import learning_rate

_PASSES = 4  # the first of which are often left after a batch, to look at that
_counts = weakref.WeakKeyDictionary()


def loading(loader, iterator):
    """A pass over a loader begins; returns what is iterated."""
    learning_rate.passing(loader)
    count = _counts[loader] = _counts.get(loader, 0) + 1
    if count > _PASSES:
        return iterator
    watching = [
        check.watched(loader, iterator)
        for check in (data_order, worker_stream, worker_random, uneven_mean)
    ]
    watching = [each for each in watching if each is not None]
    return Pass(iterator, watching) if watching else iterator


class Pass:
    """One pass, of which each check sees the batches until it loses interest.

    What a check gives for a loader has ``interested(batch) -> bool`` and ``over()``.
    """

    def __init__(self, iterator, watching):
        self._iterator, self._watching = iterator, watching

    def __iter__(self):
        return self

    def __len__(self):
        return len(self._iterator)

    def __getattr__(self, name):
        return getattr(self.__dict__["_iterator"], name)

    def __next__(self):
        watching = self._watching
        if not watching:
            return next(self._iterator)
        try:
            batch = next(self._iterator)
        except StopIteration:
            self._watching = []
            for each in watching:
                each.over()
            raise
        self._watching = [each for each in watching if each.interested(batch)]
        return batch

"""data-order: classes in sorted order without shuffling, streams given twice.

# Note [A whole epoch]
# Labels are integers of one dimension, the last part of a batch.  Only a loader that
# reads in the dataset's order is looked at, only its first pass, and only until a label
# is smaller than the one before: that is in the first batch of all but sorted data.
# It is said when the pass is over and optimizers stepped during it.
"""

import weakref

import numpy as np

from rushlight._core.tensor import Tensor
from rushlight.guard._places import user_place
from rushlight.guard._report import found
from rushlight.guard.checks.step_order import COUNT

NAME = "data-order"
SUMMARY = "classes in sorted order without shuffling, streams given twice"

_seen = weakref.WeakSet()


def loading(loader, iterator):
    """A pass over a loader begins; returns what is iterated."""
    if loader in _seen:
        return iterator
    from rushlight.utils.data import IterableDataset, SequentialSampler

    _seen.add(loader)
    if isinstance(loader.dataset, IterableDataset):
        several = loader.num_workers > 1 and loader.worker_init_fn is None
        return _Pass(iterator, _Twice(loader)) if several else iterator
    if type(loader.sampler) is not SequentialSampler:
        return iterator
    if getattr(loader.batch_sampler, "sampler", None) is not loader.sampler:
        return iterator
    return _Pass(iterator, _Sorted(loader))


class _Pass:
    """One pass, of which a check sees the batches until it loses interest."""

    def __init__(self, iterator, check):
        self._iterator, self._check = iterator, check

    def __iter__(self):
        return self

    def __len__(self):
        return len(self._iterator)

    def __getattr__(self, name):
        return getattr(self.__dict__["_iterator"], name)

    def __next__(self):
        check = self._check
        if check is None:
            return next(self._iterator)
        try:
            batch = next(self._iterator)
        except StopIteration:
            self._check = None
            check.over()
            raise
        if not check.interested(batch):
            self._check = None
        return batch


class _Sorted:
    """Whether class numbers never fall over a whole pass."""

    def __init__(self, loader):
        self.size, self.last, self.first = len(loader.dataset), None, None
        self.batches = self.constant = self.rows = 0
        self.start, self.place = COUNT[0], user_place()

    def interested(self, batch):
        labels = batch[-1] if isinstance(batch, list | tuple) and batch else None
        array = getattr(labels, "_array", None)
        if array.__class__ is not np.ndarray or array.ndim != 1 or not array.size:
            return False
        if array.dtype.kind not in "iu" or (array[1:] < array[:-1]).any():
            return False
        if self.last is not None and array[0] < self.last:
            return False
        self.first = array[0] if self.first is None else self.first
        self.batches, self.rows = self.batches + 1, self.rows + array.size
        self.constant += bool(array[0] == array[-1])
        self.last = array[-1]
        return True

    def over(self):
        """The pass is over: were all labels in order, and was it a training?"""
        trained = COUNT[0] - self.start
        if trained < 3 or self.batches < 4 or self.first == self.last:
            return
        if 2 * self.constant < self.batches:
            return
        found(
            NAME,
            saw=f"{self.rows} labels came in sorted order ({self.first} to "
            f"{self.last}): {self.constant} of {self.batches} batches hold one class",
            why="Each step pulls the model to one class, and it forgets the others",
            do="DataLoader(..., shuffle=True)",
            place=self.place,
        )


class _Twice:
    """Whether two workers begin with the same batch of a stream."""

    def __init__(self, loader):
        self.workers, self.place = loader.num_workers, user_place()
        self.first = []

    def interested(self, batch):
        self.first.append(_bytes(batch))
        if len(self.first) < self.workers:
            return True
        if self.first[0] and len(set(self.first)) == 1:
            self.say()
        return False

    def over(self):
        """The stream ended early."""

    def say(self):
        found(
            NAME,
            saw=f"all {self.workers} workers began with the same batch of an "
            "IterableDataset",
            why="Each worker iterates the whole stream, so every sample comes "
            f"{self.workers} times in an epoch",
            do="share it out in __iter__ by get_worker_info().id, e.g. "
            "itertools.islice(stream, info.id, None, info.num_workers)",
            place=self.place,
        )


def _bytes(batch):
    """The values of a batch as bytes; empty where it holds none, or all the same."""
    if isinstance(batch, Tensor):
        array = np.asarray(batch._array)
        return array.tobytes() if array.size > 1 and np.ptp(array) > 0 else b""
    if isinstance(batch, list | tuple):
        return b"".join(_bytes(part) for part in batch)
    if isinstance(batch, dict):
        return b"".join(_bytes(part) for part in batch.values())
    return b""

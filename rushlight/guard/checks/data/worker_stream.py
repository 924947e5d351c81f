"""worker-stream: each worker gives the whole of an IterableDataset.

# Note [The same twice]
# Workers answer in turn, so `num_workers` batches are one of each.  In each of the
# first turns all are equal to the last bit, the turns are unlike each other, and hold
# enough different values: chance does not do that.  A stream that gives one batch for
# ever (a benchmark's) has equal turns; one of yes and no has two values.
"""

import numpy as np

from rushlight._core.tensor import Tensor
from rushlight.guard._places import user_place
from rushlight.guard._report import found

NAME = "worker-stream"
SUMMARY = "each worker gives the whole of an IterableDataset"

_TURNS, _VALUES = 8, 4


def watched(loader, iterator):
    """What looks at the first pass of a loader; None without several workers."""
    from rushlight.utils.data import IterableDataset

    several = loader.num_workers > 1 and loader.in_order
    if several and isinstance(loader.dataset, IterableDataset):
        return _Turns(loader)
    return None


class _Turns:
    """The first turns: whether all workers gave the same, and which values."""

    def __init__(self, loader):
        self.workers, self.place = loader.num_workers, user_place()
        self.name = type(loader.dataset).__name__
        self.turn, self.count = [], 0
        self.turns, self.values = set(), set()

    def interested(self, batch):
        """Whether more batches are to be seen."""
        self.turn.append(b"".join(_bytes(batch, self.values)))
        if len(self.turn) < self.workers:
            return True
        if len(set(self.turn)) > 1:
            self.turns.clear()
            return False
        self.turns.add(self.turn[0])
        self.turn, self.count = [], self.count + 1
        if self.count < _TURNS:
            return True
        self.over()
        return False

    def over(self):
        """The stream ended, or enough of it was seen."""
        varied = len(self.turns) > 1 or self.count == 1
        if self.turns and varied and len(self.values) >= _VALUES:
            self._say()

    def _say(self):
        workers = self.workers
        found(
            NAME,
            saw=f"all {workers} workers gave the same batches of a {self.name}, an "
            "IterableDataset, bit for bit",
            why=f"With num_workers={workers} each worker iterates the whole stream, so "
            f"that every sample comes {workers} times in an epoch",
            do="share it out in __iter__ by info = torch.utils.data.get_worker_info(), "
            "e.g. itertools.islice(stream, info.id, None, info.num_workers)",
            place=self.place,
        )


def _bytes(batch, values):
    """The parts of a batch as bytes; some of their values are added to a set."""
    if isinstance(batch, Tensor):
        array = np.asarray(batch._array)
        values.update(array.reshape(-1)[:64].tolist())
        yield array.tobytes()
    elif isinstance(batch, dict):
        yield from _bytes(list(batch.values()), values)
    elif isinstance(batch, list | tuple):
        for part in batch:
            yield from _bytes(part, values)
    elif isinstance(batch, str | int | float):
        values.add(batch)
        yield repr(batch).encode()

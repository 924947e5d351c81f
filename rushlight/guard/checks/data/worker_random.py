"""worker-random: several workers draw the same random numbers.

# Note [Same start]
# The loader gives each worker seeds of its own for Python's, NumPy's and our numbers;
# what it cannot reach is a generator that the dataset or the program made (copied to
# every worker as it was), or a worker_init_fn that seeds all workers alike.  Each
# worker tells, with its first batch, which generators moved, from which state to which.
# Two that moved from one state, by drawing and not by being seeded anew (Note [By
# drawing]), drew the same numbers.  Streams are left out: their workers often shuffle
# alike and then share out.  So are evaluations, whose numbers are often fixed.
"""

from rushlight._core.state import GRAD_MODE
from rushlight.guard._generators import has_drawn
from rushlight.guard._history import COUNT
from rushlight.guard._places import user_place
from rushlight.guard._report import found

NAME = "worker-random"
SUMMARY = "several workers draw the same random numbers"

#: Whether the last call of train() or eval() was the former.
TRAINING = [True]
_GLOBAL = ("NumPy's global numbers", "Python's random", "torch's random numbers")


def forget():
    """Start as a fresh process does."""
    TRAINING[0] = True


def watched(loader, iterator):
    """What looks at the first pass of a loader; None without several workers."""
    from rushlight.utils.data import IterableDataset

    if loader.num_workers < 2 or isinstance(loader.dataset, IterableDataset):
        return None
    return _Notes(loader, iterator)


class _Notes:
    """What the workers told of their generators."""

    def __init__(self, loader, iterator):
        self.workers, self.place = loader.num_workers, user_place()
        self.seeded = loader.worker_init_fn is not None
        self.notes, self.start = iterator.notes, COUNT[0]
        self.batches, self.same = 0, None

    def interested(self, batch):
        """Whether more batches are to be seen."""
        self.batches += 1
        if self.batches < self.workers:
            return True
        if self.same is None:
            self.same = _same_numbers(self.notes)
            if not self.same:
                return False
            fresh = COUNT[0] == 0 and GRAD_MODE.get() and TRAINING[0]
            if fresh:  # a program that only reads, so far
                self._say()
                return False
        return not self._is_training()

    def _is_training(self):
        if self.same and COUNT[0] > self.start:
            self._say()
            return True
        return False

    def over(self):
        """The pass is over."""
        self._is_training()

    def _say(self):
        name, workers = self.same
        found(
            NAME,
            saw=f"workers {' and '.join(map(str, workers[:4]))} of {self.workers} drew "
            f"from {name}, each beginning in the same state",
            why="They make the same random numbers for different samples, so what is "
            "augmented is less random than it looks",
            do=self._fix(name),
            place=self.place,
        )

    def _fix(self, name):
        if name in _GLOBAL:
            return (
                "seed by the worker in worker_init_fn, e.g. "
                "np.random.seed(torch.initial_seed() % 2**32), or leave it away: the "
                "DataLoader seeds NumPy, random and torch in each worker"
            )
        return (
            "make the generator in the worker, e.g. in worker_init_fn: "
            "np.random.default_rng(torch.utils.data.get_worker_info().seed)"
        )


def _same_numbers(notes):
    """(name of a generator, workers that began alike and drew), or None."""
    alike = {}
    for worker, moved in notes:
        for name, (start, end) in moved.items():
            alike.setdefault((name, start), []).append((worker, end))
    for (name, start), ends in alike.items():
        drew = [w for w, end in ends if len(ends) > 1 and has_drawn(start, end)]
        if len(drew) > 1:
            return name, sorted(drew)
    return None

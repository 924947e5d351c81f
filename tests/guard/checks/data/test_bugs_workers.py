"""Programs whose workers do the same: each is named, by its check alone."""

import functools
import random

import numpy as np

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from rushlight.utils.data import DataLoader, Dataset, IterableDataset, Subset
from tests.guard import bugs

PROGRAMS = []
bug = functools.partial(bugs.bug, PROGRAMS)


class Whole(IterableDataset):
    """A stream that every worker reads from its beginning."""

    def __iter__(self):
        return iter(range(8))


@bug("worker-stream", "all 2 workers", "of a Whole", "num_workers=2", "get_worker_info")
def a_stream_given_twice():
    assert sum(len(batch) for batch in DataLoader(Whole(), 2, num_workers=2)) == 16


@bug("worker-stream", "num_workers=3")
def a_stream_that_ends_after_one_turn():
    assert len(list(DataLoader(Whole(), 8, num_workers=3))) == 3


@bug("worker-stream")
def a_stream_with_seeded_workers():
    list(DataLoader(Whole(), None, num_workers=2, worker_init_fn=random.seed))


class Noisy(Dataset):
    """Items with noise from somewhere."""

    def __init__(self, draw, **fields):
        self.draw = draw
        self.__dict__.update(fields)

    def __len__(self):
        return 16

    def __getitem__(self, index):
        return index + self.draw(self)


def read(draw, init=None, **fields):
    """Read a noisy dataset by two workers."""
    return list(
        DataLoader(Noisy(draw, **fields), 4, num_workers=2, worker_init_fn=init)
    )


def seed_alike(worker):
    """Seed every worker with one number."""
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)


@bug("worker-random", "workers 0 and 1 of 2 drew from Noisy.rng", "default_rng")
def a_generator_of_the_dataset():
    read(lambda self: self.rng.normal(), rng=np.random.default_rng(0))


@bug("worker-random", "Noisy.rng")
def an_old_generator_of_the_dataset():
    read(lambda self: self.rng.rand(), rng=np.random.RandomState(0))


@bug("worker-random", "Noisy.rng[0]")
def a_python_generator_in_a_list():
    read(lambda self: self.rng[0].random(), rng=[random.Random(0)])


@bug("worker-random", "Noisy.source")
def a_torch_generator_of_the_dataset():
    source = torch.Generator().manual_seed(0)
    read(lambda self: torch.rand(1, generator=self.source).item(), source=source)


_numbers = np.random.default_rng(0)


@bug("worker-random", "drew from _numbers")
def a_generator_of_the_program():
    read(lambda self: _numbers.normal())


@bug("worker-random", "drew from numbers")
def a_generator_of_a_closure():
    numbers = random.Random(0)
    read(lambda self: numbers.random())


@bug("worker-random", "NumPy's global numbers", "torch.initial_seed()")
def numpy_seeded_alike():
    read(lambda self: np.random.rand(), seed_alike)


@bug("worker-random", "NumPy's global numbers")
def many_numbers_of_numpy_seeded_alike():
    read(lambda self: np.random.randn(5000)[0], seed_alike)


@bug("worker-random", "Python's random")
def python_seeded_alike():
    read(lambda self: random.random(), seed_alike)


@bug("worker-random", "torch's random numbers")
def torch_seeded_alike():
    read(lambda self: torch.rand(1).item(), seed_alike)


@bug("worker-random", "Subset.dataset.rng")
def a_generator_under_a_subset_in_training():
    def draw(self):
        return torch.tensor([self.rng.normal()], dtype=torch.float32)

    data = Subset(Noisy(draw, rng=np.random.default_rng(0)), range(12))
    model = nn.Linear(1, 1)
    F.mse_loss(model(torch.ones(1, 1)), torch.ones(1, 1)).backward()
    for x in DataLoader(data, 2, shuffle=True, num_workers=2):
        model(x).mean().backward()


test_a_bug_is_named = bugs.named(PROGRAMS)

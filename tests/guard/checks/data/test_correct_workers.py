"""Correct programs whose workers seem to do the same."""

import itertools
import random

import numpy as np

import rushlight as torch
from rushlight import nn
from rushlight.utils.data import (
    DataLoader,
    Dataset,
    IterableDataset,
    get_worker_info,
)
from tests.guard.checks.data.test_bugs_workers import Noisy, Whole, read
from tests.guard.correct import quiet

PROGRAMS = []


def correct(program):
    """Enter a program in the list."""
    PROGRAMS.append(program)
    return program


class Constant(IterableDataset):
    """One batch for ever, as benchmarks use."""

    def __iter__(self):
        return itertools.repeat(torch.arange(12.0).view(4, 3), 9)


class Flags(IterableDataset):
    """A stream of yes and no."""

    def __iter__(self):
        return iter([True, False] * 8)


class Shuffled(IterableDataset):
    """A stream whose workers shuffle alike, and then share out."""

    def __iter__(self):
        info, numbers = get_worker_info(), random.Random(0)
        order = list(range(16))
        numbers.shuffle(order)
        return iter(order[info.id :: info.num_workers])


@correct
def one_batch_for_ever():
    list(DataLoader(Constant(), None, num_workers=2))


@correct
def flags_from_two_workers():
    list(DataLoader(Flags(), 1, num_workers=2))


@correct
def a_stream_that_is_shuffled_and_shared_out():
    got = [int(n) for batch in DataLoader(Shuffled(), 2, num_workers=2) for n in batch]
    assert sorted(got) == list(range(16))


@correct
def a_whole_stream_and_one_worker():
    assert len(list(DataLoader(Whole(), 2, num_workers=1))) == 4


@correct
def numbers_that_the_loader_seeds():
    values = torch.cat(
        read(lambda self: np.random.rand() + random.random() + torch.rand(1).item())
    )
    assert len(set((values - torch.arange(16)).tolist())) == 16


def seed_by_worker(worker):
    """Torch's own advice."""
    seed = torch.initial_seed() % 2**32
    np.random.seed(seed)
    random.seed(seed)


@correct
def numbers_seeded_by_the_worker():
    read(lambda self: np.random.rand() + random.random(), seed_by_worker)


class Fixed(Dataset):
    """Noise that belongs to the item."""

    def __init__(self):
        self.rng, self.old = np.random.default_rng(0), np.random.RandomState(0)
        self.order = self.rng.permutation(16)
        self.source = torch.Generator().manual_seed(7)

    def __len__(self):
        return 16

    def __getitem__(self, index):
        np.random.seed(index)
        self.old.seed(index)
        self.rng = np.random.default_rng(index)
        noise = np.random.rand() + self.old.rand() + self.rng.random()
        self.source.manual_seed(index + 1)
        return noise + torch.rand(1, generator=self.source).item()


def seed_alike(worker):
    """Seed every worker with one number."""
    np.random.seed(0)


@correct
def numbers_seeded_by_the_item():
    list(DataLoader(Fixed(), 4, num_workers=2, worker_init_fn=seed_alike))


@correct
def numbers_of_an_evaluation():
    model = nn.Linear(1, 1)
    model.eval()
    data = Noisy(lambda self: self.rng.random(), rng=np.random.default_rng(0))
    for x in DataLoader(data, 4, num_workers=2):
        with torch.no_grad():
            model(x.float()[:, None])


@correct
def numbers_of_an_evaluation_after_training():
    model = nn.Linear(1, 1)
    model(torch.ones(1, 1)).sum().backward()
    data = Noisy(lambda self: self.rng.random(), rng=np.random.default_rng(0))
    with torch.no_grad():
        for x in DataLoader(data, 4, num_workers=2):
            model(x.float()[:, None])


@correct
def a_generator_that_is_not_used():
    read(lambda self: 0, seed_alike, rng=np.random.default_rng(0))


class Odd:
    """An object that answers no question."""

    @property
    def __dict__(self):
        raise RuntimeError


@correct
def generators_without_a_state():
    fields = {
        "system": random.SystemRandom(),
        "odd": Odd(),
        "many": dict.fromkeys("ab"),
    }
    read(lambda self: self.system.random(), **fields)


@correct
def numbers_of_one_worker():
    data = Noisy(lambda self: self.rng.random(), rng=np.random.default_rng(0))
    list(DataLoader(data, 4, num_workers=1))


test_is_quiet = quiet(PROGRAMS)

"""Correct programs whose data look like bugs."""

import itertools
import random

import numpy as np

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from rushlight.utils.data import (
    DataLoader,
    Dataset,
    IterableDataset,
    TensorDataset,
    get_worker_info,
)
from tests.guard.checks.test_bugs_data import (
    Noisy,
    Whole,
    grouped,
    learn,
    pictures,
    read,
    scores,
)
from tests.guard.correct import quiet

PROGRAMS = []


def correct(program):
    """Enter a program in the list."""
    PROGRAMS.append(program)
    return program


# ------------------------------------------------------------------------------ order


@correct
def pictures_that_are_only_copied():
    batches = DataLoader(grouped(0, 1, 2, 3), batch_size=4)
    learn(((x, x) for x, _ in batches), 3, F.mse_loss)


@correct
def gradients_of_a_sorted_epoch_taken_in_one_step():
    model = nn.Linear(3, 4)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, classes in DataLoader(grouped(0, 1, 2, 3), batch_size=4):
        (F.cross_entropy(model(x), classes) / 8).backward()
    optimizer.step()


@correct
def one_loader_for_each_class():
    model = nn.Linear(3, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loaders = [DataLoader(grouped(n, each=32), batch_size=4) for n in (0, 1)]
    for (x, first), (y, second) in zip(*loaders, strict=True):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), first) + F.cross_entropy(model(y), second)
        loss.backward()
        optimizer.step()


@correct
def classes_of_two_loaders_joined():
    loaders = [DataLoader(grouped(n, each=32), batch_size=4) for n in (0, 1)]
    pairs = zip(*loaders, strict=True)
    learn((tuple(map(torch.cat, zip(*pair, strict=True))) for pair in pairs), 2)


@correct
def a_truth_table_row_by_row():
    rows = torch.tensor([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    data = TensorDataset(rows, torch.tensor([0, 0, 0, 1]))
    learn(DataLoader(data), 2)


@correct
def every_row_is_a_class_of_its_own():
    learn(DataLoader(grouped(*range(32), each=1), batch_size=4), 32)


@correct
def a_few_examples_of_each_class():
    batches = [(torch.randn(20, 3), torch.arange(20) // 5)]
    learn(batches * 5)
    learn(DataLoader(grouped(0, 1, 2, 3, each=5), batch_size=20))


@correct
def sorted_classes_drawn_by_weight():
    weights = torch.ones(32)
    sampler = torch.utils.data.WeightedRandomSampler(weights, 32)
    learn(DataLoader(grouped(0, 1, 2, 3), batch_size=4, sampler=sampler))


@correct
def counts_that_rise_with_time():
    data = TensorDataset(torch.randn(32, 3), (torch.arange(32) // 8).float()[:, None])
    learn(DataLoader(data, batch_size=4), 1, F.poisson_nll_loss)


@correct
def a_sorted_evaluation_during_training():
    model = nn.Linear(3, 4)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    test = DataLoader(grouped(0, 1, 2, 3), batch_size=4)
    for x, classes in DataLoader(grouped(0, 1, 2, 3), batch_size=4, shuffle=True):
        optimizer.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        optimizer.step()
        with torch.no_grad():
            for y, others in test:
                F.cross_entropy(model(y), others)


# ----------------------------------------------------------------------------- labels


@correct
def smoothed_and_mixed_labels():
    wanted = torch.tensor([[0.0], [1.0]]) * 0.9 + 0.05
    mixed = wanted * 0.3 + wanted.flip(0) * 0.7
    F.binary_cross_entropy_with_logits(scores(2, 1), mixed)
    F.binary_cross_entropy_with_logits(scores(2, 1), torch.tensor([[1.0001], [0]]))


@correct
def labels_that_are_not_known():
    wanted = torch.tensor([[0.0], [-1.0], [1.0]])
    given, known = scores(3, 1), (wanted >= 0).float()
    loss = F.binary_cross_entropy_with_logits
    (loss(given, wanted, reduction="none") * known).sum().backward()
    loss(given, wanted, weight=known)
    loss(given * known, wanted)
    with torch.no_grad():
        loss(given, wanted)


@correct
def pairs_of_unlike_vectors():
    for _ in range(4):
        signs = torch.tensor([1, -1, 1, -1])
        nn.CosineEmbeddingLoss()(scores(4, 2), torch.randn(4, 2), signs)
        F.soft_margin_loss(scores(4, 1).squeeze(1), signs.float())


@correct
def pairs_that_are_padded():
    for _ in range(4):
        signs = torch.tensor([1, -1, 0, 0])
        nn.CosineEmbeddingLoss()(scores(4, 2), torch.randn(4, 2), signs)
        signs = torch.tensor([1, 1, 1, 1])
        nn.CosineEmbeddingLoss()(scores(4, 2), torch.randn(4, 2), signs)
        signs = torch.tensor([0, 1, 0, 0])
        nn.CosineEmbeddingLoss()(scores(4, 2), torch.randn(4, 2), signs)


@correct
def ties_in_a_ranking():
    for _ in range(4):
        signs = torch.tensor([1, 0, 1, 0])
        F.margin_ranking_loss(scores(4, 1)[:, 0], torch.randn(4), signs)


# ------------------------------------------------------------------------------ bytes


@correct
def negatives_of_pictures():
    (255 - pictures(4, 5)).float()


@correct
def bytes_of_a_hash():
    x, y = pictures(4, 5)
    (x * 31 + 7).float()
    ((x ^ y) * 2 + x).float()
    (x - y).long()
    (x + y).float() / 255


@correct
def differences_that_are_added_up_again():
    x, y = pictures(4, 5)
    change = x - y
    (y + change).float()
    (change + y) / 255
    change += y
    change.float()


@correct
def pictures_that_changed():
    x, y = pictures(4, 5)
    ((x - y) != 0).float().mean()
    (x - y).any()


@correct
def absolute_differences_without_wrapping():
    x, y = pictures(4, 5)
    torch.where(x > y, x - y, y - x).float()
    (torch.maximum(x, y) - torch.minimum(x, y)).float()
    (x.int() - y.int()).abs().float()
    (x.float() - y).abs()


@correct
def bytes_that_are_written_over():
    x, y = pictures(4, 5)
    difference = x - y
    difference.zero_()
    difference.float()


@correct
def dark_pictures():
    x, y = pictures(4, 5) // 2
    (x + y) / 2
    x -= x // 2
    x.float()


@correct
def numbers_that_become_bytes():
    (torch.linspace(0, 1, 9) * 255.9).byte()
    torch.tensor([-0.3, 255.7]).to(torch.uint8)
    torch.tensor([-1.0, 3.0]).to(torch.uint8)
    torch.tensor([-1, 300]).to(torch.uint8)
    (torch.randn(9) * 300).clamp(0, 255).byte()


# ---------------------------------------------------------------------------- workers


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


@correct
def numbers_of_one_worker():
    data = Noisy(lambda self: self.rng.random(), rng=np.random.default_rng(0))
    list(DataLoader(data, 4, num_workers=1))


test_is_quiet = quiet(PROGRAMS)

"""Idioms of numbers and data, as papers' code has them: all correct."""

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from rushlight.utils.data import DataLoader, IterableDataset, TensorDataset
from tests.guard.correct import classifier, descend, quiet, train

PROGRAMS = []


def correct(program):
    """Enter a program in the list."""
    PROGRAMS.append(program)
    return program


# ------------------------------------------------------------------------------ numbers


@correct
def infinities_that_are_meant():
    model = nn.Linear(3, 4)
    x, mask = torch.randn(6, 3), torch.rand(6, 4) > 0.5
    mask[:, 0] = True

    def loss():
        out = model(x).masked_fill(~mask, float("-inf")).softmax(1)
        share = torch.nan_to_num(torch.zeros(6, 4) / torch.zeros(6, 4))
        return ((out - share) ** 2).mean()

    descend(loss, model)


@correct
def the_least_of_distances():
    model = nn.Linear(3, 2)
    x, points = torch.randn(6, 3), torch.randn(5, 2)
    far = torch.full((6,), float("inf"))

    def loss():
        least = far
        for point in points:
            least = torch.minimum(least, (model(x) - point).square().sum(1))
        return least.mean()

    descend(loss, model)


@correct
def logarithms_kept_apart_by_where():
    model = nn.Linear(3, 1)
    x, y = torch.randn(6, 3), torch.tensor([0.0, 1, 2, 0, 1, 2])

    def loss():
        rate = F.softplus(model(x)).squeeze(1)
        safe = torch.where(y > 0, y, torch.ones(6))
        return (rate - y * rate.log() + torch.where(y > 0, safe.log(), y)).mean()

    descend(loss, model)


# --------------------------------------------------------------------------------- data


@correct
def a_series_in_its_order():
    x = torch.arange(64.0)[:, None] / 64
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        for a, b in DataLoader(TensorDataset(x[:-1], x[1:]), 8):
            optimizer.zero_grad()
            F.mse_loss(model(a), b).backward()
            optimizer.step()


@correct
def one_class_alone():
    x, y = torch.randn(64, 3), torch.zeros(64, dtype=torch.int64)
    model = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        for rows, _label in DataLoader(TensorDataset(x, y), 8):
            optimizer.zero_grad()
            F.mse_loss(model(rows), rows).backward()
            optimizer.step()


@correct
def a_growing_difficulty():
    model, optimizer, _, _ = classifier()
    x, classes = torch.randn(64, 3), torch.arange(64) % 4
    order = x.norm(dim=1).argsort()
    for epoch in range(1, 4):
        easy = order[: 20 * epoch]
        data = TensorDataset(x[easy], classes[easy])
        for rows, labels in DataLoader(data, 8, shuffle=True):
            train(model, optimizer, rows, labels, 1)


@correct
def a_mean_over_batches_of_two_sizes():
    model, _, _, _ = classifier()
    model.eval()
    total = count = 0
    for x, classes in DataLoader(
        TensorDataset(torch.randn(20, 3), torch.ones(20).long()), 8
    ):
        with torch.no_grad():
            total += F.cross_entropy(model(x), classes).item() * len(x)
        count += len(x)
    assert count == 20 and total > 0


class Shared(IterableDataset):
    """A stream whose workers take turns."""

    def __iter__(self):
        info = torch.utils.data.get_worker_info()
        first, step = (0, 1) if info is None else (info.id, info.num_workers)
        return iter([torch.tensor([float(i)]) for i in range(first, 16, step)])


@correct
def a_stream_whose_workers_take_turns():
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
    for batch in DataLoader(Shared(), 2, num_workers=2):
        optimizer.zero_grad()
        model(batch).square().mean().backward()
        optimizer.step()


@correct
def bytes_that_become_shares():
    pictures = torch.randint(0, 256, (6, 1, 4, 4), dtype=torch.uint8)
    x = pictures.float().div(255).sub(0.5)
    flat = 255 - pictures
    assert flat.dtype == torch.uint8
    model = nn.Linear(16, 2)
    descend(lambda: model(x.flatten(1)).square().mean(), model)


@correct
def marks_written_into_integers():
    marks = torch.zeros(4, 5, dtype=torch.int64)
    marks[torch.arange(4), torch.tensor([0, 2, 1, 4])] = 1
    marks[0, 1] = 2.0
    marks[1] = torch.tensor([0.0, 1.0, 2.0, 3.0, 4.0])
    assert marks.sum() == 15


test_no_guard_speaks = quiet(PROGRAMS)
test_nor_in_doctor = quiet(PROGRAMS, torch.guard.thorough)

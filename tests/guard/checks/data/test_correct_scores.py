"""Correct averages that look like those over uneven batches."""

import numpy as np

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from rushlight.utils.data import DataLoader, TensorDataset
from tests.guard.checks.data.test_bugs_scores import uneven
from tests.guard.correct import quiet

PROGRAMS = []


def correct(program):
    """Enter a program in the list."""
    PROGRAMS.append(program)
    return program


@correct
def weighted_by_the_rows():
    model, loader = uneven()
    total = 0.0
    with torch.no_grad():
        for x, y in loader:
            total += F.cross_entropy(model(x), y).item() * len(y)
    total / len(loader.dataset)


@correct
def sums_over_the_rows():
    model, loader = uneven()
    total, right = 0.0, 0
    loss = nn.CrossEntropyLoss(reduction="sum")
    with torch.no_grad():
        for x, y in loader:
            total += loss(model(x), y).item()
            right += (model(x).argmax(1) == y).sum().item()
    total / len(loader.dataset), right / len(loader.dataset)


@correct
def sums_told_for_each_batch():
    model, loader = uneven()
    total = 0.0
    with torch.no_grad():
        for x, y in loader:
            total += F.cross_entropy(model(x), y, reduction="sum").item()
    print("a batch costs", total / len(loader))


@correct
def the_running_loss_of_a_training():
    model, loader = uneven()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    running, losses = 0.0, []
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        running += loss.item()
        losses.append(((model(x)[:, 0] - y) ** 2).mean().item())
    running / len(loader), np.mean(losses)


@correct
def batches_of_one_size():
    model, loader = uneven()
    total = 0.0
    with torch.no_grad():
        for x, y in DataLoader(loader.dataset, batch_size=35):
            total += F.cross_entropy(model(x), y).item()
    total / 2


@correct
def many_batches_where_it_hardly_matters():
    model, _ = uneven()
    data = TensorDataset(torch.zeros(199, 3), torch.arange(199) % 2)
    loader = DataLoader(data, batch_size=4)
    total = 0.0
    with torch.no_grad():
        for x, y in loader:
            total += F.cross_entropy(model(x), y).item()
    total / len(loader)


@correct
def what_is_divided_is_another_number():
    model, loader = uneven()
    largest = total = 0.0
    with torch.no_grad():
        for x, y in loader:
            loss = F.cross_entropy(model(x), y).item()
            largest = max(largest, loss)
            total += model(x).norm().item()
    largest / len(loader), total / len(loader)


test_is_quiet = quiet(PROGRAMS)

"""Evaluations that average over uneven batches: each is named, by its check alone."""

import functools

import numpy as np

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from rushlight.utils.data import DataLoader, TensorDataset
from tests.guard import bugs

PROGRAMS = []
bug = functools.partial(bugs.bug, PROGRAMS, "uneven-mean")


def uneven():
    """A model, and a loader of 64 rows like each other, then 6 of another kind."""
    x = torch.cat([torch.zeros(64, 3), torch.ones(6, 3)])
    classes = (torch.arange(70) >= 64).long()
    model = nn.Linear(3, 2)
    with torch.no_grad():
        model.weight.zero_()
        model.bias.copy_(torch.tensor([1.0, 0]))
    return model, DataLoader(TensorDataset(x, classes), batch_size=64)


@bug("total holds the means of 2 batches", "6 rows, not 64", "0.8133", "0.399", "10.7")
def divided_by_the_loader():
    model, loader = uneven()
    total = 0.0
    with torch.no_grad():
        for x, y in loader:
            total += F.cross_entropy(model(x), y).item()
    assert total / len(loader) > 0.8


@bug("test_loss holds")
def as_the_tutorial_does_on_few_rows():
    model, loader = uneven()
    size, batches = len(loader.dataset), len(loader)
    test_loss, correct = 0, 0
    loss_fn = nn.CrossEntropyLoss()
    model.eval()
    with torch.no_grad():
        for x, y in loader:
            pred = model(x)
            test_loss += loss_fn(pred, y).item()
            correct += (pred.argmax(1) == y).type(torch.float).sum().item()
    test_loss /= batches
    correct /= size


@bug("losses holds", "np.mean(losses)")
def the_mean_of_a_list():
    model, loader = uneven()
    losses = []
    for x, y in loader:
        with torch.no_grad():
            losses.append(F.cross_entropy(model(x), y).item())
    np.mean(losses)


@bug("losses holds", "sum(losses) / len(losses)")
def the_sum_of_a_list_over_its_length():
    model, loader = uneven()
    losses = []
    for _, (x, y) in enumerate(loader):
        with torch.inference_mode():
            losses.append(float(F.cross_entropy(model(x), y)))
    return sum(losses) / len(losses)


@bug("accuracy holds", "0.5", "0.9143")
def the_mean_of_accuracies():
    model, loader = uneven()
    accuracy, count = 0, 0
    with torch.no_grad():
        for x, y in loader:
            right = (model(x).argmax(1) == y).float().mean()
            accuracy += right.item()
            count += 1
    accuracy /= count


test_a_bug_is_named = bugs.named(PROGRAMS)

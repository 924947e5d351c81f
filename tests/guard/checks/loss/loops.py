"""Loops around a loss, and data for them, that the programs of this folder share."""

import rushlight as torch
from rushlight import nn

X = torch.randn(6, 3, generator=torch.Generator().manual_seed(0))
CLASSES = torch.tensor([0, 1, 2, 3, 0, 1])
YES = torch.tensor([0.0, 1, 0, 1, 0, 1])


def net(outputs=4):
    """A small network."""
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, outputs))


def learn(loss, outputs=4, steps=6):
    """A correct loop around a loss of a small network's output for X."""
    descend(net(outputs), X, loss, steps)


def learn_at_random(loss, outputs=4, steps=6, model=None):
    """A correct loop around a loss of a model's output for random rows."""
    model = nn.Linear(3, outputs) if model is None else model
    descend(model, torch.randn(6, 3), loss, steps)


def descend(model, x, loss, steps):
    """Steps of SGD."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(model(x)).backward()
        optimizer.step()

"""Correct programs as tests: no guard says a word while they run."""

import warnings
from contextlib import nullcontext

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard.guarded import guarded


def quiet(programs, around=nullcontext):
    """A test of each program, which runs inside a context."""

    @pytest.mark.parametrize("program", programs, ids=lambda each: each.__name__)
    def test(program):
        with guarded() as findings, warnings.catch_warnings(), around():
            warnings.simplefilter("ignore", UserWarning)
            program()
        assert [str(finding) for finding in findings] == []

    return test


def classifier(*extra):
    """A small network, its optimizer, inputs and classes."""
    model = nn.Sequential(nn.Linear(3, 8), *extra, nn.Linear(8, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return model, optimizer, torch.randn(6, 3), torch.tensor([0, 1, 2, 3, 0, 1])


def train(model, optimizer, x, classes, steps=4):
    """A correct loop."""
    for _ in range(steps):
        optimizer.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        optimizer.step()


def descend(loss, *modules, steps=4, kind=torch.optim.SGD):
    """Steps on a loss without arguments."""
    optimizer = kind([p for m in modules for p in m.parameters()], lr=0.05)
    for _ in range(steps):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()

"""A check with a fault of its own: training goes on, guards do not."""

import warnings

import pytest

import rushlight as torch
from rushlight import nn
from rushlight._core.guarding import GUARDS
from rushlight.guard import GuardWarning, _safe
from rushlight.guard.checks.optim import step_order
from rushlight.utils.data import DataLoader
from tests.guard.correct import classifier, train
from tests.guard.guarded import guarded


def faulty(*args):
    raise ZeroDivisionError("a slip")


def test_a_fault_is_told_once_and_training_goes_on(monkeypatch):
    monkeypatch.delenv(_safe.STRICT)
    monkeypatch.setattr(step_order, "starting", faulty)
    model, optimizer, x, classes = classifier()
    before = model[0].weight.detach().clone()
    with guarded(), warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        train(model, optimizer, x, classes)
        assert not GUARDS.on
    told = [str(w.message) for w in said if w.category is GuardWarning]
    assert len(told) == 1
    assert "failed in starting() (ZeroDivisionError: a slip; " in told[0]
    assert not torch.equal(before, model[0].weight)


def test_what_a_place_asks_for_is_given(monkeypatch):
    from rushlight.guard import _watcher

    monkeypatch.delenv(_safe.STRICT)
    monkeypatch.setattr(_watcher, "loading", faulty)
    with guarded(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert len(list(DataLoader(torch.arange(6), 2))) == 3


def test_in_tests_a_fault_is_raised(monkeypatch):
    monkeypatch.setattr(step_order, "starting", faulty)
    with guarded(), pytest.raises(ZeroDivisionError):
        nn.Linear(1, 1)(torch.ones(1, 1)).sum().backward()

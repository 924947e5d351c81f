"""meshgrid, cartesian_prod, combinations, vander."""

import itertools

import numpy as np
import pytest

import rushlight
from rushlight._ops.create import grids
from tests.battery import Error, Op, battery

ones, arange = rushlight.ones, rushlight.arange
OPS = [
    Op(
        "meshgrid",
        samples=lambda make: [
            (make(2), make(3), {"indexing": "ij"}),
            (make(2), make(3), make(4), {"indexing": "xy"}),
            ([make(2), make(3)], {"indexing": "ij"}),
            (make(2), {"indexing": "xy"}),
        ],
        reference=lambda *xs, indexing: list(
            np.meshgrid(*(xs[0] if isinstance(xs[0], list) else xs), indexing=indexing)
        ),
        errors=[
            Error((), RuntimeError, "a non-empty list", {"indexing": "ij"}),
            Error((ones(2, 2),), RuntimeError, "0D or 1D", {"indexing": "ij"}),
            Error((ones(2),), RuntimeError, "got 'zz'", {"indexing": "zz"}),
            Error((ones(1), arange(1)), RuntimeError, "same dtype", {"indexing": "ij"}),
            Error((1,), TypeError, "expected tensors", {"indexing": "ij"}),
        ],
    ),
    Op(
        "cartesian_prod",
        samples=lambda make: [
            (make(2), make(3)),
            (make(2), make(1), make(3)),
            (make(2),),
        ],
        reference=lambda *xs: (
            np.array(list(itertools.product(*xs))) if len(xs) > 1 else xs[0]
        ),
        errors=[Error((ones(2, 2), ones(2)), RuntimeError, "a 1D vector")],
    ),
    Op(
        "combinations",
        samples=lambda make: [
            (make(4),),
            (make(3), 3),
            (make(2), 3),
            (make(3), 2, True),
            (make(3), 0),
        ],
        reference=lambda x, r=2, again=False: _chosen(x, r, again),
        errors=[
            Error((ones(2, 2),), RuntimeError, "a 1D vector, got shape [2, 2]"),
            Error((ones(2), -1), RuntimeError, "a non-negative number r"),
        ],
    ),
    Op(
        "vander",
        samples=lambda make: [
            (make(3),),
            (make(3), 4),
            (make(3), 2, True),
            (make(3), 0),
        ],
        reference=np.vander,
        grad=1,
        errors=[
            Error((ones(2, 2),), RuntimeError, "a 1D vector"),
            Error((ones(2), -1), RuntimeError, "N to be non-negative"),
        ],
    ),
]


def _chosen(x, r, again):
    if not r:
        return np.empty(0)
    choose = (
        itertools.combinations_with_replacement if again else itertools.combinations
    )
    return np.array(list(choose(x, r))).reshape(-1, r)


globals().update(battery(OPS))


def test_views_and_numbers():
    x, y = rushlight.meshgrid(arange(2), rushlight.tensor(3), indexing="ij")
    assert (x.tolist(), y.tolist()) == ([[0], [1]], [[3], [3]])


def test_meshgrid_without_indexing_warns(monkeypatch):
    monkeypatch.setattr(grids, "_warned", [])
    with pytest.warns(UserWarning, match="it means 'ij'"):
        assert rushlight.meshgrid(arange(2), arange(3))[0].shape == (2, 3)

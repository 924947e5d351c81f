"""split, split_with_sizes, chunk, unbind."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery


def _split(x, size, dim=0):
    if not isinstance(size, int):
        return np.split(x, np.cumsum(size)[:-1], dim)
    return np.split(x, range(size, max(x.shape[dim], 1), size) if size else [], dim)


OPS = [
    Op(
        "split",
        samples=lambda make: [
            (make(5, 2), 2),
            (make(2, 5), 2, 1),
            (make(2, 5), 9, -1),
            (make(2, 5), [1, 4], 1),
            (make(2, 5), (0, 5), 1),
            (make(0), 2),
            (make(0), 0),
        ],
        reference=_split,
        dtypes=(*ALL, *COMPLEX),
        errors=[
            Error((rushlight.ones(2), 0), RuntimeError, "can only be 0 if"),
            Error((rushlight.ones(2), -1), RuntimeError, "split_size=-1"),
            Error((rushlight.ones(2), [1]), RuntimeError, "sum exactly to 2"),
            Error((rushlight.ones(2), [3, -1]), RuntimeError, "non-negative sizes"),
            Error((rushlight.ones(2), 1, 1), IndexError, "split()"),
            Error((rushlight.tensor(1.0), 1), RuntimeError, "1-dimensional"),
            Error((rushlight.ones(2), 1.5), TypeError, "an int for 'split_size'"),
        ],
    ),
    Op(
        "split_with_sizes",
        samples=lambda make: [(make(2, 5), [1, 4], 1)],
        reference=_split,
        errors=[Error((rushlight.tensor(1), [1]), RuntimeError, "0 dims")],
    ),
    Op(
        "chunk",
        samples=lambda make: [(make(5), 2), (make(2, 6), 4, 1), (make(0), 3)],
        reference=lambda x, n, dim=0: (
            _split(x, -(-x.shape[dim] // n), dim) if x.size else [x] * n
        ),
        errors=[
            Error((rushlight.ones(2), 0), RuntimeError, "greater than 0"),
            Error((rushlight.tensor(1), 1), RuntimeError, "0 dims"),
        ],
    ),
    Op(
        "unbind",
        samples=lambda make: [
            (make(3, 2),),
            (make(3, 2), 1),
            (make(3),),
            (make(0, 2),),
        ],
        reference=lambda x, dim=0: list(np.moveaxis(x, dim, 0)),
        dtypes=ALL,
        errors=[
            Error((rushlight.tensor(1),), IndexError, "no dimensions"),
            Error((rushlight.ones(2), 1), IndexError, "unbind()"),
        ],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "function, name",
    [
        (lambda x: x.split(2), "SplitBackward0"),
        (lambda x: x.split([1, 3]), "SplitWithSizesBackward0"),
        (lambda x: x.chunk(2), "SplitBackward0"),
        (lambda x: x.unbind(), "UnbindBackward0"),
        (lambda x: tuple(x), "UnbindBackward0"),
    ],
)
def test_names_and_numbers_of_outputs(function, name):
    parts = function(rushlight.ones(4, requires_grad=True))
    assert isinstance(parts, tuple)
    assert [p.grad_fn.name() for p in parts] == [name] * len(parts)
    assert [p.output_nr for p in parts] == list(range(len(parts)))


def test_only_some_parts_are_used():
    x = rushlight.arange(6.0).requires_grad_()
    first, _, last = x.split(2)
    (first * 2 + last * 3).sum().backward()
    assert x.grad.tolist() == [2, 2, 0, 0, 3, 3]


def test_parts_share_memory():
    x = rushlight.zeros(4)
    x.chunk(2)[1].fill_(1)
    x.unbind()[0].fill_(5)
    assert x.tolist() == [5, 0, 1, 1]

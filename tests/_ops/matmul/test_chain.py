"""tensordot, kron, chain_matmul, multi_dot."""

import functools

import numpy as np
import pytest

import rushlight
from tests.battery import Error, Op, battery

ones = rushlight.ones
TYPES = ("float64", "float32", "int64", "complex128")


def _tensordot(a, b, dims=2):
    if not isinstance(dims, int):
        dims = tuple([d] if isinstance(d, int) else list(d) for d in dims)
    return np.tensordot(a, b, dims)


def _multi_dot(arrays):
    return functools.reduce(np.matmul, arrays)


OPS = [
    Op(
        "tensordot",
        reference=_tensordot,
        samples=lambda make: [
            (make(2, 3, 4), make(3, 4, 5)),
            (make(2, 3), make(3, 4), 1),
            (make(2, 3), make(4), 0),
            (make(2, 3, 4), make(4, 2), ([2, 0], [0, 1])),
            (make(2, 3), make(4, 3), ([-1], [1])),
            (make(2, 0), make(0, 3), 1),
            (make(3), make(3), 1),
        ],
        dtypes=TYPES,
        out=True,
        errors=[
            Error((ones(2, 3), ones(4, 5), 1), RuntimeError, "dimensions to match"),
            Error((ones(2, 3), ones(3), 2), RuntimeError, "dims from 0 to 1"),
            Error((ones(2), ones(2), ([0], [1])), IndexError, "tensordot()"),
            Error((ones(2), ones(2), ([0, 0], [0, 0])), RuntimeError, "each once"),
            Error((ones(2), 2), TypeError, "'b' to be a Tensor"),
        ],
    ),
    Op(
        "kron",
        reference=np.kron,
        samples=lambda make: [
            (make(2, 3), make(3, 2)),
            (make(2), make(2, 3)),
            (make(2, 1, 2), make(2)),
            (make(), make(3)),
        ],
        dtypes=(*TYPES, "bool"),
        out=True,
        errors=[Error((ones(2), 2), TypeError, "'other' to be a Tensor")],
    ),
    Op(
        "linalg.multi_dot",
        reference=_multi_dot,
        samples=lambda make: [
            ([make(2, 3), make(3, 4)],),
            ([make(2, 9), make(9, 1), make(1, 8), make(8, 3)],),
            ([make(3), make(3, 4), make(4, 2)],),
            ([make(3), make(3, 4), make(4)],),
            ([make(3), make(3)],),
        ],
        dtypes=TYPES,
        out=True,
        errors=[
            Error(([ones(2, 2)],), RuntimeError, "at least 2 tensors"),
            Error(([ones(2, 2), ones(2), ones(2)],), RuntimeError, "all 2D"),
            Error(([ones(2, 3), ones(2, 3)],), RuntimeError, "cannot be multiplied"),
        ],
    ),
]
globals().update(battery(OPS))


def test_sizes_of_1_broadcast_in_tensordot():
    x, y = rushlight.arange(6).view(2, 3), ones(1, 4).long()
    assert rushlight.tensordot(x, y, ([0], [0])).tolist() == [[3] * 4, [5] * 4, [7] * 4]
    assert rushlight.tensordot(x, y, rushlight.tensor([[0], [0]])).shape == (3, 4)


def test_the_old_name_warns():
    x = ones(2, 2)
    with pytest.warns(UserWarning, match="deprecated"):
        assert rushlight.chain_matmul(x, x, x).tolist() == [[4, 4], [4, 4]]
    assert rushlight.chain_matmul(x) is x

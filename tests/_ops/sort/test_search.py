"""searchsorted, bucketize."""

import numpy as np
import pytest

import rushlight
from rushlight._core.tensor import wrap
from tests.battery import NUMBERS, Error, Op, battery

NAN = float("nan")
T = rushlight.tensor


def _in_order(tensor):
    return wrap(np.sort(tensor._array))


def _samples(make):
    line, rows = _in_order(make(7)), _in_order(make(3, 7))
    return [
        (line, make(2, 3)),
        (line, make(4), {"right": True}),
        (line, make()),
        (rows, make(3, 5)),
        (rows, make(3, 5), {"side": "right", "out_int32": True}),
        (_in_order(make(0)), make(2)),
        (make(3, 0), make(3, 2)),
    ]


def _search(sequence, values, right=False, side=None, out_int32=False):
    side = "right" if right or side == "right" else "left"
    dtype = "int32" if out_int32 else "int64"
    if sequence.ndim == 1:
        return np.asarray(np.searchsorted(sequence, values, side)).astype(dtype)
    rows = [np.searchsorted(s, v, side) for s, v in zip(sequence, values, strict=True)]
    return np.stack(rows).astype(dtype)


OPS = [
    Op(
        "searchsorted",
        reference=_search,
        samples=_samples,
        dtypes=NUMBERS,
        grad=False,
        out=True,
        errors=[
            Error((T([1]), T([1])), RuntimeError, "'left' or 'right'", {"side": "x"}),
            Error(
                (T([1]), T([1])),
                RuntimeError,
                "opposites",
                {"side": "left", "right": True},
            ),
            Error((T([[1]]), T([1])), RuntimeError, "first N-1 dimensions"),
            Error((T([[1]]), 1), RuntimeError, "first N-1 dimensions"),
            Error((T(1), T([1])), RuntimeError, "1 dimension"),
            Error((T([True]), T([1])), NotImplementedError, "'Bool'"),
            Error((T([1, 2]), T([1])), RuntimeError, "same size", {"sorter": T([0])}),
            Error((T([1]), T([1])), RuntimeError, "long", {"sorter": T([0.0])}),
            Error((T([1]), T([1])), RuntimeError, "out of range", {"sorter": T([7])}),
            Error((1, T([1])), TypeError, "'sorted_sequence' to be a Tensor"),
            Error(
                (T([1]), T([1])),
                RuntimeError,
                "out tensor to have dtype",
                {"out": rushlight.zeros(1)},
            ),
        ],
    ),
    Op(
        "bucketize",
        reference=lambda values, line, **kwargs: _search(line, values, **kwargs),
        samples=lambda make: [
            (make(2, 3), _in_order(make(7))),
            (make(), _in_order(make(7)), {"right": True}),
        ],
        dtypes=NUMBERS,
        grad=False,
        out=True,
        errors=[Error((T([1]), T([[1]])), RuntimeError, "must be 1 dimension")],
    ),
]
globals().update(battery(OPS))


def test_numbers_and_mixed_dtypes():
    line = T([1, 3, 5])
    assert rushlight.searchsorted(line, 3).item() == 1
    assert rushlight.searchsorted(line, 3.5).item() == 2
    assert rushlight.searchsorted(line, T([3.0])).tolist() == [1]
    assert rushlight.bucketize(3, line, right=True).item() == 2


def test_a_sorter_puts_the_sequence_in_order():
    line = T([5, 1, 3])
    assert rushlight.searchsorted(line, T([3]), sorter=line.argsort()).tolist() == [1]


@pytest.mark.parametrize("right", [False, True])
def test_nan_is_behind_everything(right):
    line = T([1.0, 3.0, NAN])
    found = rushlight.searchsorted(line, T([NAN, 4.0, 0.0]), right=right)
    assert found.tolist() == [3, 3, 0]
    line = T([1.0, 3.0])
    assert rushlight.searchsorted(line, T([NAN]), right=right).tolist() == [2]

"""bincount, histc."""

import numpy as np
import pytest

import rushlight
from tests.battery import FLOATS, INTS, Error, Op, battery

T = rushlight.tensor
NAN = float("nan")


def _bincount(x, weights=None, minlength=0):
    return np.bincount(x, weights, minlength)


def _histc(x, bins=100, min=0, max=0):
    if min == max:
        min, max = x.min(), x.max()
    if min == max:
        min, max = min - 1, max + 1
    return np.histogram(x, bins, (min, max))[0].astype("float64")


OPS = [
    Op(
        "bincount",
        reference=_bincount,
        samples=lambda make: [
            (make(9, low=0, high=5),),
            (make(9, low=0, high=5), None, 12),
            (make(9, low=0, high=5), make(9, dtype="float64")),
        ],
        dtypes=INTS,
        grad=False,
        meta=False,
        errors=[
            Error((T([-1]),), RuntimeError, "1-d non-negative"),
            Error((T([[1]]),), RuntimeError, "1-d non-negative"),
            Error((T([1.0]),), NotImplementedError, "'Float'"),
            Error((T([1, 2]), T([1.0])), RuntimeError, "same length"),
            Error((T([1]), None, -1), RuntimeError, "minlength"),
            Error((rushlight.ones(1, device="meta"),), NotImplementedError, "meta"),
        ],
    ),
    Op(
        "histc",
        reference=_histc,
        samples=lambda make: [
            (make(40, low=0.01, high=0.99), 8, 0, 1),
            (make(4, 10), 4, -1.3, 0.7),
            (make(3), 5),
            (make(1), 3),
        ],
        dtypes=FLOATS[:2],
        grad=False,
        out=True,
        errors=[
            Error((rushlight.ones(2), 0), RuntimeError, "bins must be > 0"),
            Error((rushlight.ones(2), 3, 2, 1), RuntimeError, "larger than min"),
            Error((T([NAN]), 3), RuntimeError, "not finite"),
            Error((T([1]), 3), NotImplementedError, "'Long'"),
        ],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "dtype, found",
    [("float32", "float32"), ("float16", "float64"), ("int64", "float64")],
)
def test_the_dtype_of_sums_of_weights(dtype, found):
    weights = T([1, 2, 3]).to(getattr(rushlight, dtype))
    result = T([1, 2, 2]).bincount(weights)
    assert result.dtype.name == found
    assert result.tolist() == [0, 1, 5]


def test_nothing_to_count():
    assert rushlight.zeros(0).long().bincount(minlength=2).tolist() == [0, 0]
    assert rushlight.histc(rushlight.zeros(0), 3).tolist() == [0, 0, 0]


def test_what_lies_outside_is_not_counted():
    x = T([1.0, 2.0, 3.0, NAN, float("inf")])
    assert x.histc(2, 0, 2).tolist() == [0, 2]
    assert T([1.0, 1.0]).half().histc(3).tolist() == [0, 2, 0]

"""nan_to_num, heaviside, nextafter."""

import math

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, FLOATS, NUMBERS, Error, Op, battery

NAN, INF = math.nan, math.inf
ONE = rushlight.ones(1)
OPS = [
    Op(
        "nan_to_num",
        reference=lambda x, *args: np.nan_to_num(x),
        samples=lambda make: [(make(3, 4),), (make(), 1.0, 2.0, 3.0)],
        dtypes=(*ALL, *COMPLEX),
        inplace=True,
        out=True,
    ),
    Op(
        "heaviside",
        reference=lambda x, y: np.where(x == 0, y, x > 0),
        samples=lambda make: [(make(3, 4), make(4)), (make(3, 1) * 0, make(2))],
        dtypes=NUMBERS,
        grad=False,
        inplace=True,
        out=True,
        errors=[
            Error((ONE, ONE.double()), RuntimeError, "different dtypes"),
            Error((ONE, 0.5), TypeError, "'values'"),
            Error((rushlight.tensor([1j]),) * 2, NotImplementedError, "Complex"),
        ],
    ),
    Op(
        "nextafter",
        samples=lambda make: [(make(3, 4), make(3, 4)), (make(3, 1), make(4))],
        dtypes=FLOATS,
        grad=False,
        inplace=True,
        out=True,
        errors=[Error((rushlight.tensor([1]),) * 2, NotImplementedError, "'Long'")],
    ),
]
globals().update(battery(OPS))


def test_nan_to_num():
    x = rushlight.tensor([NAN, INF, -INF, 1.0], requires_grad=True)
    largest = rushlight.finfo(rushlight.float32).max
    assert x.nan_to_num().tolist() == [0, largest, -largest, 1]
    assert x.nan_to_num(1.0, 2.0, 3.0).tolist() == [1, 2, 3, 1]
    half = rushlight.tensor([INF, NAN], dtype=rushlight.float16)
    assert half.nan_to_num().tolist() == [65504, 0]
    z = rushlight.tensor([complex(NAN, INF)])
    assert z.nan_to_num(nan=2.0).tolist() == [complex(2, largest)]
    x.nan_to_num().sum().backward()
    assert x.grad.tolist() == [0, 0, 0, 1]


def test_heaviside_has_no_gradient():
    x = rushlight.tensor([1.0], requires_grad=True)
    result = rushlight.heaviside(x, x)
    with pytest.raises(NotImplementedError, match="heaviside is not implemented"):
        result.backward()
    assert rushlight.heaviside(rushlight.tensor([NAN]), ONE).tolist() == [0]


def test_nextafter():
    """It goes one step, also in half precision."""
    for dtype in (rushlight.float32, rushlight.float64, rushlight.bfloat16):
        one = rushlight.ones(1, dtype=dtype)
        step = rushlight.nextafter(one, 2 * one) - one
        assert step.item() == rushlight.finfo(dtype).eps
    x = rushlight.tensor([1.0, 2.0], requires_grad=True)
    rushlight.nextafter(x, rushlight.tensor([2.0, 2.0])).sum().backward()
    assert x.grad.tolist() == [1, 0]

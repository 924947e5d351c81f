"""remainder, fmod, gcd, lcm, and the operator %."""

import math

import numpy as np
import pytest

import rushlight
from tests.battery import INTS, Error, Op, battery

SIGNED = tuple(name for name in INTS if name != "uint8")


def pairs(make):
    return [
        (make(3, 4, low=-9, high=9), make(3, 4, low=1, high=3)),
        (make(3, 1, low=-9, high=9), make(4, low=-3, high=-1)),
        (make(3, 4, low=-9, high=9), make(low=1, high=2)),
        (make(0, 3), make(3, low=1, high=2)),
        (make(3, low=-9, high=9), 2),
    ]


def remainder(x, y):
    return x - np.floor(x / np.asarray(y)).astype(x.dtype) * y


ZERO = Error((rushlight.tensor([1]), 0), RuntimeError, "ZeroDivisionError")
OPS = [
    Op(
        "remainder",
        reference=remainder,
        samples=pairs,
        dtypes=("float64", "float32", *SIGNED),
        inplace=True,
        out=True,
        errors=[
            ZERO,
            Error((rushlight.tensor([True]), True), NotImplementedError, "'Bool'"),
        ],
    ),
    Op(
        "fmod",
        reference=np.fmod,
        samples=pairs,
        dtypes=("float64", "float32", "float16", *SIGNED),
        inplace=True,
        out=True,
        errors=[ZERO, Error((7, rushlight.tensor([2])), TypeError, "'input'")],
    ),
]
OPS += [
    Op(
        name,
        reference=getattr(np, name),
        samples=lambda make: [
            (make(3, 4), make(4)),
            (make(), make(2)),
            (make(0), make(1)),
        ],
        dtypes=INTS,
        inplace=True,
        out=True,
        errors=[
            Error((rushlight.ones(1), rushlight.ones(1)), NotImplementedError, "Float"),
            Error((rushlight.tensor([6]), 4), TypeError, "'other'"),
        ],
    )
    for name in ("gcd", "lcm")
]
globals().update(battery(OPS))


def test_signs_and_zeros_are_torchs():
    x = rushlight.tensor([-4.0, 4.0, -0.0, 0.0])
    assert str(x % 2) == "tensor([-0., 0., -0., 0.])"
    assert (rushlight.tensor([7, -7]) % 3).tolist() == [1, 2]
    assert (7 % rushlight.tensor([4, -4])).tolist() == [3, -1]
    assert rushlight.fmod(rushlight.tensor([7.0, -7.0]), 3).tolist() == [1, -1]


def test_infinite_and_zero_divisors():
    x = rushlight.tensor([1.0, -1.0])
    assert (x % math.inf).tolist() == [1.0, math.inf]
    assert str(x % 0) == "tensor([nan, nan])"


@pytest.mark.parametrize("dtype", [rushlight.float16, rushlight.bfloat16])
def test_half_precision_is_computed_in_float32(dtype):
    x = rushlight.tensor([5.5, -5.5, 7.25], dtype=dtype)
    y = rushlight.tensor([2.0, 2.0, -3.0], dtype=dtype)
    assert (x % y).tolist() == (x.float() % y.float()).tolist()


def test_nodes_have_torchs_names():
    x = rushlight.ones(1, requires_grad=True)
    names = [f.grad_fn.name() for f in (x % 2, x % x, x.fmod(2), x.fmod(x))]
    assert names == [
        "RemainderBackward0",
        "RemainderBackward1",
        "FmodBackward0",
        "FmodBackward1",
    ]

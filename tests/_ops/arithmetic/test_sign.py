"""abs, sign, sgn, signbit, copysign."""

import math

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, FLOATS, NUMBERS, Error, Op, battery

NAN = math.nan


def away(make):
    """Samples at some distance from the corner at 0."""
    return [
        (make(3, 4, low=0.5, high=2),),
        (make(3, low=-2, high=-1),),
        (make(low=1, high=2),),
        (make(0, 2),),
    ]


C = Error((rushlight.tensor([1j]),), NotImplementedError, "complex")
OPS = [
    Op(
        "abs",
        reference=np.abs,
        samples=away,
        dtypes=(*NUMBERS, *COMPLEX),
        inplace=True,
        out=True,
        errors=[Error((rushlight.tensor([True]),), NotImplementedError, "abs_cpu")],
    ),
    Op(
        "sign",
        reference=lambda x: x if x.dtype == bool else np.sign(x),
        samples=away,
        dtypes=ALL,
        inplace=True,
        out=True,
        errors=[C],
    ),
    Op(
        "sgn",
        reference=lambda x: x if x.dtype == bool else np.sign(x),
        samples=away,
        dtypes=(*ALL, *COMPLEX),
        inplace=True,
        out=True,
    ),
    Op(
        "signbit",
        reference=lambda x: x < 0,
        samples=away,
        dtypes=ALL,
        out=True,
        errors=[C],
    ),
    Op(
        "copysign",
        reference=np.copysign,
        samples=lambda make: [
            (make(3, 4, low=0.5, high=2), make(3, 4, low=1, high=2)),
            (make(3, 1, low=-2, high=-1), make(4, low=1, high=2)),
            (make(3, low=1, high=2), -1),
        ],
        dtypes=(*FLOATS, "int64"),
        inplace=True,
        out=True,
        errors=[Error((2.0, rushlight.ones(1)), TypeError, "'input'")],
    ),
]
globals().update(battery(OPS))


def test_at_zero_and_nan():
    x = rushlight.tensor([0.0, -0.0, NAN], requires_grad=True)
    assert x.sign().tolist() == [0, 0, 0]
    x.abs().sum().backward()
    assert x.grad.tolist() == [0, 0, 0]
    assert rushlight.signbit(x.detach()[:2]).tolist() == [False, True]


def test_copysign_at_zero():
    x = rushlight.tensor([0.0, 2.0], requires_grad=True)
    y = rushlight.copysign(x, -1.0)
    assert str(y.detach()) == "tensor([-0., -2.])"
    y.sum().backward()
    assert x.grad.tolist() == [0, -1]


def test_abs_of_complex_numbers():
    z = rushlight.tensor([3 + 4j, 0j], requires_grad=True)
    size = z.abs()
    assert size.tolist() == [5, 0] and size.dtype is rushlight.float32
    size.sum().backward()
    assert z.grad.tolist() == pytest.approx([0.6 + 0.8j, 0])
    with pytest.raises(RuntimeError, match="in-place abs"):
        z.detach().abs_()
    assert z.sgn().tolist() == pytest.approx([0.6 + 0.8j, 0])


def test_the_operator_and_the_alias():
    x = rushlight.tensor([-3, 2])
    assert abs(x).tolist() == x.absolute().tolist() == [3, 2]

"""sin, cos, tan, asin, acos, atan, atan2, sinc."""

import math

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, FLOATS, Error, Op, battery


def wide(x):
    return np.asarray(x, np.result_type(x, "f8"))


def in_double(ufunc):
    return lambda x: ufunc(wide(x))


def angles(make):
    return [(make(3, 4, low=-1, high=1),), (make(low=0, high=1),), (make(0, 2),)]


def inside(make):
    """Within the domain of asin and acos, integers too."""
    if make(1).dtype.is_floating_point or make(1).dtype.is_complex:
        return [(make(3, 4, low=-0.9, high=0.9),), (make(low=0.1, high=0.5),)]
    return [(make(3, 4) * 0,)]


UNARY = {
    "sin": ("sin", angles),
    "cos": ("cos", angles),
    "tan": ("tan", angles),
    "asin": ("arcsin", inside),
    "acos": ("arccos", inside),
    "atan": ("arctan", angles),
}
OPS = [
    Op(
        name,
        reference=in_double(getattr(np, numpy)),
        samples=samples,
        dtypes=(*ALL[:-1], *COMPLEX),
        inplace=True,
        out=True,
    )
    for name, (numpy, samples) in UNARY.items()
]
OPS += [
    Op(
        "atan2",
        reference=lambda x, y: np.arctan2(wide(x), wide(y)),
        samples=lambda make: [
            (make(3, 4), make(3, 4, low=0.5, high=2)),
            (make(3, 1), make(4, low=-2, high=-1)),
            (make(0, 3), make(3)),
        ],
        dtypes=ALL[:-1],
        inplace=True,
        out=True,
        errors=[
            Error((rushlight.ones(1), 1.0), TypeError, "'other'"),
            Error((rushlight.tensor([1j]),) * 2, NotImplementedError, "Complex"),
        ],
    ),
    Op(
        "sinc",
        reference=np.sinc,
        samples=lambda make: [(make(3, 4, low=0.2, high=2),), (make(low=1, high=1),)],
        dtypes=(*FLOATS, "int64"),
        inplace=True,
        out=True,
    ),
]
globals().update(battery(OPS))


def test_aliases():
    x = rushlight.tensor([0.5])
    for name, (numpy, _) in UNARY.items():
        assert getattr(rushlight, numpy)(x).tolist() == getattr(x, name)().tolist()
    assert rushlight.arctan2(x, x).item() == pytest.approx(math.pi / 4)


def test_atan2_has_no_gradient_at_the_origin():
    x = rushlight.tensor([0.0], requires_grad=True)
    y = rushlight.tensor([0.0], requires_grad=True)
    rushlight.atan2(x, y).backward()
    assert (x.grad.item(), y.grad.item()) == (0, 0)


def test_sinc_at_zero():
    x = rushlight.tensor([0.0, -0.0], requires_grad=True)
    y = x.sinc()
    assert y.tolist() == [1, 1]
    y.sum().backward()
    assert x.grad.tolist() == [0, 0]

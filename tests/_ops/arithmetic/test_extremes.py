"""maximum, minimum, fmax, fmin."""

import math

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, Error, Op, battery

NAN = math.nan


def pairs(make):
    return [
        (make(3, 4), make(3, 4)),
        (make(3, 1), make(4)),
        (make(3, 4), make()),
        (make(0, 3), make(3)),
    ]


OPS = [
    Op(
        name,
        reference=getattr(np, name),
        samples=pairs,
        dtypes=ALL,
        out=True,
        errors=[
            Error((rushlight.ones(1), 0), TypeError, "'other' to be a Tensor"),
            Error((0, rushlight.ones(1)), TypeError, "'input' to be a Tensor"),
            Error((rushlight.tensor([1j]),) * 2, NotImplementedError, "ComplexFloat"),
        ],
    )
    for name in ("maximum", "minimum", "fmax", "fmin")
]
globals().update(battery(OPS))


def gradients(name, x, y):
    x = rushlight.tensor(x, requires_grad=True)
    y = rushlight.tensor(y, requires_grad=True)
    getattr(rushlight, name)(x, y).sum().backward()
    return x.grad.tolist(), y.grad.tolist()


@pytest.mark.parametrize(
    "name, x_grad, y_grad",
    [
        ("maximum", [0.5, 0, 1, 1, 1], [0.5, 1, 0, 1, 1]),
        ("minimum", [0.5, 1, 0, 1, 1], [0.5, 0, 1, 1, 1]),
        ("fmax", [1, 0, 1, 0, 1], [0, 1, 0, 1, 0]),
        ("fmin", [1, 1, 0, 0, 1], [0, 0, 1, 1, 0]),
    ],
)
def test_who_gets_the_gradient(name, x_grad, y_grad):
    """At ties, and where one is nan; recorded from PyTorch."""
    found = gradients(name, [1.0, 1.0, 2.0, NAN, 1.0], [1.0, 2.0, 1.0, 1.0, NAN])
    assert found == (x_grad, y_grad)


def test_nan():
    x, y = rushlight.tensor([NAN, 1.0]), rushlight.tensor([1.0, NAN])
    assert str(rushlight.maximum(x, y)) == "tensor([nan, nan])"
    assert rushlight.fmin(x, y).tolist() == [1, 1]

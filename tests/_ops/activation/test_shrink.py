"""softshrink, hardshrink, tanhshrink, softsign."""

import math

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import FLOATS, INTS, Error, Op, battery

LONG = Error((rushlight.tensor([1]),), NotImplementedError, "'Long'")


def plain(make):
    return [(make(3, 4),), (make(), 0.2), (make(0, 2),), (make(90, 100), 1.0)]


OPS = [
    Op(
        "nn.functional.softshrink",
        reference=lambda x, by=0.5: x - np.clip(x, -by, by),
        samples=plain,
        dtypes=FLOATS,
        out=True,
        errors=[LONG, Error((rushlight.ones(1), -1), RuntimeError, "at least 0")],
    ),
    Op(
        "hardshrink",
        reference=lambda x, by=0.5: np.where(np.abs(x) <= by, 0, x),
        samples=plain,
        dtypes=FLOATS,
        out=True,
        errors=[LONG],
    ),
    Op(
        "nn.functional.tanhshrink",
        reference=lambda x: x - np.tanh(np.asarray(x, "f8")),
        samples=lambda make: [(make(3, 4),), (make(),)],
        dtypes=(*FLOATS, *INTS),
    ),
    Op(
        "nn.functional.softsign",
        reference=lambda x: x / (1 + np.abs(np.asarray(x, "f8"))),
        samples=lambda make: [(make(3, 4, low=0.5, high=2),), (make(),)],
        dtypes=(*FLOATS, *INTS),
        errors=[Error((3.0,), TypeError, "'input'")],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "function, name",
    [(F.softshrink, "SoftshrinkBackward0"), (F.hardshrink, "HardshrinkBackward0")],
)
def test_the_gradient_at_the_corners(function, name):
    x = rushlight.tensor([-1.0, -0.5, 0.0, 0.5, 1.0, math.nan], requires_grad=True)
    y = function(x)
    assert y.grad_fn.name() == name
    y.sum().backward()
    assert x.grad.tolist() == [1, 0, 0, 0, 1, 1]

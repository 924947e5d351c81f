"""leaky_relu, prelu."""

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import FLOATS, Error, Op, battery

ONE = rushlight.ones(2, 3)


def leaky(x, slope=0.01):
    return np.where(x > 0, x, slope * x)


def prelu(x, w):
    after = max(x.ndim - 2, 0)
    w = w.reshape((-1,) + (1,) * after) if w.size > 1 else w.reshape(())
    return np.where(x > 0, x, w * x)


OPS = [
    Op(
        "nn.functional.leaky_relu",
        reference=leaky,
        samples=lambda make: [
            (make(3, 4),),
            (make(), 0.2),
            (make(3), -0.5),
            (make(3), 2.0),
            (make(90, 100), 2.0),
        ],
        dtypes=FLOATS,
        errors=[Error((rushlight.tensor([1]),), NotImplementedError, "'Long'")],
    ),
    Op(
        "prelu",
        reference=prelu,
        samples=lambda make: [
            (make(3, 4), make(1)),
            (make(2, 3), make(3)),
            (make(2, 3, 4, 5), make(3)),
            (make(5), make()),
            (make(), make(1)),
            (make(0, 3), make(3)),
        ],
        dtypes=FLOATS,
        errors=[
            Error((ONE, rushlight.ones(2)), RuntimeError, "3 for the channels, got 2"),
            Error((ONE, rushlight.ones(1, 3)), RuntimeError, "ndim = 2"),
            Error((ONE, rushlight.ones(3).double()), RuntimeError, "Double"),
            Error((ONE, 0.1), TypeError, "'weight'"),
        ],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "function, name",
    [
        (F.leaky_relu, "LeakyReluBackward0"),
        (lambda x: F.prelu(x, rushlight.tensor([0.01])), "PreluKernelBackward0"),
    ],
)
def test_at_zero_the_slope_is_that_of_below(function, name):
    x = rushlight.tensor([-1.0, 0.0, 1.0], requires_grad=True)
    y = function(x)
    assert y.grad_fn.name() == name
    y.sum().backward()
    assert x.grad.tolist() == pytest.approx([0.01, 0.01, 1])


def test_in_place():
    x = rushlight.tensor([-1.0, 2.0])
    assert F.leaky_relu_(x, 0.5) is x and x.tolist() == [-0.5, 2]
    assert F.leaky_relu(x, 0.5, inplace=True) is x and x.tolist() == [-0.25, 2]

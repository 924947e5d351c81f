"""relu, threshold, hardtanh, relu6."""

import math

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import FLOATS, NUMBERS, Error, Op, battery

NAN = math.nan
BOOL = Error((rushlight.tensor([True]),), RuntimeError, "bool")
COMPLEX = Error((rushlight.tensor([1j]),), NotImplementedError, "Complex")


def plain(make):
    return [(make(3, 4),), (make(),), (make(0, 2),), (make(80, 60),)]


def relu(x):
    return np.maximum(x, 0)


def hardtanh(x, min_val=-1.0, max_val=1.0):
    return np.minimum(np.maximum(x, x.dtype.type(min_val)), x.dtype.type(max_val))


OPS = [
    Op("relu", reference=relu, samples=plain, dtypes=NUMBERS, inplace=True,
       errors=[BOOL, COMPLEX]),
    Op("nn.functional.relu", reference=relu, samples=plain, errors=[BOOL]),
    Op(
        "threshold",
        reference=lambda x, limit, value: np.where(x <= limit, value, x),
        samples=lambda make: [(make(3, 4), 1, 20), (make(), 0, 7)],
        dtypes=NUMBERS,
        errors=[Error((rushlight.tensor([True]), 1, 2), NotImplementedError, "bool")],
    ),
    Op(
        "nn.functional.hardtanh",
        reference=hardtanh,
        samples=lambda make: [*plain(make), (make(3, 4), -0.5, 1.5)],
        dtypes=FLOATS,
        errors=[
            BOOL,
            Error((rushlight.ones(1), 2, 1), ValueError, "min_val"),
            Error(
                (rushlight.ones(1, dtype=rushlight.uint8),),
                RuntimeError,
                "unsigned type, Byte, with negative limits",
            ),
        ],
    ),
    Op(
        "nn.functional.relu6",
        reference=lambda x: np.clip(x, 0, 6),
        samples=lambda make: [(make(3, 4, low=-9, high=9),)],
        dtypes=NUMBERS,
        errors=[BOOL],
    ),
]  # fmt: skip
globals().update(battery(OPS))

VALUES = [-6.0, -1.0, 0.0, 1.0, 6.0, NAN]


@pytest.mark.parametrize(
    "function, gradient, name",
    [
        (rushlight.relu, [0, 0, 0, 1, 1, 1], "ReluBackward0"),
        (F.relu6, [0, 0, 0, 1, 0, 1], "HardtanhBackward0"),
        (F.hardtanh, [0, 0, 1, 0, 0, 1], "HardtanhBackward0"),
        (lambda x: F.threshold(x, 1.0, 9.0), [0, 0, 0, 0, 1, 1], "ThresholdBackward0"),
    ],
)
def test_the_gradient_at_the_corners(function, gradient, name):
    x = rushlight.tensor(VALUES, requires_grad=True)
    y = function(x)
    assert y.grad_fn.name() == name
    y.sum().backward()
    assert x.grad.tolist() == gradient


def test_a_closed_gate_stops_an_infinite_gradient():
    """Also in arrays that are large enough for the selection by bits."""
    x = rushlight.full((100, 100), -1.0, requires_grad=True)
    x.relu().backward(rushlight.full((100, 100), math.inf))
    assert not x.grad.any()


def test_zeros_and_nan():
    for x in (rushlight.tensor([-0.0, NAN]), rushlight.tensor([-0.0, NAN] * 4000)):
        assert str(x.relu()[:2]) == "tensor([-0., nan])"


@pytest.mark.parametrize("form", [rushlight.relu_, F.relu_, lambda x: F.relu(x, True)])
def test_in_place(form):
    x = rushlight.tensor([-1.0, 2.0])
    assert form(x) is x and x.tolist() == [0, 2]
    leaf = rushlight.tensor([-1.0, 2.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="leaf Variable"):
        form(leaf)
    y = leaf * 2
    form(y)
    y.sum().backward()
    assert leaf.grad.tolist() == [0, 2]


def test_the_others_in_place():
    x = rushlight.tensor([-2.0, 2.0])
    assert F.hardtanh_(x) is x and x.tolist() == [-1, 1]
    assert rushlight.threshold_(x, 0, 5) is x and x.tolist() == [5, 1]
    assert F.relu6(x, inplace=True) is x
    assert F.hardtanh(x, 0.0, 2.0, inplace=True) is x and x.tolist() == [2, 1]

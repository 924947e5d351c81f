"""clamp, clamp_min, clamp_max."""

import math

import numpy as np
import pytest

import rushlight
from tests.battery import FLOATS, NUMBERS, Error, Op, battery

NAN = math.nan
ONE = rushlight.ones(1)
LOW = rushlight.tensor(-1.0)
MIXED = rushlight.tensor([1, 5])


def numbers(make):
    x = make(3, 4, low=-4, high=4)
    return [
        (x, -1.0, 1.5),
        (x, {"min": 0.5}),
        (x, {"max": 0.5}),
        (x, 1.0, -1.0),
        (make(), 0.0, 1.0),
        (make(0, 2), 0.0, 1.0),
        (make(100, 50), 0.0, 1.0),
    ]


def integers(make):
    x = make(3, 4, low=0, high=9)
    return [(x, 2, 5), (x, {"min": 3}), (x, {"max": 3}), (x, 5, 2)]


def tensors(make):
    x = make(3, 4)
    return [
        (x, make(3, 4), make(3, 4)),
        (x, {"min": make(4)}),
        (x, {"max": make(3, 1)}),
        (x, make(), make()),
    ]


def clip(x, min=None, max=None):
    if min is not None:
        x = np.maximum(x, np.asarray(min, x.dtype))
    return x if max is None else np.minimum(x, np.asarray(max, x.dtype))


OPS = [
    Op(
        "clamp",
        reference=clip,
        samples=numbers,
        dtypes=FLOATS,
        inplace=True,
        out=True,
        errors=[
            Error((ONE,), RuntimeError, "At least one".lower()),
            Error((rushlight.tensor([1j]), 0), NotImplementedError, "complex types"),
            Error((rushlight.tensor([True]), True), NotImplementedError, "'Bool'"),
            Error((ONE, rushlight.ones(2), 1.0), TypeError, "both numbers"),
            Error(
                (rushlight.ones(1, dtype=rushlight.uint8), 0, 300),
                RuntimeError,
                "uint8_t without overflow",
            ),
        ],
    ),
    Op(
        "clamp",
        reference=clip,
        samples=integers,
        dtypes=NUMBERS,
        grad=False,
        inplace=True,
        id="clamp by integers",
    ),
    Op(
        "clip",
        reference=clip,
        samples=tensors,
        dtypes=NUMBERS,
        inplace=True,
        out=True,
        id="clip by tensors",
    ),
    Op(
        "clamp_min",
        reference=np.maximum,
        samples=lambda make: [(make(3, 4), 1), (make(3, 1), make(4))],
        dtypes=NUMBERS,
        inplace=True,
        out=True,
    ),
    Op(
        "clamp_max",
        reference=np.minimum,
        samples=lambda make: [(make(3, 4), 1), (make(3, 1), make(4))],
        dtypes=NUMBERS,
        inplace=True,
        out=True,
        errors=[Error((1.0, ONE), TypeError, "'input'")],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "function, gradient, name",
    [
        (lambda x: x.clamp(-1, 1), [0, 1, 1, 1, 0, 0], "ClampBackward1"),
        (lambda x: x.clamp(min=-1), [0, 1, 1, 1, 1, 0], "ClampBackward1"),
        (lambda x: x.clamp_max(1), [1, 1, 1, 1, 0, 0], "ClampMaxBackward0"),
        (lambda x: x.clamp_min(-1), [0, 1, 1, 1, 1, 0], "ClampMinBackward0"),
        (lambda x: x.clamp(LOW), [0, 1, 1, 1, 1, 0], "ClampBackward0"),
        (lambda x: x.clamp_min(LOW), [0, 1, 1, 1, 1, 0], "ClampMinBackward1"),
    ],
)
def test_the_gradient_at_the_bounds(function, gradient, name):
    x = rushlight.tensor([-2.0, -1.0, 0.0, 1.0, 2.0, NAN], requires_grad=True)
    y = function(x)
    assert y.grad_fn.name() == name
    y.sum().backward()
    assert x.grad.tolist() == gradient


def test_the_gradient_of_the_bounds():
    x = rushlight.tensor([-1.0, 0.5, 2.0, 0.0])
    low = rushlight.tensor([0.0, 0.0, 0.0, 1.0], requires_grad=True)
    high = rushlight.tensor([1.0, 1.0, 1.0, 0.5], requires_grad=True)
    x.clamp(low, high).sum().backward()
    assert low.grad.tolist() == [1, 0, 0, 0]
    assert high.grad.tolist() == [0, 0, 1, 1]


def test_dtypes_and_special_values():
    assert MIXED.clamp(0.5, 2).tolist() == [1.0, 2.0]
    assert rushlight.tensor([True, False]).clamp(0, 1).dtype is rushlight.int64
    x = rushlight.tensor([NAN, -0.0])
    assert str(x.clamp(min=0)) == "tensor([nan, -0.])"
    assert str(x.clamp(NAN, 1)) == "tensor([nan, nan])"
    assert x.clamp(rushlight.tensor(0.0), 1.0).shape == (2,)

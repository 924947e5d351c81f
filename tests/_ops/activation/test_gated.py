"""silu, mish, hardsigmoid, hardswish."""

import math

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import FLOATS, Error, Op, battery

LONG = Error((rushlight.tensor([1]),), NotImplementedError, "'Long'")


def plain(make):
    return [(make(3, 4),), (make(),), (make(0, 2),), (make(60, 70, low=-9, high=9),)]


def hardsigmoid(x):
    return np.clip(x + 3, 0, 6) / 6


OPS = [
    Op(
        f"nn.functional.{name}",
        reference=reference,
        samples=plain,
        dtypes=dtypes,
        errors=[LONG],
    )
    for name, reference, dtypes in [
        ("silu", lambda x: x / (1 + np.exp(-x)), (*FLOATS, "complex128", "complex64")),
        ("mish", lambda x: x * np.tanh(np.log1p(np.exp(x))), FLOATS),
        ("hardsigmoid", hardsigmoid, FLOATS),
        ("hardswish", lambda x: x * hardsigmoid(x), FLOATS),
    ]
]
globals().update(battery(OPS))

VALUES = [-4.0, -3.0, 0.0, 3.0, 4.0, math.nan]


@pytest.mark.parametrize(
    "function, gradient, name",
    [
        (F.hardsigmoid, [0, 0, 1 / 6, 0, 0, 0], "HardsigmoidBackward0"),
        (F.hardswish, [0, 0, 0.5, 1, 1, 1], "HardswishBackward0"),
    ],
)
def test_the_gradient_at_the_corners(function, gradient, name):
    x = rushlight.tensor(VALUES, requires_grad=True)
    y = function(x)
    assert y.grad_fn.name() == name
    y.sum().backward()
    assert x.grad.tolist() == pytest.approx(gradient)


def test_far_out():
    x = rushlight.tensor([-200.0, -100.0, 100.0, 3e38])
    assert F.silu(x).tolist()[::3] == [0, float(x[3])]
    assert F.mish(x)[2:].tolist() == x[2:].tolist()
    assert F.mish(x)[1].item() == pytest.approx(-100 * math.exp(-100), rel=1e-2)


def test_in_place():
    for function in (F.silu, F.mish, F.hardsigmoid, F.hardswish):
        x = rushlight.tensor([1.0, -2.0])
        expected = function(x).tolist()
        assert function(x, inplace=True) is x and x.tolist() == expected


def test_nodes_have_torchs_names():
    x = rushlight.ones(1, requires_grad=True)
    assert F.silu(x).grad_fn.name() == "SiluBackward0"
    assert F.mish(x).grad_fn.name() == "MishBackward0"

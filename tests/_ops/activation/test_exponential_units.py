"""elu, selu, celu."""

import math

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import FLOATS, Error, Op, battery

LONG = Error((rushlight.tensor([1]),), NotImplementedError, "'Long'")
ALPHA, SCALE = 1.6732632423543772, 1.0507009873554805


def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def with_alpha(make):
    return [(make(3, 4),), (make(), 2.0), (make(0, 2),), (make(90, 100), 0.5)]


OPS = [
    Op("nn.functional.elu", reference=elu, samples=with_alpha, dtypes=FLOATS,
       errors=[LONG]),
    Op("selu", reference=lambda x: SCALE * elu(x, ALPHA), dtypes=FLOATS, errors=[LONG],
       samples=lambda make: [(make(3, 4),), (make(90, 100),)]),
    Op("celu", reference=lambda x, a=1.0: np.where(x > 0, x, a * np.expm1(x / a)),
       samples=with_alpha, dtypes=FLOATS,
       errors=[LONG, Error((rushlight.ones(1), 0), RuntimeError, "ZeroDivisionError")]),
]  # fmt: skip
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "function, at_zero, name",
    [
        (F.elu, 1, "EluBackward0"),
        (lambda x: F.elu(x, 2.0), 2, "EluBackward0"),
        (rushlight.selu, ALPHA * SCALE, "EluBackward0"),
        (lambda x: rushlight.celu(x, 2.0), 1, "CeluBackward0"),
    ],
)
def test_the_gradient_at_zero(function, at_zero, name):
    x = rushlight.tensor([0.0, -math.inf], requires_grad=True)
    y = function(x)
    assert y.grad_fn.name() == name
    y.sum().backward()
    assert x.grad.tolist() == pytest.approx([at_zero, 0])


def test_in_place():
    x = rushlight.tensor([0.0, 3.0])
    for form in (F.elu_, F.selu_, rushlight.selu_, F.celu_, rushlight.celu_):
        assert form(x) is x and x[0].item() == 0
    assert F.elu(x, inplace=True) is x

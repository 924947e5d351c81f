"""sigmoid, logit."""

import math

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, FLOATS, Error, Op, battery

NAN = math.nan


def plain(make):
    return [(make(3, 4),), (make(),), (make(0, 2),)]


def sigmoid(x):
    return 1 / (1 + np.exp(-np.asarray(x, np.result_type(x, "f8"))))


OPS = [
    Op(
        "sigmoid",
        reference=sigmoid,
        samples=plain,
        dtypes=(*ALL, *COMPLEX),
        inplace=True,
        out=True,
    ),
    Op("nn.functional.sigmoid", reference=sigmoid, samples=plain),
    Op(
        "logit",
        reference=lambda x: np.log(x / (1 - x)),
        samples=lambda make: [(make(3, 4, low=0.1, high=0.9),), (make(0, 2),)],
        dtypes=FLOATS,
        inplace=True,
        out=True,
        errors=[Error((rushlight.tensor([1j]),), NotImplementedError, "Complex")],
    ),
    Op(
        "logit",
        reference=lambda x, eps: (
            np.log(np.clip(x, eps, 1 - eps)) - np.log(1 - np.clip(x, eps, 1 - eps))
        ),
        samples=lambda make: [(make(3, 4), 0.2), (make(5, low=0.3, high=0.7), 0.1)],
        dtypes=FLOATS,
        id="logit with eps",
    ),
]
globals().update(battery(OPS))


def test_small_values_keep_their_precision():
    x = rushlight.tensor([-20.0, -80.0, -200.0, 200.0])
    expected = [math.exp(-20), math.exp(-80), 0, 1]
    assert x.sigmoid().tolist() == pytest.approx(expected, rel=1e-6)


def test_logit_outside_its_domain():
    x = rushlight.tensor([-0.5, 0.0, 1.0, 1.5, NAN], requires_grad=True)
    assert str(x.logit().detach()) == "tensor([nan, -inf, inf, nan, nan])"
    x.logit().sum().backward()
    assert str(x.grad) == "tensor([nan, inf, inf, nan, nan])"
    x.grad = None
    x.logit(0.1).sum().backward()
    assert str(x.grad) == "tensor([0., 0., 0., 0., nan])"

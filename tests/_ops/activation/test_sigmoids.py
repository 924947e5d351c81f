"""softplus, logsigmoid."""

import math

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import FLOATS, Error, Op, battery

LONG = Error((rushlight.tensor([1]),), NotImplementedError, "'Long'")


def softplus(x, beta=1, threshold=20):
    return np.where(x * beta > threshold, x, np.log1p(np.exp(x * beta)) / beta)


OPS = [
    Op(
        "nn.functional.softplus",
        reference=softplus,
        samples=lambda make: [
            (make(3, 4),),
            (make(), 2.0),
            (make(4, 5, low=-4, high=4), 2, 3),
            (make(0, 2),),
        ],
        dtypes=FLOATS,
        out=True,
        errors=[LONG],
    ),
    Op(
        "nn.functional.logsigmoid",
        reference=lambda x: -np.log1p(np.exp(-x)),
        samples=lambda make: [(make(3, 4),), (make(),), (make(0, 2),)],
        dtypes=FLOATS,
        out=True,
        errors=[LONG],
    ),
]
globals().update(battery(OPS))


def test_far_out():
    x = rushlight.tensor([-200.0, -100.0, 25.0, 1000.0], requires_grad=True)
    y = F.softplus(x)
    assert y.tolist()[2:] == [25, 1000]
    assert y[1].item() == pytest.approx(math.exp(-100), abs=1e-44)
    y.sum().backward()
    assert x.grad.tolist() == pytest.approx([0, 0, 1, 1])
    x.grad = None
    y = F.logsigmoid(x)
    assert y.tolist() == pytest.approx([-200, -100, 0, 0], abs=1e-10)
    y.sum().backward()
    assert x.grad.tolist() == pytest.approx([1, 1, 0, 0], abs=1e-10)


def test_nodes_have_torchs_names():
    x = rushlight.ones(1, requires_grad=True)
    assert F.softplus(x).grad_fn.name() == "SoftplusBackward0"
    assert F.logsigmoid(x).grad_fn.name() == "LogSigmoidBackward0"

"""normalize and local_response_norm."""

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import FLOATS, Error, Op, battery


def normalized(x, p=2.0, dim=1, eps=1e-12):
    size = (np.abs(x) ** p).sum(dim, keepdims=True) ** (1 / p)
    return x / np.maximum(size, eps)


def responded(x, size, alpha=1e-4, beta=0.75, k=1.0):
    before, channels = size // 2, x.shape[1]
    padded = np.pad(x**2, [(0, 0), (before, size)] + [(0, 0)] * (x.ndim - 2))
    total = sum(padded[:, i : i + channels] for i in range(size))
    return x / (k + alpha * total / size) ** beta


def vectors(make):
    return [
        (make(3, 4),),
        (make(3, 4), 1.0, 0),
        (make(2, 3, 4, low=0.2), 3.0, -1),
        (make(2, 3, 4), 2.0, (0, 1)),
    ]


def channels(make):
    return [
        (make(2, 6, 3), 3, 0.5),
        (make(2, 4, 3, 2), 2, 0.5, 0.5, 2.0),
        (make(1, 3, 2, 2, 2), 7, 0.1),
        (make(2, 0, 3), 2),
    ]


OPS = [
    Op(
        "nn.functional.normalize",
        vectors,
        normalized,
        out=True,
        dtypes=FLOATS,
        errors=[
            Error((rushlight.ones(2, 3), 2.0, 3), IndexError, "range [-2, 1], got 3"),
            Error((1.0,), TypeError, "to be a Tensor"),
        ],
    ),
    Op(
        "nn.functional.local_response_norm",
        channels,
        responded,
        tolerance=5,
        dtypes=FLOATS,
        errors=[Error((rushlight.ones(3, 4), 2), ValueError, "3D or higher")],
    ),
]
globals().update(battery(OPS))


def test_zeros_stay_zeros():
    x = rushlight.zeros(2, 3, requires_grad=True)
    y = F.normalize(x)
    assert bool((y == 0).all()) and y.grad_fn.name() == "DivBackward0"


def test_the_largest_is_the_infinite_norm():
    x = rushlight.tensor([[1.0, -4.0]])
    assert F.normalize(x, float("inf")).tolist() == [[0.25, -1]]


def test_short_vectors_are_divided_by_eps():
    x = rushlight.tensor([[3.0, 4.0]])
    assert F.normalize(x, eps=10.0).tolist() == [pytest.approx([0.3, 0.4])]

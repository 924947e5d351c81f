"""gelu."""

import math

import numpy as np
import pytest
from scipy import special

import rushlight
from rushlight.nn import functional as F
from tests.battery import FLOATS, Error, Op, battery


def gelu(x, approximate="none"):
    if approximate == "tanh":
        inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
        return 0.5 * x * (1 + np.tanh(inner))
    return x * special.ndtr(x)


def samples(make):
    args = [(make(3, 4),), (make(),), (make(0, 2),), (make(50, 60, low=-6, high=6),)]
    return args + [(*a, {"approximate": "tanh"}) for a in args]


OPS = [
    Op(
        "nn.functional.gelu",
        reference=gelu,
        samples=samples,
        dtypes=FLOATS,
        out=True,
        errors=[
            Error((rushlight.tensor([1]),), NotImplementedError, "'Long'"),
            Error(
                (rushlight.ones(1),),
                RuntimeError,
                "'none' or 'tanh', got 'quick'",
                {"approximate": "quick"},
            ),
            Error((rushlight.ones(1), "tanh"), TypeError, "positional"),
        ],
    )
]
globals().update(battery(OPS))


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_the_error_in_float32(approximate):
    """Within two roundings."""
    values = np.linspace(-12, 12, 100_001, dtype="f4")
    x = rushlight.from_numpy(values).requires_grad_()
    y = F.gelu(x, approximate=approximate)
    exact = gelu(values.astype("f8"), approximate)
    error = np.abs(y.detach().numpy() - exact)
    assert np.max(error / np.maximum(np.abs(exact), 1)) < 2.5e-7
    y.sum().backward()
    wide = rushlight.from_numpy(values.astype("f8")).requires_grad_()
    F.gelu(wide, approximate=approximate).sum().backward()
    assert np.max(np.abs(x.grad.numpy() - wide.grad.numpy())) < 3e-6


def test_far_out():
    x = rushlight.tensor([-40.0, 40.0, 3e38], requires_grad=True)
    y = F.gelu(x)
    assert y.tolist()[:2] == [0, 40]
    y.sum().backward()
    assert x.grad.tolist() == [0, 1, 1]
    assert y.grad_fn.name() == "GeluBackward0"

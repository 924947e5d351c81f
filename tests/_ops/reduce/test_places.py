"""argmax, argmin."""

import numpy as np
import pytest

import rushlight
from tests.battery import NUMBERS, Error, Op, battery


def _samples(make):
    x = make(3, 4, 2)
    return [
        (x,),
        (x, 1),
        (x, -1, True),
        (x, None, True),
        (make(), 0),
        (make(0, 3), 1),
    ]


def _reference(function):
    def reference(x, dim=None, keepdim=False):
        return function(x, dim if x.ndim else None, keepdims=keepdim)

    return reference


OPS = [
    Op(
        name,
        reference=_reference(function),
        samples=_samples,
        dtypes=NUMBERS,
        grad=False,
        out=True,
        errors=[
            Error((rushlight.ones(2).bool(),), RuntimeError, "'Bool'"),
            Error((rushlight.ones(2) + 1j,), RuntimeError, "'ComplexFloat'"),
            Error((rushlight.ones(0),), IndexError, "Specify the reduction dim"),
            Error((rushlight.ones(0, 2), 0), IndexError, "non-zero size"),
            Error((rushlight.ones(2), 1), IndexError, f"{name}()"),
            Error((rushlight.ones(2), (0,)), TypeError, "an int for 'dim'"),
        ],
    )
    for name, function in {"argmax": np.argmax, "argmin": np.argmin}.items()
]
globals().update(battery(OPS))


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_the_first_of_equals_and_the_first_nan(dtype):
    dtype = getattr(rushlight, dtype)
    assert rushlight.tensor([3.0, 1.0, 3.0], dtype=dtype).argmax().item() == 0
    x = rushlight.tensor([1.0, float("nan"), 3.0], dtype=dtype)
    assert (x.argmax().item(), x.argmin().item()) == (1, 1)


def test_numpy_names():
    assert rushlight.ones(2, 3).argmax(axis=1, keepdims=True).shape == (2, 1)

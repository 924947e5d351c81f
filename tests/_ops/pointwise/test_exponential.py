"""exp, exp2, expm1."""

import math

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery


def wide(x):
    """As float64 or complex128: NumPy would take small integers to float16."""
    return np.asarray(x, np.result_type(x, "f8"))


def in_double(ufunc):
    return lambda x: ufunc(wide(x))


OPS = [
    Op(
        name,
        reference=in_double(getattr(np, name)),
        samples=lambda make: [(make(3, 4),), (make(),), (make(0, 2),)],
        dtypes=(*ALL, *COMPLEX),
        inplace=True,
        out=True,
        errors=[
            Error((1.0,), TypeError, "argument 'x' to be a Tensor, got float"),
            Error((None,), TypeError, "NoneType"),
            Error(
                (rushlight.tensor([1]),),
                RuntimeError,
                "can't be cast",
                {"out": rushlight.tensor([1])},
            ),
        ],
    )
    for name in ("exp", "exp2", "expm1")
]
globals().update(battery(OPS))


def test_overflow_is_silent():
    """pytest makes warnings errors."""
    x = rushlight.tensor([1000.0, -1000.0])
    assert x.exp().tolist() == [math.inf, 0]
    assert x.exp_().tolist() == [math.inf, 0]


def test_integers_are_not_changed_in_place():
    with pytest.raises(RuntimeError, match="can't be cast"):
        rushlight.tensor([1]).exp_()


def test_nodes_have_torchs_names():
    x = rushlight.ones(1, requires_grad=True)
    names = [y.grad_fn.name() for y in (x.exp(), x.exp2(), x.expm1())]
    assert names == ["ExpBackward0", "Exp2Backward0", "Expm1Backward0"]

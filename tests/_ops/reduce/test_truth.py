"""all, any, count_nonzero."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery


def _samples(make):
    x = make(3, 4, 2, low=0, high=1)
    return [
        (x,),
        (x, 1),
        (x, (0, 2)),
        (make(), 0),
        (make(0, 3), 0),
        (make(0, 3), 1),
        (make(0),),
    ]


def _kept(make):
    x = make(3, 4, low=0, high=1)
    return [(x, 1, True), (x, (0, 1), True), (x, ())]


def _truth(function):
    def reference(x, dim=None, keepdim=False):
        if dim == ():
            return np.asarray(x) != 0
        return function(x, axis=dim if x.ndim else None, keepdims=keepdim)

    return reference


OPS = [
    Op(
        name,
        reference=_truth(function),
        samples=lambda make: _samples(make) + _kept(make),
        dtypes=(*ALL, *COMPLEX),
        grad=False,
        out=True,
        errors=[
            Error((rushlight.ones(2), 1), IndexError, f"{name}()"),
            Error((rushlight.ones(2, 2), (1, -1)), RuntimeError, "each dimension once"),
            Error(([True],), TypeError, "to be a Tensor"),
        ],
    )
    for name, function in {"all": np.all, "any": np.any}.items()
] + [
    Op(
        "count_nonzero",
        reference=lambda x, dim=None: np.count_nonzero(x, dim if x.ndim else None),
        samples=_samples,
        dtypes=(*ALL, *COMPLEX),
        grad=False,
        errors=[Error((rushlight.ones(2), 1), IndexError, "count_nonzero()")],
    )
]
globals().update(battery(OPS))


def test_nan_is_true():
    x = rushlight.tensor([0.0, float("nan")])
    assert x.any().item() is True
    assert x[1:].all().item() is True
    assert x.count_nonzero().item() == 1


def test_uint8_stays_uint8():
    x = rushlight.tensor([0, 3], dtype=rushlight.uint8)
    assert x.any().dtype is rushlight.uint8
    assert (x.any().item(), x.all().item()) == (1, 0)
    assert x.all(()).tolist() == [0, 1]


@pytest.mark.parametrize("name", ["all", "any"])
def test_numpy_names(name):
    x = rushlight.ones(2, 3).bool()
    assert getattr(x, name)(axis=1, keepdims=True).shape == (2, 1)
    assert x.count_nonzero(axis=0).tolist() == [2, 2, 2]

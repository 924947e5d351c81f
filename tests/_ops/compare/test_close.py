"""equal, isclose, allclose."""

import math

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery

NAN, INF = math.nan, math.inf
ONE = rushlight.ones(1)


def near(make):
    x = make(3, 4)
    return [(x, x), (x, make(3, 4)), (make(3, 1), make(4)), (x, make(), {"atol": 1.0})]


OPS = [
    Op(
        "isclose",
        reference=lambda x, y, atol=1e-8: (
            np.abs(x * 1.0 - y * 1.0) <= atol + 1e-5 * np.abs(y * 1.0)
        ),
        samples=near,
        dtypes=(*ALL, *COMPLEX),
        errors=[
            Error((ONE, ONE.double()), RuntimeError, "Float did not match Double"),
            Error((ONE, ONE), RuntimeError, "rtol to be greater", {"rtol": -1}),
            Error((ONE, ONE), RuntimeError, "atol to be greater", {"atol": -1}),
            Error((ONE, 1.0), TypeError, "'other'"),
        ],
    )
]
globals().update(battery(OPS))


def test_special_values():
    x = rushlight.tensor([NAN, INF, INF, 1.0])
    y = rushlight.tensor([NAN, INF, -INF, INF])
    assert rushlight.isclose(x, y).tolist() == [False, True, False, False]
    same = rushlight.isclose(x, y, equal_nan=True, rtol=INF)
    assert same.tolist() == [True, True, False, False]


def test_allclose():
    x = rushlight.tensor([1.0, 2.0])
    assert rushlight.allclose(x, x + 1e-6) is True
    assert x.allclose(x + 0.1) is False
    assert x.allclose(x + 0.1, atol=0.2) is True
    assert rushlight.allclose(x.half(), x.half()) is True


def test_equal():
    x = rushlight.tensor([1.0, 2.0])
    assert rushlight.equal(x, x) is True and x.equal(x + 1) is False
    assert rushlight.equal(x, x.double()) is True
    assert rushlight.equal(x, x[:1]) is False
    assert rushlight.equal(rushlight.tensor([NAN]), rushlight.tensor([NAN])) is False
    with pytest.raises(TypeError, match="'other'"):
        rushlight.equal(x, [1.0, 2.0])

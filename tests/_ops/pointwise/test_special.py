"""erf, erfc, erfinv, lgamma, digamma, polygamma."""

import math

import numpy as np
import pytest
from scipy import special

import rushlight
from tests.battery import ALL, FLOATS, Error, Op, battery

C = Error((rushlight.tensor([1j]),), NotImplementedError, "Complex")


def plain(make):
    return [(make(3, 4),), (make(),), (make(0, 2),), (make(40, 50),)]


def positive(make):
    return [(make(3, 4, low=1, high=9),), (make(low=1, high=9),), (make(0, 2),)]


OPS = [
    Op(
        name,
        reference=lambda x, function=function: function(np.asarray(x, float)),
        samples=samples,
        dtypes=dtypes,
        inplace=True,
        out=True,
        errors=[C],
    )
    for name, function, samples, dtypes in [
        ("erf", special.erf, plain, ALL),
        ("erfc", special.erfc, plain, ALL),
        ("lgamma", special.gammaln, positive, ALL[:-1]),
        ("digamma", special.digamma, positive, ALL[:-1]),
    ]
]
OPS += [
    Op(
        "erfinv",
        reference=special.erfinv,
        samples=lambda make: [(make(3, 4, low=-0.9, high=0.9),), (make(0, 2),)],
        dtypes=FLOATS,
        inplace=True,
        out=True,
        tolerance=3,
        errors=[C],
    ),
    Op(
        "polygamma",
        reference=special.polygamma,
        samples=lambda make: [(n, *args) for n in range(5) for args in positive(make)],
        dtypes=FLOATS[:2],
        out=True,
        tolerance=2,
        errors=[Error((-1, rushlight.ones(1)), RuntimeError, "negative n")],
    ),
]
globals().update(battery(OPS))


def test_polygamma_as_a_method():
    x = rushlight.tensor([1.0])
    assert x.polygamma(1).item() == pytest.approx(math.pi**2 / 6)
    assert x.polygamma_(1) is x and x.item() == pytest.approx(math.pi**2 / 6)


def test_outside_the_domain():
    x = rushlight.tensor([1.5, 1.0, -1.0])
    assert str(x.erfinv()) == "tensor([nan, inf, -inf])"
    assert rushlight.tensor([0.0, -1.0]).lgamma().tolist() == [math.inf, math.inf]
    poles = rushlight.tensor([0.0, -0.0, -1.0])
    assert str(poles.digamma()) == "tensor([-inf, inf, nan])"

"""addcmul, addcdiv, lerp, ldexp."""

import pytest

import rushlight
from tests.battery import COMPLEX, FLOATS, NUMBERS, Error, Op, battery


def triples(make):
    low = {"low": 1, "high": 2}
    return [
        (make(3, 4), make(3, 4, **low), make(3, 4, **low)),
        (make(3, 4), make(3, 1, **low), make(4, **low), {"value": 2}),
        (make(3, 4), make(**low), make(1, **low), {"value": -3}),
        (make(0, 3), make(3, **low), make(1, **low)),
    ]


def addcmul(x, y, z, value=1):
    return x + value * y * z


def lerps(make):
    x, y = make(3, 4), make(3, 4)
    return [
        (x, y, 0.25),
        (x, y, 0.75),
        (x, y, make(3, 4, low=0, high=1)),
        (make(3, 1), make(4), make()),
        (make(0, 2), make(2), 0.5),
    ]


ONE, INT = rushlight.ones(1), rushlight.tensor([1])
OPS = [
    Op(
        "addcmul",
        reference=addcmul,
        samples=triples,
        dtypes=(*(n for n in NUMBERS if n != "uint8"), *COMPLEX),
        inplace=True,
        out=True,
        errors=[
            Error((ONE, 1, ONE), TypeError, "'tensor1'"),
            Error((rushlight.tensor([True]),) * 3, NotImplementedError, "'Bool'"),
        ],
    ),
    Op(
        "addcdiv",
        reference=lambda x, y, z, value=1: x + value * y / z,
        samples=triples,
        dtypes=(*FLOATS, *COMPLEX),
        inplace=True,
        out=True,
        errors=[Error((INT, INT, INT), RuntimeError, "integer division with addcdiv")],
    ),
    Op(
        "lerp",
        reference=lambda x, y, w: x + w * (y - x),
        samples=lerps,
        dtypes=(*FLOATS, *COMPLEX),
        inplace=True,
        out=True,
        errors=[
            Error((ONE, ONE.double(), 0.5), RuntimeError, "for `end`"),
            Error((INT, INT, 0.5), NotImplementedError, "lerp"),
        ],
    ),
    Op(
        "ldexp",
        reference=lambda x, y: x * 2.0**y,
        samples=lambda make: [(make(3, 4), make(4)), (make(), make(2))],
        dtypes=(*FLOATS, "int64", *COMPLEX),
        inplace=True,
        out=True,
        errors=[Error((ONE, 2), TypeError, "'other'")],
    ),
]
globals().update(battery(OPS))


def test_a_fraction_is_dropped_for_integers():
    x = rushlight.tensor([7, -7])
    assert rushlight.addcmul(x, x, x, value=1.5).tolist() == [56, 42]


def test_lerp_is_exact_at_both_ends():
    x, y = rushlight.tensor([1e8]), rushlight.tensor([1.0])
    assert rushlight.lerp(x, y, 1.0).tolist() == [1.0]
    assert rushlight.lerp(x, y, 0.0).tolist() == [1e8]


@pytest.mark.parametrize(
    "function, name",
    [
        (lambda x: rushlight.addcmul(x, x, x), "AddcmulBackward0"),
        (lambda x: rushlight.addcdiv(x, x, x), "AddcdivBackward0"),
        (lambda x: rushlight.lerp(x, x, 0.5), "LerpBackward0"),
        (lambda x: rushlight.lerp(x, x, x), "LerpBackward1"),
        (lambda x: rushlight.ldexp(x, x), "LdexpBackward0"),
    ],
)
def test_nodes_have_torchs_names(function, name):
    assert function(rushlight.ones(1, requires_grad=True)).grad_fn.name() == name

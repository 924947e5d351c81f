"""bitwise_and, or, xor, not, shifts, and their operators."""

import operator

import numpy as np
import pytest

import rushlight
from tests.battery import INTS, Error, Op, battery

FLOAT = rushlight.ones(1)


def pairs(make):
    return [
        (make(3, 4, low=-9, high=9), make(3, 4, low=-9, high=9)),
        (make(3, 1), make(4)),
        (make(3), make()),
        (make(0, 2), make(2)),
        (make(3), 2),
    ]


def pairs_of(make):
    """As pairs; a bool and a number meet in int64, which is tested below."""
    return pairs(make)[:-1] if make(1).dtype is rushlight.bool else pairs(make)


def shifts(make):
    return [(make(3, 4, low=-9, high=9), make(4, low=0, high=5)), (make(3), 2)]


OPS = [
    Op(
        name,
        reference=getattr(np, name),
        samples=pairs_of,
        dtypes=(*INTS, "bool"),
        inplace=True,
        out=True,
        errors=[
            Error((FLOAT, 1), NotImplementedError, "'Float'"),
            Error((rushlight.tensor([1]), 2.5), NotImplementedError, "'Float'"),
        ],
    )
    for name in ("bitwise_and", "bitwise_or", "bitwise_xor")
]
OPS += [
    Op(
        "bitwise_not",
        reference=np.invert,
        samples=lambda make: [(make(3, 4),), (make(),)],
        dtypes=(*INTS, "bool"),
        inplace=True,
        out=True,
        errors=[Error((FLOAT,), RuntimeError, "'Float'")],
    ),
    Op(
        "bitwise_left_shift",
        reference=np.left_shift,
        samples=shifts,
        dtypes=INTS,
        inplace=True,
        out=True,
        errors=[
            Error((FLOAT, 1), NotImplementedError, "'Float'"),
            Error((rushlight.tensor([1]), 1.0), NotImplementedError, "'Float'"),
            Error((rushlight.tensor([True]),) * 2, NotImplementedError, "'Bool'"),
        ],
    ),
    Op(
        "bitwise_right_shift",
        reference=np.right_shift,
        samples=shifts,
        dtypes=INTS,
        inplace=True,
        out=True,
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "name, result",
    [
        ("and_", [3, 1]),
        ("or_", [7, -5]),
        ("xor", [4, -6]),
        ("lshift", [56, -56]),
        ("rshift", [0, -1]),
    ],
)
def test_operators_in_all_forms(name, result):
    x = rushlight.tensor([7, -7])
    assert getattr(operator, name)(x, 3).tolist() == result
    y = rushlight.tensor([3, 3])
    assert getattr(operator, name)(x, y).tolist() == result
    assert getattr(operator, "i" + name.rstrip("_"))(x, 3) is x
    assert x.tolist() == result


def test_reflected_operators():
    x = rushlight.tensor([1, 4])
    assert (3 & x).tolist() == [1, 0] and (3 | x).tolist() == [3, 7]
    assert (3 ^ x).tolist() == [2, 7]
    assert (1 << x).tolist() == [2, 16] and (64 >> x).tolist() == [32, 4]


def test_masks():
    b = rushlight.tensor([True, False])
    assert (~b).tolist() == [False, True]
    assert (b & True).tolist() == [True, False]
    assert (b & 1).dtype is rushlight.int64
    assert (b | ~b).tolist() == [True, True]


def test_inverting_floats_is_a_type_error():
    with pytest.raises(TypeError, match="integer or bool"):
        ~FLOAT


@pytest.mark.parametrize("dtype", INTS)
def test_shifts_out_of_range(dtype):
    x = rushlight.tensor([1, 100], dtype=getattr(rushlight, dtype))
    bits = 8 * x.itemsize
    for by in (bits, -1, 70):
        assert (x << by).tolist() == [0, 0]
        assert (x >> by).tolist() == [0, 0]
    assert (x >> (bits - 1)).tolist() == [0, 0]
    if dtype != "uint8":
        assert (-x >> by).tolist() == [-1, -1]
        assert (-x >> (bits - 1)).tolist() == [-1, -1]

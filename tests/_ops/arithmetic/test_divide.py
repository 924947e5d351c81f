"""div, floor_divide, reciprocal, and the operators / and //."""

import math

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, INTS, NUMBERS, Error, Op, battery

INF = math.inf
SIGNED = tuple(name for name in INTS if name != "uint8")


def pairs(make):
    return [
        (make(3, 4), make(3, 4, low=1, high=3)),
        (make(3, 1), make(4, low=-3, high=-1)),
        (make(3, 4), make(low=1, high=2)),
        (make(0, 3), make(3, low=1, high=2)),
        (make(3), 2),
    ]


def rounded(mode):
    return lambda make: [(*args, {"rounding_mode": mode}) for args in pairs(make)]


def floor(x, y, rounding_mode="floor"):
    return np.floor_divide(x, y)


def trunc(x, y, rounding_mode):
    result = np.trunc(x / np.asarray(y))
    return result.astype(np.result_type(x, y)) if x.dtype.kind in "iu" else result


ZERO = Error((rushlight.tensor([1]), 0), RuntimeError, "ZeroDivisionError")

OPS = [
    Op(
        "div",
        reference=np.divide,
        samples=lambda make: pairs(make) if make(1).dtype != rushlight.bool else [],
        dtypes=(*ALL, *COMPLEX),
        inplace=True,
        out=True,
        errors=[
            Error(
                (rushlight.ones(1), 2),
                RuntimeError,
                "rounding_mode to be None, 'trunc' or 'floor', got 'up'",
                {"rounding_mode": "up"},
            ),
            Error((rushlight.ones(1), 2), TypeError, "int", {"rounding_mode": 1}),
        ],
    ),
    Op(
        "div",
        reference=floor,
        samples=rounded("floor"),
        dtypes=("float64", "float32", *SIGNED),
        grad=1,
        id="div floor",
        errors=[
            Error(
                (rushlight.tensor([True]), rushlight.tensor([True])),
                NotImplementedError,
                "'Bool'",
                {"rounding_mode": "floor"},
            )
        ],
    ),
    Op(
        "div",
        reference=trunc,
        samples=rounded("trunc"),
        dtypes=("float64", "float32", *SIGNED),
        grad=1,
        id="div trunc",
    ),
    Op("true_divide", reference=np.divide, samples=pairs, inplace=True, out=True),
    Op(
        "floor_divide",
        reference=floor,
        samples=pairs,
        dtypes=("float64", "float32", *SIGNED),
        grad=False,
        inplace=True,
        out=True,
        errors=[ZERO],
    ),
    Op(
        "reciprocal",
        reference=lambda x: 1 / x,
        samples=lambda make: [(make(3, 4, low=1, high=3),), (make(low=1, high=2),)],
        dtypes=(*NUMBERS, *COMPLEX),
        inplace=True,
        out=True,
    ),
]
globals().update(battery(OPS))


def test_division_by_zero_of_floats_is_infinite_or_nan():
    x = rushlight.tensor([1.0, -1.0, 0.0])
    assert str(x / 0) == "tensor([inf, -inf, nan])"
    assert str(x // 0) == "tensor([inf, -inf, nan])"
    assert (rushlight.tensor([7, -7]) / 0).tolist() == [INF, -INF]
    x /= 0
    assert x[:2].tolist() == [INF, -INF]


@pytest.mark.parametrize(
    "divide",
    [
        lambda x: x // 0,
        lambda x: x // rushlight.tensor([1, 0]),
        lambda x: x.floor_divide_(0),
        lambda x: rushlight.div(x, 0, rounding_mode="trunc"),
        lambda x: 7 // (x * 0),
    ],
)
def test_division_of_integers_by_zero_is_refused(divide):
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        divide(rushlight.tensor([1, 2]))


@pytest.mark.parametrize(
    "mode, result", [("floor", [3, -4, -4, 3]), ("trunc", [3, -3, -3, 3])]
)
def test_rounding_of_signs(mode, result):
    x, y = rushlight.tensor([7, -7, 7, -7]), rushlight.tensor([2, 2, -2, -2])
    assert rushlight.div(x, y, rounding_mode=mode).tolist() == result
    floats = rushlight.div(x.float(), y.float(), rounding_mode=mode)
    assert floats.tolist() == result


def test_bool_divides_to_the_default_dtype():
    b = rushlight.tensor([True, False])
    assert (b / rushlight.tensor([True, True])).dtype is rushlight.float32
    assert (1 / rushlight.tensor([2, 4])).tolist() == [0.5, 0.25]


def test_integers_are_not_divided_in_place():
    x = rushlight.tensor([4])
    with pytest.raises(RuntimeError, match="can't be cast"):
        x /= 2
    x //= 2
    assert x.tolist() == [2]


def test_floor_divide_has_no_gradient():
    x = rushlight.ones(2, requires_grad=True)
    result = x // 2
    with pytest.raises(RuntimeError, match="floor_divide is not implemented"):
        result.sum().backward()
    rounded = rushlight.div(x, 2, rounding_mode="floor")
    assert rounded.grad_fn.name() == "DivBackward2"
    rounded.sum().backward()
    assert x.grad.tolist() == [0, 0]


def test_half_precision_takes_a_divisor_in_float32():
    for dtype in (rushlight.float16, rushlight.bfloat16):
        x = rushlight.tensor([3.0], dtype=dtype)
        assert (x / 0.1234567).tolist() == (x.float() / 0.1234567).to(dtype).tolist()


def test_nodes_have_torchs_names():
    x = rushlight.ones(1, requires_grad=True)
    assert (x / 2).grad_fn.name() == "DivBackward0"
    assert (2 / x).grad_fn.name() == "MulBackward0"
    assert x.reciprocal().grad_fn.name() == "ReciprocalBackward0"

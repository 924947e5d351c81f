"""eq, ne, lt, le, gt, ge, and their operators."""

import math

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery

NAN = math.nan
UFUNCS = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}
ALIASES = {
    "eq": None,
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
}


def pairs(make):
    x = make(3, 4)
    return [
        (x, make(3, 4)),
        (x, x),
        (make(3, 1), make(4)),
        (x, make()),
        (make(0, 3), make(3)),
        (make(5, 5), 1),
    ]


OPS = [
    Op(
        name,
        reference=ufunc,
        samples=pairs,
        dtypes=(*ALL, *COMPLEX) if name in ("eq", "ne") else ALL,
        inplace=True,
        out=True,
        errors=[
            Error((2, rushlight.ones(1)), TypeError, "'input' to be a Tensor"),
            Error((rushlight.ones(1), "a"), TypeError, "str"),
        ]
        + (
            [
                Error((rushlight.tensor([1j]),) * 2, NotImplementedError, "complex"),
                Error((rushlight.ones(1), 1j), NotImplementedError, "complex"),
                Error((rushlight.tensor([True]), 1j), NotImplementedError, "complex"),
            ]
            if name not in ("eq", "ne")
            else []
        ),
    )
    for name, ufunc in UFUNCS.items()
]
globals().update(battery(OPS))


@pytest.mark.parametrize("name", UFUNCS)
def test_aliases_and_operators(name):
    x, y = rushlight.tensor([1.0, 2.0, NAN]), rushlight.tensor([2.0, 2.0, NAN])
    expected = UFUNCS[name](x.numpy(), y.numpy()).tolist()
    assert getattr(x, f"__{name}__")(y).tolist() == expected
    assert getattr(x, f"{name}_", None) is not None
    if ALIASES[name]:
        assert getattr(rushlight, ALIASES[name])(x, y).tolist() == expected
        assert getattr(x, ALIASES[name])(y).tolist() == expected


def test_equality_with_what_is_no_number_is_pythons():
    x = rushlight.ones(2)
    assert (x == None) is False and (x != None) is True  # noqa: E711
    assert (x == "a") is False and (x != [1.0, 1.0]) is True
    assert x in [x]
    with pytest.raises(TypeError, match="not supported between"):
        assert x < None


def test_numbers_are_compared_in_torchs_dtype():
    """In float32 for integers and a float; wrapped around for a small integer type."""
    assert (rushlight.tensor([16777217]) == 16777216.0).tolist() == [True]
    small = rushlight.tensor([1, 100], dtype=rushlight.int8)
    assert (small < 300).tolist() == [True, False]
    assert (rushlight.tensor([255], dtype=rushlight.uint8) == -1).tolist() == [True]
    for dtype in (rushlight.float16, rushlight.bfloat16, rushlight.float32):
        assert (rushlight.tensor([0.1], dtype=dtype) == 0.1).tolist() == [True]
    assert (rushlight.tensor([True, False]) == 1).tolist() == [True, False]


def test_reflected_forms():
    x = rushlight.tensor([1, 2, 3])
    assert (2 > x).tolist() == [True, False, False]
    assert (2 == x).tolist() == [False, True, False]


def test_an_in_place_comparison_stops_gradients():
    x = rushlight.tensor([1.0, 5.0], requires_grad=True)
    y = x * 2
    y.lt_(3.0)
    assert y.tolist() == [1, 0]
    y.sum().backward()
    assert x.grad.tolist() == [0, 0]

"""pow, float_power, square, sqrt, rsqrt, hypot, and the operator **."""

import math

import numpy as np
import pytest

import rushlight
from tests.battery import COMPLEX, FLOATS, NUMBERS, Error, Op, battery

INF = math.inf
NUMBER_EXPONENTS = (0, 1, 2, 3, 4)
FLOAT_EXPONENTS = (0.5, -0.5, -1, -2, 2.5, -1.5, 0.0)


def positive(make):
    return make(3, 4, low=0.5, high=2)


def powers(make):
    x = positive(make)
    numbers = [(x, e) for e in NUMBER_EXPONENTS]
    return [*numbers, (x, make(4, low=0, high=3)), (make(0, 2), 2), (make(), 2)]


def float_powers(make):
    x = positive(make)
    return [(x, e) for e in FLOAT_EXPONENTS] + [(2.5, make(3)), (x, make(3, 1))]


def unary(make):
    return [(positive(make),), (make(low=1, high=2),), (make(0, 2),)]


OPS = [
    Op(
        "pow",
        reference=np.power,
        samples=powers,
        dtypes=(*NUMBERS, *COMPLEX),
        out=True,
        inplace=True,
        errors=[
            Error((rushlight.tensor([2]), -1), RuntimeError, "negative integer powers"),
            Error(
                (rushlight.tensor([True]), rushlight.tensor([True])),
                NotImplementedError,
                "'Bool'",
            ),
            Error((2, 2), TypeError, "argument 'x'"),
        ],
    ),
    Op(
        "pow",
        reference=lambda x, y: np.power(x, y),
        samples=float_powers,
        dtypes=FLOATS,
        id="pow of floats",
    ),
    Op(
        "float_power",
        reference=lambda x, y: np.power(np.asarray(x, float), y),
        samples=lambda make: [
            (positive(make), 2),
            (positive(make), make(4)),
            (2, make(3)),
        ],
        dtypes=("float64", "float32", "int64"),
        errors=[
            Error(
                (rushlight.ones(1), 2),
                RuntimeError,
                "float64",
                {"out": rushlight.ones(1)},
            )
        ],
    ),
    Op(
        "square",
        reference=np.square,
        samples=unary,
        dtypes=(*NUMBERS, *COMPLEX),
        inplace=True,
        out=True,
        errors=[Error((2.0,), TypeError, "argument 'input'")],
    ),
    Op(
        "sqrt",
        reference=lambda x: np.sqrt(np.asarray(x, np.result_type(x, "f8"))),
        samples=unary,
        dtypes=(*NUMBERS, *COMPLEX),
        inplace=True,
        out=True,
    ),
    Op(
        "rsqrt",
        reference=lambda x: 1 / np.sqrt(x),
        samples=lambda make: [(make(3, 4, low=1, high=2),), (make(low=1, high=2),)],
        dtypes=(*FLOATS, *COMPLEX),
        inplace=True,
        out=True,
    ),
    Op(
        "hypot",
        reference=np.hypot,
        samples=lambda make: [
            (positive(make), make(3, 4)),
            (make(3, 1), make(4)),
            (make(0, 3), make(3)),
        ],
        dtypes=FLOATS,
        inplace=True,
        out=True,
        errors=[
            Error(
                (rushlight.tensor([3]), rushlight.tensor([4])), NotImplementedError, ""
            ),
            Error((rushlight.ones(1), 4), TypeError, "'other'"),
        ],
    ),
]
globals().update(battery(OPS))


def test_integers_to_negative_powers():
    x = rushlight.tensor([1, -1, -1, 2, 0])
    y = rushlight.tensor([-1, -2, -3, -1, -1])
    assert (x**y).tolist() == [1, 1, -1, 0, 0]
    assert (2 ** rushlight.tensor([-1, 3])).tolist() == [0, 8]
    with pytest.raises(RuntimeError, match="negative integer powers"):
        x.pow_(-2)


def gradients(function, *values):
    leaves = [rushlight.tensor(v, requires_grad=True) for v in values]
    function(*leaves).sum().backward()
    return [leaf.grad.tolist() for leaf in leaves]


def test_the_gradient_at_zero():
    assert gradients(lambda x: x**0, [0.0, 2.0]) == [[0, 0]]
    assert gradients(lambda x: x**1, [0.0]) == [[1]]
    assert gradients(lambda x: x**0.5, [0.0]) == [[INF]]
    assert gradients(rushlight.sqrt, [0.0]) == [[INF]]
    base, exponent = gradients(lambda x, y: x**y, [0.0, 0.0, 2.0], [0.0, 2.0, 0.0])
    assert base == [0, 0, 0]
    assert exponent[:2] == [0, 0] and exponent[2] == pytest.approx(math.log(2))
    assert gradients(lambda y: 0**y, [0.0, 2.0, -1.0])[0][:2] == [0, 0]


def test_a_number_exponent_leaves_the_result_free():
    """Only the input is kept for backward, so the result may be changed in place."""
    x = rushlight.tensor([3.0], requires_grad=True)
    y = x**2
    y += 1
    y.backward()
    assert x.grad.tolist() == [6.0]


def test_special_exponents_take_torchs_way():
    x = rushlight.tensor([-INF, -0.0])
    assert str(x**0.5) == "tensor([nan, -0.])"
    assert (x**-1).tolist() == [-0.0, -INF]


def test_nodes_have_torchs_names():
    x = rushlight.ones(1, requires_grad=True)
    for result, name in [
        (x**2, "PowBackward0"),
        (x**x, "PowBackward1"),
        (2**x, "PowBackward2"),
        (x.square(), "PowBackward0"),
        (x.rsqrt(), "RsqrtBackward0"),
    ]:
        assert result.grad_fn.name() == name


def test_float_power_writes_only_into_double_precision():
    with pytest.raises(RuntimeError, match="float64"):
        rushlight.ones(1).float_power_(2)
    x = rushlight.tensor([3.0], dtype=rushlight.float64)
    assert x.float_power_(2) is x and x.tolist() == [9.0]
    assert rushlight.float_power(x, 1j).dtype is rushlight.complex128

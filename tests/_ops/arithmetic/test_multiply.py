"""mul and the operator *."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery


def pairs(make):
    return [
        (make(3, 4), make(3, 4)),
        (make(3, 1), make(4)),
        (make(3, 4), make()),
        (make(0, 3), make(3)),
        (make(3), 2),
    ]


OPS = [
    Op(
        "mul",
        reference=np.multiply,
        samples=pairs,
        dtypes=(*ALL, *COMPLEX),
        inplace=True,
        out=True,
        errors=[
            Error((rushlight.ones(2), rushlight.ones(3)), RuntimeError, "[2] and [3]"),
            Error((2, 3), TypeError, "argument 'x'"),
        ],
    ),
    Op("multiply", reference=np.multiply, samples=pairs),
]
globals().update(battery(OPS))


@pytest.mark.parametrize("dtype", [rushlight.float16, rushlight.bfloat16])
def test_half_precision_meets_numbers_in_float32(dtype):
    """A product takes the number as it is; a sum rounds it first, as PyTorch does."""
    x, number = rushlight.tensor([3.0], dtype=dtype), 0.1234567
    exact = (x.float() * number).to(dtype)
    assert (x * number).tolist() == exact.tolist()
    assert (number * x).tolist() == exact.tolist()
    assert (x * rushlight.tensor(number)).tolist() == exact.tolist()
    rounded = rushlight.tensor(number, dtype=dtype)
    assert (x + number).tolist() == (x + rounded).tolist()
    y = x.clone()
    y *= number
    assert y.tolist() == exact.tolist() and y.dtype is dtype


def test_the_gradient_of_a_product_with_a_complex_number():
    x = rushlight.tensor([1.0, 2.0], requires_grad=True)
    (x * 2j).imag.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
    z = rushlight.tensor([1 + 1j], requires_grad=True)
    (z * (2 + 3j)).real.sum().backward()
    assert z.grad.tolist() == [2 - 3j]


def test_an_augmented_product_on_a_leaf_that_requires_grad_is_refused():
    x = rushlight.ones(1, requires_grad=True)
    with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
        x *= 2
    with rushlight.no_grad():
        x *= 2
    assert x.tolist() == [2.0]


def test_no_warning_reaches_the_user():
    """pytest makes warnings errors; the results are those without."""
    x = rushlight.tensor([3e38])
    assert (x * 10).tolist() == [float("inf")]
    x *= 10
    assert x.tolist() == [float("inf")]
    for dtype in (rushlight.float16, rushlight.bfloat16):
        big = rushlight.finfo(dtype).max
        assert (rushlight.tensor([big], dtype=dtype) * 1e5).tolist() == [float("inf")]

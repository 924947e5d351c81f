"""addmm, addmv, addbmm, baddbmm, addr."""

import numpy as np
import pytest

import rushlight
from tests.battery import COMPLEX, FLOATS, INTS, Error, Op, battery

ones = rushlight.ones
PRODUCTS = {
    "addmm": (np.matmul, (2, 4), (2, 3), (3, 4)),
    "addmv": (np.matmul, (2,), (2, 3), (3,)),
    "addbmm": (lambda a, b: (a @ b).sum(0), (2, 4), (5, 2, 3), (5, 3, 4)),
    "baddbmm": (np.matmul, (5, 2, 4), (5, 2, 3), (5, 3, 4)),
    "addr": (np.multiply.outer, (2, 4), (2,), (4,)),
}


def _reference(product):
    def reference(x, a, b, *, beta=1, alpha=1):
        if x.dtype.kind in "iu":
            beta, alpha = int(beta), int(alpha)
            low = (beta * x.astype("i8") + alpha * product(a.astype("i8"), b)).astype
            return low(x.dtype)
        return beta * x + alpha * product(a, b)

    return reference


def _samples(sizes):
    def samples(make):
        x, a, b = (make(*size) for size in sizes)
        return [
            (x, a, b),
            (x, a, b, {"beta": 2, "alpha": 3}),
            (x, a, b, {"beta": 0.5, "alpha": 0.25}),
            (make(*sizes[0][-1:]), a, b),
            (make(), a, b),
            (x, a, b, {"beta": 0}),
            (x, a, b, {"alpha": 0}),
        ]

    return samples


def _errors(name, sizes):
    x, a, b = (ones(*size) for size in sizes)
    wrong = "'input' to expand to the product's shape"
    return [
        Error((ones(7), a, b), RuntimeError, wrong),
        Error((x.double(), a, b), RuntimeError, "same dtype"),
        Error((x, a[0], b), RuntimeError, f"{name}()"),
        Error((x, 1, b), TypeError, "to be a Tensor"),
    ]


OPS = [
    Op(
        name,
        reference=_reference(product),
        samples=_samples(sizes),
        dtypes=(*FLOATS, *INTS, *COMPLEX),
        out=True,
        inplace=True,
        tolerance=4,
        errors=_errors(name, sizes),
    )
    for name, (product, *sizes) in PRODUCTS.items()
]
globals().update(battery(OPS))


@pytest.mark.parametrize("name", PRODUCTS)
def test_with_beta_0_nan_does_not_show(name):
    x, a, b = (ones(*size) for size in PRODUCTS[name][1:])
    found = getattr(rushlight, name)(x * float("nan"), a, b, beta=0)
    assert not found.isnan().any()


@pytest.mark.parametrize("name", PRODUCTS)
def test_nodes(name):
    x, a, b = (ones(*size, requires_grad=True) for size in PRODUCTS[name][1:])
    found = getattr(rushlight, name)(x, a, b)
    assert found.grad_fn.name() == f"{name.capitalize()}Backward0"


def test_addr_of_bool():
    yes = ones(2).bool()
    assert rushlight.addr(ones(1, 1).bool(), yes, ~yes).all()

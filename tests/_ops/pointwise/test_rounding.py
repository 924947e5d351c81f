"""floor, ceil, round, trunc, frac."""

import numpy as np
import pytest

import rushlight
from tests.battery import FLOATS, NUMBERS, Error, Op, battery

BOOL = Error((rushlight.tensor([True]),), NotImplementedError, "'Bool'")


def plain(make):
    return [(make(3, 4, low=-9, high=9),), (make(),), (make(0, 2),)]


OPS = [
    Op(
        name,
        reference=ufunc,
        samples=plain,
        dtypes=NUMBERS,
        grad=1,
        inplace=True,
        out=True,
        errors=[
            BOOL,
            Error((rushlight.tensor([1j]),), NotImplementedError, "Complex"),
        ],
    )
    for name, ufunc in [
        ("floor", np.floor),
        ("ceil", np.ceil),
        ("trunc", np.trunc),
        ("round", np.round),
    ]
]
OPS += [
    Op(
        "round",
        reference=np.round,
        samples=lambda make: [
            (make(3, 4), {"decimals": 1}),
            (make(5), {"decimals": -1}),
        ],
        dtypes=FLOATS,
        grad=False,
        errors=[
            Error(
                (rushlight.tensor([1]),), NotImplementedError, "'Long'", {"decimals": 2}
            )
        ],
        id="round with decimals",
    ),
    Op(
        "frac",
        reference=lambda x: x - np.trunc(x),
        samples=plain,
        dtypes=FLOATS,
        inplace=True,
        out=True,
        errors=[BOOL, Error((rushlight.tensor([1]),), NotImplementedError, "'Long'")],
    ),
]
globals().update(battery(OPS))


def test_halves_go_to_the_even_one():
    x = rushlight.tensor([0.5, 1.5, 2.5, -0.5])
    assert str(x.round()) == "tensor([0., 2., 2., -0.])"
    big = rushlight.tensor([12345.0, 15000.0, 25000.0])
    assert big.round(decimals=-4).tolist() == [10000, 20000, 20000]


def test_the_gradient_is_zero():
    x = rushlight.tensor([0.4, 1.6], requires_grad=True)
    for function in (rushlight.floor, rushlight.round, rushlight.fix):
        x.grad = None
        function(x).sum().backward()
        assert x.grad.tolist() == [0, 0]
    assert x.round(decimals=2).grad_fn.name() == "RoundBackward1"


def test_integers_stay_and_are_copied():
    x = rushlight.tensor([1, -2])
    y = x.floor()
    y += 1
    assert x.tolist() == [1, -2] and y.dtype is rushlight.int64
    with pytest.raises(RuntimeError, match="'Long'"):
        x.frac()

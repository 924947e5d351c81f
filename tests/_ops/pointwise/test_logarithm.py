"""log, log2, log10, log1p, logaddexp, logaddexp2, xlogy."""

import math

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, FLOATS, NUMBERS, Error, Op, battery

INF, NAN = math.inf, math.nan


def wide(x):
    return np.asarray(x, np.result_type(x, "f8"))


def in_double(ufunc):
    return lambda x: ufunc(wide(x))


def positive(make):
    return [(make(3, 4, low=1, high=5),), (make(low=1, high=5),), (make(0, 2),)]


def pairs(make):
    return [(make(3, 4), make(3, 4)), (make(3, 1), make(4)), (make(0, 3), make(3))]


def xlogy(x, y):
    with np.errstate(all="ignore"):
        return np.where(wide(x) == 0, 0.0, wide(x) * np.log(wide(y)))


OPS = [
    Op(
        name,
        reference=in_double(getattr(np, name)),
        samples=positive,
        dtypes=(*NUMBERS, *COMPLEX),
        inplace=True,
        out=True,
    )
    for name in ("log", "log2", "log10", "log1p")
]
OPS += [
    Op(
        "logaddexp",
        reference=lambda x, y: np.log(np.exp(x) + np.exp(y)),
        samples=pairs,
        dtypes=(*FLOATS, *COMPLEX),
        out=True,
        errors=[
            Error((rushlight.tensor([1]),) * 2, NotImplementedError, "'Long'"),
            Error((rushlight.ones(1), 1.0), TypeError, "'other'"),
        ],
    ),
    Op(
        "logaddexp2",
        reference=np.logaddexp2,
        samples=pairs,
        dtypes=FLOATS,
        out=True,
        errors=[Error((rushlight.tensor([1j]),) * 2, NotImplementedError, "Complex")],
    ),
    Op(
        "xlogy",
        reference=xlogy,
        samples=lambda make: [
            (make(3, 4), make(3, 4, low=1, high=3)),
            (make(3, 1), make(4, low=1, high=3)),
            (make(3), 2),
            (2, make(3, low=1, high=3)),
        ],
        dtypes=ALL[:-1],
        out=True,
        errors=[Error((rushlight.tensor([1j]), 2), NotImplementedError, "Complex")],
    ),
]
globals().update(battery(OPS))


def test_logarithms_of_zero_and_below():
    x = rushlight.tensor([0.0, -1.0])
    assert str(x.log()) == "tensor([-inf, nan])"
    assert str(x.log_()) == "tensor([-inf, nan])"


def test_powers_of_the_base_are_exact():
    for dtype in (rushlight.float32, rushlight.float64):
        tens = rushlight.tensor([1.0, 10.0, 100.0, 1e3, 1e6], dtype=dtype)
        assert tens.log10().tolist() == [0, 1, 2, 3, 6]
        assert rushlight.tensor([1.0, 2.0, 8.0], dtype=dtype).log2().tolist() == [
            0,
            1,
            3,
        ]


def test_sums_of_exponentials_do_not_overflow():
    x = rushlight.tensor([1000.0, -INF])
    y = rushlight.tensor([1000.0, 0.0])
    expected = [1000 + math.log(2), 0]
    assert rushlight.logaddexp(x, y).tolist() == pytest.approx(expected)


def test_xlogy_at_zero():
    x = rushlight.tensor([0.0, 0.0, 0.0, 1.0], requires_grad=True)
    y = rushlight.tensor([0.0, NAN, 2.0, 0.0])
    found = rushlight.xlogy(x, y)
    assert str(found.detach()) == "tensor([0., nan, 0., -inf])"
    found[2].backward()
    assert x.grad[2].item() == pytest.approx(math.log(2))


def test_nodes_have_torchs_names():
    x = rushlight.ones(1, requires_grad=True)
    for result, name in [
        (x.log1p(), "Log1PBackward0"),
        (x.log10(), "Log10Backward0"),
        (rushlight.xlogy(x, x), "XlogyBackward0"),
        (rushlight.xlogy(2, x), "XlogyBackward1"),
        (rushlight.xlogy(x, 2), "XlogyBackward2"),
    ]:
        assert result.grad_fn.name() == name

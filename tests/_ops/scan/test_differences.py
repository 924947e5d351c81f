"""diff, trapezoid, cumulative_trapezoid."""

import numpy as np
import pytest

import rushlight
from tests.battery import COMPLEX, FLOATS, INTS, Error, Op, battery


def _diff(x, n=1, dim=-1, prepend=None, append=None):
    extra = {"prepend": prepend, "append": append}
    given = {name: value for name, value in extra.items() if value is not None}
    return np.diff(x, n, dim, **given)


def _trapezoid(y, x=None, *, dx=1, dim=-1):
    return np.trapezoid(y.astype(np.result_type(y, "f4")), x, dx, dim)


def _cumulative(y, x=None, *, dx=1, dim=-1):
    y = np.moveaxis(y.astype(np.result_type(y, "f4")), dim, -1)
    x = dx * np.arange(y.shape[-1]) if x is None else x
    found = np.cumsum((y[..., 1:] + y[..., :-1]) * np.diff(x) / 2, -1)
    return np.moveaxis(found, -1, dim)


def _points(make):
    return [
        (make(4),),
        (make(2, 4), {"dx": 0.5}),
        (make(2, 4), {"dim": 0}),
        (make(2, 4), make(4)),
        (make(3, 2), make(3), {"dim": 0}),
        (make(2, 1),),
    ]


OPS = [
    Op(
        "diff",
        reference=_diff,
        samples=lambda make: [
            (make(5),),
            (make(3, 4), 2, 0),
            (make(3, 4), 3),
            (make(3, 2), 1, 1, make(3, 1), make(3, 2)),
            (make(0, 3), 1, 0),
            (make(3), 0),
        ],
        dtypes=(*FLOATS, *INTS, "bool", *COMPLEX),
        out=True,
        errors=[
            Error((rushlight.tensor(1.0),), RuntimeError, "at least one dimension"),
            Error((rushlight.ones(2), -1), RuntimeError, "n=-1"),
            Error((rushlight.ones(2), 1, 1), IndexError, "diff()"),
        ],
    ),
    Op(
        "trapezoid",
        reference=_trapezoid,
        samples=_points,
        dtypes=("float64", "float32", "int64", "complex128"),
        errors=[
            Error((rushlight.ones(2).bool(),), RuntimeError, "'Bool'"),
            Error(
                (rushlight.ones(2), rushlight.ones(3)), RuntimeError, "one value of x"
            ),
            Error((rushlight.ones(2), 2), TypeError, "'x' to be a Tensor"),
            Error((rushlight.ones(2),), IndexError, "trapezoid()", {"dim": 1}),
        ],
    ),
    Op(
        "cumulative_trapezoid",
        reference=_cumulative,
        samples=_points,
        dtypes=("float64", "float32", "int64", "complex128"),
        errors=[
            Error(
                (rushlight.ones(2), rushlight.ones(2)),
                TypeError,
                "x or dx",
                {"dx": 2},
            ),
        ],
    ),
]
globals().update(battery(OPS))


def test_points_of_more_dimensions_broadcast():
    y = rushlight.ones(2, 3)
    x = rushlight.tensor([[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]])
    assert rushlight.trapezoid(y, x, dim=0).tolist() == [2, 2, 2]
    assert rushlight.trapezoid(y, x[:1]).tolist() == [2, 2]


@pytest.mark.parametrize("size", [0, 1])
def test_fewer_points_than_two_have_no_area(size):
    assert rushlight.trapezoid(rushlight.ones(size)).item() == 0
    assert rushlight.cumulative_trapezoid(rushlight.ones(size)).shape == (0,)


def test_numpy_names_and_the_old_name():
    x = rushlight.tensor([[1.0, 2.0], [4.0, 8.0]])
    assert x.diff(axis=0).tolist() == [[3, 6]]
    assert rushlight.trapz(x, axis=0).tolist() == [2.5, 5]

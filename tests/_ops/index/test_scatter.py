"""scatter, scatter_add."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery

ones, tensor = rushlight.ones, rushlight.tensor
I = tensor([[0, 2], [1, 0]])  # noqa: E741 - an index
TWICE = tensor([[0, 0, 2], [1, 1, 1]])


def _places(x, dim, index):
    grid = list(np.ogrid[tuple(slice(n) for n in index.shape)])
    grid[dim % x.ndim] = index
    return tuple(grid)


def _scattered(x, dim, index, src):
    x, where = x.copy(), _places(x, dim, index)
    src = src if np.ndim(src) == 0 else src[tuple(slice(n) for n in index.shape)]
    x[where] = src
    return x


def _added(x, dim, index, src):
    x, where = x.copy(), _places(x, dim, index)
    np.add.at(x, where, src[tuple(slice(n) for n in index.shape)])
    return x


ERRORS = [
    Error((ones(2, 3), 1, I + 1, ones(2, 2)), RuntimeError, "index 3 is out of bounds"),
    Error((ones(2, 3), 1, I - 1, ones(2, 2)), IndexError, "index -1 is out of bounds"),
    Error((ones(2, 3), 1, I, ones(2, 1)), RuntimeError, "no larger than src [2, 1]"),
    Error((ones(1, 3), 1, I, ones(2, 2)), RuntimeError, "no larger than self [1, 3]"),
    Error((ones(2, 3), 1, I[0], ones(2, 2)), RuntimeError, "number of dimensions"),
    Error((ones(2, 3), 1, I, I), RuntimeError, "to be equal to src.dtype"),
    Error((ones(2, 3), 1, I.float(), ones(2, 2)), RuntimeError, "int32 or int64"),
    Error((ones(2, 3), 2, I, ones(2, 2)), IndexError, "scatter()"),
    Error((ones(2, 3), 1, 0, ones(2, 2)), TypeError, "'index' to be a Tensor"),
]
OPS = [
    Op(
        "scatter",
        samples=lambda make: [
            (make(2, 3), 1, I, make(2, 2)),
            (make(2, 3), 1, I, make(4, 5)),
            (make(2, 3), -1, tensor([[1]]), make(2, 3)),
            (make(3, 2), 0, I, make(2, 2)),
            (make(2, 3), 1, I, 2),
            (make(2, 3), 1, rushlight.empty(0, 3, dtype=rushlight.int64), make(2, 3)),
        ],
        reference=_scattered,
        dtypes=(*ALL, *COMPLEX),
        inplace=True,
        meta=False,
        errors=[*ERRORS, Error((ones(2, 3), 1, I, "a"), TypeError, "a number")],
    ),
    Op(
        "scatter_add",
        samples=lambda make: [
            (make(2, 3), 1, TWICE, make(2, 3)),
            (make(2, 3), 1, TWICE, make(3, 4)),
            (make(3, 2), 0, I, make(2, 2)),
        ],
        reference=_added,
        dtypes=("float64", "float32", "int64", "complex128"),
        inplace=True,
        meta=False,
        errors=[*ERRORS, Error((ones(2, 3), 1, I, 1), TypeError, "'src'")],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "write, name",
    [
        (lambda x, v: x.scatter(1, I, v), "ScatterBackward0"),
        (lambda x, v: x.scatter(1, I, 1.0), "ScatterBackward1"),
        (lambda x, v: x.scatter_(1, I, v), "ScatterBackward0"),
        (lambda x, v: x.scatter_(1, I, value=1.0), "ScatterBackward1"),
        (lambda x, v: x.scatter_add_(1, I, v), "ScatterAddBackward0"),
    ],
)
def test_names_of_nodes(write, name):
    x = ones(2, 3, requires_grad=True) * 1
    assert write(x, ones(2, 2)).grad_fn.name() == name


def test_old_reductions():
    x = ones(2, 3)
    assert x.scatter(1, I, ones(2, 2), reduce="add").sum() == 10
    assert x.scatter(1, I, 3, reduce="multiply").sum() == 14
    assert x.scatter_(1, I, 3, reduce="add") is x
    assert x.tolist() == [[4, 1, 4], [4, 4, 1]]
    with pytest.raises(RuntimeError, match="add, multiply"):
        x.scatter(1, I, 3, reduce="sub")


def test_in_place_on_other_layouts_and_out():
    x = rushlight.zeros(3, 2).t()
    assert x.scatter_(1, I, 1.0).tolist() == [[1, 0, 1], [1, 1, 0]]
    out = rushlight.empty(0)
    assert rushlight.scatter_add(ones(2), 0, tensor([0, 0]), ones(2), out=out) is out
    assert out.tolist() == [3, 1]

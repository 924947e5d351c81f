"""select_scatter, slice_scatter, diagonal_scatter, as_strided_scatter."""

import numpy as np

import rushlight
from tests.battery import ALL, Error, Op, battery

ones = rushlight.ones


def _select(x, src, dim, index):
    result = x.copy()
    np.moveaxis(result, dim, 0)[index] = src
    return result


def _slice(x, src, dim=0, start=None, end=None, step=1):
    result = x.copy()
    np.moveaxis(result, dim, 0)[start:end:step] = np.moveaxis(src, dim, 0)
    return result


def _diagonal(x, src, offset=0, dim1=0, dim2=1):
    result = x.copy()
    view = np.diagonal(result, offset, dim1, dim2)
    view.flags.writeable = True
    view[...] = src
    return result


OPS = [
    Op(
        "select_scatter",
        samples=lambda make: [
            (make(2, 3), make(3), 0, 1),
            (make(2, 3), make(2), 1, -1),
        ],
        reference=_select,
        dtypes=ALL,
        errors=[
            Error((ones(2, 3), ones(2), 0, 1), RuntimeError, "size equal to the slice"),
            Error((ones(2, 3), ones(3), 0, 2), IndexError, "index 2 out of range"),
            Error((ones(2, 3), 1, 0, 1), TypeError, "'src' to be a Tensor"),
        ],
    ),
    Op(
        "slice_scatter",
        samples=lambda make: [
            (make(3, 3), make(2, 3), 0, 1, 3),
            (make(3, 3), make(3, 2), -1, 0, 3, 2),
            (make(3, 3), make(3, 3)),
        ],
        reference=_slice,
        errors=[
            Error((ones(3), ones(1), 0, 1), RuntimeError, "the slice of self, [2]"),
            Error((ones(3), ones(3), 0, 0, 3, -1), ValueError, "a positive step"),
        ],
    ),
    Op(
        "diagonal_scatter",
        samples=lambda make: [
            (make(3, 4), make(3)),
            (make(3, 4), make(2), -1),
            (make(2, 3, 4), make(3, 2), 1, 0, 2),
        ],
        reference=_diagonal,
        errors=[Error((ones(3, 3), ones(3), 1), RuntimeError, "self, [2], got [3]")],
    ),
    Op(
        "as_strided_scatter",
        samples=lambda make: [(make(3, 4), make(2, 2), (2, 2), (4, 1), 1)],
        errors=[Error((ones(3), ones(2), (2,), (5,)), RuntimeError, "out of bounds")],
    ),
]
globals().update(battery(OPS))


def test_as_strided_scatter():
    x = rushlight.zeros(2, 3)
    y = x.as_strided_scatter(ones(2), (2,), (2,), 1)
    assert y.tolist() == [[0, 1, 0], [1, 0, 0]]
    assert x.sum() == 0


def test_names_of_nodes():
    x = ones(2, 2, requires_grad=True)
    found = [
        x.select_scatter(ones(2), 0, 0),
        x.slice_scatter(ones(1, 2), 0, 1),
        x.diagonal_scatter(ones(2)),
        x.as_strided_scatter(ones(2), (2,), (1,)),
    ]
    names = ["SelectScatter", "SliceScatter", "DiagonalScatter", "AsStridedScatter"]
    assert [y.grad_fn.name() for y in found] == [f"{n}Backward0" for n in names]

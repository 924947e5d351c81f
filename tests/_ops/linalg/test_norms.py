"""torch.linalg's norm, vector_norm, matrix_norm."""

import math

import numpy as np
import pytest

import rushlight
from rushlight import linalg
from tests.battery import COMPLEX, FLOATS, Error, Op, battery

INF = math.inf
ones = rushlight.ones


def _vector_norm(x, ord=2, dim=None, keepdim=False):
    size = np.abs(x)
    if math.isinf(ord):
        return (size.max if ord > 0 else size.min)(axis=dim, keepdims=keepdim)
    return (size**ord).sum(axis=dim, keepdims=keepdim) ** (1 / ord)


def _matrix_norm(x, ord="fro", dim=(-2, -1), keepdim=False):
    return np.linalg.norm(x, ord, tuple(dim), keepdim)


def _norm(x, ord=None, dim=None, keepdim=False):
    if ord is None:
        return _vector_norm(x, 2, dim, keepdim)
    return np.linalg.norm(x, ord, dim, keepdim)


OPS = [
    Op(
        "linalg.vector_norm",
        reference=_vector_norm,
        samples=lambda make: [
            (make(3, 4),),
            (make(3, 4), 3, 1),
            (make(3, 4), INF, (0, 1), True),
            (make(2, 3, 4), 1, (0, 2)),
        ],
        dtypes=(*FLOATS, *COMPLEX),
        out=True,
        tolerance=4,
        errors=[
            Error((ones(2), "fro"), TypeError, "'ord' to be a number"),
            Error((ones(2).long(),), RuntimeError, "'Long'"),
            Error((2,), TypeError, "'x' to be a Tensor"),
        ],
    ),
    Op(
        "linalg.matrix_norm",
        reference=_matrix_norm,
        samples=lambda make: [
            (make(2, 3, 4), *rest)
            for ord in ("fro", 1, -1, INF, -INF, "nuc", 2, -2)
            for rest in [(ord,), (ord, (0, 2)), (ord, (2, 0), True), (ord, [1, 0])]
        ],
        dtypes=("float64", "float32", *COMPLEX),
        out=True,
        tolerance=4,
        errors=[
            Error((ones(2),), RuntimeError, "at least 2 dimensions"),
            Error((ones(2, 2), "fro", (0, 0)), RuntimeError, "two different dims"),
            Error((ones(2, 2), "fro", 0), TypeError, "two ints"),
            Error((ones(2, 2), "x"), RuntimeError, "Order x not supported"),
            Error((ones(2, 2), 3), RuntimeError, "Order 3 not supported"),
            Error((ones(2, 2).long(),), RuntimeError, "'Long'"),
        ],
    ),
    Op(
        "linalg.norm",
        reference=_norm,
        samples=lambda make: [
            (make(2, 3, 4),),
            (make(2, 3, 4), None, 1),
            (make(2, 3, 4), None, (0, 1), True),
            (make(3, 4), 1),
            (make(4), 3),
            (make(3, 4), 3, 0),
            (make(3, 4), INF, (0, 1)),
            (make(3, 4), "fro"),
        ],
        dtypes=("float64", "float32", "complex128"),
        out=True,
        errors=[
            Error((ones(2, 2, 2), 1), RuntimeError, "1 or 2 dimensions"),
            Error((ones(2, 2, 2), 1, (0, 1, 2)), RuntimeError, "length 1 or 2"),
            Error((ones(2), "fro"), RuntimeError, "at least 2 dimensions"),
            Error((ones(2, 2), 3), RuntimeError, "Order 3 not supported"),
        ],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "ord, node",
    [
        ("fro", "LinalgVectorNormBackward0"),
        (1, "AmaxBackward0"),
        (-1, "AminBackward0"),
        (2, "AmaxBackward0"),
        ("nuc", "SumBackward1"),
    ],
)
def test_nodes(ord, node):
    x = ones(2, 2, requires_grad=True)
    assert linalg.matrix_norm(x, ord).grad_fn.name() == node

"""index_add, index_copy, index_fill."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery

ones, tensor = rushlight.ones, rushlight.tensor
I = tensor([0, 2])  # noqa: E741 - an index
TWICE = tensor([1, 1, 0])


def _lead(dim, index):
    return (*(slice(None),) * dim, index.reshape(-1))


def _added(x, dim, index, source, alpha=1):
    result = x.copy()
    np.add.at(result, _lead(dim % x.ndim, index), alpha * source)
    return result


def _written(x, dim, index, source):
    result = x.copy()
    result[_lead(dim % x.ndim, index)] = source
    return result


ERRORS = [
    Error((ones(2, 3), 0, I, ones(2, 3)), IndexError, "index 2 is out of bounds"),
    Error((ones(3, 2), 0, I - 1, ones(2, 2)), RuntimeError, "index -1 is out of"),
    Error((ones(3, 2), 0, I, ones(3, 2)), RuntimeError, "the number of indices (2)"),
    Error((ones(3, 2), 0, I, ones(2, 3)), RuntimeError, "a source of shape [2, 2]"),
    Error((ones(3, 2), 0, I[None], ones(2, 2)), IndexError, "a vector"),
    Error((ones(3), 0, I, I), RuntimeError, "to have the same dtype"),
    Error((ones(3), 1, I, ones(2)), IndexError, "in the range"),
    Error((ones(3), 0, I, 1), TypeError, "'source' to be a Tensor"),
]
OPS = [
    Op(
        "index_add",
        samples=lambda make: [
            (make(2, 3), 0, TWICE, make(3, 3)),
            (make(2, 3), 1, I, make(2, 2)),
            (make(2, 3, 2), -1, TWICE, make(2, 3, 3)),
            (make(3), 0, tensor([1, 1]), make(2), {"alpha": 2}),
            (make(3), 0, tensor(1), make(1)),
            (make(2, 3), 0, rushlight.empty(0, dtype=rushlight.int64), make(0, 3)),
        ],
        reference=_added,
        dtypes=("float64", "float32", "int64", "complex128"),
        inplace=True,
        errors=ERRORS,
    ),
    Op(
        "index_copy",
        samples=lambda make: [
            (make(3, 2), 0, I, make(2, 2)),
            (make(2, 3), 1, I, make(2, 2)),
        ],
        reference=_written,
        dtypes=(*ALL, *COMPLEX),
        inplace=True,
        errors=ERRORS,
    ),
    Op(
        "index_fill",
        samples=lambda make: [
            (make(3, 2), 0, I, 2),
            (make(2, 3), -1, I - 1, 1),
            (make(2, 3), 1, I, make()),
        ],
        reference=_written,
        dtypes=(*ALL, *COMPLEX),
        inplace=True,
        errors=[
            Error((ones(2), 0, I, 1), IndexError, "places from -2 to 1, got index 2"),
            Error((ones(3), 0, I, ones(1)), RuntimeError, "0-dimensional value"),
            Error((ones(3), 0, I, "a"), TypeError, "a number"),
            Error((tensor([1]), 0, I * 0, 1e30), RuntimeError, "without overflow"),
        ],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "write, name",
    [
        (lambda x: x.index_add(0, I, ones(2)), "IndexAddBackward0"),
        (lambda x: x.index_add_(0, I, ones(2)), "IndexAddBackward0"),
        (lambda x: x.index_copy_(0, I, ones(2)), "IndexCopyBackward0"),
        (lambda x: x.index_fill_(0, I, 1), "IndexFillBackward0"),
        (lambda x: x.index_fill(0, I, tensor(1.0)), "IndexFillBackward1"),
    ],
)
def test_names_of_nodes(write, name):
    assert write(ones(3, requires_grad=True) * 1).grad_fn.name() == name


def test_no_dimensions():
    x, index = tensor(1.0), tensor([0, 0])
    assert x.index_fill(0, index, 5).item() == 5
    assert x.index_copy(0, tensor([0]), tensor([7.0])).item() == 7


def test_a_place_that_is_named_twice_counts_once_for_the_fill_value():
    x, value = ones(2), tensor(3.0, requires_grad=True)
    x.index_fill(0, tensor([1, -1, 1]), value).sum().backward()
    assert value.grad.item() == 1


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float32"])
def test_index_add_keeps_the_dtype_without_dimensions(dtype):
    x = tensor(1, dtype=getattr(rushlight, dtype))
    y = x.index_add(0, tensor([0]), x)
    assert y.dtype is x.dtype

"""index_put."""

import numpy as np

import rushlight
from tests.battery import Error, Op, battery

ones, tensor = rushlight.ones, rushlight.tensor
I = (tensor([0, 1, 0]),)  # noqa: E741 - an index
J = (tensor([0, 1, 1]), tensor([2, 0, 0]))


def _put(x, indices, values, accumulate=False):
    result = x.copy()
    if accumulate:
        np.add.at(result, tuple(indices), values)
    else:
        result[tuple(indices)] = values
    return result


OPS = [
    Op(
        "index_put",
        samples=lambda make: [
            (make(2, 3), (tensor([1, 0]),), make(3)),
            (make(2, 3), (tensor([1]), tensor([2])), make()),
            (make(2, 3), I, make(3, 3), True),
            (make(2, 3), J, make(3), True),
            (make(2, 3), J, make(1), {"accumulate": True}),
            (make(2, 3), (tensor([[True, False, True]] * 2),), make(4)),
        ],
        reference=_put,
        dtypes=("float64", "float32", "int64", "complex128"),
        inplace=True,
        meta=False,
        errors=[
            Error((ones(2), (0,), ones(1)), TypeError, "a Tensor as index 0"),
            Error((ones(2), I, 1.0), TypeError, "a Tensor as values"),
            Error((ones(2), I, tensor(1)), RuntimeError, "dtypes to match"),
            Error((ones(1), I, ones(3)), IndexError, "out of bounds"),
            Error((ones(1), I, ones(3), True), IndexError, "out of bounds"),
            Error((ones(2), I, ones(2)), RuntimeError, "shape mismatch"),
            Error((ones(2), I, ones(2), True), RuntimeError, "shape mismatch"),
            Error((ones(2), I * 2, ones(2)), IndexError, "too many indices"),
        ],
    ),
]
globals().update(battery(OPS))


def test_recorded_in_place():
    leaf, values = ones(2, requires_grad=True), ones(3, requires_grad=True)
    x = leaf * 1
    x.index_put_(I, values, accumulate=True)
    assert x.grad_fn.name() == "IndexPutBackward0"
    (x * tensor([2.0, 3.0])).sum().backward()
    assert (leaf.grad.tolist(), values.grad.tolist()) == ([2, 3], [2, 3, 2])

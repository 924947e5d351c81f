"""scatter_reduce, index_reduce."""

import numpy as np
import pytest

import rushlight
from tests.battery import Error, Op, battery

ones, tensor = rushlight.ones, rushlight.tensor
I = tensor([[0, 0, 2], [1, 1, 1]])  # noqa: E741 - an index
WAYS = ("sum", "prod", "mean", "amax", "amin")
FUNCTIONS = {
    "sum": np.sum,
    "prod": np.prod,
    "mean": np.mean,
    "amax": np.max,
    "amin": np.min,
}


def _reduced(x, dim, index, src, reduce, include_self=True):
    """One place after the other, by definition."""
    x, dim, result = x, dim % x.ndim, x.copy()
    gathered = {}
    for place in np.ndindex(*index.shape):
        target = (*place[:dim], int(index[place]), *place[dim + 1 :])
        gathered.setdefault(target, [x[target]] if include_self else []).append(
            src[place]
        )
    for target, values in gathered.items():
        result[target] = FUNCTIONS[reduce](values)
    return result


OPS = [
    Op(
        "scatter_reduce",
        samples=lambda make, way=way: [
            (make(2, 3), 1, I, make(2, 3), way),
            (make(2, 3), 1, I, make(2, 4), way, {"include_self": False}),
            (make(2, 3), 0, tensor([[0, 1, 0]]), make(1, 3), way),
            (make(4), 0, tensor([3, 3, 3, 1]), make(4), way, {"include_self": False}),
        ],
        reference=lambda x, dim, index, src, way, include_self=True: _reduced(
            x, dim, index, src, way, include_self
        ),
        inplace=True,
        meta=False,
        errors=[
            Error((ones(2, 3), 1, I, ones(2, 3), "foo"), RuntimeError, "got foo"),
            Error((ones(2, 3), 1, I + 1, ones(2, 3), way), IndexError, "out of bounds"),
            Error((ones(2, 3), 1, I, I, way), RuntimeError, "src.dtype"),
            Error((ones(2, 3), 1, I, 1, way), TypeError, "'src' to be a Tensor"),
        ],
        id=way,
    )
    for way in WAYS
] + [
    Op(
        "index_reduce",
        samples=lambda make, way=way: [
            (make(2, 3), 0, tensor([0, 0]), make(2, 3), way),
            (make(2, 3), 1, tensor([2, 0]), make(2, 2), way, {"include_self": False}),
        ],
        reference=lambda x, dim, index, src, way, include_self=True: _reduced(
            x,
            dim,
            np.broadcast_to(np.expand_dims(index, 1 - dim), src.shape),
            src,
            way,
            include_self,
        ),
        inplace=True,
        meta=False,
        errors=[
            Error(
                (ones(2), 0, tensor([0]), ones(1), "sum"), RuntimeError, "prod, mean"
            ),
            Error((ones(2), 0, tensor([0]), ones(2), way), RuntimeError, "shape [1]"),
        ],
        id=f"index_{way}",
    )
    for way in WAYS[1:]
]
globals().update(battery(OPS))


# Recorded from PyTorch 2.13: gradients of equal extremes and of products with zeros.
@pytest.mark.parametrize(
    "way, x, source, of_x, of_source",
    [
        ("amax", [2.0, 5.0], [2.0, 2.0, 1.0], [1 / 3, 1], [1 / 3, 1 / 3, 0]),
        ("amin", [2.0, 5.0], [3.0, 2.0, 1.0], [0.5, 0], [0, 0.5, 1]),
        ("prod", [2.0, 5.0], [0.0, 3.0, 4.0], [0, 4], [6, 0, 5]),
        ("prod", [2.0, 5.0], [0.0, 0.0, 4.0], [0, 4], [0, 0, 5]),
        ("mean", [2.0, 5.0], [0.0, 3.0, 4.0], [1 / 3, 0.5], [1 / 3, 1 / 3, 0.5]),
    ],
)
def test_gradients_at_the_edges(way, x, source, of_x, of_source):
    x, source = tensor(x, requires_grad=True), tensor(source, requires_grad=True)
    y = x.scatter_reduce(0, tensor([0, 0, 1]), source, way)
    assert y.grad_fn.name() == "ScatterReduceBackward0"
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), of_x, rtol=1e-6)
    np.testing.assert_allclose(source.grad.numpy(), of_source, rtol=1e-6)


def test_integers():
    x = rushlight.tensor([1, 7])
    index, source = tensor([0, 0, 1]), tensor([5, 5, 1])
    assert x.scatter_reduce(0, index, source, "mean").tolist() == [3, 4]
    low = x.scatter_reduce(0, index, source, "amin", include_self=False)
    assert low.tolist() == [5, 1]
    assert x.index_reduce_(0, index, source, "amax") is x

"""gather, take_along_dim."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery

ones, tensor = rushlight.ones, rushlight.tensor
I = tensor([[0, 2], [1, 1]])  # noqa: E741 - an index


def _gathered(x, dim, index):
    x = (
        x[
            tuple(
                slice(n) if d != dim % x.ndim else slice(None)
                for d, n in enumerate(index.shape)
            )
        ]
        if x.ndim
        else x.reshape(1)
    )
    return np.take_along_axis(x, index.reshape(index.shape or (1,)), dim).reshape(
        index.shape
    )


OPS = [
    Op(
        "gather",
        samples=lambda make: [
            (make(2, 3), 1, I),
            (make(2, 3), -1, tensor([[0, 1, 2, 2], [0, 0, 0, 0]])),
            (make(2, 3), 0, tensor([[0, 1]])),
            (make(2, 3, 4), 1, tensor([[[0, 1], [2, 2]]])),
            (make(3), 0, tensor([2, 2], dtype=rushlight.int32)),
            (make(), 0, tensor(0)),
            (make(2, 3), 1, rushlight.empty(0, 3, dtype=rushlight.int64)),
        ],
        reference=_gathered,
        dtypes=(*ALL, *COMPLEX),
        out=True,
        meta=False,
        errors=[
            Error((ones(2, 3), 1, I + 1), RuntimeError, "index 3 is out of bounds for"),
            Error((ones(2, 3), 1, I - 1), RuntimeError, "index -1 is out of bounds"),
            Error((ones(2, 3), 1, I + 1), IndexError, "dimension 1 with size 3"),
            Error((ones(1, 3), 1, I), RuntimeError, "does not match at dimension 0"),
            Error((ones(3), 0, I), RuntimeError, "the same number of dimensions"),
            Error((ones(2, 3), 1, I.float()), RuntimeError, "dtype int32 or int64"),
            Error((ones(2, 3), 2, I), IndexError, "gather()"),
            Error((ones(2, 3), 1, [0]), TypeError, "'index' to be a Tensor"),
        ],
    ),
    Op(
        "take_along_dim",
        samples=lambda make: [
            (make(2, 3), I, 1),
            (make(2, 3), tensor([[0], [-1]]), 1),
            (make(1, 3), I, 1),
            (make(2, 3), tensor([5, 0])),
        ],
        reference=lambda x, index, dim=None: np.take_along_axis(x, index, dim),
        meta=False,
        errors=[
            Error((ones(2, 3), tensor([0]), 1), RuntimeError, "number of dimensions"),
            Error((ones(2, 3), I + 5, 1), RuntimeError, "out of bounds"),
            Error((ones(2, 3), tensor([[0]] * 3), 1), RuntimeError, "equal or 1"),
        ],
    ),
]
globals().update(battery(OPS))


def test_meta():
    x = ones(2, 3, device="meta")
    assert x.gather(1, I.to("meta")).shape == (2, 2)
    assert x.gather(1, I).shape == (2, 2)


def test_the_part_of_input_that_index_does_not_reach_has_no_gradient():
    x = ones(3, 3, requires_grad=True)
    y = x.gather(0, tensor([[1, 1]]))
    assert y.grad_fn.name() == "GatherBackward0"
    y.sum().backward()
    assert x.grad.tolist() == [[0, 0, 0], [1, 1, 0], [0, 0, 0]]


def test_empty_index_may_have_any_dtype():
    index = rushlight.empty(0, dtype=rushlight.uint8)
    assert rushlight.ones(5).gather(0, index).shape == (0,)


def test_out_of_another_dtype_is_refused():
    x, index = rushlight.ones(2), rushlight.tensor([1])
    out = rushlight.empty(1, dtype=rushlight.float64)
    for name in ("gather", "index_select"):
        with pytest.raises(RuntimeError, match="out tensor to have dtype"):
            getattr(rushlight, name)(x, 0, index, out=out)
    with pytest.raises(RuntimeError, match="out tensor to have dtype"):
        rushlight.take(x, index, out=out)
    with pytest.raises(RuntimeError, match="out tensor to have dtype"):
        rushlight.masked_select(x, x > 0, out=out)

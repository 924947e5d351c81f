"""expand, expand_as, broadcast_to."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery


def _expanded(x, *sizes):
    sizes = sizes[0] if isinstance(sizes[0], (tuple, list)) else sizes
    old = (1,) * (len(sizes) - x.ndim) + x.shape
    full = [o if s == -1 else s for o, s in zip(old, sizes, strict=True)]
    return np.broadcast_to(x, full)


OPS = [
    Op(
        "Tensor.expand",
        samples=lambda make: [
            (make(3, 1), 3, 4),
            (make(3, 1), (2, -1, 4)),
            (make(2, 3), 2, -1),
            (make(), 2, 3),
            (make(), ()),
            (make(1), 0),
            (make(0, 1), 0, 2),
            (make(3), 2, 1, 3),
        ],
        reference=_expanded,
        dtypes=(*ALL, *COMPLEX),
        errors=[
            Error((rushlight.ones(2), 3), RuntimeError, "only stretch the 1s of [2]"),
            Error((rushlight.ones(2, 3), 3), RuntimeError, "at least 2 sizes"),
            Error(
                (rushlight.ones(2), -1, 2), RuntimeError, "-1 only for existing ones"
            ),
            Error((rushlight.ones(1), -2), RuntimeError, "got [-2]"),
        ],
    ),
    Op(
        "broadcast_to",
        samples=lambda make: [(make(3, 1), (2, 3, 4)), (make(), (2,))],
        reference=np.broadcast_to,
    ),
    Op(
        "Tensor.expand_as",
        samples=lambda make: [(make(3, 1), make(2, 3, 4))],
        reference=lambda x, other: np.broadcast_to(x, other.shape),
        grad=False,
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "shape, sizes, strides",
    [
        ((3,), (1, 3), (3, 1)),
        ((3,), (2, 1, 3), (0, 3, 1)),
        ((3, 1), (3, 4), (1, 0)),
        ((), (2,), (0,)),
    ],
)
def test_strides(shape, sizes, strides):
    x = rushlight.ones(shape)
    assert x.expand(sizes).stride() == strides
    assert x.expand(size=sizes).data_ptr() == x.data_ptr()


def test_views_of_views_that_are_not_contiguous():
    x = rushlight.arange(6.0).reshape(2, 3)[:, 1:].t().unsqueeze(0)
    assert x.expand(2, 2, 2).tolist() == [[[1, 4], [2, 5]]] * 2
    x = rushlight.arange(6, dtype=rushlight.bfloat16).reshape(2, 3)[:, 1]
    assert x.expand(2, 2).tolist() == [[1, 4], [1, 4]]


def test_writing_to_elements_that_share_memory_is_refused():
    x = rushlight.ones(1).expand(3)
    with pytest.raises(RuntimeError, match="single memory location"):
        x.copy_(rushlight.ones(3))
    with pytest.raises(RuntimeError, match="single memory location"):
        x[:] = 5
    assert x.zero_().tolist() == [0, 0, 0]

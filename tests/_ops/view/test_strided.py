"""as_strided."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, Error, Op, battery


def _region(x, size, stride, offset=0):
    strides = [s * x.itemsize for s in stride]
    flat = np.ascontiguousarray(x).reshape(-1)[offset or 0 :]
    return np.lib.stride_tricks.as_strided(flat, size, strides)


def _contiguous(check):
    """The battery's other layouts name other memory: as_strided sees the difference."""
    return {k: v for k, v in check.items() if k != "test_other_layouts"}


OPS = [
    Op(
        "as_strided",
        samples=lambda make: [
            (make(3, 4), (2, 2), (4, 1)),
            (make(3, 4), (2, 3), (1, 2), 3),
            (make(3, 4), (3, 3), (2, 2)),
            (make(3, 4), (2, 3), (0, 1)),
            (make(6), (), ()),
            (make(6), (0, 2), (1, 1)),
        ],
        reference=_region,
        dtypes=ALL,
        errors=[
            Error((rushlight.ones(4), (3,), (2,)), RuntimeError, "out of bounds"),
            Error(
                (rushlight.ones(4), (2,), (1, 1)), RuntimeError, "mismatch in length"
            ),
            Error((rushlight.ones(4), (2,), (-1,)), RuntimeError, "not negative"),
            Error((rushlight.ones(4), (2,), (1,), -1), RuntimeError, "offset -1"),
        ],
    ),
]
globals().update(_contiguous(battery(OPS)))


def test_the_offset_counts_from_the_start_of_the_memory():
    x = rushlight.arange(6.0).reshape(2, 3)
    assert x[1].as_strided((2,), (1,)).tolist() == [3, 4]
    assert x[1].as_strided((2,), (1,), 0).tolist() == [0, 1]
    assert x[1].as_strided((2,), (1,), 1).storage_offset() == 1


@pytest.mark.parametrize(
    "make, size, stride, offset, expected",
    [
        # recorded from PyTorch 2.13: an expanded input's element gets its share
        (lambda x: x, (2, 2), (1, 1), None, [[1, 2, 1], [0, 0, 0]]),
        (lambda x: x.t(), (2, 2), (1, 1), None, [[1, 2, 1], [0, 0, 0]]),
        (lambda x: x[1], (2,), (1,), None, [[0, 0, 0], [1, 1, 0]]),
        (lambda x: x[1], (3,), (2,), 1, [[0, 0, 0], [1, 0, 1]]),
        (lambda x: x[:1].expand(2, 3), (3,), (1,), None, [[1, 1, 1], [0, 0, 0]]),
    ],
)
def test_gradients_of_views(make, size, stride, offset, expected):
    x = rushlight.zeros(2, 3, requires_grad=True)
    make(x).as_strided(size, stride, offset).sum().backward()
    assert x.grad.tolist() == expected


def test_in_place():
    x = rushlight.arange(4.0)
    assert x.as_strided_((2,), (2,)) is x
    assert x.tolist() == [0, 2]

"""Tensor.unfold."""

import numpy as np

import rushlight
from tests.battery import ALL, Error, Op, battery


def _unfolded(x, dim, size, step):
    if not x.ndim:
        return np.full((size,), x)
    windows = np.lib.stride_tricks.sliding_window_view(x, size, dim)
    return np.take(windows, range(0, windows.shape[dim], step), dim)


OPS = [
    Op(
        "Tensor.unfold",
        samples=lambda make: [
            (make(7), 0, 3, 2),
            (make(7), 0, 3, 1),
            (make(2, 5, 3), 1, 2, 3),
            (make(2, 5, 3), -1, 3, 1),
            (make(4), 0, 2, 5),
            (make(), 0, 1, 1),
        ],
        reference=_unfolded,
        dtypes=ALL,
        errors=[
            Error((rushlight.ones(2), 0, 3, 1), RuntimeError, "the maximum size"),
            Error((rushlight.ones(2), 0, 1, 0), RuntimeError, "a step > 0"),
            Error((rushlight.ones(2), 0, -1, 1), RuntimeError, "size -1"),
            Error((rushlight.ones(2), 1, 1, 1), IndexError, "unfold()"),
        ],
    ),
]
globals().update(battery(OPS))


def test_windows_share_memory():
    x = rushlight.arange(4.0)
    windows = x.unfold(0, 2, 1)
    x[1] = 9
    assert windows.tolist() == [[0, 9], [9, 2], [2, 3]]
    assert windows.stride() == (1, 1)

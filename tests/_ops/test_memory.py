"""Where an array's elements lie."""

import numpy as np
import pytest

import rushlight
from rushlight._ops import _memory

X = np.arange(24.0).reshape(2, 3, 4)


@pytest.mark.parametrize(
    "view",
    [X, X[1:, :, ::2], X.T, X.transpose(1, 0, 2)[1:], X.reshape(6, 4)[2:]],
    ids=range(5),
)
def test_owner_and_offset(view):
    owner, start = _memory.memory_of_array(view)
    assert owner.nbytes == X.nbytes
    again = _memory.region(view, view.shape, view.strides)
    assert np.array_equal(again, view)
    assert _memory.address(view) == _memory.address(owner) + start


@pytest.mark.parametrize(
    "shape, strides, expected",
    [
        ((2, 3), (3, 1), False),
        ((2, 3), (1, 2), False),
        ((2, 3), (1, 1), True),
        ((2, 1), (1, 0), False),
        ((2, 3), (0, 1), True),
        ((0, 3), (0, 0), False),
        ((2, 2, 2), (3, 2, 1), True),
    ],
)
def test_overlaps(shape, strides, expected):
    assert _memory.overlaps(shape, strides) is expected


def test_a_foreign_array_is_nobodys_view():
    whole = _memory.foreign_array(X[1], 12)
    owner, start = _memory.memory_of_array(whole[3:])
    assert (owner is whole, start) == (True, 24)
    whole[0] = -1
    assert X[1, 0, 0] == -1
    X[1, 0, 0] = 12


def test_formats():
    x = np.zeros((2, 3, 4, 5))
    last = _memory.in_format(x, rushlight.channels_last, np.float32)
    assert (last.shape, last.strides) == (x.shape, (240, 4, 60, 12))
    assert _memory.is_in_format(last, rushlight.channels_last)
    assert not _memory.is_in_format(last, rushlight.contiguous_format)
    assert _memory.dims_order(X, rushlight.channels_last, refuse=False) == ()
    with pytest.raises(RuntimeError, match="rank 4"):
        _memory.dims_order(X, rushlight.channels_last)

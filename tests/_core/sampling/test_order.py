"""The order in which PyTorch fills arrays that are not contiguous."""

import numpy as np
import pytest

from rushlight._core.sampling import in_memory_order


def filled(array):
    """The array, numbered in the order of filling."""
    view = in_memory_order(array)
    view[...] = np.arange(view.size).reshape(view.shape)
    return array


@pytest.mark.parametrize(
    "array, wanted",
    [
        (np.zeros((2, 3)), [[0, 1, 2], [3, 4, 5]]),
        (np.zeros((2, 3)).T, [[0, 3], [1, 4], [2, 5]]),
        (np.zeros((2, 6))[:, ::2], [[0, 1, 2], [3, 4, 5]]),
        (np.zeros((6, 2)).T[:, ::2], [[0, 2, 4], [1, 3, 5]]),
        (np.zeros((1, 3)), [[0, 1, 2]]),
        (np.zeros(()), 0),
    ],
)
def test_memory_is_filled_from_its_beginning(array, wanted):
    assert filled(array).tolist() == wanted


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0)])
def test_every_permutation_of_axes_is_undone(axes):
    memory = np.zeros((2, 3, 4))
    filled(memory.transpose(axes))
    assert np.array_equal(memory.ravel(), np.arange(24))


def test_the_memory_is_shared():
    array = np.zeros((3, 2)).T
    assert np.shares_memory(in_memory_order(array), array)

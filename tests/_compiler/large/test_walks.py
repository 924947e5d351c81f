"""Walks: every element is met once, at its place; what is irregular is left alone."""

import numpy as np
import pytest

from rushlight._compiler.large.walks import walk_of

MATRIX = np.arange(6 * 64.0).reshape(6, 64)
BLOCK = np.arange(4 * 3 * 64.0).reshape(4, 3, 64)

#: operands, and what the walk is: (pattern, runs, elements in a run).
REGULAR = {
    "one array": ([MATRIX], ("1", 1, 384)),
    "equal shapes": ([MATRIX, MATRIX], ("11", 1, 384)),
    "a number": ([MATRIX, np.array(2.0)], ("10", 1, 384)),
    "transposed alike": ([MATRIX.T, MATRIX.T], ("11", 1, 384)),
    "a row": ([MATRIX, MATRIX[0]], ("11", 6, 64)),
    "a row first": ([MATRIX[0], MATRIX], ("11", 6, 64)),
    "a column": ([MATRIX, MATRIX[:, :1]], ("10", 6, 64)),
    "channels": ([BLOCK, BLOCK[0, :, :1]], ("10", 12, 64)),
    "rows of a wider array": ([MATRIX[:, 8:48]], ("1", 6, 40)),
    "every other row": ([MATRIX[::2], MATRIX[::2]], ("11", 3, 64)),
}
IRREGULAR = {
    "one transposed": [np.ones((64, 64)), np.ones((64, 64)).T],
    "steps along the run": [MATRIX[:, ::2]],
    "backwards": [MATRIX[::-1]],
    "short runs": [np.ones((100, 4)), np.ones(4)],
    "shapes that do not broadcast": [MATRIX, np.ones(63)],
    "expanded": [np.broadcast_to(np.float64(1), (6, 64))],
    "four dimensions apart": [
        np.ones((3, 3, 3, 64))[:, :2, :2],
        np.ones((3, 2, 2, 64)),
        np.ones((2, 1, 64)),
        np.ones((3, 1, 1, 64)),
    ],
}


def places(walk, number):
    """Where in memory, from its first element on, an operand is read, in order."""
    found = []
    for row in range(walk.rows):
        start = 0
        if walk.steps is not None:
            long, short = walk.steps[number]
            start = row // walk.second * long + row % walk.second * short
        one = (*walk.pattern, "1")[number] == "1"
        found += [start + one * i for i in range(walk.count)]
    return found


@pytest.mark.parametrize("name", REGULAR)
def test_a_walk_meets_what_broadcasting_pairs(name):
    arrays, expected = REGULAR[name]
    walk = walk_of(arrays)
    assert (walk.pattern, walk.rows, walk.count) == expected
    order = walk.order or range(len(walk.shape))
    for number, array in enumerate(arrays):
        first = array.__array_interface__["data"][0]
        whole = np.broadcast_to(array, walk.shape)
        grids = np.meshgrid(*map(np.arange, whole.shape), indexing="ij")
        at = sum(g * s for g, s in zip(grids, whole.strides)) // array.itemsize
        assert whole.__array_interface__["data"][0] == first
        assert at.transpose(order).ravel().tolist() == places(walk, number)


@pytest.mark.parametrize("name", IRREGULAR)
def test_there_is_no_walk_through_what_is_irregular(name):
    assert walk_of(IRREGULAR[name]) is None


def test_sizes_of_one_keep_their_place_in_memory():
    pictures = np.ones((1, 8, 4, 64)).transpose(0, 3, 1, 2)
    walk = walk_of([pictures, pictures])
    assert (walk.order, walk.rows) == ((0, 2, 3, 1), 1)


def test_a_target_of_another_order_decides_the_order():
    target = np.empty((64, 6)).T
    assert walk_of([MATRIX, MATRIX], target) is None
    walk = walk_of([np.array(1.0), target], target)
    assert (walk.order, walk.pattern, walk.rows) == ((1, 0), "01", 1)

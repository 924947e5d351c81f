"""What an index means."""

import numpy as np
import pytest

import rushlight
from rushlight._ops.index import parse

ALL = slice(None)


@pytest.mark.parametrize(
    "index, basic",
    [
        ((0,), (0, ...)),
        ((0, ..., 1), (0, ..., 1)),
        ((None, ALL), (None, ALL, ...)),
        ((True,), None),
        (([0],), None),
        ((..., ...), None),
    ],
)
def test_basic(index, basic):
    assert parse.basic_index(index) == basic


def test_ellipsis():
    assert parse.expand_ellipsis((0, ..., 1), 4) == (0, ALL, ALL, 1)
    assert parse.expand_ellipsis((..., 0, ...), 3) == (ALL, ALL, 0)
    assert parse.expand_ellipsis((0, 1), 3) == (0, 1)
    with pytest.raises(IndexError, match="too many indices"):
        parse.expand_ellipsis((0, 1, 2), 2)


@pytest.mark.parametrize(
    "index, basic, places",
    [
        (("i",), None, (0,)),
        (("i", ALL, "i"), None, (0, None, 1)),
        ((0, ALL, "i"), (0, ALL, ALL, ...), (None, 0)),
        ((ALL, "i", None), (ALL, ALL, None, ...), (None, 0)),
        ((True, "i"), (None, ALL, ...), (0, 1)),
        ((slice(0, 3), "i"), None, (None, 0)),
        (("m",), None, (0, 0)),
        ((1, "v"), (1, ALL, ...), (0,)),
    ],
)
def test_the_two_parts(index, basic, places):
    x = rushlight.zeros(2, 3, 4)
    tensors = {
        "i": rushlight.tensor([0, 1]),
        "m": rushlight.ones(2, 3, dtype=rushlight.bool),
        "v": rushlight.ones(3, dtype=rushlight.bool),
    }
    if index[0] == slice(0, 3):
        x = rushlight.zeros(3, 3, 4)
    index = tuple(tensors[p] if isinstance(p, str) else p for p in index)
    found, indices, where = parse.split_index(x, index)
    assert (found, where) == (basic, places)
    assert len(indices) == len({p for p in places if p is not None})


def test_full_slices():
    assert parse.is_full(ALL, 3)
    assert parse.is_full(slice(0, 9, 1), 3)
    assert not parse.is_full(slice(0, 2), 3)
    assert not parse.is_full(slice(1, None), 3)


def test_joined():
    mask, index = np.ones((2, 2), bool), np.zeros(1, int)
    joined = parse.joined_index([mask, index], (0, 0, None, 1))
    assert joined[0] is mask
    assert joined[1] == ALL
    assert joined[2] is index

"""Checked indices along one dimension."""

import numpy as np
import pytest

from rushlight._base.spec import Spec
from rushlight._ops.index import along


@pytest.mark.parametrize("shape, dim", [((2, 3, 4), 0), ((2, 3, 4), 1), ((5,), 0)])
def test_flat_places(shape, dim):
    x = np.arange(np.prod(shape)).reshape(shape)
    index = np.random.default_rng(0).integers(0, shape[dim], shape)
    places = along.flat_places(np, shape, index, dim)
    assert np.array_equal(x.reshape(-1)[places], np.take_along_axis(x, index, dim))


@pytest.mark.parametrize("rows", [[0, 1, 2], [2, 0, 2, -1], [], [1, 1, 1]])
def test_add_rows(rows):
    rows = np.asarray(rows, np.int64)
    values = np.random.default_rng(0).normal(size=(len(rows), 2))
    expected, found = np.zeros((3, 2)), np.zeros((3, 2))
    np.add.at(expected, rows, values)
    along.add_rows(np, found, rows, values)
    np.testing.assert_allclose(found, expected)


def test_places():
    along.check_places(np.array([0, 1]), 2, 0, "f()")
    along.check_places(np.array([-1]), 2, 0, "f()", negative=True)
    along.check_places(Spec((2,), np.int64), 0, 0, "f()")
    with pytest.raises(along.PlaceError, match="index 2 is out of bounds"):
        along.check_places(np.array([0, 2]), 2, 0, "f()")
    assert issubclass(along.PlaceError, IndexError)
    assert issubclass(along.PlaceError, RuntimeError)


@pytest.mark.parametrize(
    "reduce, dtype, expected",
    [
        ("sum", "f4", [1, 7]),
        ("prod", "f4", [1, 12]),
        ("amax", "i4", [1, 4]),
        ("amin", "i4", [1, 3]),
        ("amax", "bool", [True, True]),
        ("mean", "i8", [1, 3]),
    ],
)
def test_combine_at(reduce, dtype, expected):
    whole, values = np.ones(2, dtype), np.array([3, 4]).astype(dtype)
    along.combine_at(np, whole, np.array([1, 1]), values, reduce, False)
    assert whole.tolist() == expected

"""Selection by bits."""

import numpy as np
import pytest

from rushlight._ops._select import select, select_into, zero_where

SIZES = [(7,), (100, 100), (10000,)]
DTYPES = ["i1", "i2", "f2", "i4", "f4", "f8", "i8", "c8", "c16"]


def arrays(shape, dtype):
    rng = np.random.default_rng(0)
    x, y = (rng.integers(-9, 9, shape).astype(dtype) for _ in range(2))
    return rng.random(shape) < 0.5, x, y


@pytest.mark.parametrize("shape", SIZES, ids=str)
@pytest.mark.parametrize("dtype", DTYPES)
def test_as_where(shape, dtype):
    mask, x, y = arrays(shape, dtype)
    expected = np.where(mask, x, y)
    np.testing.assert_array_equal(select(np, mask, x, y), expected)
    out = np.empty_like(x)
    select_into(np, out, mask, x, y)
    np.testing.assert_array_equal(out, expected)
    zero_where(np, out, mask, x)
    np.testing.assert_array_equal(out, np.where(mask, 0, x))


@pytest.mark.parametrize("shapes", [((100, 1), (100,), ()), ((), (100, 100), (100, 1))])
def test_shapes_broadcast(shapes):
    rng = np.random.default_rng(0)
    mask = rng.random((100, 100)) < 0.5
    x, y = (np.asarray(rng.normal(size=s), "f4") for s in shapes[1:])
    np.testing.assert_array_equal(select(np, mask, x, y), np.where(mask, x, y))
    x, y = np.asarray(rng.normal(size=(100, 100)), "f4"), np.asarray(2, "f4")
    column = mask[:, :1]
    np.testing.assert_array_equal(select(np, column, x, y), np.where(column, x, y))


def test_nan_and_gaps_in_memory():
    mask, x, y = arrays((200, 200), "f4")
    x[0] = np.nan
    y[1] = np.inf
    views = [a[::2, ::2] for a in (mask, x, y)]
    np.testing.assert_array_equal(select(np, *views), np.where(*views))
    out = np.empty((100, 100), "f4")
    zero_where(np, out, views[0], views[2])
    np.testing.assert_array_equal(out, np.where(views[0], 0, views[2]))

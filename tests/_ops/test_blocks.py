"""Work in cache-sized pieces."""

import ml_dtypes
import numpy as np
import pytest

from rushlight._ops._blocks import BLOCK, blockwise, bounded, by_rows

LAYOUTS = {
    "contiguous": lambda a: a,
    "transposed": lambda a: a.T,
    "permuted": lambda a: a.reshape(8, -1, 10).transpose(2, 0, 1),
    "gaps": lambda a: a[:, ::2],
}


def double(np, out, x, y):
    np.multiply(x, 2, out=out)
    np.add(out, y, out=out)


@pytest.mark.parametrize("rows", [2, 40, BLOCK // 40])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_blockwise(rows, layout):
    rng = np.random.default_rng(0)
    x, y = (LAYOUTS[layout](rng.normal(size=(rows * 4, 400))) for _ in range(2))
    np.testing.assert_array_equal(blockwise(np, double, x, y), 2 * x + y)
    one = np.broadcast_to(np.float64(1), x.shape)
    np.testing.assert_array_equal(blockwise(np, double, x, one), 2 * x + 1)


@pytest.mark.parametrize("dtype", ["f2", ml_dtypes.bfloat16])
def test_half_precision_is_rounded_once(dtype):
    x = np.linspace(0, 1, 1000).astype(dtype)
    expected = (2 * x.astype("f4") + x.astype("f4")).astype(dtype)
    np.testing.assert_array_equal(blockwise(np, double, x, x), expected)


def test_no_dimensions_and_no_elements():
    assert blockwise(np, double, np.float64([3.0])[0, ...], np.array(1.0)) == 7
    assert blockwise(np, double, np.ones((0, 2)), np.ones((0, 2))).shape == (0, 2)


@pytest.mark.parametrize("size", [3, 5000, 3 * BLOCK + 5])
@pytest.mark.parametrize("dtype", ["f4", "f8", "i4", "f2"])
def test_against_a_number(size, dtype):
    x = np.random.default_rng(0).normal(scale=9, size=size).astype(dtype)
    two = np.asarray(2, dtype)
    np.testing.assert_array_equal(bounded(np, x, two), np.maximum(x, two))
    every_second = bounded(np, x[::2], None, two)
    np.testing.assert_array_equal(every_second, np.minimum(x[::2], two))
    both = bounded(np, x, -two, two)
    np.testing.assert_array_equal(both, np.clip(x, -two, two))


def shares(np, out, x, dim):
    np.divide(x, np.add.reduce(x, dim, None, None, True), out=out)


@pytest.mark.parametrize("shape", [(3, 4), (500, 600), (2, 1000, 100), (5, BLOCK * 2)])
@pytest.mark.parametrize("dim", [0, -1])
def test_by_rows(shape, dim):
    x = np.random.default_rng(0).random(shape) + 1
    found = by_rows(np, shares, x, dim % x.ndim)
    np.testing.assert_allclose(found, x / x.sum(dim, keepdims=True))
    half = by_rows(np, shares, x.astype("f2"), dim % x.ndim)
    assert half.dtype == "f2"
    assert by_rows(np, shares, np.float64(3).reshape(()), 0) == 1
    assert by_rows(np, shares, np.ones((0, 3)), 1).shape == (0, 3)

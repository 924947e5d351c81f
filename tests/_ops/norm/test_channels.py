"""The passes over (N, C, S) arrays: few blocks or many, with space or without."""

import numpy as np
import pytest

from rushlight._ops.norm import _channels

SHAPES = [(3, 4, 5), (7, 3, 1), (0, 3, 4), (40, 8, 200), (9, 64, 1000)]
pytestmark = pytest.mark.parametrize("shape", SHAPES)


def draw(shape, count):
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape) for _ in range(count)]


def factors(shape):
    """For each channel, and for each channel of each sample."""
    rng = np.random.default_rng(1)
    return [rng.normal(size=shape[1:2]), rng.normal(size=shape[:2])]


def test_sums(shape):
    (x,) = draw(shape, 1)
    np.testing.assert_allclose(_channels.sums(np, x), x.sum(2), atol=1e-10)


def test_squares_and_products(shape):
    x, g = draw(shape, 2)
    for mean in factors(shape):
        centred = x - mean[..., None]
        found = _channels.squares(np, x, mean)
        np.testing.assert_allclose(found, (centred**2).sum(2), atol=1e-10)
        found = _channels.products(np, g, x, mean)
        np.testing.assert_allclose(found, (g * centred).sum(2), atol=1e-10)


def test_affine(shape):
    x, g = draw(shape, 2)
    kept = x.copy()
    for a in factors(shape):
        wide = a[..., None]
        np.testing.assert_allclose(_channels.affine(np, x, a, None), x * wide)
        np.testing.assert_allclose(_channels.affine(np, x, a, a), x * wide + wide)
        found = _channels.affine_of_two(np, g, a, x, a + 1, a - 1)
        wanted = g * wide + x * (wide + 1) + wide - 1
        np.testing.assert_allclose(found, wanted, atol=1e-12)
    assert (x == kept).all()


def test_as_channels(shape):
    (x,) = draw((*shape, 2), 1)
    found = _channels.as_channels(x)
    assert found.shape == (*shape[:2], shape[2] * 2 if x.size else 0)
    assert np.shares_memory(found, x) or not x.size

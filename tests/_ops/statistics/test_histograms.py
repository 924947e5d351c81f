"""Histograms, against NumPy's."""

import numpy as np
import pytest

import rushlight


@pytest.mark.parametrize("density", [True, False])
def test_one_dimension(density):
    x, w = np.random.default_rng(0).normal(size=(2, 40))
    t = rushlight.tensor
    edges = np.array([-1.0, 0.0, 0.5, 3.0])
    for bins, options in [(7, {}), (4, {"range": (-1.0, 1.0)}), (edges, {})]:
        given = t(bins) if bins is edges else bins
        found = t(x).histogram(given, weight=t(w), density=density, **options)
        hist, line = np.histogram(x, bins, weights=w, density=density, **options)
        np.testing.assert_allclose(found.hist.numpy(), hist)
        np.testing.assert_allclose(found.bin_edges.numpy(), line)


@pytest.mark.parametrize("density", [True, False])
def test_several_dimensions(density):
    x = np.random.default_rng(0).normal(size=(50, 2))
    found = rushlight.histogramdd(rushlight.tensor(x), [3, 4], density=density)
    hist, edges = np.histogramdd(x, (3, 4), density=density)
    np.testing.assert_allclose(found.hist.numpy(), hist)
    for mine, other in zip(found.bin_edges, edges, strict=True):
        np.testing.assert_allclose(mine.numpy(), other)


def test_refusals():
    x = rushlight.ones(3)
    with pytest.raises(RuntimeError, match="bins must be > 0"):
        rushlight.histogram(x, 0)
    with pytest.raises(RuntimeError, match="finite range"):
        rushlight.histogram(x * float("inf"), 2)
    with pytest.raises(RuntimeError, match="shape and dtype"):
        rushlight.histogram(x, 2, weight=x.double())
    with pytest.raises(RuntimeError, match="bins for 2"):
        rushlight.histogramdd(rushlight.ones(3, 2), [1])

"""The interpreter against NumPy."""

import numpy as np
import pytest

from rushlight._compiler.loops.interpreter import run_kernel
from tests._compiler.loops import samples


def test_pointwise():
    x, out = np.arange(5, dtype="f4"), np.empty(5, "f4")
    run_kernel(samples.scale(), [5], [x, out], [2.0])
    np.testing.assert_array_equal(out, 2 * x + 1)


@pytest.mark.parametrize("width", [1, 16, 37])
def test_rows(width):
    x = np.random.default_rng(0).normal(size=(3, width)).astype("f4")
    out = np.empty_like(x)
    run_kernel(samples.softmax(width=width), [3, x.size], [x.ravel(), out.reshape(-1)])
    wanted = np.exp(x - x.max(1, keepdims=True))
    np.testing.assert_allclose(out, wanted / wanted.sum(1, keepdims=True), rtol=1e-6)


def test_a_load_keeps_its_value():
    x, y = np.arange(20, dtype="f4"), np.ones(20, "f4")
    run_kernel(samples.swap(), [20], [x, y])
    np.testing.assert_array_equal(x, np.ones(20))
    np.testing.assert_array_equal(y, np.arange(20))


def test_nan_wins_in_max():
    x = np.float32([1, np.nan, 3])
    out = np.empty(3, "f4")
    run_kernel(samples.softmax(width=3), [1, 3], [x, out])
    assert np.isnan(out).all()

"""Frequencies and shifts, against NumPy's."""

import numpy as np
import pytest

import rushlight
from rushlight import fft


@pytest.mark.parametrize("n", [1, 4, 5])
@pytest.mark.parametrize("name", ["fftfreq", "rfftfreq"])
def test_frequencies(name, n):
    found = getattr(fft, name)(n, 0.5, dtype=rushlight.float64)
    np.testing.assert_allclose(found.numpy(), getattr(np.fft, name)(n, 0.5))
    out = rushlight.empty(0)
    assert getattr(fft, name)(n, out=out) is out
    with pytest.raises(RuntimeError, match="floating-point"):
        getattr(fft, name)(n, dtype=rushlight.int64)


@pytest.mark.parametrize("dim", [None, 0, (1, 2)])
@pytest.mark.parametrize("name", ["fftshift", "ifftshift"])
def test_shifts(name, dim):
    x = rushlight.arange(60).reshape(3, 4, 5)
    expected = getattr(np.fft, name)(x.numpy(), dim)
    np.testing.assert_array_equal(getattr(fft, name)(x, dim).numpy(), expected)

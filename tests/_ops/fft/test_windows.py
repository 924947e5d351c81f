"""Windows, against NumPy's symmetric ones."""

import numpy as np
import pytest

import rushlight

WINDOWS = {
    "hann_window": np.hanning,
    "hamming_window": np.hamming,
    "blackman_window": np.blackman,
    "bartlett_window": np.bartlett,
    "kaiser_window": lambda n: np.kaiser(n, 12.0),
}


@pytest.mark.parametrize("n", [0, 1, 2, 7, 8])
@pytest.mark.parametrize("name", list(WINDOWS))
def test_values(name, n):
    window, dtype = getattr(rushlight, name), rushlight.float64
    expected = WINDOWS[name](n)
    found = window(n, periodic=False, dtype=dtype)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-12)
    if n > 1:
        longer = WINDOWS[name](n + 1)[:-1]
        np.testing.assert_allclose(window(n, dtype=dtype).numpy(), longer, atol=1e-12)


@pytest.mark.parametrize("name", list(WINDOWS))
def test_options(name):
    window = getattr(rushlight, name)
    assert window(4, requires_grad=True).requires_grad
    assert window(4).dtype is rushlight.float32
    with pytest.raises(RuntimeError, match="floating-point"):
        window(4, dtype=rushlight.int64)
    with pytest.raises(RuntimeError, match="window_length"):
        window(-1)

"""The normal law's functions, and logarithms with zeros."""

import math

import numpy as np
import pytest

import rushlight
from rushlight import special
from rushlight.autograd import gradcheck

scipy = pytest.importorskip("scipy.special")

X = np.concatenate([np.linspace(-30, 30, 601), [1e-9, 1e3, -1e2]])
P = np.concatenate([np.linspace(0, 1, 401), [1e-300, 1e-20, 1 - 1e-12, -0.1, 1.1]])
NAMES = {"erfcx": X, "ndtr": X, "log_ndtr": X, "entr": X, "ndtri": P}


@pytest.mark.parametrize("name", list(NAMES))
def test_values(name):
    x = NAMES[name]
    with np.errstate(all="ignore"):
        expected = getattr(scipy, name)(x)
    found = getattr(special, name)(rushlight.tensor(x)).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-300)


@pytest.mark.parametrize("name", list(NAMES))
def test_gradients(name):
    x = rushlight.tensor([0.2, 0.5, 0.8], dtype=rushlight.float64, requires_grad=True)
    assert gradcheck(getattr(special, name), (x,))


def test_xlog1py():
    x = rushlight.tensor([0.0, 0.0, 2.0], dtype=rushlight.float64, requires_grad=True)
    y = rushlight.tensor([-1.0, math.nan, 3.0], dtype=rushlight.float64)
    found = special.xlog1py(x, y)
    np.testing.assert_allclose(found.tolist(), [0, math.nan, 2 * math.log(4)])
    y = rushlight.tensor([1.0, 2.0, 3.0], dtype=rushlight.float64, requires_grad=True)
    assert gradcheck(special.xlog1py, (x, y))
    assert special.xlog1py(rushlight.tensor([1]), 1).dtype is rushlight.float32


def test_numbers_without_dimensions_stay_so():
    assert special.erfcx(rushlight.tensor(0.5)).shape == ()
    assert special.ndtri(rushlight.tensor(0.5)).item() == 0

"""The accuracy of the special functions, against SciPy."""

import math

import numpy as np
import pytest
from scipy import special

from rushlight._ops import _special

ERF = np.concatenate([np.linspace(-6, 6, 20001), np.logspace(-300, -1, 300)])
TAIL = np.linspace(-6, 26.5, 5001)
OPEN = np.concatenate([np.linspace(-0.999, 0.999, 4001), 1 - np.logspace(-14, -2, 99)])
GAMMA = np.concatenate([np.linspace(0.01, 40, 9001), np.logspace(-200, 200, 400)])
NEGATIVE = np.linspace(-9.9, -0.05, 400)

# function, reference, points, largest relative error in units of 1e-16
ACCURACY = [
    (_special.erf, special.erf, ERF, 7),
    (_special.erfinv, special.erfinv, OPEN, 12),
    (_special.digamma, special.digamma, GAMMA[GAMMA > 1.6], 100),
    (_special.lgamma, special.gammaln, GAMMA[GAMMA > 2.5], 80),
]


@pytest.fixture(autouse=True)
def silent():
    """Overflow on the way is dispatch's to silence."""
    with np.errstate(all="ignore"):
        yield


@pytest.mark.parametrize("function, reference, x, bound", ACCURACY)
def test_accuracy_in_double_precision(function, reference, x, bound):
    exact = reference(x)
    error = np.abs(function(np, x) - exact) / np.abs(exact)
    assert np.max(error) < bound * 1e-16


@pytest.mark.parametrize("function, reference, x, bound", ACCURACY)
def test_accuracy_in_single_precision(function, reference, x, bound):
    x = x[(np.abs(x) > 1e-30) & (np.abs(x) < 1e30)].astype("f4")
    x = x[np.abs(x) < 1] if function is _special.erfinv else x
    exact = reference(x.astype("f8"))
    error = np.abs(function(np, x) - exact) / np.abs(exact)
    assert np.max(error) < 4e-7


def test_erfc_keeps_its_precision_in_the_tail():
    """SciPy's own error grows to 5e-14 there."""
    exact = special.erfc(TAIL)
    assert np.max(np.abs(_special.erfc(np, TAIL) - exact) / exact) < 1e-13
    assert _special.erfc(np, np.array([27.5, math.inf, -math.inf])).tolist()[1:] == [
        0,
        2,
    ]


def test_gamma_functions_left_of_zero():
    for function, reference in [
        (_special.lgamma, special.gammaln),
        (_special.digamma, special.digamma),
    ]:
        found, exact = function(np, NEGATIVE), reference(NEGATIVE)
        np.testing.assert_allclose(found, exact, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_polygamma(n):
    x = np.linspace(0.01, 40, 1001)
    found = _special.polygamma(np, n, x)
    np.testing.assert_allclose(found, special.polygamma(n, x), rtol=1e-12)
    ends = np.array([0.0, math.inf])
    assert _special.polygamma(np, 1, ends).tolist() == [math.inf, 0]


@pytest.mark.parametrize("name", ["erf", "erfc", "lgamma"])
def test_nan_stays_nan(name):
    for dtype in ("f4", "f8"):
        found = getattr(_special, name)(np, np.array([math.nan, 1], dtype))
        assert np.isnan(found).tolist() == [True, False]

"""Functions of the normal law, of float64 arrays."""

import math

from rushlight._ops._special import _ERFC, erfc, polynomial

_ROOT_HALF = math.sqrt(0.5)
_LOG_ROOT_2_PI = 0.5 * math.log(2 * math.pi)
# A first guess of the normal law's quantile: Abramowitz and Stegun, 26.2.23.
_TOP = (0.010328, 0.802853, 2.515517)
_BOTTOM = (0.001308, 0.189269, 1.432788, 1.0)


def erfcx(np, x):
    """exp(x**2) erfc(x)."""
    size = np.atleast_1d(np.minimum(np.abs(x), 1e300))
    value = np.empty_like(size)
    polynomial(np, value, (size - 3.75) / (size + 3.75), _ERFC)
    value = (value / (1 + 2 * size)).reshape(np.shape(x))
    return np.where(x < 0, 2 * np.exp(x * x) - value, value)


def ndtr(np, x):
    """The normal distribution function."""
    return 0.5 * erfc(np, -x * _ROOT_HALF)


def log_ndtr(np, x):
    """Its logarithm, precise in both tails."""
    tail = np.log(erfcx(np, -np.minimum(x, 0) * _ROOT_HALF) / 2) - x * x / 2
    return np.where(x < -1, tail, np.log1p(-ndtr(np, -x)))


def ndtri(np, p):
    """The inverse of ndtr: a first guess, then Newton's steps on the logarithm."""
    lower = np.where(p > 0.5, 1 - p, p)
    log = np.log(np.clip(lower, 1e-310, 0.5))
    t = np.sqrt(-2 * log)
    z = np.polyval(_TOP, t) / np.polyval(_BOTTOM, t) - t
    for _ in range(4):
        value = log_ndtr(np, z)
        slope = -z * z / 2 - _LOG_ROOT_2_PI - value
        z = z - (value - log) * np.exp(-slope)
    z = np.where(lower == 0.5, 0.0, z)
    z = np.where(lower == 0, -math.inf, np.where(lower < 0, math.nan, z))
    return np.where(p > 0.5, -z, z) + 0.0


def entropy(np, x):
    """-x log(x)."""
    found = -x * np.log(np.where(x > 0, x, 1))
    return np.where(x > 0, found, np.where(x == 0, 0.0, np.where(x < 0, -math.inf, x)))


def xlog1py(np, x, y):
    """x log1p(y); 0 where x is 0, unless y is nan."""
    return np.where((x == 0) & ~np.isnan(y), 0.0, x * np.log1p(y))

"""How gamma and beta numbers move with their parameters.

# Note [Implicit slopes]
# A number x drawn at the level u of the distribution function F(x; a) moves, at the
# same u, by -(dF/da) / (dF/dx).  F is computed in float64 to nearly all digits and
# differentiated by central differences of fourth order, which leaves about nine.
"""

import numpy as np

from rushlight._ops._special import digamma, lgamma

_STEPS = 20000


def _difference(f, a):
    """The derivative of f at a by central differences."""
    h = 1e-3 * np.minimum(np.maximum(a, 1e-2), 1.0)
    near = f(a + h) - f(a - h)
    far = f(a + 2 * h) - f(a - 2 * h)
    return (8 * near - far) / (12 * h)


def gamma_slopes(a, x):
    """d x / d a of gamma numbers x of scale 1."""
    shape, a, x = a.shape, a.ravel(), x.ravel()
    with np.errstate(all="ignore"):
        density = np.exp((a - 1) * np.log(x) - x - lgamma(np, a))
        found = -_difference(lambda a: _gamma_level(a, x), a) / density
        tiny = -x / a * (np.log(x) - digamma(np, a + 1))
    small = (x < 1e-5) | (a < 2.5e-3)
    return np.where(small, tiny, found).reshape(shape)


def _gamma_level(a, x):
    """P(a, x) where x < a + 1, else -Q(a, x): the same slope, and no cancellation."""
    front = np.exp(a * np.log(x) - x - lgamma(np, a))
    left = x < a + 1
    found = np.empty_like(a)
    found[left] = front[left] * _series(a[left], x[left])
    found[~left] = -front[~left] * _fraction(a[~left], x[~left])
    return np.where(left, found, 1 + found)


def _series(a, x):
    term = 1 / a
    total, step = term.copy(), a.copy()
    for _ in range(_STEPS):
        step = step + 1
        term = term * x / step
        total = total + term
        if (term <= total * 1e-17).all():
            break
    return total


def _fraction(a, x):
    b = x + 1 - a
    c, d = np.full_like(x, 1e300), 1 / b
    found = d.copy()
    for i in range(1, _STEPS):
        an = -i * (i - a)
        b = b + 2
        d = 1 / (an * d + b)
        c = b + an / c
        found = found * d * c
        if (np.abs(d * c - 1) < 1e-16).all():
            break
    return found


def dirichlet_slopes(x, a, total):
    """d x / d a of beta numbers x of (a, total - a), divided by 1 - x."""
    shape = x.shape
    x, a, b = x.ravel(), a.ravel(), (total - a).ravel()
    with np.errstate(all="ignore"):
        density = (a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - _log_beta(a, b)
        slope = _difference(lambda a: _beta_level(a, b, x), a)
        found = -slope / np.exp(density) / (1 - x)
        tiny = -x / a * (np.log(x) + digamma(np, a + b) - digamma(np, a + 1))
    return np.where((x < 1e-5) | (a < 2.5e-3), tiny, found).reshape(shape)


def _log_beta(a, b):
    return lgamma(np, a) + lgamma(np, b) - lgamma(np, a + b)


def _beta_level(a, b, x):
    """The regularised incomplete beta function, by its continued fraction."""
    front = np.exp(a * np.log(x) + b * np.log1p(-x) - _log_beta(a, b))
    left = x < (a + 1) / (a + b + 2)
    first, second = np.where(left, a, b), np.where(left, b, a)
    found = front * _beta_fraction(first, second, np.where(left, x, 1 - x)) / first
    return np.where(left, found, 1 - found)


def _beta_fraction(a, b, x):
    c, d = np.ones_like(x), 1 / (1 - (a + b) * x / (a + 1))
    found = d.copy()
    for m in range(1, _STEPS):
        for top in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + top * d)
            c = 1 + top / c
            found = found * d * c
        if (np.abs(d * c - 1) < 1e-16).all():
            break
    return found

"""Incomplete gamma functions and Hurwitz's zeta of float64 arrays."""

import math

from rushlight._ops._special import lgamma

_STEPS = 20000
_TINY = 1e-300
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)


def _front(np, a, x):
    """x**a exp(-x) / Gamma(a), also where its factors overflow."""
    plain = a * np.log(x) - x - lgamma(np, a)
    large = np.maximum(a, 10.0)
    mu = (x - large) / large
    square = 1 / (large * large)
    stirling = 1 / 360 - square * (1 / 1260 - square / 1680)
    stirling = (1 / 12 - square * stirling) / large
    near = large * (np.log1p(mu) - mu) - stirling
    near = near + 0.5 * np.log(large / (2 * math.pi))
    return np.exp(np.where((a > 10) & (np.abs(mu) < 0.5), near, plain))


def _series(np, a, x):
    """P(a, x) / front by its power series, for x < a + 1."""
    term = 1 / a
    total, step = term.copy(), a.copy()
    for _ in range(_STEPS):
        step = step + 1
        term = term * x / step
        total = total + term
        if (np.abs(term) <= np.abs(total) * 1e-17).all():
            break
    return total


def _fraction(np, a, x):
    """Q(a, x) / front by its continued fraction (Lentz), for x >= a + 1."""
    b = x + 1 - a
    c = np.full_like(x, 1 / _TINY)
    d = 1 / b
    found = d.copy()
    for i in range(1, _STEPS):
        an = -i * (i - a)
        b = b + 2
        d = an * d + b
        d = 1 / np.where(np.abs(d) < _TINY, _TINY, d)
        c = b + an / c
        c = np.where(np.abs(c) < _TINY, _TINY, c)
        factor = d * c
        found = found * factor
        if (np.abs(factor - 1) < 1e-16).all():
            break
    return found


def _lower_and_upper(np, a, x):
    a, x = (v.copy() for v in np.broadcast_arrays(a, x))
    usual = (a > 0) & (x > 0) & np.isfinite(a) & np.isfinite(x)
    shape, a, x, usual = a.shape, a.reshape(-1), x.reshape(-1), usual.reshape(-1)
    lower = np.full(a.shape, math.nan)
    lower[(x == 0) & (a > 0)] = 0
    lower[(a == 0) & (x > 0)] = 1
    lower[np.isposinf(x) & (a >= 0) & np.isfinite(a)] = 1
    lower[np.isposinf(a) & (x >= 0) & np.isfinite(x)] = 0
    upper = 1 - lower
    a, x = a[usual], x[usual]
    left = x < a + 1
    found, other = np.empty_like(a), np.empty_like(a)
    al, xl, ar, xr = a[left], x[left], a[~left], x[~left]
    found[left] = _front(np, al, xl) * _series(np, al, xl)
    other[left] = 1 - found[left]
    other[~left] = _front(np, ar, xr) * _fraction(np, ar, xr)
    found[~left] = 1 - other[~left]
    lower[usual], upper[usual] = found, other
    return lower.reshape(shape), upper.reshape(shape)


def gammainc(np, a, x):
    """The lower regularised incomplete gamma function P(a, x)."""
    return _lower_and_upper(np, a, x)[0]


def gammaincc(np, a, x):
    """The upper regularised incomplete gamma function Q(a, x)."""
    return _lower_and_upper(np, a, x)[1]


def zeta(np, s, q):
    """Hurwitz's zeta: the sum of ``(k + q)**-s``; by Euler and Maclaurin."""
    s, q = np.broadcast_arrays(s, q)
    pole = (q <= 0) & (q == np.floor(q))
    total, x = np.zeros(s.shape), q.copy()
    lowest = np.min(q, initial=10.0, where=np.isfinite(q))
    for _ in range(math.ceil(min(max(10 - lowest, 0), 1e4))):
        below = x < 10
        total = np.where(below, total + x**-s, total)
        x = np.where(below, x + 1, x)
    term = x**-s
    total = total + term * x / (s - 1) + term / 2
    factor = term * s / x
    for k, bernoulli in enumerate(_BERNOULLI, start=1):
        total = total + bernoulli / math.factorial(2 * k) * factor
        factor = factor * ((s + 2 * k - 1) * (s + 2 * k)) / (x * x)
    total = np.where(pole, math.inf, np.where(np.isposinf(q), 0.0, total))
    total = np.where((q < 0) & ~pole & (s != np.floor(s)), math.nan, total)
    return np.where(s == 1, math.inf, np.where(s < 1, math.nan, total))

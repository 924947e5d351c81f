"""Bessel and Airy functions of float64 arrays, from Chebyshev series."""

import math

from rushlight._ops.special import _series as series


def clenshaw(np, coefficients, x, low, high):
    """The value of a Chebyshev series on [low, high]; x outside is clipped."""
    t = (2 * np.clip(x, low, high) - (low + high)) / (high - low)
    first, second = np.zeros_like(t), np.zeros_like(t)
    for c in coefficients[:0:-1]:
        first, second = 2 * t * first - second + c, first
    return t * first - second + coefficients[0]


# ----------------------------------------------------------------------- modified, I


def i0e(np, x):
    """exp(-|x|) I0(x)."""
    return _i(np, x, series.I0E_NEAR, series.I0E_FAR)


def i1e(np, x):
    """exp(-|x|) I1(x)."""
    near = x * clenshaw(np, series.I1E_NEAR, np.abs(x), 0, 8)
    far = np.copysign(_i_far(np, np.abs(x), series.I1E_FAR), x)
    return np.where(np.abs(x) <= 8, near, far)


def _i(np, x, near, far):
    size = np.abs(x)
    inside = clenshaw(np, near, size, 0, 8)
    found = np.where(size <= 8, inside, _i_far(np, size, far))
    return np.where(np.isnan(x), x, found)


def _i_far(np, size, far):
    size = np.maximum(size, 8)
    return clenshaw(np, far, 8 / size, 0, 1) / np.sqrt(size)


def i0(np, x):
    """I0(x)."""
    return np.exp(np.abs(x)) * i0e(np, x)


def i1(np, x):
    """I1(x)."""
    return np.exp(np.abs(x)) * i1e(np, x)


# ----------------------------------------------------------------------- modified, K


def k0e(np, x):
    """exp(x) K0(x); inf at 0, nan below."""
    near = clenshaw(np, series.K0_NEAR, x * x, 0, 4) - np.log(x / 2) * i0(np, x)
    far = clenshaw(np, series.K0E_FAR, 2 / np.maximum(x, 2), 0, 1)
    return _k(np, x, near, far)


def k1e(np, x):
    """exp(x) K1(x); inf at 0, nan below."""
    near = clenshaw(np, series.K1_NEAR, x * x, 0, 4) / x + np.log(x / 2) * i1(np, x)
    far = clenshaw(np, series.K1E_FAR, 2 / np.maximum(x, 2), 0, 1)
    return _k(np, x, near, far)


def _k(np, x, near, far):
    found = np.where(x <= 2, np.exp(x) * near, far / np.sqrt(x))
    return np.where(x == 0, math.inf, np.where(x < 0, math.nan, found))


def k0(np, x):
    """K0(x)."""
    return np.where(x > 800, 0.0, np.exp(-x) * k0e(np, x))


def k1(np, x):
    """K1(x)."""
    return np.where(x > 800, 0.0, np.exp(-x) * k1e(np, x))


# --------------------------------------------------------------------------- J and Y


def _far(np, x, order, sine):
    """Hankel's form for x >= 8: a cosine (sine: the sine) of a slow phase."""
    x = np.maximum(x, 8)
    p, q = ((series.P0_FAR, series.Q0_FAR), (series.P1_FAR, series.Q1_FAR))[order]
    t = (8 / x) ** 2
    even, odd = clenshaw(np, p, t, 0, 1), clenshaw(np, q, t, 0, 1) / x
    angle = x - math.pi / 4 - order * math.pi / 2
    if sine:
        found = even * np.sin(angle) + odd * np.cos(angle)
    else:
        found = even * np.cos(angle) - odd * np.sin(angle)
    return np.where(np.isinf(x), 0.0, np.sqrt(2 / (math.pi * x)) * found)


def j0(np, x):
    """J0(x)."""
    size = np.abs(x)
    near = clenshaw(np, series.J0_NEAR, x * x, 0, 64)
    return np.where(size <= 8, near, _far(np, size, 0, sine=False))


def j1(np, x):
    """J1(x)."""
    size = np.abs(x)
    near = x * clenshaw(np, series.J1_NEAR, x * x, 0, 64)
    far = np.copysign(1.0, x) * _far(np, size, 1, sine=False)
    return np.where(size <= 8, near, far)


def y0(np, x):
    """Y0(x); -inf at 0, nan below."""
    near = clenshaw(np, series.Y0_NEAR, x * x, 0, 64)
    near = near + 2 / math.pi * np.log(x) * j0(np, x)
    return _y(np, x, near, 0)


def y1(np, x):
    """Y1(x); -inf at 0, nan below."""
    near = x * clenshaw(np, series.Y1_NEAR, x * x, 0, 64)
    near = near + 2 / math.pi * (np.log(x) * j1(np, x) - 1 / x)
    return _y(np, x, near, 1)


def _y(np, x, near, order):
    found = np.where(x <= 8, near, _far(np, x, order, sine=True))
    return np.where(x == 0, -math.inf, np.where(x < 0, math.nan, found))


def spherical_j0(np, x):
    """sin(x) / x."""
    found = np.where(x == 0, 1.0, np.sin(x) / np.where(x == 0, 1.0, x))
    return np.where(np.isinf(x), 0.0, found)


# ----------------------------------------------------------------------------- Airy

_NEAR_ZETA, _LEFT_ZETA = 2 / 3 * 2**1.5, 2 / 3 * 10**1.5


def airy_ai(np, x):
    """Ai(x)."""
    middle = clenshaw(np, series.AI_NEAR, x, -2, 2)
    left = clenshaw(np, series.AI_LEFT, x, -10, -2)
    found = np.where(x < -2, left, middle)
    found = np.where(x > 2, _airy_right(np, np.maximum(x, 2)), found)
    return np.where(x < -10, _airy_left(np, np.maximum(-x, 10)), found)


def _airy_right(np, x):
    zeta = 2 / 3 * x**1.5
    found = clenshaw(np, series.AI_FAR, _NEAR_ZETA / zeta, 0, 1)
    return np.where(zeta > 750, 0.0, np.exp(-zeta) * found / np.sqrt(np.sqrt(x)))


def _airy_left(np, x):
    zeta = 2 / 3 * x**1.5
    u = (_LEFT_ZETA / zeta) ** 2
    even, odd = clenshaw(np, series.AI_P, u, 0, 1), clenshaw(np, series.AI_Q, u, 0, 1)
    angle = zeta - math.pi / 4
    found = even * np.cos(angle) + odd / zeta * np.sin(angle)
    return found / (math.sqrt(math.pi) * np.sqrt(np.sqrt(x)))

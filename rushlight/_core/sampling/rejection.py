"""Gamma and binomial numbers, which take as many uniform ones as luck will have it."""

import math

import numpy as np

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._core.generator import default_generator
from rushlight._core.sampling.poisson import _Ahead
from rushlight._core.sampling.uniform import check_float

_STIRLING_TAIL = (
    0.0810614667953272,
    0.0413406959554092,
    0.0276779256849983,
    0.02079067210376509,
    0.0166446911898211,
    0.0138761288230707,
    0.0118967099458917,
    0.0104112652619720,
    0.00925546218271273,
    0.00833056343336287,
)


def standard_gamma(generator, shapes):
    """Gamma numbers of scale 1.

    Args:
        generator: a Generator, or None.
        shapes: (*), float; the law's shape parameter, > 0.

    Returns:
        shapes' shape and dtype; never below the dtype's smallest number.

    See:
        Marsaglia and Tsang, "A simple method for generating gamma variables" (2000).

    >>> float(standard_gamma(None, np.zeros(())))
    2.2250738585072014e-308
    """
    check_float(shapes.dtype, "_standard_gamma()", "input")
    found = gamma_doubles(generator, shapes)
    smallest = float(np.finfo(_finfo_dtype(shapes.dtype)).tiny)
    return np.maximum(found, smallest).astype(shapes.dtype)


def _finfo_dtype(dtype):
    return np.float32 if dtype.kind == "V" else dtype


def gamma_doubles(generator, shapes):
    """As `standard_gamma`, in float64 and not bounded below."""
    generator = generator or default_generator
    wide = shapes.astype(np.float64).ravel().tolist()
    with generator.lock, _Ahead(generator) as unit:
        normal = _Normals(generator, unit)
        found = [_gamma(alpha, unit, normal) for alpha in wide]
    return np.array(found, np.float64).reshape(shapes.shape)


def dirichlet(generator, shapes):
    """Rows of gamma numbers, divided by their sums.

    Args:
        generator: a Generator, or None.
        shapes: (*, n), float; > 0.

    Returns:
        shapes' shape and dtype.
    """
    check_float(shapes.dtype, "_sample_dirichlet()", "input")
    found = gamma_doubles(generator, shapes)
    found = np.maximum(found, np.finfo(np.float64).tiny)
    found = found / found.sum(-1, keepdims=True)
    smallest = float(np.finfo(_finfo_dtype(shapes.dtype)).tiny)
    return np.maximum(found, smallest).astype(shapes.dtype)


class _Normals:
    """Normal numbers one by one, in pairs from uniform ones that are drawn ahead."""

    def __init__(self, generator, unit):
        self._generator, self._unit = generator, unit

    def __call__(self):
        cached = self._generator.cached_normal
        if cached is not None:
            self._generator.cached_normal = None
            return cached
        angle, u = 2 * math.pi * self._unit(), self._unit()
        radius = math.sqrt(-2 * math.log1p(-u))
        self._generator.cached_normal = radius * math.sin(angle)
        return radius * math.cos(angle)


def _gamma(alpha, unit, normal):
    scale = 1.0
    if alpha < 1:
        if alpha == 0:
            return 0.0
        scale = (1 - unit()) ** (1 / alpha)
        alpha += 1
    d = alpha - 1 / 3
    c = 1 / math.sqrt(9 * d)
    while True:
        x = normal()
        y = 1 + c * x
        if y <= 0:
            continue
        v = y * y * y
        u = 1 - unit()
        square = x * x
        if u < 1 - 0.0331 * square * square:
            return scale * d * v
        if math.log(u) < 0.5 * square + d * (1 - v + math.log(v)):
            return scale * d * v


# ---------------------------------------------------------------------------- binomial


def binomial(generator, counts, chances):
    """How many of so many tosses are heads.

    Args:
        generator: a Generator, or None.
        counts: (*), float; whole numbers >= 0.
        chances: (*), float, the same shape; in [0, 1].

    Returns:
        counts' shape and dtype.

    Raises:
        RuntimeError: for a count below 0, or a chance outside [0, 1].

    See:
        Hormann, "The generation of binomial random variates" (1993).
    """
    check_float(counts.dtype, "binomial()", "count")
    n, p = (a.astype(np.float64).ravel() for a in (counts, chances))
    if not ((n >= 0).all() and ((p >= 0) & (p <= 1)).all()):
        raise ArgumentRuntimeError(
            explain(
                "binomial()",
                expected="counts >= 0 and probabilities in [0, 1]",
                got="others among them",
                do="Clamp them first.",
            )
        )
    generator = generator or default_generator
    pairs = zip(n.tolist(), p.tolist(), strict=True)
    with generator.lock, _Ahead(generator) as unit:
        found = [_binomial(count, chance, unit) for count, chance in pairs]
    return np.array(found, np.float64).astype(counts.dtype).reshape(counts.shape)


def _binomial(count, chance, unit):
    if count <= 0 or chance <= 0:
        return 0.0
    if chance >= 1:
        return count
    if chance > 0.5:
        return count - _binomial(count, 1 - chance, unit)
    if count * chance >= 10:
        return _binomial_by_rejection(count, chance, unit)
    return _binomial_by_waiting(count, chance, unit)


def _binomial_by_waiting(count, chance, unit):
    """Count heads while the waiting times for them fit into the tosses."""
    total, heads, factor = 0.0, 0.0, math.log1p(-chance)
    while True:
        u = unit()
        total += math.ceil(math.log(u) / factor) if u else math.inf
        if total > count:
            return heads
        heads += 1


def _binomial_by_rejection(count, p, unit):
    """Hormann's BTRS; his names for the constants."""
    deviation = math.sqrt(count * p * (1 - p))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * p
    c, v_r, r = count * p + 0.5, 0.92 - 4.2 / b, p / (1 - p)
    alpha = (2.83 + 5.1 / b) * deviation
    m = math.floor((count + 1) * p)
    while True:
        u, v = unit() - 0.5, unit()
        us = 0.5 - abs(u)
        if us == 0:
            continue
        k = math.floor((2 * a / us + b) * u + c)
        if us >= 0.07 and v <= v_r:
            return k
        if k < 0 or k > count or v == 0:
            continue
        bound = (m + 0.5) * math.log((m + 1) / (r * (count - m + 1)))
        bound += (count + 1) * math.log((count - m + 1) / (count - k + 1))
        bound += (k + 0.5) * math.log(r * (count - k + 1) / (k + 1))
        bound += _tail(m) + _tail(count - m) - _tail(k) - _tail(count - k)
        if math.log(v * alpha / (a / (us * us) + b)) <= bound:
            return k


def _tail(k):
    """What Stirling's formula leaves of log(k!)."""
    if k <= 9:
        return _STIRLING_TAIL[int(k)]
    square = (k + 1) * (k + 1)
    return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1)

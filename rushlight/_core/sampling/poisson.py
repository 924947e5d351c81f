"""Poisson numbers, which take as many uniform ones as luck will have it."""

import math

import numpy as np

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._core.generator import default_generator
from rushlight._core.sampling.uniform import check_float, unit_doubles

_MANY = 10.0  # from this rate on, by rejection
_AHEAD = 2048  # uniform numbers that are drawn at a time


def poisson(generator, rates):
    """Numbers of events, where so many are expected.

    Args:
        generator: a Generator, or None.
        rates: (*), float; the expectations, finite and >= 0.

    Returns:
        rates' shape and dtype.

    Raises:
        RuntimeError: for a rate that is negative or not finite.
        NotImplementedError: for rates of integers.

    See:
        From a rate of 10 on: Hörmann, "The transformed rejection method for generating
        Poisson random variables" (1993); below: Knuth's product of uniform numbers.

    >>> poisson(None, np.zeros(2))
    array([0., 0.])
    """
    check_float(rates.dtype, "poisson()", "input")
    wide = rates.astype(np.float64).ravel()
    if not ((wide >= 0) & (wide < np.inf)).all():
        raise ArgumentRuntimeError(
            explain(
                "poisson()",
                expected="finite rates >= 0",
                got=wide[~((wide >= 0) & (wide < np.inf))][0],
                do="Take exp or softplus of what may be negative.",
            )
        )
    generator = generator or default_generator
    with generator.lock, _Ahead(generator) as unit:
        found = [_sample(rate, unit) for rate in wide.tolist()]
    return np.array(found, np.float64).astype(rates.dtype).reshape(rates.shape)


def _sample(rate, unit):
    if rate >= _MANY:
        return _by_rejection(rate, unit)
    return _by_product(rate, unit) if rate else 0


def _by_product(rate, unit):
    """Count how many uniform numbers can be multiplied before exp(-rate) is passed."""
    bound, product, count = math.exp(-rate), unit(), 0
    while product > bound:
        product *= unit()
        count += 1
    return count


def _by_rejection(rate, unit):
    """Hörmann's PTRS; his names for the constants."""
    root, log_rate = math.sqrt(rate), math.log(rate)
    b = 0.931 + 2.53 * root
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    v_r = 0.9277 - 3.6224 / (b - 2)
    while True:
        u, v = unit() - 0.5, unit()
        us = 0.5 - abs(u)
        if us == 0:
            continue
        k = math.floor((2 * a / us + b) * u + rate + 0.43)
        if us >= 0.07 and v <= v_r:
            return k
        if k < 0 or (us < 0.013 and v > us):
            continue
        log_v = math.log(v) if v else -math.inf
        left = log_v + math.log(inverse_alpha) - math.log(a / (us * us) + b)
        if left <= -rate + k * log_rate - math.lgamma(k + 1):
            return k


class _Ahead:
    """Uniform numbers one by one, drawn many at a time; what is left goes back."""

    def __init__(self, generator):
        self._generator = generator
        self._units = iter(())
        self._mark = None

    def __enter__(self):
        return self._next

    def _next(self):
        for unit in self._units:
            return unit
        self._mark = self._generator.mark()
        self._units = iter(unit_doubles(self._generator, _AHEAD).tolist())
        return next(self._units)

    def __exit__(self, *exc):
        if self._mark is not None:
            used = _AHEAD - len(list(self._units))
            self._generator.rewind(self._mark)
            self._generator.raw64(used)

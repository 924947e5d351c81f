"""Laws that are made of one or two uniform or normal numbers for each element."""

import math

import numpy as np

from rushlight._base.errors import (
    ArgumentRuntimeError,
    UnsupportedError,
    explain,
)
from rushlight._core.generator import default_generator
from rushlight._core.sampling.chunks import scale_and_shift
from rushlight._core.sampling.normal import one_by_one
from rushlight._core.sampling.uniform import (
    check_float,
    check_plain,
    store,
    unit_doubles,
)


def exponential(generator, shape, dtype, rate=1.0):
    """Exponential numbers: `-log(1 - u) / rate`.

    Args:
        generator: a Generator, or None.
        shape: the result's.
        dtype: a float dtype.
        rate: the inverse of the mean, > 0.

    Returns:
        shape, dtype.

    Raises:
        RuntimeError: for a rate that is not positive, or a dtype of integers.

    >>> exponential(None, (3,), np.dtype("f4"), rate=float("inf"))
    array([0., 0., 0.], dtype=float32)
    """
    _check_law("exponential_()", dtype, rate, "lambd")
    factor = -1.0 / rate
    return _from_units(generator, shape, dtype, lambda u: factor * np.log1p(-u))


def cauchy(generator, shape, dtype, median=0.0, sigma=1.0):
    """Cauchy numbers: `median + sigma * tan(pi * (u - 1/2))`.

    Args:
        generator: a Generator, or None.
        shape: the result's.
        dtype: a float dtype.
        median: the middle.
        sigma: half the distance between the quartiles, > 0.

    Returns:
        shape, dtype.

    Raises:
        RuntimeError: for a sigma that is not positive, or a dtype of integers.

    >>> cauchy(None, (2,), np.dtype("f8")).shape
    (2,)
    """
    _check_law("cauchy_()", dtype, sigma, "sigma")

    def law(units):
        values = np.tan(np.pi * (units - 0.5))
        scale_and_shift(values, float(sigma), float(median))
        return values

    return _from_units(generator, shape, dtype, law)


def geometric(generator, shape, dtype, p):
    """The number of tosses until the first head: `ceil(log(u) / log(1 - p))`.

    Args:
        generator: a Generator, or None.
        shape: the result's.
        dtype: any real dtype but bool.
        p: the probability of a head, in (0, 1).

    Returns:
        shape, dtype.

    Raises:
        RuntimeError: for a p outside (0, 1).
        NotImplementedError: for bool and complex dtypes.

    >>> geometric(None, (2,), np.dtype("i8"), 0.5).min() >= 1
    np.True_
    """
    if not 0 < p < 1:
        raise _bad("geometric_()", "p in (0, 1)", p)
    check_plain(dtype, "geometric_()", refused="bc")
    factor = math.log1p(-p)

    def law(units):
        with np.errstate(divide="ignore"):
            return np.ceil(np.log(units) / factor)

    return _from_units(generator, shape, dtype, law)


def log_normal(generator, shape, dtype, mean=1.0, std=2.0):
    """Numbers whose logarithm is normal: `exp(mean + std * z)`.

    Args:
        generator: a Generator, or None.
        shape: the result's.
        dtype: a float dtype.
        mean, std: of the logarithm; std > 0.

    Returns:
        shape, dtype.

    Raises:
        RuntimeError: for a std that is not positive.
        NotImplementedError: for a dtype of integers.

    >>> log_normal(None, (3,), np.dtype("f4")).min() > 0
    np.True_
    """
    if not std > 0:
        raise _bad("log_normal_()", "std > 0", std)
    check_float(dtype, "log_normal_()")
    generator = generator or default_generator
    out = np.empty(shape, dtype)
    with generator.lock:
        values = one_by_one(generator, out.size)
    scale_and_shift(values, float(std), float(mean))
    with np.errstate(over="ignore"):
        store(np.exp(values), out)
    return out


def _from_units(generator, shape, dtype, law):
    """A law of one uniform number in float64 for each element."""
    generator = generator or default_generator
    out = np.empty(shape, dtype)
    with generator.lock:
        units = unit_doubles(generator, out.size)
    with np.errstate(over="ignore", invalid="ignore"):
        store(law(units), out)
    return out


def _check_law(who, dtype, scale, name):
    if not scale > 0:
        raise _bad(who, f"{name} > 0", scale)
    try:
        check_float(dtype, who)
    except UnsupportedError as error:  # PyTorch's type differs between the laws
        raise ArgumentRuntimeError(str(error)) from None


def _bad(who, expected, got):
    return ArgumentRuntimeError(
        explain(who, expected=expected, got=got, do="Check the parameter.")
    )

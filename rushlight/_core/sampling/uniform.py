"""Uniform numbers and coin tosses.

`fill_unit` is what the other laws draw from.
"""

import math

import ml_dtypes
import numpy as np

from rushlight._base.errors import (
    ArgumentRuntimeError,
    UnsupportedError,
    explain,
)
from rushlight._core.generator import default_generator
from rushlight._core.sampling import fills
from rushlight._core.sampling.chunks import chunks, scale_and_shift

BFLOAT16 = np.dtype(ml_dtypes.bfloat16)
FLOATS = frozenset(map(np.dtype, ("f2", "f4", "f8"))) | {BFLOAT16}
_LARGEST = {dtype: float(ml_dtypes.finfo(dtype).max) for dtype in FLOATS}
REAL_OF: dict[np.dtype, np.dtype] = {
    np.dtype("c8"): np.dtype("f4"),
    np.dtype("c16"): np.dtype("f8"),
}


def fill_unit(generator, flat):
    """Fill a 1-D float32 or float64 array with uniform numbers in [0, 1).

    The caller holds the generator's lock.
    """
    fills.current.units(generator, flat)


def store(values, out):
    """Put doubles into an array; into a narrow one by way of float32, as PyTorch."""
    flat = out.reshape(-1)
    is_narrow = out.dtype in FLOATS and out.dtype.itemsize == 2
    flat[...] = values.astype(np.float32) if is_narrow else values


def unit_doubles(generator, n):
    """(n,), float64, uniform in [0, 1).  The caller holds the generator's lock."""
    units = np.empty(n)
    fill_unit(generator, units)
    return units


def uniform(generator, shape, dtype, low=0.0, high=1.0):
    """Numbers that are uniform in [low, high): `low + (high - low) u`.

    Args:
        generator: a Generator, or None.
        shape: the result's.
        dtype: a float dtype, or a complex one (whose parts are drawn in turn).
        low, high: the bounds; they are rounded to float32, or float64 for a wide dtype.

    Returns:
        shape, dtype.

    Raises:
        NotImplementedError: for a dtype of integers.
        RuntimeError: for bounds that the dtype does not hold, or low > high.

    >>> uniform(None, (2, 3), np.dtype("f4")).shape
    (2, 3)
    """
    generator = generator or default_generator
    real = REAL_OF.get(dtype, dtype)
    is_unit = low == 0 and high == 1
    if not (is_unit and real in FLOATS):
        _check_bounds(real, low, high)
    out = np.empty(shape, dtype)
    flat = out.reshape(-1)
    if real is not dtype:
        flat = flat.view(real)
    work = flat if real.itemsize >= 4 else np.empty(flat.shape, np.float32)
    with generator.lock:
        fill_unit(generator, work)
    if not is_unit:
        low, high = work.dtype.type(low), work.dtype.type(high)
        for part in chunks(work):
            scale_and_shift(part, high - low, low)
    if work is not flat:
        flat[...] = work
    if work is not flat or not is_unit:
        flat[flat == real.type(high)] = low  # [low, high), whatever rounding did
    return out


def bernoulli(generator, shape, dtype, p, one=1):
    """Ones with probability p, else zeros.

    Args:
        generator: a Generator, or None.
        shape: the result's.
        dtype: any real dtype; bool for a mask.
        p: the probability, a number in [0, 1].
        one: a number to write instead of 1.

    Returns:
        shape, dtype.

    Raises:
        RuntimeError: for p outside [0, 1].
        NotImplementedError: for a complex dtype.

    >>> bernoulli(None, (3,), np.dtype("f4"), 1.0)
    array([1., 1., 1.], dtype=float32)
    """
    generator = generator or default_generator
    check_probability(p, "bernoulli_()")
    check_plain(dtype, "bernoulli_()")
    out = np.empty(shape, dtype)
    # u * 2**-53 < p, asked of the whole numbers u.
    bound = math.ceil(math.ldexp(p, 53))
    with generator.lock:
        fills.current.coins(generator, out.reshape(-1), bound, one)
    return out


def bernoulli_of(generator, p, dtype, shape=None):
    """Ones with the probabilities that an array gives, else zeros.

    Args:
        generator: a Generator, or None.
        p: (*), float, in [0, 1].
        dtype: any real dtype.
        shape: the result's, to which p broadcasts; p's own for None.

    Returns:
        shape, dtype.

    Raises:
        RuntimeError: for a p outside [0, 1].
        NotImplementedError: for p of integers, or a complex dtype.

    >>> bernoulli_of(None, np.array([0.0, 1.0]), np.dtype(bool))
    array([False,  True])
    """
    generator = generator or default_generator
    check_float(p.dtype, "bernoulli()", "p")
    check_plain(dtype, "bernoulli()")
    wide = p.dtype.itemsize == 8
    p = p if wide else p.astype(np.float32)
    if not ((p >= 0) & (p <= 1)).all():
        bad = p[~((p >= 0) & (p <= 1))][0]
        raise _not_a_probability(bad, "bernoulli()")
    shape = p.shape if shape is None else shape
    units = np.empty(shape, p.dtype)
    with generator.lock:
        fill_unit(generator, units.reshape(-1))
    return (units < p).astype(dtype)


def check_probability(p, who):
    """Refuse a number outside [0, 1]."""
    if not 0 <= p <= 1:
        raise _not_a_probability(p, who)


def check_float(dtype, who, name="dtype"):
    """Refuse what is no real floating-point dtype."""
    if dtype not in FLOATS:
        raise UnsupportedError(
            explain(
                who,
                expected=f"{name}: a real floating-point dtype",
                got=dtype,
                do="Convert with .float().",
            )
        )


def check_plain(dtype, who, refused="c"):
    """Refuse complex dtypes and the wide unsigned ones, as PyTorch does."""
    if dtype.kind in refused or (dtype.kind == "u" and dtype.itemsize > 1):
        raise UnsupportedError(
            explain(
                who,
                expected="a float, a signed integer, uint8 or bool dtype"
                if "b" not in refused
                else "a float, a signed integer or uint8 dtype",
                got=dtype,
                do="Draw in another dtype and convert.",
            )
        )


def _not_a_probability(p, who):
    return ArgumentRuntimeError(
        explain(
            who,
            expected="p: a probability in [0, 1]",
            got=p,
            do="Clamp it, or take the sigmoid of a score.",
        )
    )


def _check_bounds(dtype, low, high):
    check_float(dtype, "uniform_()")
    largest = _LARGEST[dtype]
    inside = -largest <= low <= largest and -largest <= high <= largest
    if not (inside and low <= high and high - low <= largest):
        raise ArgumentRuntimeError(
            explain(
                "uniform_()",
                expected=f"from <= to, both and their distance finite in {dtype}",
                got=f"from={low}, to={high}",
                do="Put the smaller bound first, or use a wider dtype.",
            )
        )

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

#: Numbers that are drawn and finished while they are in the cache.
CHUNK = 16384

_LOW_24 = np.uint64(2**24 - 1)
_LOW_53 = np.uint64(2**53 - 1)
_TO_UNIT_24 = np.float32(2.0**-24)
_TO_UNIT_53 = 2.0**-53
BFLOAT16 = np.dtype(ml_dtypes.bfloat16)
FLOATS = frozenset(map(np.dtype, ("f2", "f4", "f8"))) | {BFLOAT16}
_LARGEST = {dtype: float(ml_dtypes.finfo(dtype).max) for dtype in FLOATS}
REAL_OF: dict[np.dtype, np.dtype] = {
    np.dtype("c8"): np.dtype("f4"),
    np.dtype("c16"): np.dtype("f8"),
}

# Note [Two widths]
# float64 and whatever is compared with a double takes 53 bits of two draws; float32,
# float16 and bfloat16 take 24 bits of one draw (the narrow ones round that number).


def chunks(flat):
    """The pieces of a 1-D array that are filled one after another."""
    if flat.size <= CHUNK:
        return (flat,) if flat.size else ()
    starts = range(0, flat.size, CHUNK)
    return (flat[start : start + CHUNK] for start in starts)


def fill_unit(generator, flat):
    """Fill a 1-D float32 or float64 array with uniform numbers in [0, 1).

    The caller holds the generator's lock.
    """
    wide = flat.dtype.itemsize == 8
    for part in chunks(flat):
        if wide:
            bits = unit_bits_53(generator, part.size)
            part[...] = bits.view(np.int64)
            part *= _TO_UNIT_53
        else:
            bits = generator.raw(part.size)
            bits &= _LOW_24
            part[...] = bits.view(np.int64)
            part *= _TO_UNIT_24


def unit_bits_53(generator, n):
    """(n,), uint64: 53 random bits each; times 2**-53 they are uniform in [0, 1)."""
    bits = generator.raw64(n)
    bits &= _LOW_53
    return bits


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
    flat = out.reshape(-1).view(real)
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


def scale_and_shift(values, factor, term):
    """values = values * factor + term in place, rounded once as PyTorch's is."""
    if term == 0 or factor == 1:
        values *= factor
        values += term  # of 0 too: it takes the sign off -0
    elif values.dtype.itemsize == 4:
        wide = values.astype(np.float64)
        wide *= np.float64(factor)
        wide += np.float64(term)
        values[...] = wide
    else:
        values[...] = _fused_double(values, float(factor), float(term))


def _fused_double(values, factor, term):
    """values * factor + term in float64, rounded once."""
    # The product's rounding error by Dekker's splitting, the sum's by Knuth's.  The
    # factor is scaled to [0.5, 1) so that no part overflows.
    factor, exponent = math.frexp(factor)
    term = math.ldexp(term, -exponent)
    product = values * factor
    x_high, x_low = _split(values)
    y_high, y_low = _split(factor)
    error = x_low * y_low - (
        ((product - x_high * y_high) - x_low * y_high) - x_high * y_low
    )
    total = product + term
    virtual = total - product
    error += (product - (total - virtual)) + (term - virtual)
    total += error
    return np.ldexp(total, exponent)


def _split(value):
    """A double as the sum of two of half its bits."""
    shifted = value * (2.0**27 + 1)
    high = shifted - (shifted - value)
    return high, value - high


def bernoulli(generator, shape, dtype, p):
    """Ones with probability p, else zeros.

    Args:
        generator: a Generator, or None.
        shape: the result's.
        dtype: any real dtype; bool for a mask.
        p: the probability, a number in [0, 1].

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
    bound = np.uint64(math.ceil(math.ldexp(p, 53)))
    with generator.lock:
        for part in chunks(out.reshape(-1)):
            np.less(
                unit_bits_53(generator, part.size), bound, out=part, casting="unsafe"
            )
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

"""Arrays in pieces that stay in the cache, and a scaling that rounds once."""

import math

import numpy as np

#: Numbers that are drawn and finished while they are in the cache.
CHUNK = 16384


def chunks(flat):
    """The pieces of a 1-D array that are filled one after another."""
    if flat.size <= CHUNK:
        return (flat,) if flat.size else ()
    starts = range(0, flat.size, CHUNK)
    return (flat[start : start + CHUNK] for start in starts)


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

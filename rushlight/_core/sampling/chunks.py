"""Arrays in pieces that stay in the cache, and a scaling that rounds once."""

import math

import numpy as np

#: Numbers that are drawn and finished while they are in the cache.
CHUNK = 16384

_BELOW_SINGLE = 2**29 - 1  # the bits that a double has and a float32 has not
_TIE = 2**28


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
        values[...] = _fused_single(values.astype(np.float64), float(factor), term)
    else:
        values[...] = _fused_double(values, float(factor), float(term))


def _fused_single(product, factor, term):
    """product * factor + term in float64, so that it rounds to float32 but once."""
    product *= factor
    total = product + np.float64(term)
    ties = (total.view(np.int64) & _BELOW_SINGLE) == _TIE
    if ties.any():
        # A sum that was rounded to a tie is none: move it to its right side.
        exact, sums = product[ties], total[ties]
        virtual = sums - exact
        error = (exact - (sums - virtual)) + (float(term) - virtual)
        aims = np.where(error == 0, sums, np.copysign(np.inf, error))
        total[ties] = np.nextafter(sums, aims)
    return total


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

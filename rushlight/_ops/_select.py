"""Shared by the families: choose elements of two arrays by a mask.

# Note [Select by bits]
# NumPy's where looks at each element of the mask in turn; with an unpredictable mask
# that is eight times slower than reading the arrays.  Widened to a word of ones or
# zeros for each element, the mask chooses by ``y ^ ((x ^ y) & mask)``, which the
# processor does for many elements at once.  It copies bits, so nan stays what it was.
"""

import numpy

from rushlight._ops._arrays import plain_where

_WORDS = {size: numpy.dtype(f"i{size}") for size in (1, 2, 4, 8)}
_SMALL = 1 << 13


def select(np, mask, x, y):
    """``where(mask, x, y)`` for arrays of one dtype that broadcast."""
    if np is not numpy:
        return np.where(mask, x, y)
    if mask.size < _SMALL:
        return plain_where(mask, x, y)
    word = _WORDS.get(x.dtype.itemsize)
    if word is None:
        return np.where(mask, x, y)
    wide = _widened(mask, word)
    x, y, dtype = x.view(word), y.view(word), x.dtype
    result = np.bitwise_and(np.bitwise_xor(x, y), wide)
    return np.bitwise_xor(result, y, out=result).view(dtype)


def select_into(np, out, mask, x, y):
    """``where(mask, x, y)`` into out; all of one shape and dtype."""
    word = _WORDS.get(x.dtype.itemsize)
    if np is not numpy or mask.size < _SMALL or word is None:
        np.copyto(out, np.where(mask, x, y))
        return
    wide, out = _widened(mask, word), out.view(word)
    x, y = x.view(word), y.view(word)
    np.bitwise_and(np.bitwise_xor(x, y), wide, out=wide)
    np.bitwise_xor(wide, y, out=out)


def zero_where(np, out, mask, x):
    """``where(mask, 0, x)`` into out; all of one shape and dtype."""
    word = _WORDS.get(x.dtype.itemsize)
    if np is not numpy or mask.size < _SMALL or word is None:
        np.copyto(out, np.where(mask, x.dtype.type(0), x))
        return
    kept = numpy.subtract(mask.view(numpy.int8), numpy.int8(1)).astype(word)
    np.bitwise_and(x.view(word), kept, out=out.view(word))


def _widened(mask, word):
    """True as a word of ones, False as a word of zeros."""
    return numpy.negative(mask.view(numpy.int8)).astype(word)

"""Shared by the families: several passes over an array, a cache-sized piece at a time.

# Note [Blocks]
# A rule of many steps reads and writes its working memory once for each step.  In
# pieces that fit into the cache only the first read and the last write reach memory.
# A piece is a part of the array in memory order, whatever the order of dimensions.
"""

from functools import lru_cache

import numpy

from rushlight._ops._arrays import is_half

#: Elements in a piece.
BLOCK = 1 << 15
#: Arrays of fewer elements are not worth the trouble.
_FLAT = 1 << 12


def blockwise(np, kernel, x, *others):
    """``kernel(np, out, x, *others)`` in blocks (Note [Blocks]); returns out.

    The kernel writes its result into out, which may be its working memory on the way.
    Half precision is computed in float32.

    Args:
        np: the array namespace.
        kernel: element-wise.
        x, others: arrays of one shape and dtype (or that broadcast to x's).
    """
    if is_half(x):
        wide = [a.astype("float32") for a in (x, *others)]
        return blockwise(np, kernel, *wide).astype(x.dtype)
    return in_pieces(np, kernel, x, *others)


def in_pieces(np, kernel, x, *others):
    """As `blockwise`, with half precision left to the kernel."""
    if not x.ndim:  # so that whatever the kernel makes is an array
        flat = [a.reshape(1) for a in (x, *others)]
        return in_pieces(np, kernel, *flat).reshape(())
    out = np.empty_like(x)
    if x.size < _FLAT or np is not numpy:
        kernel(np, out, x, *others)
        return out
    arrays = [out, x, *others]
    if any(a.strides != x.strides or a.shape != x.shape for a in arrays):
        kernel(np, *arrays)
        return out
    flat = [a.ravel("K") for a in arrays]
    for start in range(0, x.size, BLOCK):
        kernel(np, *[a[start : start + BLOCK] for a in flat])
    return out


# Note [Rows of one number]
# NumPy's maximum and minimum are vectorised for two arrays, not for an array and a
# number: against a row that repeats the number they are three times faster.  The number
# comes first because of two equal zeros they return the second, and relu(-0.) is -0.


def bounded(np, x, low=None, high=None):
    """``minimum(maximum(x, low), high)``, either of them if given.

    Args:
        x: an array.
        low, high: arrays without dimensions, of x's dtype, or None.
    """

    def kernel(np, out, x):
        half = x.dtype.itemsize == 2  # there the first of two zeros is returned
        if low is not None:
            np.maximum(*((x, low) if half else (row(low, x), x)), out=out)
            x = out
        if high is not None:
            np.minimum(*((x, high) if half else (row(high, x), x)), out=out)

    return in_pieces(np, kernel, x)


def row(number, like):
    """A number as a row beside a piece of an array (Note [Rows of one number])."""
    size = like.size
    if (
        like.ndim != 1
        or size > BLOCK
        or size < _FLAT
        or like.__class__ is not numpy.ndarray
    ):
        return number
    return _row(float(number), like.dtype)[:size] if like.dtype.kind == "f" else number


@lru_cache(16)
def _row(number, dtype):
    return numpy.full(BLOCK, number, dtype)


def by_rows(np, kernel, x, dim, *others):
    """``kernel(np, out, x, dim, *others)`` in blocks of whole rows; returns out.

    For kernels that reduce along a dimension.  Half precision is computed in float32.

    Args:
        np, kernel: as for `blockwise`.
        x, others: arrays of one shape and dtype.
        dim: the dimension along which rows lie, from 0.
    """
    if is_half(x):
        wide = [a.astype("float32") for a in (x, *others)]
        return by_rows(np, kernel, wide[0], dim, *wide[1:]).astype(x.dtype)
    if not x.size:
        return x.copy()
    if not x.ndim:
        flat = [a.reshape(1) for a in (x, *others)]
        return by_rows(np, kernel, flat[0], 0, *flat[1:]).reshape(())
    out, width = np.empty(x.shape, x.dtype), x.shape[dim]
    arrays = [x, *others]
    if (
        x.size <= 4 * BLOCK
        or np is not numpy
        or dim != x.ndim - 1
        or not all(a.flags.c_contiguous for a in arrays)
    ):
        kernel(np, out, x, dim, *others)
        return out
    rows, step = [a.reshape(-1, width) for a in (out, *arrays)], max(BLOCK // width, 1)
    for start in range(0, x.size // width, step):
        target, source, *rest = [a[start : start + step] for a in rows]
        kernel(np, target, source, 1, *rest)
    return out

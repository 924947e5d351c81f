"""Shared by the families: array functions that NumPy lacks or is slow at.

# Note [Half precision]
# There is no BLAS for float16 and bfloat16, and sums in them lose digits; torch
# computes such results in float32 and rounds once.  So do our rules: `wide` before,
# `astype` after.

# Note [Sums by BLAS]
# NumPy sums the leading dimension of an array row by row, and short rows one at a
# time: slow, and over many rows the rounding errors add up.  A product with a vector
# of ones runs at the speed of memory; done in blocks of at most 1024 it is as exact as
# pairwise summation.  A product is given at most 8192 elements: from 9216 on OpenBLAS
# shares it among threads of its own, which spin when they are done, on the cores that
# the compiler's team works on.
"""

import numpy

#: concatenate, where and vdot without NumPy's look for other libraries' arrays among
#: the operands, which costs small calls a fourth of their time.
concatenate = getattr(numpy.concatenate, "__wrapped__", numpy.concatenate)
plain_where = getattr(numpy.where, "__wrapped__", numpy.where)
_vdot = getattr(numpy.vdot, "__wrapped__", numpy.vdot)

_BLOCK, _PIECE = 1024, 8192
_SMALL = 1 << 14
#: Rows, each longer than a block, that are added one after the other.
_LONG_ROWS = 32
#: By dtype the ones to sum a block with.
_ONES = {numpy.dtype(char): numpy.ones(_BLOCK, char) for char in "fd"}


def is_half(x):
    """Whether an array is float16 or bfloat16."""
    return x.dtype.itemsize == 2 and x.dtype.kind in "fV"


def wide(x):
    """Half precision as float32, anything else as it is (Note [Half precision])."""
    return x.astype("float32") if is_half(x) else x


def sum_of_few(x):
    """The sum of at most 1024 floats; None where they are more, or others."""
    ones, size = _ONES.get(x.dtype), x.size
    return None if ones is None or size > _BLOCK else _vdot(x, ones[:size])


def add_reduce(np, x, dim=None, keepdim=False):
    """Sum a float or complex array over dim (None, an int or a tuple), as it is."""
    ones = _ONES.get(x.dtype)
    if ones is not None and np is numpy:
        if dim is None and not keepdim:
            if x.size <= _BLOCK:
                return _vdot(x, ones[: x.size])
            if x.flags.forc:
                return _sum_all(x.ravel("K"))
        if x.size >= _SMALL and x.flags.c_contiguous:
            dims = _dims(dim, x.ndim)
            if dims is not None:
                return _sum_by_blas(x, dims, keepdim)
    return np.add.reduce(x, dim, None, None, keepdim)


def _sum_all(x):
    """(n,) -> (), n beyond a block."""
    ones, total = _ONES[x.dtype], None
    while x.size > _BLOCK:
        whole = x.size - x.size % _BLOCK
        rest = x[whole:].dot(ones[: x.size - whole])
        total = rest if total is None else total + rest
        x = _sum_short_rows(x[:whole].reshape(-1, _BLOCK))
    return total + x.dot(ones[: x.size])


def sum_of_squares(x):
    """(n,) -> (): the sum of a float array's squares, of any size."""
    if x.size <= _PIECE:
        return _vdot(x, x)
    whole = x.size - x.size % _PIECE
    pieces = x[:whole].reshape(-1, _PIECE)
    sums = numpy.vecdot(pieces, pieces)
    return numpy.add.reduce(sums) + _vdot(x[whole:], x[whole:])


def _dims(dim, ndim):
    """The dims as a set of numbers from 0, or None where NumPy shall refuse them."""
    if dim is None:
        return range(ndim)
    given = dim if dim.__class__ is tuple else (dim,)
    dims = {d + ndim if d < 0 else d for d in given}
    return dims if len(dims) == len(given) and dims.issubset(range(ndim)) else None


def _sum_by_blas(x, dims, keepdim):
    shape, inner, d = x.shape, 1, x.ndim - 1
    while d >= 0:  # neighbours that are both summed, or both kept, are one
        summed, count = d in dims, 1
        while d >= 0 and (d in dims) == summed:
            count *= shape[d]
            d -= 1
        if summed:
            x = _sum_middle(x.reshape(-1, count, inner))
        else:
            inner *= count
    if keepdim:
        return x.reshape([1 if i in dims else n for i, n in enumerate(shape)])
    return x.reshape([n for i, n in enumerate(shape) if i not in dims])


def _sum_middle(x):
    """(outer, n, inner) -> (outer, inner)."""
    outer, n, inner = x.shape
    if inner == 1:
        return _sum_rows(x.reshape(outer, n)).reshape(outer, 1)
    if outer > 1 and n * inner < _BLOCK:
        return numpy.add.reduce(x, 1)
    block = min(_BLOCK, _PIECE // inner) if inner <= _BLOCK else _LONG_ROWS
    if n <= block:
        return _sum_block(x)
    whole = n - n % block
    total = _sum_middle(
        _sum_block(x[:, :whole].reshape(-1, block, inner)).reshape(outer, -1, inner)
    )
    if whole < n:
        total += _sum_block(x[:, whole:])
    return total


def _sum_block(x):
    """(outer, n, inner) -> (outer, inner), n inner at most a piece, or 32 rows."""
    if x.shape[2] > _BLOCK:
        return numpy.add.reduce(x, 1)
    return numpy.matmul(_ONES[x.dtype][: x.shape[1]], x)


def _sum_rows(x):
    """(m, n) -> (m,)."""
    m, n = x.shape
    if n <= _BLOCK:
        return _sum_short_rows(x)
    whole = n - n % _BLOCK
    if whole == n:
        blocks = _sum_short_rows(x.reshape(-1, _BLOCK)).reshape(m, -1)
    else:
        blocks = numpy.matmul(x[:, :whole].reshape(m, -1, _BLOCK), _ONES[x.dtype])
    total = _sum_rows(blocks)
    if whole < n:
        total += _sum_short_rows(x[:, whole:])
    return total


def _sum_short_rows(x):
    """(m, n) -> (m,), n at most a block."""
    m, n = x.shape
    ones, rows = _ONES[x.dtype][:n], _PIECE // n
    if m <= rows:
        return x.dot(ones)
    whole, sums = m - m % rows, numpy.empty(m, x.dtype)
    pieces = x[:whole].reshape(-1, rows, n)
    numpy.matmul(pieces, ones, out=sums[:whole].reshape(-1, rows))
    numpy.matmul(x[whole:], ones, out=sums[whole:])
    return sums


_INTEGERS = numpy.arange(1024)
_INTEGERS.flags.writeable = False


def first_integers(count):
    """The integers from 0, as an array that nobody may write to."""
    return _INTEGERS[:count] if count <= 1024 else numpy.arange(count)

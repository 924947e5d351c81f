"""Passes over (N, C, S) arrays with a factor for each channel, block by block.

# Note [Blocks]
# Each function walks the batch in blocks that stay in the cache, so that its two or
# three NumPy calls cost one pass over memory.  Large arrays are shared among threads:
# every block writes results of its own.  Factors are (C,) or (N, C).  Without space
# (S = 1) the arrays are used as matrices, and there is nothing to sum over.
"""

import numpy

from rushlight._ops._arrays import add_reduce
from rushlight._ops._team import share

_BLOCK = 32768  # elements
_WORTH_SHARING = 500_000


def as_channels(x):
    """(N, C, *) as a contiguous (N, C, S) array."""
    n, c = x.shape[:2]
    return x.reshape(n, c, x.size // (n * c) if x.size else 0)


def _over_blocks(np, x, function):
    """Call ``function(block)`` for slices of the batch."""
    step = max(1, _BLOCK // max(1, x.shape[1] * x.shape[2]))
    blocks = [slice(i, i + step) for i in range(0, len(x), step)]
    if x.size >= _WORTH_SHARING and np is numpy:
        share(function, blocks)
    else:
        for block in blocks:
            function(block)


def _of(factor, block):
    """A factor for a block, with a last dimension to broadcast along."""
    return (factor if factor.ndim == 1 else factor[block])[..., None]


def _dots(np, x, y, out):
    """out = sum_s x y."""
    if np is numpy:
        np.vecdot(x, y, out=out)
    else:
        out[...] = np.einsum("ncs,ncs->nc", x, y)


def sums(np, x):
    """sum_s x: (N, C)."""
    return x[:, :, 0] if x.shape[2] == 1 else add_reduce(np, x, 2)


def squares(np, x, mean):
    """sum_s (x - mean)**2: (N, C)."""
    if x.shape[2] == 1:
        centred = x[:, :, 0] - mean
        return np.multiply(centred, centred, out=centred)
    found = np.empty(x.shape[:2], x.dtype)

    def block_of(block):
        centred = x[block] - _of(mean, block)
        _dots(np, centred, centred, found[block])

    _over_blocks(np, x, block_of)
    return found


def products(np, g, x, mean):
    """sum_s g (x - mean): (N, C)."""
    if x.shape[2] == 1:
        centred = x[:, :, 0] - mean
        return np.multiply(centred, g[:, :, 0], out=centred)
    found = np.empty(x.shape[:2], x.dtype)

    def block_of(block):
        centred = x[block] - _of(mean, block)
        _dots(np, g[block], centred, found[block])

    _over_blocks(np, x, block_of)
    return found


def affine(np, x, factor, term):
    """x * factor + term (None: no term)."""
    out = np.empty_like(x)
    if x.shape[2] == 1:
        np.multiply(x[:, :, 0], factor, out=out[:, :, 0])
        if term is not None:
            out[:, :, 0] += term
        return out

    def block_of(block):
        part = out[block]
        np.multiply(x[block], _of(factor, block), out=part)
        if term is not None:
            part += _of(term, block)

    _over_blocks(np, x, block_of)
    return out


def affine_of_two(np, g, factor, x, slope, term):
    """g * factor + x * slope + term."""
    out = np.empty_like(x)
    if x.shape[2] == 1:
        flat = np.multiply(x[:, :, 0], slope, out=out[:, :, 0])
        flat += term
        flat += g[:, :, 0] * factor
        return out

    def block_of(block):
        part = out[block]
        np.multiply(x[block], _of(slope, block), out=part)
        part += _of(term, block)
        part += g[block] * _of(factor, block)

    _over_blocks(np, x, block_of)
    return out

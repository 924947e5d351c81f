"""Passes over (N, C, S) arrays with a factor for each channel, block by block.

# Note [Blocks]
# Each function walks the batch in blocks that stay in the cache, so that its two or
# three NumPy calls cost one pass over memory.  Factors are (C,) or (N, C).
"""

from rushlight._ops._arrays import add_reduce

_BLOCK = 65536  # elements


def as_channels(x):
    """(N, C, *) as a contiguous (N, C, S) array."""
    n, c = x.shape[:2]
    return x.reshape(n, c, x.size // (n * c) if x.size else 0)


def _blocks(x):
    step = max(1, _BLOCK // max(1, x.shape[1] * x.shape[2]))
    return [slice(i, i + step) for i in range(0, len(x), step)]


def _of(factor, block):
    """A factor for a block, with a last dimension to broadcast along."""
    return (factor if factor.ndim == 1 else factor[block])[..., None]


def sums(np, x):
    """sum_s x: (N, C)."""
    return add_reduce(np, x, 2)


def squares(np, x, mean):
    """sum_s (x - mean)**2: (N, C)."""
    found = np.empty(x.shape[:2], x.dtype)
    for block in _blocks(x):
        centred = x[block] - _of(mean, block)
        np.einsum("ncs,ncs->nc", centred, centred, out=found[block])
    return found


def products(np, g, x, mean):
    """sum_s g (x - mean): (N, C)."""
    found = np.empty(x.shape[:2], x.dtype)
    for block in _blocks(x):
        centred = x[block] - _of(mean, block)
        np.einsum("ncs,ncs->nc", g[block], centred, out=found[block])
    return found


def affine(np, x, factor, term):
    """x * factor + term (None: no term)."""
    out = np.empty_like(x)
    for block in _blocks(x):
        part = out[block]
        np.multiply(x[block], _of(factor, block), out=part)
        if term is not None:
            part += _of(term, block)
    return out


def affine_of_two(np, g, factor, x, slope, term):
    """g * factor + x * slope + term."""
    out = np.empty_like(x)
    for block in _blocks(x):
        part = out[block]
        np.multiply(x[block], _of(slope, block), out=part)
        part += _of(term, block)
        part += g[block] * _of(factor, block)
    return out

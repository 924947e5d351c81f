"""grid_sample as one op, where nobody wants its gradient.

The formulas are those of `grids.py`, in the same order, on arrays: the same bits.
"""

import itertools
import math

from rushlight._base.spec import Spec
from rushlight._core.table import define


def _spec(x, grid, *, mode, padding, align):
    return Spec((*x.shape[:2], *grid.shape[1:-1]), x.dtype)


def _eager(backend, x, grid, *, mode, padding, align):
    np, (n, c, *sizes) = backend.np, x.shape
    out, rank = grid.shape[1:-1], len(sizes)
    count, elements = math.prod(out), math.prod(sizes)
    # rows of all channels, which are read together
    table = np.ascontiguousarray(x.reshape(n, c, elements).transpose(0, 2, 1))
    table, starts = table.reshape(n * elements, c), np.arange(n)[:, None] * elements
    grid = grid.reshape(n, count, rank)
    places = [
        _place(np, grid[..., rank - 1 - d], size, padding, align)
        for d, size in enumerate(sizes)
    ]

    def read(corner):
        inside, index = True, 0
        for place, size in zip(corner, sizes, strict=True):
            ok = (place >= 0) & (place <= size - 1)
            inside = ok & inside
            index = index * size + np.where(ok, place, 0).astype("int64")
        found = np.take(table, index + starts, 0)
        found[~inside] = 0
        return found

    total = (_nearest if mode == "nearest" else _linear)(np, read, places)
    return np.ascontiguousarray(total.transpose(0, 2, 1)).reshape(n, c, *out)


def _place(np, x, size, padding, align):
    """From [-1, 1] to places in [0, size - 1], moved inside as the padding says."""
    x = (x + 1) / 2 * (size - 1) if align else ((x + 1) * size - 1) / 2
    if padding == "zeros":
        return x
    if padding == "reflection":
        low, high = (0, 2 * (size - 1)) if align else (-1, 2 * size - 1)
        x = _reflected(np, x, low / 2, (high - low) / 2)
    return np.clip(x, 0, size - 1)


def _reflected(np, x, low, span):
    if span == 0:
        return x * 0
    x = np.abs(x - low)
    turns = np.floor(x / span)
    rest = x - turns * span
    return np.where(np.fmod(turns, 2) == 1, span - rest, rest) + x.dtype.type(low)


def _nearest(np, read, places):
    return read([np.rint(x) for x in places])


def _linear(np, read, places):
    lower, total = [np.floor(x) for x in places], None
    for corner in itertools.product((0, 1), repeat=len(places)):
        weight = None
        for x, base, far in zip(places, lower, corner, strict=True):
            share = x - base if far else base + 1 - x
            weight = share if weight is None else weight * share
        part = read([b + far for b, far in zip(lower, corner, strict=True)])
        part *= weight[..., None]
        total = part if total is None else total + part
    return total


#: Only for what is neither recorded nor seen by anyone.
GRID_SAMPLE = define(
    "grid_sample", inputs="x grid", eager=_eager, spec=_spec, large_from=64
)

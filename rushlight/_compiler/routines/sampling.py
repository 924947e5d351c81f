"""Pictures read at the places of a grid: grid_sample, with the eager rule's bits."""

import itertools
import math

from rushlight._base.sized import is_same
from rushlight._base.symint import is_symbolic
from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.routines import Routine, Task
from rushlight._compiler.routines._parts import part_of

#: Places of one block.
_BLOCK = 1024


def grid_sample(batch, channels, sizes, count, dtype, *, mode, padding, align):
    """Elements of pictures at places, between elements weighted by their distances.

    Args:
        batch, channels: how many pictures there are, and channels of each.
        sizes: of a picture.
        count: how many places of each picture are read.
        dtype: "f32" or "f64".
        mode, padding, align: as `_ops/resize/_samples.py` has them.

    Returns:
        Routine: from pictures (batch, channels, *sizes) and the grid (batch, count,
        rank) to (batch, channels, count).
    """
    k, rank, area = Builder("grid_sample"), len(sizes), math.prod(sizes)
    x = k.buffer("x", dtype, batch * channels * area)
    grid = k.buffer("grid", dtype, batch * count * rank)
    y = k.buffer("y", dtype, batch * channels * count, written=True)
    most = _BLOCK if is_symbolic(count) else min(count, _BLOCK)
    parts = -(-count // most)
    with k.loop("b", batch * parts, parallel=True):
        image, part = k.floordiv(k.index("b"), parts), k.remainder(k.index("b"), parts)
        first = k.mul(part, most)
        read, written = k.mul(image, channels * area), k.mul(image, channels * count)
        start = k.mul(k.add(k.mul(image, count), first), rank)
        with k.loop("p", part_of(k, first, most, count), vector=True):
            places = [
                _place(k, k.load(grid, rank - 1 - d, start, p=rank), n, padding, align)
                for d, n in enumerate(sizes)
            ]
            corners = _corners(k, places, sizes, mode)
            with k.loop("c", channels):
                total = None
                for index, inside, weight in corners:
                    at = k.add(read, index)
                    value = k.load(x, 0, at, zero_unless=inside, c=area)
                    value = value if weight is None else k.mul(value, weight)
                    total = value if total is None else k.add(total, value)
                k.store(y, total, 0, k.add(written, first), c=count, p=1)
    return Routine([Task(k.kernel(), ("x", "grid", "y"))], ("x", "grid"), ("y",))


def _place(k, x, size, padding, align):
    if align:
        x = k.mul(k.div(k.add(x, 1.0), 2.0), k.const(size - 1, x.dtype))
    else:
        x = k.div(k.sub(k.mul(k.add(x, 1.0), k.const(size, x.dtype)), 1.0), 2.0)
    if padding == "zeros":
        return x
    if padding == "reflection":
        x = _reflected(k, x, *((0.0, size - 1) if align else (-0.5, size)))
    return k.min(k.max(x, 0.0), k.const(size - 1, x.dtype))


def _reflected(k, x, low, span):
    if is_same(span, 0):
        return k.mul(x, 0.0)
    span = k.const(span, x.dtype)
    x = k.abs(k.sub(x, low))
    turns = k.floor(k.div(x, span))
    rest = k.sub(x, k.mul(turns, span))
    half = k.mul(turns, 0.5)
    is_odd = k.ne(half, k.floor(half))
    return k.add(k.where(is_odd, k.sub(span, rest), rest), low)


def _corners(k, places, sizes, mode):
    """(index, whether it is inside, weight) of the elements around each place."""
    if mode == "nearest":
        return [(*_read(k, [k.round(x) for x in places], sizes), None)]
    lower, found = [k.floor(x) for x in places], []
    for corner in itertools.product((0, 1), repeat=len(places)):
        weight, at = None, []
        for x, base, far in zip(places, lower, corner, strict=True):
            share = k.sub(x, base) if far else k.sub(k.add(base, 1.0), x)
            weight = share if weight is None else k.mul(weight, share)
            at.append(k.add(base, 1.0) if far else base)
        found.append((*_read(k, at, sizes), weight))
    return found


def _read(k, corner, sizes):
    inside = index = None
    for place, size in zip(corner, sizes, strict=True):
        last = k.const(size - 1, place.dtype)
        ok = k.and_(k.le(k.const(0.0, place.dtype), place), k.le(place, last))
        inside = ok if inside is None else k.and_(inside, ok)
        place = k.cast(k.where(ok, place, k.const(0.0, place.dtype)), "i64")
        index = place if index is None else k.add(k.mul(index, size), place)
    return index, inside

"""A block of attention in the loop language: where its parts lie, its scores.

# Note [Upright scores]
# The scores of a block are kept as (keys, queries), a column for each query.  Lanes are
# queries, so that the maximum and the sum over a query's keys need no work across
# lanes; BLAS reads either order.

# Note [Blocks of symbolic sizes]
# Local memory has a known size.  Where the number of queries or of keys is symbolic
# there is memory for a whole block and a whole tile, and as many are written for as may
# be: the last is short, and of few keys there is one short tile.  So one kernel serves
# all numbers, on no condition; examples of sizes only choose between equal results.
"""

import math

from rushlight._base.sized import is_multiple, is_same
from rushlight._base.symint import is_symbolic
from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.routines import Task
from rushlight._compiler.routines._parts import offset_of, span

#: Most keys of a tile.
KEYS = 128


class Block:
    """A kernel in the making: its buffers, and where a block's part of them begins."""

    def __init__(self, name, call, read, written):
        self.call, self.names = call, (*read, *written)
        self.k = k = Builder(name)
        self.buffers = {}
        for name in self.names:
            dtype = call.mask if name == "mask" else call.dtype
            size = span(call.shape_of(name), call.strides_of(name))
            self.buffers[name] = k.buffer(name, dtype, size, name in written)
        self.queries = call.queries
        self.width = KEYS if is_symbolic(call.keys) else min(KEYS, call.keys)
        self.query_blocks = -(-call.length // self.queries)
        self.tiles = -(-call.keys // self.width)
        self.has_query_blocks = may_exceed(self.query_blocks, 1)
        self.has_tiles = may_exceed(self.tiles, 1)
        self.matrix = None  # which of them: an expression

    def task(self, group=0):
        return Task(self.k.kernel(), self.names, group)

    def tile(self, name):
        """Local memory for the scores of a block and a tile (Note [Upright scores])."""
        return self.k.local(name, self.call.dtype, self.width * self.queries)

    def per_query(self, name):
        """Local memory for a number for each query."""
        return self.k.local(name, self.call.dtype, self.queries)

    def at(self, name, first=0, column=0):
        """The place of row `first`, column `column` of the block's matrix."""
        *lead, row, step = self.call.strides_of(name)
        return offset_of(
            self.k,
            [(self.matrix, tuple(zip(self.call.lead, lead)))],
            [(first, row), (column, step)],
        )

    def rows(self, name, first=0):
        """The rows from `first` on, for a product."""
        row = self.call.strides_of(name)[-2]
        return self.k.place(self.buffers[name], row, at=self.at(name, first))

    def product(self, m, n, inner, a, b, c, **options):
        self.k.product(self.call.dtype, m, n, inner, a, b, c, **options)

    def upright(self, tile):
        """A tile, for a product."""
        return self.k.place(tile, self.queries)

    def element(self, name, first, start):
        """Of a buffer (queries, keys): that of query `i`, key `j` of the tile."""
        row, step = self.call.strides_of(name)[-2:]
        at = self.at(name, first, start)
        return self.k.load(self.buffers[name], at=at, i=row, j=step)

    def part(self, first, most, *limits):
        """How many of what ends at the least limit begin at `first`, at most `most`.

        Each limit is kept apart, so that the checker sees it.
        """
        is_whole = all(isinstance(limit, int) for limit in limits)
        if is_whole and isinstance(first, int):
            most, *limits = least_of([most, *[limit - first for limit in limits]])
            first = 0
            if not limits:
                return most
        elif is_whole and all(is_multiple(limit, most) for limit in limits):
            return most
        found = self.k.const(most, "i64")
        for limit in limits:
            found = self.k.min(found, self.k.sub(self.wide(limit), first))
        return found

    def wide(self, value):
        return self.k.const(value, "i64") if isinstance(value, int) else value

    def visible(self, first):
        """The limits of the keys that a block's queries see, the least one counts."""
        call = self.call
        if not call.is_causal:
            return (call.keys,)
        most = least_of([call.keys, call.length])
        if not self.has_query_blocks:
            return tuple(most)
        return self.k.add(first, self.queries), *most

    def tiles_of(self, limits):
        """How many tiles hold the visible keys."""
        keys = self.part(0, self.call.keys, *limits)
        if isinstance(keys, int):
            return -(-keys // self.width)
        return self.k.floordiv(self.k.add(keys, self.width - 1), self.width)

    def scores(self, tile, first, start, rows, width):
        """Fill a tile with ``scale K Q^T``."""
        self.product(
            width,
            rows,
            self.call.size,
            self.rows("k", start),
            self.rows("q", first),
            self.upright(tile),
            transpose_b=True,
            alpha=self.call.scale,
        )

    def hidden(self, score, first, start):
        """A score of query `i` and key `j`, with the mask on it."""
        call, k = self.call, self.k
        if call.mask == "bool":
            score = k.where(self.element("mask", first, start), score, -math.inf)
        elif call.mask is not None:
            mask = k.cast(self.element("mask", first, start), call.dtype)
            score = k.add(score, mask)
        if call.is_causal:
            query, key = k.add(k.index("i"), first), k.add(k.index("j"), start)
            score = k.where(k.le(key, query), score, -math.inf)
        return score


def may_exceed(size, limit):
    """Whether a size is above a limit, for some values of the symbols."""
    more = size - limit
    return is_symbolic(more) or more > 0


def least_of(sizes):
    """Those sizes of which one is the least, whatever the values of the symbols."""
    known = [size for size in sizes if not is_symbolic(size)]
    found = [min(known)] if known else []
    for size in filter(is_symbolic, sizes):
        if not any(is_same(size, other) for other in found):
            found.append(size)
    return found

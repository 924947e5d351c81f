"""Attention forward.

# Note [Online softmax]
# A block of queries meets its keys tile by tile.  It keeps each query's largest score m
# so far, the sum l of ``exp(score - m)``, and the sum O of values weighted so.  When m
# grows, l and O are scaled by ``exp(old m - new m)``.  In the end the result is O / l,
# and ``m + log l`` is all that backward needs of the scores: it makes them again.
# Queries that see no key have m = -inf, 0 as their result, and inf for backward, which
# makes their weights 0.  (Milakov and Gimelshein 2018; Dao et al. 2022)
"""

import math

from rushlight._compiler.routines import Routine
from rushlight._compiler.routines._parts import keep
from rushlight._compiler.routines.attention.block import Block


def attention_forward(call):
    """The routine (q, k, v, [mask], [noise]) to (out, row).

    Args:
        call: an `Attention`.

    Returns:
        Routine: `out` is (*lead, length, value_size), `row` (*lead, length, 1): the
        logarithm of each query's sum of exponentials, inf where it sees no key.
    """
    inputs = ["q", "k", "v", *call.optional]
    block = Block("attention_forward", call, inputs, ["out", "row"])
    _forward(block)
    return Routine([block.task()], tuple(inputs), ("out", "row"))


def _forward(block):
    call, k = block.call, block.k
    memory = _ForwardMemory(block)
    with k.loop("b", call.matrices * block.query_blocks, parallel=True):
        b, first = k.index("b"), 0
        block.matrix = b
        if block.has_query_blocks:
            block.matrix = k.floordiv(b, block.query_blocks)
            first = k.mul(k.remainder(b, block.query_blocks), block.queries)
        rows = block.part(first, block.queries, call.length)
        limits = block.visible(first)
        if not block.has_tiles:
            keys = block.part(0, call.keys, *limits)
            _only_tile(block, memory, first, rows, keys)
        else:
            _begin(block, memory, rows)
            with k.loop("t", block.tiles_of(limits)):
                start = k.mul(k.index("t"), block.width)
                width = block.part(start, block.width, *limits)
                _tile(block, memory, first, rows, start, width)
            _finish(block, memory, first, rows)


class _ForwardMemory:
    """Local memory of a block, as Note [Online softmax] names it."""

    def __init__(self, block):
        self.tile = block.tile("tile")
        self.total = block.per_query("total")
        if block.has_tiles:
            self.most, self.shrink = block.per_query("most"), block.per_query("shrink")
            size = block.queries * block.call.value_size
            self.sum = block.k.local("sum", block.call.dtype, size)


def _only_tile(block, memory, first, rows, keys):
    """All keys at once: plain softmax."""
    k, call, tile = block.k, block.call, memory.tile
    block.scores(tile, first, 0, rows, keys)
    with k.loop("i", rows, vector=True):
        most = _most(block, tile, first, 0, keys)
        base = keep(k, "base", k.where(k.eq(most, -math.inf), 0, most))
        total = _weights(block, tile, first, 0, keys, base)
        k.store(memory.total, total, i=1)
        _store_row(block, first, most, total)
    values = block.rows("v")
    out, size = block.rows("out", first), call.value_size
    block.product(rows, size, keys, block.upright(tile), values, out, transpose_a=True)
    _divide(block, memory, first, rows, block.buffers["out"])


def _begin(block, memory, rows):
    k, call = block.k, block.call
    with k.loop("i", rows, vector=True):
        k.store(memory.most, k.const(-math.inf, call.dtype), i=1)
        k.store(memory.total, k.const(0, call.dtype), i=1)
    with k.loop("e", k.mul(block.wide(rows), call.value_size), vector=True):
        k.store(memory.sum, k.const(0, call.dtype), e=1)


def _tile(block, memory, first, rows, start, width):
    """One tile of keys (Note [Online softmax])."""
    k, call, tile = block.k, block.call, memory.tile
    block.scores(tile, first, start, rows, width)
    with k.loop("i", rows, vector=True):
        before = k.load(memory.most, i=1)
        most = k.max(before, _most(block, tile, first, start, width))
        base = keep(k, "base", k.where(k.eq(most, -math.inf), 0, most))
        shrink = k.exp(k.sub(before, base))
        old = k.mul(k.load(memory.total, i=1), shrink)
        added = _weights(block, tile, first, start, width, base)
        k.store(memory.total, k.add(old, added), i=1)
        k.store(memory.shrink, shrink, i=1)
        k.store(memory.most, most, i=1)
    size = call.value_size
    with k.loop("r", rows), k.loop("e", size, vector=True):
        shrunk = k.mul(k.load(memory.sum, r=size, e=1), k.load(memory.shrink, r=1))
        k.store(memory.sum, shrunk, r=size, e=1)
    block.product(
        rows,
        size,
        width,
        block.upright(tile),
        block.rows("v", start),
        k.place(memory.sum, size),
        transpose_a=True,
        beta=1.0,
    )


def _finish(block, memory, first, rows):
    k = block.k
    with k.loop("i", rows, vector=True):
        most, total = k.load(memory.most, i=1), k.load(memory.total, i=1)
        _store_row(block, first, most, total)
    _divide(block, memory, first, rows, memory.sum)


def _most(block, tile, first, start, keys):
    """The largest score of query `i` in a tile; scores get their mask there."""
    k = block.k
    most = k.declare("largest", block.call.dtype, -math.inf)
    with k.loop("j", keys):
        score = k.load(tile, j=block.queries, i=1)
        score = block.hidden(score, first, start)
        if block.call.mask is not None:
            k.store(tile, score, j=block.queries, i=1)
        k.accumulate(most, "max", score)
    return most


def _weights(block, tile, first, start, keys, base):
    """Make the scores of query `i` weights; their sum.  Dropout comes after it."""
    k, call = block.k, block.call
    total = k.declare("sum_of_weights", call.dtype, 0)
    with k.loop("j", keys):
        score = k.load(tile, j=block.queries, i=1)
        if call.mask is None:
            score = block.hidden(score, first, start)
        weight = k.exp(k.sub(score, base))
        k.accumulate(total, "add", weight)
        if call.has_noise:
            weight = k.mul(weight, block.element("noise", first, start))
        k.store(tile, weight, j=block.queries, i=1)
    return total


def _store_row(block, first, most, total):
    k = block.k
    row = k.where(k.eq(total, 0), math.inf, k.add(most, k.log(total)))
    step = block.call.strides_of("row")[-2]
    k.store(block.buffers["row"], row, at=block.at("row", first), i=step)


def _divide(block, memory, first, rows, source):
    """The block's result: a sum of weighted values by the sum of weights."""
    k, call, out = block.k, block.call, block.buffers["out"]
    at, row = block.at("out", first), call.strides_of("out")[-2]
    with k.loop("r", rows):
        total = k.load(memory.total, r=1)
        factor = k.where(k.eq(total, 0), 0, k.div(k.const(1, call.dtype), total))
        with k.loop("e", call.value_size, vector=True):
            if source is out:
                found = k.load(out, at=at, r=row, e=1)
            else:
                found = k.load(source, r=call.value_size, e=1)
            k.store(out, k.mul(found, factor), at=at, r=row, e=1)

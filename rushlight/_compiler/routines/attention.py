"""Attention, ``softmax(scale Q K^T + mask) V``, forward and backward.

# Note [Upright scores]
# The scores of a block are kept as (keys, queries), a column for each query.  Lanes are
# queries, so that the maximum and the sum over a query's keys need no work across
# lanes; BLAS reads either order.

# Note [Online softmax]
# A block of queries meets its keys tile by tile.  It keeps each query's largest score m
# so far, the sum l of ``exp(score - m)``, and the sum O of values weighted so.  When m
# grows, l and O are scaled by ``exp(old m - new m)``.  In the end the result is O / l,
# and ``m + log l`` is all that backward needs of the scores: it makes them again.
# Queries that see no key have m = -inf, 0 as their result, and inf for backward, which
# makes their weights 0.  (Milakov and Gimelshein 2018; Dao et al. 2022)

# Note [Who sums]
# A block of backward is one matrix of the batch, whole: it adds up the gradients of
# keys and values over its queries in order, so no two blocks write one place.
"""

import math
from dataclasses import dataclass

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.routines import Routine, Task
from rushlight._compiler.routines._parts import keep, offset_of, span

#: Most keys of a tile.
KEYS = 128


@dataclass(frozen=True)
class Attention:
    """What a call is about.

    Attributes:
        lead: the leading sizes.
        length, keys: the numbers of queries and keys, at least 1.
        size, value_size: of a query or key, of a value.
        dtype: "f32" or "f64".
        scale: of the scores.
        is_causal: hide keys that are later than the query.
        mask: the mask's dtype, or None.
        has_noise: whether dropout's factors are given, (*lead, length, keys).
        strides: {name: strides in elements} as a tuple of pairs, for what is not
            contiguous.  Columns of all but the mask are adjacent.
        wants_scores: whether backward gives the gradient of the scores.
    """

    lead: tuple
    length: int
    keys: int
    size: int
    value_size: int
    dtype: str
    scale: float
    is_causal: bool = False
    mask: str | None = None
    has_noise: bool = False
    strides: tuple = ()
    wants_scores: bool = False

    @property
    def queries(self):
        """How many a block takes: fewer where each sees other keys."""
        most = 64 if not self.is_causal else 32 if self.length > 128 else 16
        return min(most, self.length)

    @property
    def matrices(self):
        """How many there are."""
        return math.prod(self.lead)

    def shape_of(self, name):
        """The shape of a buffer, by its name."""
        length, keys = self.length, self.keys
        sizes = {"q": (length, self.size), "k": (keys, self.size)}
        sizes |= {"v": (keys, self.value_size), "out": (length, self.value_size)}
        sizes |= {"g": sizes["out"], "row": (length, 1)}
        sizes |= {f"g_{name}": sizes[name] for name in "qkv"}
        return (*self.lead, *sizes.get(name, (length, keys)))

    def strides_of(self, name):
        """The strides of a buffer, in elements."""
        found = dict(self.strides).get(name)
        return contiguous(self.shape_of(name)) if found is None else found


def contiguous(shape):
    """The strides of a contiguous array, in elements."""
    return tuple(math.prod(shape[i + 1 :]) for i in range(len(shape)))


def attention_forward(call):
    """The routine (q, k, v, [mask], [noise]) to (out, row).

    Args:
        call: an `Attention`.

    Returns:
        Routine: `out` is (*lead, length, value_size), `row` (*lead, length, 1): the
        logarithm of each query's sum of exponentials, inf where it sees no key.
    """
    inputs = ["q", "k", "v", *_optional(call)]
    block = _Block("attention_forward", call, inputs, ["out", "row"])
    _forward(block)
    return Routine([block.task()], tuple(inputs), ("out", "row"))


def attention_backward(call):
    """The routine (g, q, k, v, [mask], [noise], out, row) to (g_q, g_k, g_v, ...).

    Args:
        call: an `Attention`.

    Returns:
        Routine: the last output is `g_scores`, where it is wanted.
    """
    inputs = ["g", "q", "k", "v", *_optional(call), "out", "row"]
    outputs = ["g_q", "g_k", "g_v"] + ["g_scores"] * call.wants_scores
    has_tiles = call.keys > KEYS
    read = [name for name in inputs if name != "out" or has_tiles]
    block = _Block("attention_backward", call, read, outputs)
    _backward(block, has_tiles)
    return Routine([block.task()], tuple(inputs), tuple(outputs))


def _optional(call):
    return ["mask"] * (call.mask is not None) + ["noise"] * call.has_noise


class _Block:
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
        self.width = min(KEYS, call.keys)
        self.query_blocks = -(-call.length // self.queries)
        self.tiles = -(-call.keys // self.width)
        self.matrix = None  # which of them: an expression

    def task(self):
        return Task(self.k.kernel(), self.names)

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

    def part(self, first, most, whole):
        """How many of `whole` begin at `first`, at most `most`."""
        if isinstance(first, int) and isinstance(whole, int):
            return min(most, whole - first)
        if isinstance(whole, int) and whole % most == 0:
            return most
        return self.k.min(self.k.sub(self._wide(whole), first), most)

    def _wide(self, value):
        return self.k.const(value, "i64") if isinstance(value, int) else value

    def visible(self, first, rows):
        """How many keys the queries of a block see at most."""
        call, k = self.call, self.k
        if not call.is_causal:
            return call.keys
        if self.query_blocks == 1:
            return min(call.keys, call.length)
        return k.min(k.add(first, rows), call.keys)

    def tiles_of(self, keys):
        """How many tiles hold so many keys."""
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


# --------------------------------------------------------------------------- forward


def _forward(block):
    call, k = block.call, block.k
    memory = _ForwardMemory(block)
    with k.loop("b", call.matrices * block.query_blocks, parallel=True):
        b, first = k.index("b"), 0
        block.matrix = b
        if block.query_blocks > 1:
            block.matrix = k.floordiv(b, block.query_blocks)
            first = k.mul(k.remainder(b, block.query_blocks), block.queries)
        rows = block.part(first, block.queries, call.length)
        keys = block.visible(first, rows)
        if block.tiles == 1:
            _only_tile(block, memory, first, rows, keys)
        else:
            _begin(block, memory, rows)
            with k.loop("t", block.tiles_of(keys)):
                start = k.mul(k.index("t"), block.width)
                _tile(block, memory, first, rows, start, keys)
            _finish(block, memory, first, rows)


class _ForwardMemory:
    """Local memory of a block, as Note [Online softmax] names it."""

    def __init__(self, block):
        self.tile = block.tile("tile")
        self.total = block.per_query("total")
        if block.tiles > 1:
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
    with k.loop("e", k.mul(block._wide(rows), call.value_size), vector=True):
        k.store(memory.sum, k.const(0, call.dtype), e=1)


def _tile(block, memory, first, rows, start, keys):
    """One tile of keys (Note [Online softmax])."""
    k, call, tile = block.k, block.call, memory.tile
    width = block.part(start, block.width, keys)
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


# -------------------------------------------------------------------------- backward


class _BackwardMemory:
    """Local memory: weights, with dropout's noise on them, and their gradient."""

    def __init__(self, block, has_tiles):
        self.weights = self.noisy = block.tile("weights")
        if block.call.has_noise:
            self.noisy = block.tile("noisy")
        self.slope = block.tile("slope")
        self.along = block.per_query("along") if has_tiles else None


def _backward(block, has_tiles):
    call, k = block.call, block.k
    memory = _BackwardMemory(block, has_tiles)
    with k.loop("b", call.matrices, parallel=True):
        block.matrix = k.index("b")
        has_unseen = call.is_causal and call.keys > call.length
        if block.query_blocks > 1 or has_unseen:
            _clear(block, "g_k", call.keys, call.size)
            _clear(block, "g_v", call.keys, call.value_size)
        if has_tiles:
            _clear(block, "g_q", call.length, call.size)
        if block.query_blocks == 1:
            _query_block(block, memory, 0)
        else:
            with k.loop("q", block.query_blocks):
                _query_block(block, memory, k.mul(k.index("q"), block.queries))


def _clear(block, name, rows, size):
    k, row = block.k, block.call.strides_of(name)[-2]
    zero = k.const(0, block.call.dtype)
    with k.loop(f"r_{name}", rows), k.loop(f"e_{name}", size, vector=True):
        places = {f"r_{name}": row, f"e_{name}": 1}
        k.store(block.buffers[name], zero, at=block.at(name), **places)


def _query_block(block, memory, first):
    k, call = block.k, block.call
    rows = block.part(first, block.queries, call.length)
    keys = block.visible(first, rows)
    if memory.along is None:
        _tile_backward(block, memory, first, rows, 0, keys)
        return
    _dots(block, memory, first, rows)
    with k.loop("t", block.tiles_of(keys)):
        start = k.mul(k.index("t"), block.width)
        width = block.part(start, block.width, keys)
        _tile_backward(block, memory, first, rows, start, width)


def _dots(block, memory, first, rows):
    """For each query the product of its result and that one's gradient."""
    k, call = block.k, block.call
    with k.loop("r", rows):
        dot = k.declare("dot", call.dtype, 0)
        with k.loop("e", call.value_size, vector=True):
            g, out = (
                k.load(
                    block.buffers[name],
                    at=block.at(name, first),
                    r=call.strides_of(name)[-2],
                    e=1,
                )
                for name in ("g", "out")
            )
            k.accumulate(dot, "add", k.mul(g, out))
        k.store(memory.along, dot, r=1)


def _tile_backward(block, memory, first, rows, start, width):
    """The part of all gradients that goes through a tile of scores."""
    call = block.call
    block.scores(memory.weights, first, start, rows, width)
    block.product(
        width,
        rows,
        call.value_size,
        block.rows("v", start),
        block.rows("g", first),
        block.upright(memory.slope),
        transpose_b=True,
    )
    _slopes(block, memory, first, rows, start, width)
    summed = 1.0 if block.query_blocks > 1 else 0.0
    slope = block.upright(memory.slope)
    block.product(
        width,
        call.value_size,
        rows,
        block.upright(memory.noisy),
        block.rows("g", first),
        block.rows("g_v", start),
        beta=summed,
    )
    block.product(
        width,
        call.size,
        rows,
        slope,
        block.rows("q", first),
        block.rows("g_k", start),
        alpha=call.scale,
        beta=summed,
    )
    block.product(
        rows,
        call.size,
        width,
        slope,
        block.rows("k", start),
        block.rows("g_q", first),
        transpose_a=True,
        alpha=call.scale,
        beta=0.0 if memory.along is None else 1.0,
    )


def _slopes(block, memory, first, rows, start, width):
    """Scores to weights, and the weights' gradient to that of the scores."""
    k, call = block.k, block.call
    with k.loop("i", rows, vector=True):
        row = k.load(
            block.buffers["row"],
            at=block.at("row", first),
            i=call.strides_of("row")[-2],
        )
        row = keep(k, "row_of_query", row)
        along = _remade(block, memory, first, start, width, row)
        if memory.along is not None:
            along = keep(k, "along_row", k.load(memory.along, i=1))
        with k.loop("m", width):
            weight = k.load(memory.weights, m=block.queries, i=1)
            slope = k.load(memory.slope, m=block.queries, i=1)
            slope = k.mul(weight, k.sub(slope, along))
            k.store(memory.slope, slope, m=block.queries, i=1)
            if call.wants_scores:
                wide, step = call.strides_of("g_scores")[-2:]
                at = block.at("g_scores", first, start)
                k.store(block.buffers["g_scores"], slope, at=at, i=wide, m=step)


def _remade(block, memory, first, start, width, row):
    """Make the weights of query `i` again; the sum of weight times gradient."""
    k, call = block.k, block.call
    along = k.declare("along_tile", call.dtype, 0)
    with k.loop("j", width):
        score = k.load(memory.weights, j=block.queries, i=1)
        score = block.hidden(score, first, start)
        weight = noisy = k.exp(k.sub(score, row))
        slope = k.load(memory.slope, j=block.queries, i=1)
        if call.has_noise:
            noise = block.element("noise", first, start)
            noisy, slope = k.mul(weight, noise), k.mul(slope, noise)
            k.store(memory.noisy, noisy, j=block.queries, i=1)
            k.store(memory.slope, slope, j=block.queries, i=1)
        k.store(memory.weights, weight, j=block.queries, i=1)
        k.accumulate(along, "add", k.mul(weight, slope))
    return along

"""Attention backward.

# Note [Who sums]
# A block of backward is one matrix of the batch, whole: it adds up the gradients of
# keys and values over its queries in order, so no two blocks write one place.  Where
# there are few but large matrices, threads would have nothing to do: then one task has
# a block for each part of the queries, for their gradient, and another one for each
# tile of keys.  Both make the scores, which is two products more than five.
"""

from rushlight._base.symint import hint_of
from rushlight._compiler.routines import Routine
from rushlight._compiler.routines._parts import keep
from rushlight._compiler.routines.attention.block import KEYS, Block, may_exceed

#: Where there are fewer matrices, the large ones are parted (Note [Who sums]).
_FEW = 8


def attention_backward(call):
    """The routine (g, q, k, v, [mask], [noise], out, row) to (g_q, g_k, g_v, ...).

    Args:
        call: an `Attention`.

    Returns:
        Routine: the last output is `g_scores`, where it is wanted.
    """
    inputs = ["g", "q", "k", "v", *call.optional, "out", "row"]
    outputs = ["g_q", "g_k", "g_v"] + ["g_scores"] * call.wants_scores
    if not may_exceed(call.keys, KEYS):
        read = [name for name in inputs if name != "out"]
        parts = [Block("attention_backward", call, read, outputs)]
        _backward(parts[0])
    elif not _is_parted(call):
        parts = [Block("attention_backward", call, inputs, outputs)]
        _backward(parts[0])
    else:
        queries, keys = ["g_q", *outputs[3:]], ["g_k", "g_v"]
        parts = [Block("attention_backward_queries", call, inputs, queries)]
        parts.append(Block("attention_backward_keys", call, inputs, keys))
        _queries_backward(parts[0])
        _keys_backward(parts[1])
    tasks = [block.task(number) for number, block in enumerate(parts)]
    return Routine(tasks, tuple(inputs), tuple(outputs))


def _is_parted(call):
    """Whether there are more threads than blocks (Note [Who sums]), by example."""
    is_long = hint_of(call.keys) > KEYS and may_exceed(call.length, call.queries)
    return is_long and hint_of(call.matrices) < _FEW


class _BackwardMemory:
    """Local memory: weights, with dropout's noise on them, and their gradient."""

    def __init__(self, block):
        self.weights = self.noisy = block.tile("weights")
        if block.call.has_noise:
            self.noisy = block.tile("noisy")
        self.slope = block.tile("slope")
        self.along = block.per_query("along") if block.has_tiles else None


def _backward(block):
    """All gradients of a matrix in one block."""
    call, k, memory = block.call, block.k, _BackwardMemory(block)
    with k.loop("b", call.matrices, parallel=True):
        block.matrix = k.index("b")
        has_unseen = call.is_causal and may_exceed(call.keys, call.length)
        if block.has_query_blocks or has_unseen:
            _clear(block, "g_k", call.keys, call.size)
            _clear(block, "g_v", call.keys, call.value_size)
        if block.has_tiles:
            _clear(block, "g_q", call.length, call.size)
        if not block.has_query_blocks:
            _query_block(block, memory, 0)
        else:
            with k.loop("q", block.query_blocks):
                _query_block(block, memory, k.mul(k.index("q"), block.queries))


def _queries_backward(block):
    """The gradients of some queries."""
    call, k, memory = block.call, block.k, _BackwardMemory(block)
    with k.loop("b", call.matrices * block.query_blocks, parallel=True):
        block.matrix = k.floordiv(k.index("b"), block.query_blocks)
        first = k.mul(k.remainder(k.index("b"), block.query_blocks), block.queries)
        rows = block.part(first, block.queries, call.length)
        _clear(block, "g_q", rows, call.size, first)
        _query_block(block, memory, first)


def _keys_backward(block):
    """The gradients of a tile of keys and values."""
    call, k, memory = block.call, block.k, _BackwardMemory(block)
    with k.loop("b", call.matrices * block.tiles, parallel=True):
        block.matrix = k.floordiv(k.index("b"), block.tiles)
        start = k.mul(k.remainder(k.index("b"), block.tiles), block.width)
        width = block.part(start, block.width, call.keys)
        _clear(block, "g_k", width, call.size, start)
        _clear(block, "g_v", width, call.value_size, start)
        before, count = k.const(0, "i64"), block.query_blocks
        if call.is_causal:  # queries that come before all these keys see none of them
            before = k.floordiv(start, block.queries)
            count = k.max(k.sub(k.const(count, "i64"), before), 0)
        with k.loop("q", count):
            first = k.mul(k.add(before, k.index("q")), block.queries)
            rows = block.part(first, block.queries, call.length)
            _dots(block, memory, first, rows)
            seen = block.part(start, block.width, *block.visible(first))
            _tile_backward(block, memory, first, rows, start, seen)


def _clear(block, name, rows, size, first=0):
    k, row = block.k, block.call.strides_of(name)[-2]
    zero = k.const(0, block.call.dtype)
    with k.loop(f"r_{name}", rows), k.loop(f"e_{name}", size, vector=True):
        places = {f"r_{name}": row, f"e_{name}": 1}
        k.store(block.buffers[name], zero, at=block.at(name, first), **places)


def _query_block(block, memory, first):
    k, call = block.k, block.call
    rows = block.part(first, block.queries, call.length)
    limits = block.visible(first)
    if memory.along is None:
        keys = block.part(0, call.keys, *limits)
        _tile_backward(block, memory, first, rows, 0, keys)
        return
    _dots(block, memory, first, rows)
    with k.loop("t", block.tiles_of(limits)):
        start = k.mul(k.index("t"), block.width)
        width = block.part(start, block.width, *limits)
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
    summed = 1.0 if block.has_query_blocks else 0.0
    slope = block.upright(memory.slope)
    if "g_v" in block.buffers:
        noisy, g = block.upright(memory.noisy), block.rows("g", first)
        into = block.rows("g_v", start)
        block.product(width, call.value_size, rows, noisy, g, into, beta=summed)
    if "g_k" in block.buffers:
        queries, into = block.rows("q", first), block.rows("g_k", start)
        options = {"alpha": call.scale, "beta": summed}
        block.product(width, call.size, rows, slope, queries, into, **options)
    if "g_q" in block.buffers:
        keys, into = block.rows("k", start), block.rows("g_q", first)
        options = {"alpha": call.scale, "beta": 0.0 if memory.along is None else 1.0}
        options["transpose_a"] = True
        block.product(rows, call.size, width, slope, keys, into, **options)


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
            if "g_scores" in block.buffers:
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

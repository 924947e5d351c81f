"""Attention backward.

# Note [Who sums]
# A block of backward is one matrix of the batch, whole: it adds up the gradients of
# keys and values over its queries in order, so no two blocks write one place.
"""

from rushlight._compiler.routines import Routine
from rushlight._compiler.routines._parts import keep
from rushlight._compiler.routines.attention.block import KEYS, Block


def attention_backward(call):
    """The routine (g, q, k, v, [mask], [noise], out, row) to (g_q, g_k, g_v, ...).

    Args:
        call: an `Attention`.

    Returns:
        Routine: the last output is `g_scores`, where it is wanted.
    """
    inputs = ["g", "q", "k", "v", *call.optional, "out", "row"]
    outputs = ["g_q", "g_k", "g_v"] + ["g_scores"] * call.wants_scores
    has_tiles = call.keys > KEYS
    read = [name for name in inputs if name != "out" or has_tiles]
    block = Block("attention_backward", call, read, outputs)
    _backward(block, has_tiles)
    return Routine([block.task()], tuple(inputs), tuple(outputs))


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

"""Tiles: how many sums a processor holds in its registers at once.

# Note [Tiles]
# The inner loops of convolutions add up a tile of sums that stay in vector registers:
# `across` vectors of 16 lanes times `down` numbers that all lanes share.  Each step
# loads `across` vectors and `down` numbers and makes across * down multiplications, so
# large tiles wait for arithmetic alone.  Which tile is chosen depends on the
# processor; the order in which each single sum is added up does not.
"""

import functools
from dataclasses import dataclass

from rushlight._compiler.loops.ir import BYTES, LANES

#: Loops over groups of taps that are written out.
_BODIES = 4


@functools.cache
def vector_registers():
    """The number of vector registers and the bytes of one."""
    try:
        from llvmlite.binding import get_host_cpu_features

        features = get_host_cpu_features()
    except (ImportError, OSError, RuntimeError):
        return 32, 64
    if features.get("avx512f"):
        return 32, 64
    if features.get("avx"):
        return 16, 32
    return (32, 16) if features.get("neon") else (16, 16)


@dataclass(frozen=True)
class Tile:
    """`across` vectors of 16 lanes times `down` numbers."""

    across: int
    down: int


def choose_tile(dtype, lanes, numbers):
    """The Tile that does so many lanes times so many numbers in the least time.

    Args:
        dtype: "f32" or "f64".
        lanes: elements along the vectors.
        numbers: elements across them.
    """
    best = None
    for across in (1, 2, 3, 4, 5, 6):
        for down in range(1, 17):
            cost = _cost(dtype, across, down)
            if cost is None:
                continue
            cost *= -(-lanes // (LANES * across)) * -(-numbers // down)
            if best is None or cost < best[0]:
                best = cost, Tile(across, down)
    return best[1]


def _cost(dtype, across, down):
    """About the cycles of one step, or None where registers do not suffice."""
    count, size = vector_registers()
    each = max(1, LANES * BYTES[dtype] // size)  # registers of 16 lanes
    needed = each * across * (down + 1) + 4  # sums, vectors, a few shared numbers
    if needed >= count and (across, down) != (1, 1):
        return None
    multiplying = each * across * down
    loading = 2 * each * across + down
    return max(multiplying, loading, 4) + 1.5


def choose_sums(dtype, lanes, channels, taps):
    """The tile of a weight's gradient: (vectors, channels, taps) at once.

    Several taps are taken together only where there are few channels, and only if
    few loops are enough for them all: each is compiled by itself.
    """
    best = None
    for across in (1, 2, 3, 4):
        for together in range(1, min(channels, 16) + 1):
            few = range(1, min(taps, 16) + 1) if together == channels else (1,)
            for some in few:
                if some > 1 and taps > _BODIES * some:
                    continue
                cost = _cost(dtype, across, together * some)
                if cost is None:
                    continue
                cost *= -(-lanes // (LANES * across)) * -(-channels // together)
                cost *= -(-taps // some)
                if best is None or cost < best[0]:
                    best = cost, (across, together, some)
    return best[1]

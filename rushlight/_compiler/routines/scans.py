"""Running totals and extremes along a dimension, in the order of the elements.

# Note [Lanes of scans]
# A running total waits for the one before it, so it is the lanes of a vector, not its
# steps, that make it quick: neighbours in the following dimensions, or, where the
# dimension is the last, so many rows at once.
"""

import math

from rushlight._base.sized import is_same
from rushlight._base.symint import hint_of, is_symbolic
from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.ir import WIDE
from rushlight._compiler.routines import Routine, Task
from rushlight._compiler.routines._parts import part_of

#: Rows, or columns, that one block takes at most, and elements that it takes about.
_MOST, _BLOCK = 64, 32768
_LANES = 16
_FIRST = {"add": -0.0, "mul": 1.0, "max": -math.inf, "min": math.inf}
_FIRST_INTEGER = {"add": 0, "mul": 1, "max": -(2**63), "min": 2**63 - 1}


def scan(kind, shape, dtype, *, total=None, reverse=False, places=False):
    """``y[i] = x[0] <kind> ... <kind> x[i]`` along the middle one of three dimensions.

    Args:
        kind: "add", "mul", "max" or "min".
        shape: (lead, length, inner) of the array.
        dtype: "f32", "f64" or "i64".
        total: the dtype that is computed in; the array's by default.
        reverse: whether to go from the last element to the first.
        places: whether to give, too, where the extreme is, the last of equal ones; a
            nan is one from where it stands.

    Returns:
        Routine: from the array to one of the same shape, and the places.
    """
    lead, length, inner = shape
    k = Builder(f"scan_{kind}")
    size = lead * length * inner
    x = k.buffer("x", dtype, size)
    buffers = [x, k.buffer("y", dtype, size, written=True)]
    if places:
        buffers.append(k.buffer("at", "i64", size, written=True))
    run = _Run(k, kind, length, inner, total or WIDE[dtype], reverse, buffers)
    if is_same(inner, 1):
        _rows(k, lead, length, run)
    else:
        _columns(k, lead, length, inner, run)
    names = tuple(b.name for b in buffers)
    return Routine([Task(k.kernel(), names)], names[:1], names[1:])


def _columns(k, lead, length, inner, run):
    """Lanes along the following dimensions."""
    most = _at_most(inner, max(_LANES, _fitting(length)))
    parts = -(-inner // most)
    with k.loop("b", lead * parts, parallel=True):
        if is_same(parts, 1):
            with k.loop("z", inner, vector=True, lanes=_LANES):
                run.write({"b": length * inner, "z": 1})
            return
        block = k.index("b")
        first = k.mul(k.remainder(block, parts), most)
        start = k.mul(k.floordiv(block, parts), length * inner)
        with k.loop("z", part_of(k, first, most, inner), vector=True, lanes=_LANES):
            run.write({"z": 1}, k.add(start, first))


def _rows(k, lead, length, run):
    """Lanes are rows; few rows are done one after another."""
    if hint_of(lead) < _LANES // 2:
        with k.loop("b", lead, parallel=True):
            run.write({"b": length})
        return
    most = _at_most(lead, min(_MOST, max(_LANES, _fitting(length))))
    first = k.mul(k.index("b"), most)
    with k.loop("b", -(-lead // most), parallel=True):
        with k.loop("r", part_of(k, first, most, lead), vector=True, lanes=_LANES):
            run.write({"b": most * length, "r": length})


def _fitting(length):
    """How many lanes of a length a block takes, in whole vectors."""
    return _BLOCK // hint_of(length) // _LANES * _LANES


def _at_most(size, most):
    """The lesser one; of a symbolic size nothing is known."""
    return most if is_symbolic(size) else min(size, most)


class _Run:
    """One run along the dimension, in all lanes."""

    def __init__(self, k, kind, length, inner, total, reverse, buffers):
        self.k, self.kind, self.length, self.total = k, kind, length, total
        self.step = -inner if reverse else inner
        self.offset = (length - 1) * inner if reverse else 0
        self.x, *self.results = buffers

    def write(self, strides, at=None):
        """The loop, from the place of the first element."""
        k, where = self.k, {**strides, "i": self.step}
        first = _FIRST_INTEGER if self.total == "i64" else _FIRST
        total = k.declare("total", self.total, first[self.kind])
        place = k.declare("place", "i64", 0) if len(self.results) > 1 else None
        with k.loop("i", self.length):
            value = k.load(self.x, self.offset, at, **where)
            wide = k.cast(value, self.total)
            now = k.instruction(self.kind, total, wide)
            # stored before they are accumulated, from what was there before
            found = k.cast(now, WIDE[self.results[0].dtype])
            k.store(self.results[0], found, self.offset, at, **where)
            if place is not None:
                reached = k.or_(k.eq(value, now), k.ne(value, value))
                here = k.where(reached, k.index("i"), 0)
                k.store(self.results[1], k.max(place, here), self.offset, at, **where)
                k.accumulate(place, "max", here)
            k.accumulate(total, self.kind, wide)

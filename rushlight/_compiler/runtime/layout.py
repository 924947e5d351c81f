"""Layout: where every stored expression of a plan lives.

# Note [Bases]
# Memory is named by a base and a byte offset.  The bases of a plan are, in order: its
# inputs, its results (made at each run), the results of library calls (made by them),
# and one arena, which everything else shares (passes/memory.py).
"""

import math

import numpy as np

from rushlight._backends.numpy.pointers import address
from rushlight._base.sized import with_values
from rushlight._base.symint import is_symbolic
from rushlight._compiler.graph.expression import VIEWS
from rushlight._compiler.passes.domains import as_view, reads
from rushlight._compiler.passes.lower import label
from rushlight._compiler.passes.memory import (
    ALIGNMENT,
    bytes_of,
    numpy_dtype,
    plan_memory,
    plan_symbolic_memory,
)


class Scratch:
    """Memory that only a routine knows."""

    def __init__(self, shape, dtype):
        self.shape, self.dtype, self.size = shape, dtype, math.prod(shape)


class Layout:
    """The places of a fused graph.

    Attributes:
        places: {expression: (base, byte offset)}.
        results: for each output, and then each check, (source, shape, order), as
            `as_view` gives it.
        fresh: the expressions whose memory a run makes anew, by their bases.
        foreign: those whose memory a library call makes, likewise.
        whole_of: {part: the join that it is written into}.
        scratch: of routines: {routine: {name: Scratch}}.
        arena_bytes: of the arena; `arena_base` is its base, `count` how many bases
            there are.
    """

    def __init__(self, lowered, fused):
        self.stored = fused.stored
        self.items = [e for e in fused.stored if e.kind == "item"]
        joins = [e for e in fused.stored if e.kind == "join"]
        self.whole_of = {part: join for join in joins for part in join.args}
        self.results = [as_view(e) for e in (*lowered.outputs, *lowered.checks)]
        self.scratch = {}
        self.places = {e: (i, 0) for i, e in enumerate(lowered.inputs)}
        sources = dict.fromkeys(source for source, _, _ in self.results)
        self.fresh = [e for e in sources if e.kind != "input" and not is_foreign(e)]
        foreign = (e for e in self.items if is_foreign(e))
        self.foreign = sorted(foreign, key=lambda e: e.number)
        for e in (*self.fresh, *self.foreign):
            self.places[e] = len(self.places), 0
        self.arena_base = len(self.places)
        self.count = self.arena_base + 1
        lives = self._lives(fused)
        is_sized = any(is_symbolic(size) for size, _, _ in lives.values())
        arena = (plan_symbolic_memory if is_sized else plan_memory)(lives)
        for e, offset in arena.offsets.items():
            self.places[e] = self.arena_base, offset
        self.arena_bytes = arena.size

    def place(self, e):
        """The (base, byte offset) of an expression, or of the join it is part of."""
        return self.places[self.whole_of.get(e, e)]

    def has_place(self, e):
        """Whether anybody but the kernel that computes an expression needs it."""
        return self.whole_of.get(e, e) in self.places

    def _lives(self, fused):
        """{expression: (bytes, first unit, last unit)} of what goes to the arena."""
        lives, wanted = {}, [reads(unit, fused.stored) for unit in fused.units]
        elsewhere = {
            e
            for unit, found in zip(fused.units, wanted, strict=True)
            for e in found
            if e not in unit.members
        }
        for number, unit in enumerate(fused.units):
            for e in self._made(unit):
                is_kept = unit.kind == "group" and e not in elsewhere
                if e not in self.places and e not in lives and not is_kept:
                    lives[e] = [bytes_of(e), number, number]
            for e in wanted[number]:
                if e in lives:
                    lives[e][2] = number
        return lives

    def _made(self, unit):
        """What a unit writes to memory of the plan's; for a routine scratch too."""
        if unit.kind == "routine":
            (whole,) = unit.members
            items = [e for e in self.items if e.args[0] is whole]
            return [*items, *self._scratch_of(whole).values()]
        if unit.kind in ("library", "join"):
            return []
        return [self.whole_of.get(m, m) for m in unit.members]

    def _scratch_of(self, whole):
        """A routine's results that nobody reads, and its scratch memory."""
        routine, outputs = whole.data.routine, whole.data.node.outputs
        have = {e.data for e in self.items if e.args[0] is whole}
        names = self.scratch[whole] = {}
        for place, (name, value) in enumerate(zip(routine.outputs, outputs)):
            if place not in have:
                names[name] = Scratch(value.shape, label(value))
        for name, (dtype, elements) in routine.scratch.items():
            names[name] = Scratch((elements,), dtype)
        return names

    # --------------------------------------------------------------------- as arrays

    def view(self, e, held, values=()):
        """Stored memory, or views over it, as an array.

        Args:
            e: the expression.
            held: the arrays of all bases.
            values: of the symbols, where sizes are symbolic.
        """
        shape = with_values(e.shape, values) if values else e.shape
        if e in self.places:
            base, offset = self.places[e]
            array = held[base]
            if base == self.arena_base:
                offset = with_values(offset, values)
                end = offset + math.prod(shape) * numpy_dtype(e).itemsize
                array = array[offset:end].view(numpy_dtype(e))
            return array.reshape(shape)
        assert e.kind in VIEWS, e
        source = self.view(e.args[0], held, values)
        if e.kind == "permute":
            return source.transpose(e.data)
        if e.kind == "expand":
            return np.broadcast_to(source, shape)
        if e.kind == "reshape":
            return source.reshape(shape)
        starts, steps = with_values(e.data, values) if values else e.data
        parts = zip(starts, shape, steps, strict=True)
        return source[tuple([_part(*part) for part in parts])]


def new_arena(size):
    """So many bytes, from a place on that any kernel can read fast."""
    memory = np.empty(size + ALIGNMENT, np.uint8)
    start = -address(memory) % ALIGNMENT
    return memory[start : start + size]


def _part(start, count, step):
    """A slice of so many elements; the step may be negative."""
    stop = start + count * step
    return slice(start, stop if stop >= 0 else None, step)


def is_foreign(e):
    """Whether an expression's memory is made by a library call."""
    return e.kind == "item" and e.args[0].kind == "library"

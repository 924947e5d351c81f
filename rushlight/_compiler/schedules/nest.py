"""A group of anchors as a loop nest: the one schedule for everything but products.

# Note [Modes]
# The domain's axes are kept or reduced.  If the last one is reduced, *rows*: for each
# kept place, vector loops along the last axis, one for each stage.  If it is kept,
# *columns*: a vector loop along it, and the reduced axes as plain loops inside, with an
# accumulator in each lane.  Without reduced axes both are the same thing.

# Note [Stages]
# What depends on a reduction of the same group is computed a stage later, in another
# walk over the reduced axes.  Costly values that several stages need are kept in memory
# of the block's own, one row at a time.

# Note [Merging]
# Neighbouring axes become one where every access steps over them as over one; this is
# found by writing the nest once and looking at the places.  The inner axis grows, and
# the outer one goes: places no longer speak of it.
"""

import math
from dataclasses import dataclass

from rushlight._base.sized import is_same
from rushlight._base.symint import is_symbolic
from rushlight._compiler.passes.domains import operands
from rushlight._compiler.passes.repeats import COSTLY
from rushlight._compiler.schedules.maps import identity
from rushlight._compiler.schedules.writing import Writing

#: The longest run of one accumulator.
_RUN = 4096


@dataclass
class Axis:
    """One loop of the nest; `whole` is what runs of `size` cut, the last one short."""

    name: str
    size: int
    kept: bool
    whole: int | None = None


class Nest:
    """The kernel of a group.

    Attributes:
        kernel: a task of the loop language.
        buffers: the expression of each buffer that is not local, in order.
    """

    def __init__(self, unit, stored, written, name):
        self.unit, self.stored, self.written = unit, stored, written
        reduced = unit.reduced or ()
        self.axes = [
            Axis(f"a{d}", size, d not in reduced) for d, size in enumerate(unit.domain)
        ]
        self.extents, self.places = unit.axes(), unit.places()
        self.stages = {}
        draft = Writing(self, name, self.axes, set(), set())
        merged, gone = self._merge(draft)
        self.axes_written, spilled = self._split_long(merged), self._to_spill(draft)
        final = Writing(self, name, self.axes_written, gone, spilled)
        self.kernel, self.buffers = final.kernel, final.order

    def stage(self, e, index):
        """In which walk a value can be had (Note [Stages])."""
        if e in self.places and e.kind == "reduce":
            return self.stage_of_reduce(e)
        if e in self.stored and e not in self.places:
            return 0
        key = e, index
        if key not in self.stages:
            pairs = operands(e, index, self.extents, self.stored)
            self.stages[key] = max([self._after(a, i) for a, i in pairs], default=0)
        return self.stages[key]

    def _after(self, e, index):
        stage = self.stage(e, index)
        return stage + 1 if e in self.places and e.kind == "reduce" else stage

    def stage_of_reduce(self, e):
        """The walk that fills a reduction's accumulator."""
        key = e, None
        if key not in self.stages:
            source = e.args[0]
            index = identity(source.shape, self.extents)
            self.stages[key] = self._after(source, index)
        return self.stages[key]

    def _merge(self, draft):
        """Axes after Note [Merging], and the names of those that went."""
        merged, gone = [], set()
        for axis in self.axes:
            last = merged[-1] if merged else None
            if last and last.kept == axis.kept and self._is_one(draft, last, axis):
                merged[-1] = Axis(axis.name, last.size * axis.size, axis.kept)
                gone.add(last.name)
                draft.drop(last.name)
            else:
                merged.append(axis)
        return merged, gone

    def _is_one(self, draft, outer, inner):
        if outer.name in draft.positions or inner.name in draft.positions:
            return False
        return all(
            is_same(terms.get(outer.name, 0), terms.get(inner.name, 0) * inner.size)
            for terms in draft.terms
        )

    def _to_spill(self, draft):
        """Costly values that several stages compute (Note [Stages])."""
        if not self.axes or self.axes[-1].kept:
            return set()
        row = math.prod(a.size for a in self.axes if not a.kept)
        if is_symbolic(row) or row > 16384:
            return set()
        inner = {a.name for a in self.axes if not a.kept}
        return {
            (e, index)
            for (e, index), stages in draft.computed.items()
            if len(stages) > 1
            and e.kind in COSTLY
            and any(name in inner for _, terms in index for name, _ in terms)
        }

    def _split_long(self, axes):
        """A long last axis that is reduced, as runs of a length that divides it."""
        if not axes or axes[-1].kept:
            return axes
        last = axes[-1]
        if is_symbolic(last.size):
            runs = Axis(f"{last.name}r", -(-last.size // _RUN), False)
            return [*axes[:-1], runs, Axis(last.name, _RUN, False, last.size)]
        if last.size <= 2 * _RUN:
            return axes
        for run in range(_RUN, _RUN // 4, -16):
            if last.size % run == 0:
                return [
                    *axes[:-1],
                    Axis(f"{last.name}r", last.size // run, False),
                    Axis(last.name, run, False),
                ]
        return axes

"""Fuse: decide which expressions are stored, and which are computed in one kernel.

# Note [Anchors]
# Reductions, results, and operands of products and library calls have to be stored:
# they are *anchors*.  Everything else is computed where it is used, inside the kernels
# of the anchors that need it, again in each of them if need be; a costly one that
# several kernels use becomes an anchor itself (repeats.py).

# Note [Groups]
# Anchors with one domain (the shape that is walked, without sizes of 1) and the same
# reduced dimensions share a kernel, where that closes no cycle and each meets the
# others element by element.  So a softmax, a normalisation and their backwards are one
# kernel: rows are the kept dimensions, and what is computed for a whole row (a
# maximum, a mean) is at hand for the next stage.
"""

import math
from dataclasses import dataclass, field

from rushlight._compiler.graph.expression import ADDRESSLESS, VIEWS
from rushlight._compiler.passes.domains import (
    as_view,
    domain_of,
    finer,
    is_matrix,
    lacking,
    memory_of,
    operands,
    reachable,
    spread,
)
from rushlight._compiler.passes.repeats import costly_repeats
from rushlight._compiler.schedules.maps import (
    Apart,
    Misfit,
    identity,
    strides_in,
)

#: Expressions that have memory without being anchors.
OWN_MEMORY = frozenset({"input", "product", "item", "join"})
#: Anchors in one group.
_MOST = 24


@dataclass(eq=False)
class Unit:
    """Something that is run as a whole: a group, a product or a library call.

    Attributes:
        kind: "group", "product", "routine", "library", or "join" (nothing is left to
            do once the parts are written).
        members: its anchors, in order.
        domain: for a group, the shape that it walks, without sizes of 1.
        reduced: the dimensions of the domain that are reduced; None while none is.
        after: the units that must run before it, all of them.
    """

    kind: str
    members: list
    domain: tuple = ()
    reduced: tuple | None = None
    after: set = field(default_factory=set)

    @property
    def kept(self):
        """The sizes of the domain that are not reduced."""
        return tuple(
            [s for d, s in enumerate(self.domain) if d not in (self.reduced or ())]
        )

    def axes(self, kept_only=False):
        """{axis: size} of the domain, in order."""
        return {
            f"a{d}": size
            for d, size in enumerate(self.domain)
            if not (kept_only and d in (self.reduced or ()))
        }

    def is_whole(self, member):
        """Whether a member has a value for every element of the domain."""
        return member.kind != "reduce" and member.size == math.prod(self.domain)

    def places(self):
        """{member: its map}: where in the walk each has its elements.

        Raises:
            Apart: where one has none.
        """
        whole, kept = self.axes(), self.axes(kept_only=True)
        return {
            m: identity(m.shape, whole if self.is_whole(m) else kept)
            for m in self.members
        }


@dataclass
class Fused:
    """The units in an order in which they can run, and what has memory.

    Attributes:
        units: list of Unit.
        stored: set of expressions with memory: inputs, anchors, products, items.
    """

    units: list
    stored: set


def fuse(lowered):
    """Group a lowered graph.

    Args:
        lowered: Lowered.

    Returns:
        Fused.
    """
    forced = set()
    while True:
        try:
            found = _Fusion(lowered, forced).run()
        except Misfit as misfit:
            forced.add(misfit.source)
            continue
        more = costly_repeats(found.units, found.stored) - forced
        if not more:
            return found.result()
        forced |= more


class _Fusion:
    def __init__(self, lowered, forced):
        self.lowered, self.forced = lowered, forced
        self.live = reachable([*lowered.outputs, *lowered.draws, *lowered.checks])
        self.anchors = self._choose_anchors()
        self.stored = set(self.anchors) | {e for e in self.live if e.kind in OWN_MEMORY}
        self._settle_operands()
        self.unit_of, self.units = {}, []
        self.readers = {}  # stored expression -> groups that read it

    def _choose_anchors(self):
        """Expressions that must have memory of their own (Note [Anchors])."""
        anchors = set(self.forced)
        for e in self.live:
            if e.kind in ("reduce", "part") or (
                e.kind == "cast" and e.dtype in ("i32", "u8")
            ):
                anchors.add(e)
        for e in (*self.lowered.outputs, *self.lowered.checks):
            source, _, _ = as_view(e)
            if source.kind not in OWN_MEMORY:
                anchors.add(source)
        return anchors

    def _settle_operands(self):
        """Operands of products and library calls that have to be stored."""
        for e in self.live:
            if e.kind == "library":
                for arg in e.args:
                    source = arg
                    while source not in self.stored and source.kind in VIEWS:
                        source = source.args[0]
                    self._store(source)
            elif e.kind == "routine":
                for source in e.args:
                    while source not in self.stored and source.kind == "reshape":
                        source = source.args[0]
                    self._store(source)
            elif e.kind == "product":
                for arg in e.args:
                    if not self._is_matrix(arg):
                        self._store(arg)
            elif e.kind == "gather":
                self._store(memory_of(e.args[0]))
            elif e.kind == "place":
                for source in lacking(e, self.stored):
                    self._store(source)

    def _store(self, e):
        if e not in self.stored:
            self.stored.add(e)
            self.anchors.add(e)

    def _is_matrix(self, e):
        """Whether BLAS can read an operand where it lies."""
        found = strides_in(e, self.stored.__contains__)
        if found is None:
            source = e
            while source not in self.stored and source.kind in VIEWS:
                source = source.args[0]
            if source in self.stored or source.kind in ADDRESSLESS:
                return False
            self._store(source)
            found = strides_in(e, self.stored.__contains__)
            if found is None:
                return False
        _, _, strides = found
        return is_matrix(e.shape, strides)

    # -------------------------------------------------------------------------- groups

    def run(self):
        before_draw = None
        for e in self.live:
            if e.kind == "product":
                self._add(Unit("product", [e]), self.sources(e))
            elif e.kind == "join":
                self._add(Unit("join", [e]), e.args)
            elif e.kind in ("library", "routine"):
                unit = Unit(e.kind, [e])
                self._add(unit, self.sources(e))
                if e in self.lowered.draws:
                    if before_draw is not None:
                        self._follow(unit, before_draw)
                    before_draw = unit
            elif e.kind == "item":
                self.unit_of[e] = self.unit_of[e.args[0]]
            elif e in self.anchors:
                self._place(e)
        return self

    def sources(self, e):
        """The stored expressions that an anchor reads."""
        found, stack, seen = set(), list(e.args), set()
        while stack:
            arg = stack.pop()
            if arg in seen:
                continue
            seen.add(arg)
            if arg in self.stored or arg.kind in ("library", "routine"):
                found.add(arg)
            else:
                stack.extend(arg.args)
        return found

    def _add(self, unit, sources):
        self.units.append(unit)
        for member in unit.members:
            self.unit_of[member] = unit
        for source in sources:
            if source in self.unit_of:
                self._follow(unit, self.unit_of[source])

    def _follow(self, unit, other):
        if other is not unit:
            unit.after |= {other, *other.after}

    def _place(self, anchor):
        """Join a group, or begin one (Note [Groups])."""
        sources = self.sources(anchor)
        domain, reduced = domain_of(anchor)
        for unit in self._candidates(sources):
            if self._joins(unit, anchor, sources, domain, reduced):
                unit.members.append(anchor)
                self.unit_of[anchor] = unit
                added = {self.unit_of[s] for s in sources if s in self.unit_of}
                for other in added:
                    self._follow(unit, other)
                for other in self.units:  # who came after it comes after these too
                    if unit in other.after:
                        other.after |= unit.after
                break
        else:
            unit = Unit("group", [anchor], domain, reduced)
            self._check(unit, anchor)
            self._add(unit, sources)
        for source in sources:
            self.readers.setdefault(source, []).append(unit)

    def _candidates(self, sources):
        """Groups that make what an anchor reads, then those that read it too."""
        found = []
        for source in sorted(sources, key=lambda s: -s.number):
            found.append(self.unit_of.get(source))
        for source in sources:
            found += self.readers.get(source, ())
        unique = dict.fromkeys(u for u in found if u is not None and u.kind == "group")
        return list(unique)

    def _joins(self, unit, anchor, sources, domain, reduced):
        if len(unit.members) >= _MOST:
            return False
        joined = self._joined(unit, anchor, domain, reduced)
        if joined is None:
            return False
        if reduced and not unit.reduced and not self._reads_or_shares(unit, sources):
            return False
        others = {self.unit_of[s] for s in sources if s in self.unit_of} - {unit}
        if any(unit in other.after for other in others):
            return False
        same = (joined.domain, joined.reduced) == (unit.domain, unit.reduced)
        try:
            for member in [anchor] if same else joined.members:
                self._check(joined, member)
        except (Misfit, Apart):
            return False
        unit.domain, unit.reduced = joined.domain, joined.reduced
        return True

    def _joined(self, unit, anchor, domain, reduced):
        """The group with an anchor more, if their domains agree; else None."""
        joined = Unit("group", [*unit.members, anchor])
        common = finer(domain, unit.domain)
        if common is not None:
            joined.domain = common
            mine = spread(unit.reduced, unit.domain, common)
            theirs = spread(reduced, domain, common)
            if mine and theirs and mine != theirs:
                return None
            joined.reduced = mine or theirs
            return joined
        if unit.reduced and not reduced and finer(domain, unit.kept) == unit.kept:
            joined.domain, joined.reduced = unit.domain, unit.reduced
            return joined
        return None

    def _reads_or_shares(self, unit, sources):
        return any(
            self.unit_of.get(s) is unit or unit in self.readers.get(s, ())
            for s in sources
        )

    def _check(self, unit, anchor):
        """Raise Misfit or Apart where an anchor does not fit into a group."""
        extents, places = unit.axes(), unit.places()
        stack, seen = [], set()
        if anchor.kind == "reduce":
            stack.append((anchor.args[0], identity(anchor.args[0].shape, extents)))
        else:
            stack += self._operands(anchor, places[anchor], extents)
        while stack:
            e, index = stack.pop()
            if (e, index) in seen:
                continue
            seen.add((e, index))
            if e in places:
                if places[e] != index:
                    raise Apart
            elif e not in self.stored:
                stack += self._operands(e, index, extents)

    def _operands(self, e, index, extents):
        return operands(e, index, extents, self.stored)

    # ------------------------------------------------------------------------- results

    def result(self):
        units, done, waiting = [], set(), list(self.units)
        while waiting:
            ready = [u for u in waiting if u.after <= done]
            assert ready, "a cycle of units"
            units.append(ready[0])
            done.add(ready[0])
            waiting.remove(ready[0])
        return Fused(units, self.stored)

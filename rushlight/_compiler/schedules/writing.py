"""Writing: one writing of a nest by the builder (Notes in nest.py)."""

import math
from contextlib import contextmanager

from rushlight._base.sized import is_multiple
from rushlight._base.symint import hint_of
from rushlight._compiler.graph.expression import POINTWISE
from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.ir import LOGICAL, WIDE, Index, Instruction
from rushlight._compiler.passes.domains import memory_of, operands, placed
from rushlight._compiler.schedules.blocks import rows_of_block, width_of_block
from rushlight._compiler.schedules.maps import flat, identity

_START = {"add": -0.0, "mul": 1.0, "max": -math.inf, "min": math.inf}
_INTEGER_START = {"add": 0, "mul": 1, "max": -(2**63), "min": 2**63 - 1}


class Writing:
    """One writing of the nest by the builder."""

    def __init__(self, nest, name, axes, gone, spilled):
        self.nest, self.axes, self.gone, self.spilled = nest, axes, gone, spilled
        self.k = Builder(name)
        self.buffers, self.order, self.locals = {}, [], {}
        self.terms, self.positions, self.computed = [], set(), {}
        self.accumulators, self.in_memory = {}, set()
        self.memo = {}
        self.blocked = {}  # axis -> (block index, index inside, block size)
        self._now = 0
        self._write()
        self.kernel = self.k.kernel()

    # ---------------------------------------------------------------------- structure

    def _write(self):
        members = self.nest.unit.members
        self.whole = [m for m in members if self.nest.unit.is_whole(m)]
        self.rows = [m for m in members if not self.nest.unit.is_whole(m)]
        self.last = 0
        for m in members:
            if m.kind == "reduce":
                stage = self.nest.stage_of_reduce(m)
            else:
                stage = self.nest.stage(m, self.nest.places[m])
            self.last = max(self.last, stage)
        for e in self._buffers_in_order():
            self._buffer(e)
        if self.axes and self.axes[-1].kept:
            self._columns()
        else:
            self._over_kept([a for a in self.axes if a.kept], self._row)

    def _buffers_in_order(self):
        """Stored expressions that are read, then those that are written."""
        found, stack, seen = [], [], set()
        for m in self.nest.unit.members:
            stack += list(m.args)
        while stack:
            e = stack.pop()
            if e in seen:
                continue
            seen.add(e)
            if e in self.nest.stored:
                if e not in self.nest.places:
                    found.append(e)
            else:
                stack.extend(e.args)
        found.sort(key=lambda e: e.number)
        return found + [m for m in self.nest.unit.members if m in self.nest.written]

    def _buffer(self, e):
        written = e in self.nest.places
        name = f"b{len(self.order)}"
        size = math.prod(e.data[0]) if e.kind == "part" else e.size
        self.buffers[e] = self.k.buffer(name, e.dtype, max(1, size), written)
        self.order.append(e)

    def _over_kept(self, kept, body):
        """Blocks of the longest kept axis, the other kept axes inside, then body."""
        if not kept:
            with self.k.loop("b", 1, parallel=True):
                body()
            return
        longest = max(kept, key=lambda a: hint_of(a.size))
        rows = rows_of_block(self.axes, longest)
        with self._blocks(longest, rows) as extent, self.k.loop(longest.name, extent):
            self._loops([a for a in kept if a is not longest], body)

    @contextmanager
    def _blocks(self, axis, rows):
        """The parallel loop over blocks of an axis; gives the extent inside."""
        with self.k.loop("b", -(-axis.size // rows), parallel=True):
            self.blocked[axis.name] = "b", rows
            even = is_multiple(axis.size, rows)
            yield rows if even else self._rest(axis.size, Index("b"), rows)

    def _loops(self, axes, body):
        if not axes:
            body()
            return
        with self.k.loop(axes[0].name, axes[0].size):
            self._loops(axes[1:], body)

    def _row(self):
        """One kept place: the stages, as vector loops along the last axis."""
        reduced = [a for a in self.axes if not a.kept]
        self.memo = {}
        for stage in range(self.last + 1):
            if self._is_idle(stage):
                continue
            self._declare(stage)
            if reduced:
                self._loops(reduced[:-1], lambda s=stage: self._walk(reduced[-1], s))
            else:
                self._inside(stage)
        self.memo = {}
        self._store_rows()

    def _walk(self, axis, stage):
        extent = axis.size
        if axis.whole is not None:
            extent = self._rest(axis.whole, Index(f"{axis.name}r"), axis.size)
        with self.k.loop(axis.name, extent, vector=True):
            self._inside(stage)

    def _rest(self, whole, number, size):
        """The extent of one of the runs of a size that cut a whole."""
        k = self.k
        return k.min(k.sub(k.const(whole, "i64"), k.mul(number, size)), size)

    def _columns(self):
        """Vector loops along the last axis, which is kept (Note [Modes])."""
        kept = [a for a in self.axes if a.kept]
        reduced = [a for a in self.axes if not a.kept]
        lanes = kept[-1]
        others = [a for a in kept if a is not lanes]
        longest = max(others, key=lambda a: hint_of(a.size), default=None)
        width = width_of_block(lanes, reduced)
        pieces = -(-hint_of(lanes.size) // width)
        if longest is not None and hint_of(longest.size) > pieces:
            rest = [a for a in others if a is not longest]
            with self._blocks(longest, rows_of_block(self.axes, longest)) as extent:
                with self.k.loop(longest.name, extent):
                    self._loops(rest, lambda: self._column(lanes, lanes.size, reduced))
        else:
            with self._blocks(lanes, width) as extent:
                self._loops(others, lambda: self._column(lanes, extent, reduced))

    def _column(self, axis, extent, reduced):
        lanes = 16
        if reduced and type(extent) is int and extent > 16:
            lanes = 32 if extent <= 32 else 64
        self.memo = {}
        with self.k.loop(axis.name, extent, vector=True, lanes=lanes):
            for stage in range(self.last + 1):
                if reduced and self._is_idle(stage):
                    continue
                self._declare(stage)
                self._loops(reduced, lambda s=stage: self._inside(s))
            self.memo = {}
            self._store_rows()

    # ------------------------------------------------------------------------- contents

    def _is_idle(self, stage):
        return not self._reductions(stage) and not self._stores(stage)

    def _reductions(self, stage):
        return [
            m
            for m in self.rows
            if m.kind == "reduce" and self.nest.stage_of_reduce(m) == stage
        ]

    def _stores(self, stage):
        return [
            m
            for m in self.whole
            if m in self.nest.written
            and self.nest.stage(m, self.nest.places[m]) == stage
        ]

    def _declare(self, stage):
        for m in self._reductions(stage):
            starts = _INTEGER_START if m.dtype == "i64" else _START
            name = f"r{len(self.accumulators)}"
            start = starts[m.data[0]]
            self.accumulators[m] = self.k.declare(name, WIDE[m.dtype], start)

    def _inside(self, stage):
        """The innermost body of a stage."""
        self._now, self.memo = stage, {}
        for m in self._reductions(stage):
            source = m.args[0]
            value = self.value(source, identity(source.shape, self.nest.extents))
            self.k.accumulate(self.accumulators[m], m.data[0], value)
        for m in self._stores(stage):
            value = self.value(m, self.nest.places[m])
            self._store(m, value)
        if self.spilled:
            self._spill(stage)

    def _spill(self, stage):
        for key in sorted(self.spilled, key=lambda k: k[0].number):
            if key in self.memo and key not in self.locals:
                row = math.prod(a.size for a in self.axes if not a.kept)
                buffer = self.k.local(f"s{len(self.locals)}", key[0].dtype, row)
                self.locals[key] = buffer, stage
                self.k.store(buffer, self.memo[key], **self._row_strides())

    def _row_strides(self):
        strides, stride = {}, 1
        for axis in reversed([a for a in self.axes if not a.kept]):
            strides[axis.name] = stride
            stride *= axis.size
        return strides

    def _store_rows(self):
        """Stores of what has one value for each kept place."""
        self._now = self.last + 1
        for m in self.rows:
            if m in self.nest.written:
                if m.kind == "reduce":
                    value = self.accumulators[m]
                else:
                    value = self.value(m, self.nest.places[m])
                self._store(m, value)

    def _store(self, m, value):
        shape, index = m.shape, self.nest.places[m]
        if m.kind == "part":  # its place in the whole
            shape, dim, start, _ = m.data
            moved = index[dim][0] + start, index[dim][1]
            index = (*index[:dim], moved, *index[dim + 1 :])
        offset, terms = flat(shape, index)
        self.k.store(self.buffers[m], value, offset, **self._strides(terms))

    # --------------------------------------------------------------------------- values

    def value(self, e, index):
        """An expression's value at a map, in the present body."""
        key = e, index
        if key not in self.memo:
            self.memo[key] = self._evaluate(e, index, key)
        return self.memo[key]

    def _evaluate(self, e, index, key):
        nest = self.nest
        if e in self.accumulators:
            return self.accumulators[e]
        if key in self.locals and self.locals[key][1] < self._now:
            return self.k.load(self.locals[key][0], **self._row_strides())
        if e in nest.stored and e not in nest.places:
            offset, terms = flat(e.shape, index)
            return self.k.load(self.buffers[e], offset, **self._strides(terms))
        if e.kind == "const":
            return self.k.const(e.data.value, WIDE[e.dtype])
        if e.kind == "number":
            return self.k.const(e.data, WIDE[e.dtype])
        if e.kind == "iota":
            return self._position(*index[e.data])
        if e.kind == "gather":
            return self._gather(e, index)
        if e.kind == "place":
            return self._place(e, index)
        pairs = operands(e, index, nest.extents, nest.stored)
        values = [self.value(*pair) for pair in pairs]
        if e.kind not in POINTWISE:  # a view
            return values[0]
        self.computed.setdefault(key, set()).add(self._now)
        if e.kind == "cast":
            return self.k.cast(values[0], WIDE[e.dtype])
        if e.kind in LOGICAL:
            return Instruction(e.kind, tuple(values), "bool")
        return self.k.instruction(e.kind, *values)

    def _gather(self, e, index):
        table, rows = e.args
        row = self.value(rows, index[: rows.ndim])
        width = math.prod(table.shape[1:])
        offset, terms = flat(table.shape[1:], index[rows.ndim :])
        place = self.k.mul(row, width)
        buffer = self.buffers[memory_of(table)]
        return self.k.load(buffer, offset, at=place, **self._strides(terms))

    def _place(self, e, index):
        """Zero but where the source lies."""
        k, (source, offset, terms, bounds) = (
            self.k,
            placed(e, index, self.nest.stored),
        )
        at, conditions = None, []
        for position, size, step, stride in bounds:
            value = self._position(*position)
            if step > 1:
                conditions.append(k.eq(k.remainder(value, step), 0))
                value = k.floordiv(value, step)
                more = k.mul(value, stride)
                at = more if at is None else k.add(at, more)
            conditions += [k.le(k.const(0, "i64"), value), k.lt(value, size)]
        inside = conditions[0] if conditions else None  # it lies everywhere
        for condition in conditions[1:]:
            inside = k.and_(inside, condition)
        strides = self._strides(terms)
        return k.load(self.buffers[source], offset, at, inside, **strides)

    def _position(self, offset, terms):
        """An affine form of axes as an i64 value."""
        value = self.k.const(offset, "i64")
        for name, step in terms:
            self.positions.add(name)
            for index, factor in self._indices(name, step):
                value = self.k.add(value, self.k.mul(Index(index), factor))
        return value

    def _strides(self, terms):
        """{loop index: step} of {axis of the domain: step}."""
        self.terms.append(terms)
        strides = {}
        for name, step in terms.items():
            for index, factor in self._indices(name, step):
                strides[index] = strides.get(index, 0) + factor
        return {index: step for index, step in strides.items() if step}

    def _indices(self, name, step):
        """A domain's axis with a step, as loop indices (Note [Merging])."""
        if name in self.gone:
            return
        if name in self.blocked:
            block, rows = self.blocked[name]
            yield block, step * rows
        split = next((a for a in self.axes if a.name == f"{name}r"), None)
        if split is not None:
            run = next(a for a in self.axes if a.name == name)
            yield split.name, step * run.size
        yield name, step

    def drop(self, axis):
        """Let the collected places speak no more of an axis that is part of another."""
        for terms in self.terms:
            terms.pop(axis, None)

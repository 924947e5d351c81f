"""Assemble: the units of a fused graph as steps of machine code, and library calls."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from rushlight._base.sized import with_values
from rushlight._base.symint import hint_of
from rushlight._compiler.graph.interpreter import run_node
from rushlight._compiler.graph.ir import Value
from rushlight._compiler.passes.domains import reads
from rushlight._compiler.passes.memory import bytes_of, numpy_dtype
from rushlight._compiler.runtime.gemm import as_operand, gemm_step
from rushlight._compiler.runtime.program import Program, Step
from rushlight._compiler.runtime.steps import task_step
from rushlight._compiler.runtime.symbolic import SymbolicProgram
from rushlight._compiler.schedules.maps import strides_in
from rushlight._compiler.schedules.repeated import nest_of
from rushlight._core.state import GRAD_MODE
from rushlight._core.tensor import wrap


@dataclass
class Piece:
    """One thing that a plan does, for whoever reads about it.

    Attributes:
        kind: "nest", "product", "routine" or "library".
        text: what is computed.
        bytes, flops: what it reads and writes, and computes.
        run: a `Step`, or a `LibraryCall`.
        kernel: its kernel of the loop language, or None.
    """

    kind: str
    text: str
    bytes: int
    flops: int
    run: Any
    kernel: Any = None


class Assembly:
    """The pieces of a fused graph, in the order in which they run.

    Args:
        fused: the units.
        layout: where everything lives.
        sizes: the `Sizes` of formulas, or None.

    Attributes:
        pieces: list of Piece.
    """

    def __init__(self, fused, layout, sizes=None):
        self.sizes = sizes
        self.layout, self.stored = layout, fused.stored
        self.pieces = []
        for number, unit in enumerate(fused.units):
            if unit.kind == "group":
                self._nest(unit)
            elif unit.kind == "product":
                self._product(unit)
            elif unit.kind == "routine":
                self._routine(unit, number)
            elif unit.kind == "library":
                call = LibraryCall(layout, unit.members[0])
                self._add("library", call.node.op.name, unit, 0, call)

    def parts(self):
        """Programs of neighbouring steps, and the library calls between them."""
        steps = []
        for piece in self.pieces:
            if piece.run.__class__ is Step:
                steps.append(piece.run)
                continue
            if steps:
                yield self.program(steps)
            steps = []
            yield piece.run
        if steps:
            yield self.program(steps)

    def program(self, steps):
        """The program of some steps."""
        if self.sizes is None:
            return Program(steps, bases=self.layout.count)
        return SymbolicProgram(steps, self.sizes, self.layout.count)

    def _add(self, kind, text, unit, flops, run, kernel=None):
        written = [m for m in unit.members if m in self.stored]
        moved = [e for e in reads(unit, self.stored) if e in self.stored] + written
        size = sum(hint_of(bytes_of(e)) for e in moved if e.dtype != "none")
        self.pieces.append(Piece(kind, text, size, hint_of(flops), run, kernel))

    def _nest(self, unit):
        """A group as a step."""
        written = {m for m in unit.members if self.layout.has_place(m)}
        kernel, buffers = nest_of(unit, self.stored, written)
        places = [self.layout.place(e) for e in buffers]
        step = task_step(kernel, places)
        kinds = dict.fromkeys(_inside(unit, self.stored))
        size = math.prod(map(hint_of, unit.domain))
        flops = sum(kind not in FREE for kind in kinds) * size
        self._add("nest", " ".join(kinds), unit, flops, step, kernel)

    def _routine(self, unit, number):
        """A routine's tasks as steps."""
        (whole,), layout = unit.members, self.layout
        routine = whole.data.routine
        places = {n: layout.places[e] for n, e in layout.scratch[whole].items()}
        operands = zip(routine.inputs, whole.args, whole.data.offsets, strict=True)
        for name, arg, offset in operands:
            source, more, _ = strides_in(arg, self.stored.__contains__)
            base, start = layout.places[source]
            places[name] = base, start + (offset + more) * numpy_dtype(arg).itemsize
        for e in layout.items:
            if e.args[0] is whole and e.data < len(routine.outputs):
                places[routine.outputs[e.data]] = layout.places[e]
        for task in routine.tasks:
            at = [places[name] for name in task.buffers]
            step = task_step(task.kernel, at, (number, task.group))
            name = f"{whole.data.node.op.name}: {task.kernel.name}"
            self._add("routine", name, unit, 0, step, task.kernel)

    def _product(self, unit):
        """A matrix product as a step."""
        (e,) = unit.members
        (a, b), (batch, m, n), k = e.args, e.shape, e.args[0].shape[-1]
        options, places = {}, []
        for name, operand in (("a", a), ("b", b)):
            source, offset, steps = strides_in(operand, self.stored.__contains__)
            base, start = self.layout.places[source]
            places.append((base, start + offset * numpy_dtype(e).itemsize))
            options |= as_operand(name, operand.shape, steps)
        place = self.layout.places[e]
        step = gemm_step(e.dtype, *places, place, m, n, k, batch=batch, **options)
        text = (
            f"{batch} x ({m}, {k}) ({k}, {n})"
            if batch > 1
            else f"({m}, {k}) ({k}, {n})"
        )
        self._add("product", text, unit, 2 * batch * m * n * k, step)


#: Kinds of expressions that compute nothing.
FREE = frozenset("permute reshape expand slice const number iota part cast".split())


def _inside(unit, stored):
    """The kinds of what a group computes, in order."""
    found, stack = set(unit.members), [a for m in unit.members for a in m.args]
    while stack:
        e = stack.pop()
        if e not in found and e not in stored:
            found.add(e)
            stack.extend(e.args)
    ordered = sorted(found, key=lambda e: e.number)
    return [e.data[0] if e.kind == "reduce" else e.kind for e in ordered]


class LibraryCall:
    """An op that is run by its eager rule.

    Attributes:
        node: of the graph.
    """

    def __init__(self, layout, e):
        self.layout, self.e, self.node = layout, e, e.data.node
        self._values, self._bound = (), self.node
        items = [item for item in layout.foreign if item.args[0] is e]
        self.items = [(item.data, layout.places[item][0]) for item in items]

    def bind(self, values):
        """Run it for these values of the symbols from now on."""
        self._values, self._bound = values, self.node.with_values(values)

    def run_on(self, held):
        """Compute its results and enter them among the arrays."""
        values = self._values
        args = iter([self.layout.view(a, held, values) for a in self.e.args])
        inputs = [
            wrap(_own(next(args), i))
            if i.__class__ is Value
            else with_values(i, values)
            for i in self.node.inputs
        ]
        token = GRAD_MODE.set(False)
        try:
            results = run_node(self._bound, inputs)
        finally:
            GRAD_MODE.reset(token)
        for place, base in self.items:
            array = results[place]._array
            if not array.flags.c_contiguous:
                array = np.ascontiguousarray(array)
            held[base] = array


def _own(array, value):
    """An array with memory for each element, unless it stands for a view.

    What is one number everywhere has no memory of its own in machine code, but rules
    may go by how memory lies, as those of random numbers do.
    """
    is_view = value.node is None or value.node.op.view
    return array if is_view or 0 not in array.strides else np.ascontiguousarray(array)

"""Plan: a graph made ready to run: programs of machine code, library calls between.

# Note [Memory of a plan]
# Results get memory of their own at each run; what lives between the units shares one
# arena, made once.  So a plan is run by one thread at a time.
"""

import math
import threading

import numpy as np

from rushlight._backends.numpy.pointers import address
from rushlight._compiler.graph.expression import VIEWS
from rushlight._compiler.graph.interpreter import run_graph, run_node
from rushlight._compiler.loops.queries import product_dtypes
from rushlight._compiler.passes.fuse import as_view, fuse
from rushlight._compiler.passes.lower import label, lower_graph
from rushlight._compiler.passes.memory import bytes_of, numpy_dtype, plan_memory
from rushlight._compiler.runtime import blas
from rushlight._compiler.runtime.kernel import native_kernel
from rushlight._compiler.runtime.program import LOCAL, STATIC, Program, Step
from rushlight._compiler.schedules.maps import strides_in
from rushlight._compiler.schedules.nest import Nest
from rushlight._core.state import GRAD_MODE
from rushlight._core.tensor import wrap


class Plan:
    """Runs a graph; its results share no memory with its inputs.

    Attributes:
        graph: what is run.
        kernels: the kernels of the loop language, in order.
        library: {op name: how often its eager rule is called}.
    """

    def __init__(self, graph, arrays=None):
        self.graph, self.kernels = graph, []
        self.orders = [order_of(a) for a in arrays] if arrays else None
        lowered = lower_graph(graph, self.orders)
        self.library = lowered.library
        fused = fuse(lowered)
        self._lock = threading.Lock()
        self._lay_out(lowered, fused)
        self.parts = list(self._parts(fused))

    # ------------------------------------------------------------------------ the memory

    def _lay_out(self, lowered, fused):
        """Give every stored expression a base and an offset."""
        self.inputs = lowered.inputs
        self.places = {e: (i, 0) for i, e in enumerate(lowered.inputs)}
        self.items = [e for e in fused.stored if e.kind == "item"]
        self.scratch = {}  # of routines: {name: _Scratch}
        self.fresh = []  # (expression) of each base that a run makes
        self.results = [as_view(e) for e in lowered.outputs]
        items = [e for e in fused.stored if is_foreign(e)]
        base = len(lowered.inputs)
        owned = []
        for source, _, _ in self.results:
            is_ours = source.kind != "input" and not is_foreign(source)
            if is_ours and source not in owned:
                owned.append(source)
        for e in owned:
            self.places[e] = base + len(self.fresh), 0
            self.fresh.append(e)
        base += len(self.fresh)
        self.item_base = {}
        for number, e in enumerate(sorted(items, key=lambda e: e.number)):
            self.places[e] = self.item_base[e] = base + number, 0
        base += len(items)
        self.arena_base = base
        arena = plan_memory(self._lives(fused))
        for e, offset in arena.offsets.items():
            self.places[e] = base, offset
        self.arena = np.empty(arena.size + 64, np.uint8)
        start = -address(self.arena) % 64
        self.arena = self.arena[start : start + arena.size]
        self.count = base + 1

    def _lives(self, fused):
        """{expression: (bytes, first unit, last unit)} of what goes to the arena."""
        lives = {}
        joins = [e for e in fused.stored if e.kind == "join"]
        self.whole_of = {part: join for join in joins for part in join.args}
        for number, unit in enumerate(fused.units):
            for e in self._made(unit, fused.stored):
                if e not in self.places and e not in lives:
                    lives[e] = [bytes_of(e), number, number]
            for e in reads(unit, fused.stored):
                if e in lives:
                    lives[e][2] = number
        return lives

    def _made(self, unit, stored):
        """What a unit writes to memory of the plan's; for a routine scratch too."""
        if unit.kind == "routine":
            (whole,) = unit.members
            items = [e for e in stored if e.kind == "item" and e.args[0] is whole]
            return [*items, *self._scratch_of(whole)]
        if unit.kind in ("library", "join"):
            return []
        return [self.whole_of.get(m, m) for m in unit.members]

    def _scratch_of(self, whole):
        """A routine's results that nobody reads, and its scratch memory."""
        if whole not in self.scratch:
            routine, outputs = whole.data.routine, whole.data.node.outputs
            named = dict(zip(routine.outputs, outputs, strict=False))
            have = {e.data for e in self.items if e.args[0] is whole}
            names = {}
            for place, (name, value) in enumerate(named.items()):
                if place not in have:
                    names[name] = _Scratch(value.shape, label(value))
            for name, (dtype, elements) in routine.scratch.items():
                names[name] = _Scratch((elements,), dtype)
            self.scratch[whole] = names
        return list(self.scratch[whole].values())

    # ------------------------------------------------------------------------- the parts

    def _parts(self, fused):
        """Programs of neighbouring native units, and library calls between them."""
        steps = []
        for number, unit in enumerate(fused.units):
            if unit.kind == "library":
                if steps:
                    yield self._program(steps)
                    steps = []
                yield _LibraryCall(self, unit.members[0], fused.stored)
            elif unit.kind == "product":
                steps.append(self._product(unit.members[0], fused.stored))
            elif unit.kind == "routine":
                steps += self._routine(unit.members[0], fused.stored, number)
            elif unit.kind == "group":
                steps.append(self._nest(unit, fused))
        if steps:
            yield self._program(steps)

    def _program(self, steps):
        return Program(steps, bases=self.count)

    def _nest(self, unit, fused):
        """A group as a step."""
        home = self.whole_of
        written = {m for m in unit.members if home.get(m, m) in self.places}
        nest = Nest(unit, fused.stored, written, "nest")
        self.kernels.append(nest.kernel)
        places = [self.places[home.get(e, e)] for e in nest.buffers]
        return self.step(nest.kernel, places)

    def _routine(self, whole, stored, number):
        """A routine's tasks as steps."""
        routine = whole.data.routine
        places = {n: self.places[e] for n, e in self.scratch[whole].items()}
        for name, arg in zip(routine.inputs, whole.args, strict=True):
            source, offset, _ = strides_in(arg, stored.__contains__)
            base, start = self.places[source]
            places[name] = base, start + offset * numpy_dtype(arg).itemsize
        for e in self.items:
            if e.args[0] is whole and e.data < len(routine.outputs):
                places[routine.outputs[e.data]] = self.places[e]
        for task in routine.tasks:
            self.kernels.append(task.kernel)
            at = [places[name] for name in task.buffers]
            yield self.step(task.kernel, at, (number, task.group))

    def step(self, kernel, places, group=None):
        """A task as a step, on buffers at places."""
        native = native_kernel(kernel)
        args = list(places)
        if kernel.local_bytes:
            args.append((LOCAL, 0))
        args += [(STATIC, blas.address(dtype)) for dtype in product_dtypes(kernel)]
        blocks = kernel.body[0].extent
        return Step(native.address, args, blocks, group, kernel.local_bytes, native)

    def _product(self, e, stored):
        """A matrix product as a step."""
        (a, b), (batch, m, n), k = e.args, e.shape, e.args[0].shape[-1]
        size = 4 if e.dtype == "f32" else 8
        options, places = {}, []
        for name, operand in (("a", a), ("b", b)):
            source, offset, (far, down, right) = strides_in(
                operand, stored.__contains__
            )
            rows, columns = operand.shape[1:]
            base, start = self.places[source]
            places.append((base, start + offset * size))
            turned = not (right == 1 or columns == 1) or (down < columns and rows > 1)
            options[f"transpose_{name}"] = turned
            step = right if turned else down
            least = rows if turned else columns
            options[f"ld{name}"] = max(step, least)
            options[f"stride_{name}"] = 0 if operand.shape[0] == 1 else far
        place = self.places[e]
        return blas.gemm_step(e.dtype, *places, place, m, n, k, batch=batch, **options)

    # --------------------------------------------------------------------------- running

    def run(self, arrays):
        """The outputs' arrays, from the inputs'."""
        arrays = [
            a if a.flags.c_contiguous and not order else _laid(a, order)
            for a, order in zip(arrays, self.orders or [None] * len(arrays))
        ]
        with self._lock:
            fresh = [np.empty(e.shape, numpy_dtype(e)) for e in self.fresh]
            held = [*arrays, *fresh, *([None] * len(self.item_base)), self.arena]
            bases = [0 if a is None else address(a) for a in held]
            for part in self.parts:
                if part.__class__ is Program:
                    part.run(bases)
                else:
                    part.run(held, bases)
        return self._collect(held)

    def _collect(self, held):
        found, given = [], set()
        for e, shape, order in self.results:
            base, _ = self.places[e]
            array = held[base]
            if e.kind == "input" or base in given or not _is_own(array):
                array = array.copy()
            given.add(base)
            array = array.reshape(shape)
            found.append(array.transpose(order) if len(order) > 1 else array)
        return found

    def view(self, e, stored, held):
        """An expression of stored memory and views over it, as an array."""
        if e in stored or e.kind == "input":
            base, offset = self.places[e]
            array = held[base]
            if base == self.arena_base:
                array = array[offset : offset + bytes_of(e)].view(numpy_dtype(e))
            return array.reshape(e.shape)
        assert e.kind in VIEWS
        source = self.view(e.args[0], stored, held)
        if e.kind == "permute":
            return source.transpose(e.data)
        if e.kind == "expand":
            return np.broadcast_to(source, e.shape)
        if e.kind == "reshape":
            return source.reshape(e.shape)
        starts, steps = e.data
        return source[
            tuple(
                slice(start, start + (size - 1) * step + 1, step)
                for start, size, step in zip(starts, e.shape, steps, strict=True)
            )
        ]


class _LibraryCall:
    """An op run by its eager rule."""

    def __init__(self, plan, e, stored):
        self.plan, self.e, self.stored = plan, e, stored
        self.node = e.data.node
        items = [item for item in plan.item_base if item.args[0] is e]
        self.items = [(item.data, plan.item_base[item][0]) for item in items]

    def run(self, held, bases):
        args = iter([self.plan.view(a, self.stored, held) for a in self.e.args])
        inputs = [
            wrap(next(args)) if hasattr(i, "spec") else i for i in self.node.inputs
        ]
        token = GRAD_MODE.set(False)
        try:
            results = run_node(self.node, inputs)
        finally:
            GRAD_MODE.reset(token)
        for place, base in self.items:
            array = results[place]._array
            if not array.flags.c_contiguous:
                array = np.ascontiguousarray(array)
            held[base], bases[base] = array, address(array)


class InterpretedPlan:
    """Runs a graph node by node, where there is no llvmlite."""

    def __init__(self, graph):
        self.graph = graph

    def run(self, arrays):
        """The outputs' arrays, from the inputs'."""
        found = run_graph(self.graph, arrays)
        return [np.array(array) for array in found]


def reads(unit, stored):
    """The stored expressions that a unit reads."""
    found, stack = set(), [a for m in unit.members for a in m.args]
    while stack:
        e = stack.pop()
        if e not in found and e not in stored:
            stack.extend(e.args)
        found.add(e)
    return found


def order_of(array):
    """The order in which an array's dimensions lie in memory; None for their own."""
    if array.flags.c_contiguous or array.ndim < 2:
        return None
    order = tuple(sorted(range(array.ndim), key=lambda d: -array.strides[d]))
    return order if array.transpose(order).flags.c_contiguous else None


def _laid(array, order):
    """An array's elements in the order that a plan was made for."""
    return np.ascontiguousarray(array.transpose(order) if order else array)


class _Scratch:
    """Memory that only a routine knows."""

    def __init__(self, shape, dtype):
        self.shape, self.dtype, self.size = shape, dtype, math.prod(shape)


def is_foreign(e):
    """Whether an expression's memory is made by a library call."""
    return e.kind == "item" and e.args[0].kind == "library"


def _is_own(array):
    """Whether nobody else holds an array's memory."""
    return array.base is None

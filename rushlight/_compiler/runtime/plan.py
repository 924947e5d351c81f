"""Plan: a graph made ready to run: programs of machine code, library calls between.

# Note [Memory of a plan]
# Results get memory of their own at each run; what lives between the units shares one
# arena, made once.  So a plan is run by one thread at a time.  Where sizes are symbolic
# the arena grows with them, and is never smaller than it was.
"""

import functools
import threading
import warnings

import numpy as np

from rushlight._compiler.codegen.llvm import machine
from rushlight._compiler.graph.checker import check_graph
from rushlight._compiler.graph.interpreter import run_graph
from rushlight._compiler.passes.fuse import fuse
from rushlight._compiler.passes.lower import lower_graph
from rushlight._compiler.passes.memory import numpy_dtype
from rushlight._compiler.runtime import blas
from rushlight._compiler.runtime.assemble import Assembly
from rushlight._compiler.runtime.layout import Layout, new_arena


def plan_for(graph, orders=None, sizes=None):
    """The best plan for a graph: machine code where llvmlite and BLAS are there.

    Args:
        graph: a Graph.
        orders: how each input will lie in memory (`order_of`).
        sizes: the `Sizes` of symbolic sizes, or None.
    """
    check_graph(graph)
    if machine.is_available() and blas.is_available():
        return Plan(graph, orders, sizes)
    _say_why_not()
    return InterpretedPlan(graph)


@functools.cache
def _say_why_not():
    warnings.warn(
        "compile(): graphs run operation by operation, as llvmlite or a BLAS for it "
        "cannot be loaded. Install them: pip install llvmlite scipy-openblas32.",
        stacklevel=2,
    )


class Plan:
    """Runs a graph; its results share no memory with its inputs.

    Args:
        graph: a Graph.
        orders: how each input will lie in memory (`order_of`); contiguous if left out.
        sizes: the `Sizes` of symbolic sizes, or None.

    Attributes:
        pieces: what it does, in order (assemble.py).
        library: {op name: how often its eager rule is called}.
    """

    def __init__(self, graph, orders=None, sizes=None):
        self.graph, self.sizes = graph, sizes
        self.orders = orders or [None] * len(graph.inputs)
        lowered = lower_graph(graph, self.orders)
        self.library, self.checks = lowered.library, len(lowered.checks)
        fused = fuse(lowered)
        self.layout = Layout(lowered, fused)
        assembly = Assembly(fused, self.layout, sizes)
        self.pieces, self.parts = assembly.pieces, list(assembly.parts())
        self.program_of = assembly.program
        self._lock = threading.Lock()
        layout = self.layout
        fresh = [(e.shape, numpy_dtype(e)) for e in layout.fresh]
        made = fresh, list(_results(layout)), layout.arena_bytes
        self._arena, self._bound = None, None if sizes else ()
        if sizes:
            self._filled = sizes.filled(made)
        else:
            self._make(*made)

    @property
    def kernels(self):
        """The kernels of the loop language, in order."""
        return [piece.kernel for piece in self.pieces if piece.kernel is not None]

    def run(self, arrays, values=()):
        """The outputs' arrays, from the inputs'.

        Args:
            arrays: one for each input of the graph.
            values: of the symbols, where sizes are symbolic.
        """
        with self._lock:
            if values != self._bound:
                self.bind(values)
            held = self.begin(arrays)
            for part in self.parts:
                part.run_on(held)
            found = self._collect(held)
        for _ in range(self.checks):
            if found.pop():  # something that an eager rule refuses
                return [np.array(a) for a in run_graph(self.graph, arrays, values)]
        return found

    def bind(self, values):
        """Give the symbols their values (Note [Binding] in symbolic.py)."""
        self._bound = None  # should something fail in between
        self._make(*self._filled(*values))
        for part in self.parts:
            part.bind(values)
        self._bound = values

    def _make(self, fresh, results, arena_bytes):
        """What each run begins and ends with; the arena, if it is too small."""
        self._fresh, self._results = fresh, results
        if self._arena is None or self._arena.size < arena_bytes:
            self._arena = new_arena(arena_bytes)
        self._rest = [*[None] * len(self.layout.foreign), self._arena]

    def orders_of_results(self, count):
        """How the last results lie in memory (`order_of`), so many of them."""
        results = self.layout.results[len(self.graph.outputs) - count :]
        results = results[:count]  # without those of checks
        found = [_inverse(order) for _, _, order in results]
        return [None if order == tuple(range(len(order))) else order for order in found]

    def begin(self, arrays):
        """The arrays of all bases, for a run."""
        held = [
            a if order is None and a.flags.c_contiguous else _laid(a, order)
            for a, order in zip(arrays, self.orders, strict=True)
        ]
        held += [np.empty(shape, dtype) for shape, dtype in self._fresh]
        held += self._rest
        return held

    def _collect(self, held):
        found = []
        for base, is_copied, shape, order in self._results:
            array = held[base]
            if is_copied or array.base is not None:
                array = array.copy()
            if array.shape != shape:
                array = array.reshape(shape)
            found.append(array if order is None else array.transpose(order))
        return found


class InterpretedPlan:
    """Runs a graph node by node, where there is no llvmlite."""

    pieces, kernels, library = (), (), ()
    parts = ()

    def __init__(self, graph):
        self.graph = graph

    def run(self, arrays, values=()):
        """The outputs' arrays, from the inputs'; see `Plan.run`."""
        found = run_graph(self.graph, arrays, values)
        return [np.array(array) for array in found]

    def orders_of_results(self, count):
        """See `Plan`: they are contiguous."""
        return [None] * count


def _results(layout):
    """For each result its base, whether it is a copy, its shape, and order if any."""
    given = set()
    for e, shape, order in layout.results:
        base, _ = layout.places[e]
        is_plain = order == tuple(range(len(order)))
        is_copied = e.kind == "input" or base in given
        yield base, is_copied, shape, None if is_plain else order
        given.add(base)


def _inverse(order):
    return tuple([order.index(place) for place in range(len(order))])


def order_of(array):
    """The order in which an array's dimensions lie in memory; None for their own."""
    if array.flags.c_contiguous or array.ndim < 2:
        return None
    order = tuple(sorted(range(array.ndim), key=lambda d: -array.strides[d]))
    return order if array.transpose(order).flags.c_contiguous else None


def _laid(array, order):
    """An array's elements in the order that a plan was made for."""
    return np.ascontiguousarray(array.transpose(order) if order else array)

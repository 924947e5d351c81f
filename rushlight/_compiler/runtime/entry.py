"""Entry: one trace compiled: forward, backward, and autograd's node between them.

# Note [Symbolic entries]
# Where sizes are symbolic, each call binds the symbols to its sizes.  Both halves are
# compiled at once then, as the conditions of both decide which calls it serves.
"""

from types import SimpleNamespace

import numpy as np

from rushlight._base.errors import GraphError, explain
from rushlight._base.pytree import unflatten
from rushlight._base.sized import with_values
from rushlight._compiler import log
from rushlight._compiler.capture.tracer import Captured
from rushlight._compiler.graph.ir import Value
from rushlight._compiler.passes.partition import partition
from rushlight._compiler.runtime.again import graph_again, recorded_gradients
from rushlight._compiler.runtime.plan import order_of, plan_for
from rushlight._core.inplace import bump
from rushlight._core.node import Node, Output, freed_message, next_number
from rushlight._core.state import GRAD_MODE
from rushlight._core.storage import version_of
from rushlight._core.tensor import wrap


class Entry:
    """A compiled trace; call it with the leaves of the arguments.

    Attributes:
        halves: the graphs.
        places: where the tensors stand among the arguments' leaves.
        forward, backward: their plans (backward's is made when it is first needed).
        kept, others: the places of the captured tensors that backward reads, and of
            those that only forward does (Note [Twice differentiable] in again.py).
    """

    def __init__(self, trace, guards, places):
        self.guards, self.places, self.symbols = guards, places, trace.symbols
        self.halves = partition(trace)
        sizes = trace.symbols and trace.symbols.sizes
        self.forward = plan_for(self.halves.forward, sizes=sizes)
        self._backward = None
        self.arguments = trace.arguments
        self.outside = [c.tensor for c in trace.captured[trace.arguments :]]
        self.specs = [c.value.spec for c in trace.captured[trace.arguments :]]
        place = {id(c): i for i, c in enumerate(trace.captured)}
        self.results, self.plan = self._results(trace, place), trace.plan
        self.count = sum(kind == "value" for kind, _ in self.results)
        self.writes = [place[id(c)] for c, _ in trace.writes]
        by_value = {id(c.value): i for i, c in enumerate(trace.captured)}
        self.kept = [by_value[id(v)] for v in self.halves.kept]
        self.captured, self.once = [c.value for c in trace.captured], trace.once
        self.again, read = graph_again(trace, self.halves)
        self.others = [p for p in read if p not in {*self.kept, *self.writes}]
        self.sources = [(place[id(c)], v is not None) for c, v in trace.wanted]
        number = {id(v): i for i, v in enumerate(self.halves.gradients)}
        self.steps = [(s.call, _numbered(s.gradients, number)) for s in trace.steps]
        self.left = _numbered(trace.left, number)
        holders = trace.holders
        self.began = list(zip(holders.tensors, holders.without, strict=True))
        if not (self.left or self.steps):
            self.began = []
        if sizes:
            kept = [trace.captured[place].tensor._array for place in self.kept]
            self._compile_backward(sizes, kept)
            self._test = sizes.test()

    def _results(self, trace, place):
        """For each leaf: ("value", has a gradient), ("input", place) or a constant."""
        results = []
        for leaf, differentiable in zip(
            trace.results, trace.differentiable, strict=True
        ):
            if leaf.__class__ is Value:
                results.append(("value", differentiable))
            elif leaf.__class__ is Captured:
                results.append(("input", place[id(leaf)]))
            else:
                results.append(("constant", leaf))
        return results

    def _compile_backward(self, sizes, kept):
        """Backward of a symbolic entry, for arrays that lie as forward gives them."""
        graph, count = self.halves.backward, len(self.halves.saved)
        if graph is not None:
            orders = self.forward.orders_of_results(count) + [*map(order_of, kept)]
            orders += [None] * (len(graph.inputs) - len(orders))
            self._backward = plan_for(graph, orders, sizes)

    def serves(self, key, leaves):
        """Whether a symbolic entry serves a call of its kind."""
        return self.symbols.fit(key) and self._test(*self.symbols.values(leaves))

    def backward(self, arrays):
        """The plan of backward, made for arrays that lie like these if need be."""
        if self._backward is None:
            orders = [order_of(array) for array in arrays]
            self._backward = plan_for(self.halves.backward, orders)
            log.say_plan("backward", self._backward)
        return self._backward

    def holds(self):
        """Whether what the trace took for granted still holds."""
        for tensor, spec in zip(self.outside, self.specs, strict=True):
            array = tensor._array
            if array.shape != spec.shape or array.dtype != spec.dtype:
                return False
        for tensor, without in self.began:
            if (tensor._grad is None) is not without:
                return False
        return self.guards.hold()

    def __call__(self, leaves):
        tensors = [*[leaves[place] for place in self.places], *self.outside]
        values = self.symbols.values(leaves) if self.symbols else ()
        arrays = self.forward.run([t._array for t in tensors], values)
        count, node = self.count, None
        if self.sources and GRAD_MODE.get():
            saved = arrays[count + len(self.writes) + len(self.halves.gradients) :]
            node = CompiledBackward(self, tensors, saved, values)
        leaves = self._leaves(arrays, tensors, node, values)
        for place, array in zip(self.writes, arrays[count:], strict=False):
            np.copyto(tensors[place]._array, array)
            bump(tensors[place])
        if self.began:
            self._take_steps(arrays[count + len(self.writes) :])
        return unflatten(self.plan, leaves)

    def _take_steps(self, gradients):
        """Note [Training steps] in capture/steps.py."""
        tensors = {}

        def give(pairs):
            for tensor, number in pairs:
                if number is None:
                    tensor._grad = None
                    continue
                if number not in tensors:
                    tensors[number] = wrap(gradients[number])
                tensor._grad = tensors[number]

        for call, pairs in self.steps:
            give(pairs)
            call()
        give(self.left)

    def _leaves(self, arrays, tensors, node, values):
        leaves, shapes, number = [], [], 0
        for kind, what in self.results:
            if kind == "value":
                leaf = wrap(arrays[number])
                number += 1
                if what and node is not None:
                    array = leaf._array
                    leaf._edge = Output(node, len(shapes), array.shape, array.dtype)
                    shapes.append((array.shape, array.dtype))
            elif kind == "input":
                leaf = tensors[what]
            else:
                leaf = with_values(what, values) if values else what
            leaves.append(leaf)
        if node is not None:
            node.shape = tuple([shape for shape, _ in shapes])
            node.dtype = tuple([dtype for _, dtype in shapes])
        return leaves


def _numbered(pairs, number):
    """Gradients by their number among those that the graph gives."""
    return [(t, None if v is None else number[id(v)]) for t, v in pairs]


class CompiledBackward(Node):
    """The node of a compiled call; it runs the compiled backward."""

    __slots__ = ("entry", "values")
    op = SimpleNamespace(name="compiled", view=False)  # whose gradients are fresh

    def __init__(self, entry, tensors, saved, values):
        self.entry, self.values = entry, values
        self.edges = tuple([tensors[place]._edge for place, _ in entry.sources])
        kept = [tensors[place] for place in (*entry.kept, *entry.others)]
        self.saved = saved, kept
        self.versions = [version_of(t) for t in kept]
        self.hooks = self.notes = None
        self.number = next_number()

    def name(self):
        return "CompiledFunctionBackward"

    def gradients(self, gradient):
        if self.saved is None:
            raise GraphError(freed_message(self.name()))
        entry, (saved, kept) = self.entry, self.saved
        if not GRAD_MODE.get():
            kept = kept[: len(entry.kept)]
        for tensor, version in zip(kept, self.versions, strict=False):
            if version_of(tensor) != version:
                raise self._modified(tensor, version)
        if entry.halves.backward is None:
            return (None,) * len(entry.sources)
        if GRAD_MODE.get():
            places = zip((*entry.kept, *entry.others), kept, strict=True)
            tensors = dict(places)
            return recorded_gradients(entry, tensors, saved, gradient, self.values)
        arrays = [*saved, *[t._array for t in kept], *[g._array for g in gradient]]
        found = iter(entry.backward(arrays).run(arrays, self.values))
        return tuple(
            [wrap(next(found)) if there else None for _, there in entry.sources]
        )

    def _modified(self, tensor, version):
        return GraphError(
            explain(
                f"backward through {self.name()}",
                expected=f"a tensor of shape {list(tensor.shape)} that it needs at "
                f"version {version}",
                got=f"version {version_of(tensor)}: it has been modified by an "
                "inplace operation since",
                do="Write to it after backward, or to a .clone().",
            )
        )

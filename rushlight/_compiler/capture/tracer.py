"""The tracer: an interceptor that writes every operation into a Graph.

# Note [Shadows]
# While a function is traced its tensors have specs in place of arrays, so only spec
# rules run.  A real tensor that it meets (a parameter, a buffer, a constant) is
# replaced by its *shadow*, a tensor over a spec, and becomes an input of the graph.
# Autograd records on shadows as ever; the backward of the trace is then run on
# shadows too, and goes into the same graph.

# Note [Memory of specs]
# A spec that stands for a view has a root (the spec whose memory it shares) and a
# chain of view ops that leads from it.  A write to any of them makes a new value of
# the root; the others read theirs anew through their chains.
#
# Whether reshape(), flatten() and contiguous() give a view or a copy is decided by how
# memory lies, which a trace does not know.  Their results count as views; where it
# makes a difference, because one of both is written and the other read, it stops.
"""

import weakref

import numpy as np

from rushlight._base.spec import Spec
from rushlight._compiler.capture.writes import STORE, WRITE_VIEW, Step, Way
from rushlight._compiler.graph.ir import Graph, Value
from rushlight._core.dispatch import run, wants_record
from rushlight._core.inplace import check_writable, write
from rushlight._core.node import AccumulateGrad
from rushlight._core.state import GRAD_MODE
from rushlight._core.tensor import Tensor, wrap
from rushlight._ops.view.shape import RESHAPE

#: Nodes of a graph; making machine code of more would take a minute and more.
MOST_NODES = 8000


class TraceStop(Exception):
    """The function cannot be traced; the reason is its text."""

    def __init__(self, reason):  # seen by effects.py: Note [Errors in a trace]
        super().__init__(reason)


class Captured:
    """A real tensor that the traced function met.

    Attributes:
        tensor: the tensor.
        shadow: the tensor that stands for it in the trace.
        value: the input of the graph.
        edge: the end of the shadow's autograd graph, or None.
    """

    __slots__ = ("tensor", "shadow", "value", "edge")

    def __init__(self, tensor, shadow, value):
        self.tensor, self.shadow, self.value = tensor, shadow, value
        self.edge = shadow._edge


class Tracer:
    """Writes the graph; put it on the stack of interceptors.

    Attributes:
        graph: what was traced so far.
        captured: {id of a real array: Captured}, in the order in which they were met.
        written: the Captured whose memory the function writes.
        steps: of optimizers and schedulers (Note [Training steps]).
        leaves: pairs (tensor, its gradient when it was met) of captured leaves.
        stepped: ids of the arrays of parameters that a step has changed.
        once: why what was traced has no second derivative, or None.

    Args:
        names: {id of a tensor: name} for printing.
        shapes: {id of an array: its shape with symbols}.
    """

    def __init__(self, names=None, shapes=None):
        self.graph, self._shapes = Graph(), shapes or {}
        self.captured, self.written = {}, []
        self.steps, self.stepped, self.leaves = [], set(), []
        self._names = names or {}
        self._places = {}
        self.once = None

    def __call__(self, call, proceed):
        for name, value in call.attrs.items():
            if name == "generator" and value is not None:
                raise TraceStop(f"{call.op.name}() draws from a generator of its own")
            if isinstance(value, (Tensor, np.ndarray)):
                raise TraceStop(f"{call.op.name}() takes a tensor as its {name}")
        if call.target is not None:
            return self._write(call)
        call.inputs = inputs = tuple([self.shadow(i) for i in call.inputs])
        return self._record(call.op, inputs, call.attrs, proceed)

    def defer(self, method, owner, args, kwargs):
        """See `rushlight._core.intercept.deferrable`."""
        from rushlight._compiler.capture.steps import deferred

        deferred(self, method, owner, args, kwargs)

    def _check_size(self):
        if len(self.graph.nodes) >= MOST_NODES:
            raise TraceStop(f"it does more than {MOST_NODES} operations in one call")

    def _record(self, op, inputs, attrs, compute):
        self._check_size()
        values = [
            self.value_of(i._array) if isinstance(i, Tensor) else i for i in inputs
        ]
        result = compute()
        results = result if op.many else (result,)
        recorded = GRAD_MODE.get()
        linked = [recorded and getattr(i, "_edge", None) is not None for i in inputs]
        specs = [t._array for t in results]
        node = self.graph.add(op, values, attrs, specs, tuple(linked))
        for place, (tensor, value) in enumerate(
            zip(results, node.outputs, strict=True)
        ):
            spec = tensor._array
            if op.view:
                step = Step(op, attrs, place, tuple(specs))
                self._bind_view(spec, value, inputs[0]._array, step)
            else:
                self._bind(spec, value)
        return result

    def _write(self, call):
        """An op on the old value, then a write: see Note [Memory of specs]."""
        target = self.shadow(call.target)
        old = wrap(Spec(target._array.shape, target._array.dtype))
        self._bind(old._array, self.value_of(target._array))
        old._edge = target._edge
        others = tuple([self.shadow(i) for i in call.inputs[1:]])
        inputs, attrs, op = (old, *others), call.attrs, call.op
        if wants_record((target, *others)):
            check_writable(target, f"{op.name}_()")
        result = self._record(op, inputs, attrs, lambda: run(op, inputs, attrs))
        if target._edge is not None and not GRAD_MODE.get():
            self.once = "a write that is not recorded to what has a history"
        write(target, result, f"{op.name}_()")
        value = self.value_of(result._array)
        if value.spec != target._array:
            value = self._fitted(value, target._array)
        self._rebind(target._array, value)
        return call.target

    def _fitted(self, value, spec):
        """A value converted to the dtype of the memory that it is written to."""
        return self.graph.add(STORE, [value], {"dtype": spec.dtype}, [spec]).outputs[0]

    # ------------------------------------------------------------------------ shadows

    def shadow(self, thing):
        """What stands for a thing in the trace (Note [Shadows])."""
        if not isinstance(thing, Tensor) or thing._array.__class__ is Spec:
            return thing
        array = thing._array
        if id(array) in self.stepped:
            raise TraceStop("a parameter is used after its optimizer's step")
        found = self.captured.get(id(array))
        if found is None:
            found = self.captured[id(array)] = self._capture(thing)
        return found.shadow

    def _capture(self, tensor):
        array = tensor._array
        if tensor.device.type != "cpu":
            raise TraceStop(f"a tensor on {tensor.device}; the compiler serves the CPU")
        shape = self._shapes.get(id(array), array.shape)
        shadow = wrap(Spec(shape, array.dtype))
        if tensor._edge is not None:
            shadow._edge = AccumulateGrad(shadow)
            if tensor.is_leaf:  # backward() inside gives it to the tensor itself
                self.leaves.append((tensor, tensor._grad))
                shadow._edge._variable = weakref.ref(tensor)
        name = self._names.get(id(tensor), f"c{len(self.captured)}")
        value = self.graph.input(shadow._array, name)
        self._bind(shadow._array, value)
        return Captured(tensor, shadow, value)

    # ---------------------------------------------------------------- memory of specs

    def _bind(self, spec, value):
        self._places[id(spec)] = _Place(spec, value)

    def _bind_view(self, spec, value, source, step):
        place = self._places[id(source)]
        view = _Place(spec, value)
        view.root = place.root or place
        if step.op is not RESHAPE:
            view.memory = place.memory
        view.chain = (*place.chain, step)
        view.version = view.root.version
        self._places[id(spec)] = view

    def value_of(self, spec):
        """The present value of a spec."""
        place = self._places.get(id(spec))
        if place is None:
            raise TraceStop("a tensor was made without a recorded operation")
        if place.root is None:
            place.check(place.written)
        elif place.version != place.root.version:
            place.check(place.root.written)
            place.value = self._through(place.root.value, place.chain)
            place.version = place.root.version
        return place.value

    def _through(self, value, chain):
        """The view of a value that a chain of view ops gives."""
        for step in chain:
            node = self.graph.add(step.op, [value], step.attrs, step.specs)
            value = node.outputs[step.number]
        return value

    def way(self, view, base):
        """The Way from a base to its view, for the gradients of writes."""
        place, start = self._places[id(view._array)], self._places[id(base._array)]
        steps = place.chain[len(start.chain) :]
        return Way([step.surely_view() for step in steps], self._stand_in(base))

    def _stand_in(self, tensor):
        """A leaf like a tensor, for what asks for its shape alone."""
        leaf = wrap(Spec(tensor._array.shape, tensor._array.dtype))
        self._bind(leaf._array, Value(leaf._array))
        return leaf.requires_grad_()

    def _rebind(self, spec, value):
        """Let a spec's memory hold a new value."""
        place = self._places[id(spec)]
        root = place.root or place
        if place.root is None:
            root.value = value
        else:
            node = self.graph.add(
                WRITE_VIEW, [root.value, value], {"steps": place.chain}, [root.spec]
            )
            root.value = node.outputs[0]
        root.version += 1
        root.written = place.memory
        place.value, place.version = value, root.version
        for captured in self.captured.values():
            if captured.shadow._array is root.spec and captured not in self.written:
                self._check_alone(captured.tensor)
                self.written.append(captured)

    def _check_alone(self, tensor):
        """A real tensor that shares its memory with others is not written."""
        memory = tensor._memory
        if tensor._base is not None or (memory is not None and memory.living_views()):
            raise TraceStop("an in-place write to a tensor that has views outside")


class _Place:
    """What a spec stands for (Note [Memory of specs]).

    Attributes:
        memory: the spec whose memory it surely shares.
        written: of a root, the memory that was written last.
    """

    __slots__ = ("spec", "value", "root", "chain", "version", "memory", "written")

    def __init__(self, spec, value):
        self.spec, self.value = spec, value
        self.root, self.chain, self.version = None, (), 0
        self.memory, self.written = spec, None

    def check(self, written):
        """Stop where another memory was written, which may be the same."""
        if written is not None and written is not self.memory:
            raise TraceStop(
                "a write to what reshape(), flatten() or contiguous() gives, which is "
                "a view or a copy"
            )

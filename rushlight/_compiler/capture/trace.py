"""trace(): a function's forward, and its backward, as one graph."""

import sys
import weakref
from dataclasses import dataclass, field
from typing import Any

from rushlight._backends import SPEC_DEVICE
from rushlight._base.device import CPU
from rushlight._base.pytree import flatten, unflatten
from rushlight._base.spec import Spec
from rushlight._compiler.capture.guards import unguarded
from rushlight._compiler.capture.steps import Holders
from rushlight._compiler.capture.tracer import Tracer, TraceStop
from rushlight._compiler.graph.ir import Graph, Value
from rushlight._core.intercept import CAPTURE, intercepting
from rushlight._core.node import AccumulateGrad
from rushlight._core.state import GRAD_MODE
from rushlight._core.tape import run_backward
from rushlight._core.tensor import Tensor, wrap


@dataclass
class Trace:
    """What a function does, forward and backward.

    Attributes:
        graph: all nodes, those of forward first; its inputs are the captured tensors'
            and then the gradients of the outputs.
        length: how many nodes are forward's.
        captured: list of Captured, those of the arguments first.
        arguments: how many tensors came as arguments.
        results: for each leaf of the result a Value, a Captured (the tensor itself),
            or a constant; `plan` puts them together.
        differentiable: for each leaf of the result whether it has a gradient.
        writes: list of (Captured, Value) to be written back.
        wanted: list of (Captured, Value or None): the gradients.
        steps: list of Step, and `left` the gradients that parameters are left with, a
            list of (parameter, Value or None) (Note [Training steps] in steps.py).
        holders: the parameters that may be given gradients.
        once: why it has no second derivative, or None.
        symbols: Symbols in the places of sizes that change, or None.
    """

    graph: Graph
    length: int
    captured: list
    arguments: int
    results: list
    plan: Any
    differentiable: list
    writes: list
    wanted: list = field(default_factory=list)
    steps: list = field(default_factory=list)
    left: list = field(default_factory=list)
    holders: Any = None
    once: str | None = None
    symbols: Any = None


def trace(function, args, kwargs, names=None, symbols=None):
    """Trace a call.

    Args:
        function: what to call; its tensors are replaced by shadows.
        args, kwargs: as it is called; nothing in them is changed.
        names: {id of a tensor: name} for printing.
        symbols: Symbols in the places of sizes that change, or None.

    Raises:
        TraceStop: where that cannot be done.
    """
    tracer = Tracer(names, symbols and symbols.shapes)
    leaves, plan = flatten((args, kwargs))
    changing = unguarded(leaves)
    if changing is not None:
        kind = type(changing).__name__
        raise TraceStop(f"an argument is of the type {kind}, whose contents may change")
    holders = Holders(function, leaves)
    holders.watch(tracer.leaves)
    device, capture = SPEC_DEVICE.set(CPU), CAPTURE.set(tracer)
    try:
        with intercepting(tracer):
            shadows = [tracer.shadow(leaf) for leaf in leaves]
            shadows = symbols.replace(shadows) if symbols else shadows
            arguments, leaves_given = len(tracer.captured), len(tracer.leaves)
            shadow_args, shadow_kwargs = unflatten(plan, shadows)
            asked = plan
            found, plan = flatten(function(*shadow_args, **shadow_kwargs))
            _check_arguments((shadow_args, shadow_kwargs), shadows, asked)
            found = [tracer.shadow(leaf) for leaf in found]
            holders.adopt(leaves_given)
            left = holders.set_anew(tracer)
            holders.restore()
            traced = _traced(tracer, found, plan, arguments)
            traced.left, traced.steps, traced.holders = left, tracer.steps, holders
            if any(traced.differentiable) and not GRAD_MODE.get():
                raise TraceStop("it records gradients where they are switched off")
            if any(traced.differentiable):
                traced.wanted = _backward(tracer, traced, found)
                traced.once = tracer.once
    finally:
        holders.restore()
        SPEC_DEVICE.reset(device)
        CAPTURE.reset(capture)
    traced.captured, traced.symbols = list(tracer.captured.values()), symbols
    if symbols:
        symbols.sizes.is_strict = False  # the user's code has run
    return traced


def _check_arguments(arguments, shadows, plan):
    """Stop where a list or dict among the arguments was written."""
    leaves, now = flatten(arguments)
    if now != plan or any(a is not b for a, b in zip(leaves, shadows, strict=True)):
        raise TraceStop("it writes to a list or dict among its arguments")


def _traced(tracer, found, plan, arguments):
    made = _made_inside(tracer, arguments)
    by_shadow = {id(c.shadow): c for c in tracer.captured.values() if c not in made}
    results = [_result(tracer, leaf, by_shadow) for leaf in found]
    differentiable = [
        isinstance(r, Value) and leaf._edge is not None and not _is_freed(leaf._edge)
        for r, leaf in zip(results, found, strict=True)
    ]
    written = [c for c in tracer.written if c not in made]
    writes = [(c, tracer.value_of(c.shadow._array)) for c in written]
    length = len(tracer.graph.nodes)  # with those that read written views anew
    return Trace(
        tracer.graph, length, [], arguments, results, plan, differentiable, writes
    )


def _is_freed(edge):
    """Whether a backward inside the function has used up a result's graph."""
    node = getattr(edge, "node", edge)
    return node.saved is None


def _made_inside(tracer, arguments):
    """The captured tensors that only the trace knows: the function made them.

    They begin anew at each call, with the values that they had at first.
    """
    made, fresh = [], object()
    alone = sys.getrefcount(fresh)  # what one name and the question come to
    for captured in list(tracer.captured.values())[arguments:]:
        known, array = weakref.ref(captured.tensor), captured.tensor._array
        captured.tensor = None
        if sys.getrefcount(array) == alone:
            captured.tensor = wrap(array)
            made.append(captured)
        else:
            tensor = known()
            captured.tensor = wrap(array) if tensor is None else tensor
            del tensor
    return made


def _result(tracer, leaf, by_shadow):
    """What a leaf of the result is: see Trace.results."""
    if not isinstance(leaf, Tensor):
        return leaf
    captured = by_shadow.get(id(leaf))
    return captured or tracer.value_of(leaf._array)


def _backward(tracer, traced, found):
    """Trace the gradients of what was captured; returns Trace.wanted."""
    roots, gradients = [], []
    for leaf, differentiable in zip(found, traced.differentiable, strict=True):
        if differentiable:
            spec = Spec(leaf._array.shape, leaf._array.dtype)
            value = tracer.graph.input(spec, f"g{len(gradients)}")
            tracer._bind(spec, value)
            roots.append(leaf._edge)
            gradients.append(wrap(spec))
    sources = [c for c in tracer.captured.values() if c.edge is not None]
    _refuse_foreign(roots, {c.edge for c in sources}, tracer)
    gradients = run_backward(
        roots,
        gradients,
        retain_graph=False,
        create_graph=False,
        targets=[c.edge for c in sources],
    )
    wanted = []
    for captured in sources:
        gradient = gradients.get(captured.edge)
        if gradient is None:
            wanted.append((captured, None))
        elif gradient._array.__class__ is not Spec:
            wanted.append((captured, tracer.shadow(gradient)._array))
            wanted[-1] = captured, tracer.value_of(wanted[-1][1])
        else:
            wanted.append((captured, tracer.value_of(gradient._array)))
    return wanted


def _refuse_foreign(roots, own, tracer):
    """Refuse a graph that reaches real leaves past their shadows; see its hooks."""
    seen, stack = set(), list(roots)
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if getattr(node, "hooks", None) is not None:
            tracer.once = "a hook on a tensor in between"
        if node.__class__ is AccumulateGrad and node not in own:
            raise TraceStop("a parameter is used by a user's autograd Function")
        stack.extend(node.edges)

"""Gradients of a compiled call that can be differentiated: forward again, recorded.

# Note [Twice differentiable]
# Machine code leaves no tape.  Where backward is to be differentiated itself, the nodes
# of forward are run once more as eager operations, on the same inputs and the random
# numbers that were drawn, and backward walks the tape of that.  Each node links to
# those inputs that had a history when it was traced (`Node.linked`), so what was
# detached stays so.  What a graph does not show, a user's own rule or a hook, is seen
# by a link that leads nowhere, or was noted by the trace (`Trace.once`); such calls
# have no second derivative.
"""

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._base.sized import with_values
from rushlight._compiler.graph.ir import Graph, Value
from rushlight._core.dispatch import run
from rushlight._core.state import GRAD_MODE
from rushlight._core.tape import run_backward
from rushlight._core.tensor import Tensor, wrap

#: Stands for random numbers that were not kept.
_LOST = object()


def recorded_gradients(entry, tensors, saved, gradients, sizes=()):
    """The gradients of an entry's sources, recorded (Note [Twice differentiable]).

    Args:
        entry: Entry.
        tensors: {place: tensor}, the captured tensors that forward reads.
        saved: the arrays that forward left for backward.
        gradients: of the results that have one.
        sizes: values of the symbols.

    Raises:
        RuntimeError: where the call has no second derivative.
    """
    if entry.once:
        raise no_second_derivative(entry.once)
    starts = {place: tensor[...] for place, tensor in tensors.items()}
    kept = zip(entry.halves.saved, saved, strict=True)
    kept = {id(value): wrap(array) for value, array in kept}
    values = {id(entry.captured[place]): start for place, start in starts.items()}
    values |= {id(v): kept[id(v)] for v in entry.captured if id(v) in kept}
    for node in entry.again.nodes:
        if node.draws:
            found = [kept.get(id(value), _LOST) for value in node.outputs]
        else:
            given = [values.get(id(i), i) for i in node.inputs]
            found = _run(node.with_values(sizes), with_values(given, sizes))
        values.update(zip(map(id, node.outputs), found, strict=True))
    roots = [values[id(value)]._edge for value in entry.again.outputs]
    if None in roots:
        raise no_second_derivative("a result whose history no operation shows")
    edges = [
        starts[place]._edge if wanted and place in starts else None
        for place, wanted in entry.sources
    ]
    found = run_backward(
        roots,
        gradients,
        retain_graph=True,
        create_graph=True,
        targets=[edge for edge in edges if edge is not None],
    )
    return tuple([found.get(edge) for edge in edges])


def _run(node, inputs):
    """A node's results, with the history that it had in the trace."""
    given = []
    for value, linked in zip(inputs, node.linked or [None] * len(inputs), strict=True):
        if value is _LOST:
            raise no_second_derivative("random numbers that it does not keep")
        if linked and value._edge is None:
            raise no_second_derivative("an operation with a rule of its own")
        unlinked = linked is False and value.__class__ is Tensor
        given.append(value.detach() if unlinked else value)
    if node.op.name == "view":  # memory may lie otherwise than in the trace
        return [given[0].reshape(node.attrs["shape"])]
    records = node.linked is None or any(node.linked)
    token = GRAD_MODE.set(records)
    try:
        found = run(node.op, given, node.attrs)
    finally:
        GRAD_MODE.reset(token)
    return found if node.op.many else [found]


def graph_again(trace, halves):
    """What of forward leads to results that have a gradient, and what it reads.

    Returns:
        (Graph, places among the captured tensors).
    """
    both = zip(trace.results, trace.differentiable, strict=True)
    roots = [value for value, differentiable in both if differentiable]
    forward = halves.forward
    graph = Graph(forward.inputs, forward.nodes, roots).without_dead_nodes()
    read = {id(i) for node in graph.nodes for i in node.inputs if i.__class__ is Value}
    places = [p for p, c in enumerate(trace.captured) if id(c.value) in read]
    return graph, places


def no_second_derivative(got):
    """The error for a call that cannot be differentiated twice."""
    return ArgumentRuntimeError(
        explain(
            "backward through a compiled function",
            expected="what has a second derivative (create_graph=True)",
            got=got,
            do="Call the function without rushlight.compile.",
        )
    )

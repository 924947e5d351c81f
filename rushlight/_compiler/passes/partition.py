"""Partition a joint graph into forward and backward: what to save, what to run again.

# Note [Saving]
# Backward needs values of forward.  A view costs nothing and is made again; all others
# are saved.  What the rules of gradients ask for was chosen for eager mode already, so
# that little is kept.
"""

from dataclasses import dataclass, field

from rushlight._compiler.graph.ir import Graph, Node, Value


@dataclass
class Halves:
    """A trace's two graphs.

    Attributes:
        forward: its outputs are the results, the writes, the gradients and the saved
            values.
        results, writes, gradients, saved: the Values of each part; gradients are
            those that the function itself computes.
        backward: its inputs are `saved`, the captured inputs that it needs (`kept`),
            then the gradients of the results; None where nothing is differentiable.
    """

    forward: Graph
    results: list
    writes: list
    gradients: list = field(default_factory=list)
    saved: list = field(default_factory=list)
    kept: list = field(default_factory=list)
    backward: Graph | None = None


def partition(trace):
    """Forward and backward of a trace.

    Args:
        trace: a Trace.

    Returns:
        Halves.
    """
    nodes, length = trace.graph.nodes, trace.length
    inputs = [c.value for c in trace.captured]
    results = [r for r in trace.results if r.__class__ is Value]
    writes = [value for _, value in trace.writes]
    halves = Halves(Graph(inputs, nodes[:length], []), results, writes)
    pairs = [pair for step in trace.steps for pair in step.gradients] + trace.left
    unique = {id(value): value for _, value in pairs if value is not None}
    halves.gradients = list(unique.values())
    wanted = [value for _, value in trace.wanted if value is not None]
    if wanted:
        own = {id(v) for v in inputs}
        gradients = [v for v in trace.graph.inputs if id(v) not in own]
        _split(halves, nodes[:length], nodes[length:], wanted, gradients, trace)
    halves.forward.outputs = [*results, *writes, *halves.gradients, *halves.saved]
    halves.forward = halves.forward.without_dead_nodes()
    return halves


def _split(halves, before, after, wanted, gradients, trace):
    """Fill in backward, and what it needs of forward."""
    backward = Graph([], after, wanted).without_dead_nodes()
    made = {id(v) for node in before for v in node.outputs}
    own = {id(v) for node in backward.nodes for v in node.outputs}
    needed = {}  # values of forward and inputs, in order of use
    for value in [v for node in backward.nodes for v in node.values] + wanted:
        if id(value) not in own:
            needed[id(value)] = value
    written = {id(c.value) for c, _ in trace.writes}
    kept, saved, again = _choose(needed, made, written, gradients)
    halves.saved, halves.kept = saved, kept
    swap, copies = {}, []
    for node in before:
        if id(node) in again:
            copy = Node(
                node.op,
                [swap.get(id(i), i) for i in node.inputs],
                node.attrs,
                [v.spec for v in node.outputs],
            )
            copies.append(copy)
            for old, new in zip(node.outputs, copy.outputs, strict=True):
                swap[id(old)] = new
    for node in backward.nodes:
        node.inputs = tuple([swap.get(id(i), i) for i in node.inputs])
    outputs = [swap.get(id(v), v) for v in wanted]
    inputs = [*saved, *kept, *gradients]
    halves.backward = Graph(inputs, copies + backward.nodes, outputs)


def _choose(needed, made, written, gradients):
    """Which captured inputs to keep, values to save, nodes to run again."""
    given = {id(g) for g in gradients}
    kept, saved, again = {}, {}, {}

    def have(value):
        return id(value) in kept or id(value) in saved or id(value) in again_values

    again_values = set()

    def take(value):
        if id(value) in given or have(value):
            return
        node = value.node
        if id(value) not in made:
            (saved if id(value) in written else kept)[id(value)] = value
        elif node.op.view:
            for source in node.values:
                take(source)
            again[id(node)] = node
            again_values.update(id(v) for v in node.outputs)
        else:
            saved[id(value)] = value

    for value in needed.values():
        take(value)
    return list(kept.values()), list(saved.values()), again

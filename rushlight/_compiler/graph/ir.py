"""The Graph: values, and nodes that compute them by the ops of the table.

# Note [Pure]
# A graph is functional: a node never changes a value.  In-place writes of the traced
# program appear as new values; what is to be written back at the end is listed in
# `writes`.  Nodes that draw random numbers keep their order and are never dropped.
"""

from dataclasses import dataclass, field

from rushlight._base.sized import with_values


def draws(op):
    """Whether an op takes random numbers: it runs once for each node, in order."""
    home = getattr(op.eager, "__module__", None) or ""
    noise = op.name in ("dropout_noise", "rrelu_slope")
    return noise or home.startswith("rushlight._ops.random")


class Value:
    """One array of a graph: its spec, and the node that computes it (or None)."""

    __slots__ = ("spec", "node", "place", "name")

    def __init__(self, spec, node=None, place=0, name=None):
        self.spec, self.node, self.place, self.name = spec, node, place, name

    @property
    def shape(self):
        return self.spec.shape

    @property
    def dtype(self):
        return self.spec.dtype

    def __repr__(self):
        return self.name or f"<value of {self.node}>"


class Node:
    """One operation: inputs are Values, Python numbers or None.

    `linked` tells for each input whether it had a history when it was traced; None
    where any that it has counts (Note [Twice differentiable] in runtime/again.py).
    """

    __slots__ = ("op", "inputs", "attrs", "outputs", "linked")

    def __init__(self, op, inputs, attrs, specs, linked=None):
        self.op, self.inputs, self.attrs = op, tuple(inputs), attrs
        self.linked = linked
        self.outputs = tuple([Value(spec, self, i) for i, spec in enumerate(specs)])

    @property
    def values(self):
        """Those of the inputs that are Values."""
        return [i for i in self.inputs if i.__class__ is Value]

    def with_values(self, values):
        """The same node with numbers in the place of symbolic attributes."""
        if not values:
            return self
        node = Node.__new__(Node)
        node.op, node.inputs, node.linked = self.op, self.inputs, self.linked
        node.attrs, node.outputs = with_values(self.attrs, values), self.outputs
        return node

    @property
    def draws(self):
        """Whether it takes random numbers."""
        return draws(self.op)

    def __repr__(self):
        return f"<{self.op.name}>"


@dataclass
class Graph:
    """Nodes in an order in which they can run.

    Attributes:
        inputs: Values given at each call.
        nodes: the operations.
        outputs: Values, in the order in which they are returned.
    """

    inputs: list = field(default_factory=list)
    nodes: list = field(default_factory=list)
    outputs: list = field(default_factory=list)

    def input(self, spec, name):
        """A new input."""
        value = Value(spec, name=name)
        self.inputs.append(value)
        return value

    def add(self, op, inputs, attrs, specs, linked=None):
        """Append a node; its outputs are Values of the specs."""
        node = Node(op, inputs, attrs, specs, linked)
        self.nodes.append(node)
        return node

    def without_dead_nodes(self):
        """The same graph with only the nodes that an output (or a draw) needs."""
        needed, nodes = set(map(id, self.outputs)), []
        for node in reversed(self.nodes):
            if node.draws or any(id(value) in needed for value in node.outputs):
                nodes.append(node)
                needed.update(id(value) for value in node.values)
        return Graph(self.inputs, nodes[::-1], self.outputs)

"""Nodes: what the tape records of an operation, and how its gradient rule is run.

# Note [Edges]
# A node links to its inputs by edges, taken when it is recorded, so that a later
# in-place write (which gives the tensor a new edge) does not disturb it.  An edge is
# None (no gradient wanted), an AccumulateGrad (a leaf), a Node, or an Output (one of
# several results of a node).  Edges only lead to nodes with smaller numbers: sorting
# by number is a topological order.

# Note [Saved values]
# A rule's keyword-only names are what the tape saves: an input's name saves that
# tensor with its version, `out` saves the result (its array: saving the tensor would
# make a cycle; of several results `out` saves all, `out1` only the second), `x_shape`
# and `x_dtype` save only that of input x, any other name an attribute of the call.
# `needs` is not saved: it tells which inputs want a gradient.
# Reading a saved tensor whose version moved on is refused.
"""

import itertools
import weakref
from typing import Any

from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import GraphError, explain
from rushlight._core.hooks import NodeHooks

next_number = itertools.count().__next__


class Node:
    """One recorded operation.

    Attributes:
        edges: one for each input (Note [Edges]).
        saved: the saved values, or None once they were freed.
        versions: for each saved tensor its version, None for other values.
        shape, dtype: of the result (NumPy's dtype); gradients must fit them.
        number: the order of recording.
        hooks: NodeHooks, or None.
        notes: what anomaly mode and users keep with the node, or None.
    """

    __slots__ = (
        "edges",
        "saved",
        "versions",
        "shape",
        "dtype",
        "number",
        "hooks",
        "notes",
        "__weakref__",
    )
    edges: tuple[Any, ...]
    saved: tuple[Any, ...] | None
    versions: tuple[Any, ...]
    hooks: NodeHooks | None
    notes: dict[Any, Any] | None
    op: Any = None
    #: Whether results that got no gradient count as zeros (or stay None).
    fills_missing = True

    def name(self):
        """The node's name, as ``AddBackward0``."""
        return type(self).__name__

    @property
    def next_functions(self):
        """For each input, the node that made it and which output of that it was."""
        return tuple(
            (edge.node, edge.index) if edge.__class__ is Output else (edge, 0)
            for edge in self.edges
        )

    @property
    def metadata(self):
        """A dictionary for the user's own notes."""
        if self.notes is None:
            self.notes = {}
        return self.notes

    def own_hooks(self):
        """This node's hooks, made now if it has none."""
        if self.hooks is None:
            self.hooks = NodeHooks()
        return self.hooks

    def register_hook(self, fn):
        """Call ``fn(grad_inputs, grad_outputs)`` after this node's rule has run."""
        return self.own_hooks().after.add(fn)

    def register_prehook(self, fn):
        """Call ``fn(grad_outputs)`` before this node's rule runs."""
        return self.own_hooks().before.add(fn)

    def gradients(self, gradient):
        """The gradients for each edge, from the gradient of the result."""
        return self.op.gradients(self, gradient)

    def release(self):
        """Free the saved values; running the rule again is refused."""
        if self.saved != ():
            self.saved = None

    def __call__(self, *gradients):
        """Run the rule by hand: the gradients of the inputs."""
        found = self.gradients(gradients[0] if len(gradients) == 1 else gradients)
        return found[0] if len(found) == 1 else tuple(found)

    def __repr__(self):
        return f"<{self.name()} object at {hex(id(self))}>"


def unpack_tensors(node, name, value, version):
    """A saved tensor (or tuple of them) after a check of its version.

    Raises:
        RuntimeError: where it was written in place since.
    """
    if value.__class__ is tuple:
        return tuple(
            v if n is None else unpack_tensors(node, name, v, n)
            for v, n in zip(value, version, strict=True)
        )
    if value.__class__ is PackedTensor:
        return value.unpack()
    memory = value._memory
    if (0 if memory is None else memory.version) != version:
        raise GraphError(
            modified_message(node, name, value._array, version, memory.version)
        )
    return value


class SavedOutput:
    """A saved result: its array and memory, never the tensor itself.

    `place` is which of several results it is, or None for the only one.
    """

    __slots__ = ("array", "memory", "version", "make", "place")

    def __init__(self, tensor, memory, make, place):
        self.array, self.memory, self.version = tensor._array, memory, memory.version
        self.make, self.place = make, place

    def unpack(self, node):
        """The result as a tensor that is linked to its own node."""
        if self.memory.version != self.version:
            raise GraphError(
                modified_message(
                    node, "out", self.array, self.version, self.memory.version
                )
            )
        tensor = self.make(self.array)
        tensor._memory = self.memory
        if self.place is None:
            tensor._edge = node
        elif self.array.dtype.kind not in "biu":
            tensor._edge = Output(node, self.place, self.array.shape, self.array.dtype)
        return tensor


class SavedOutputs(tuple):
    """All results of an op that has several."""

    __slots__ = ()


class PackedTensor:
    """A saved tensor as a user's pack hook left it."""

    __slots__ = ("packed", "unpack_hook")

    def __init__(self, packed, unpack_hook):
        self.packed, self.unpack_hook = packed, unpack_hook

    def unpack(self, node=None):
        """The tensor that the user's unpack hook returns."""
        return self.unpack_hook(self.packed)


class Output(Node):
    """One of several results of a node: it passes its gradient to its place there."""

    __slots__ = ("node", "index")

    def __init__(self, node, index, shape, dtype):
        self.node, self.index, self.shape, self.dtype = node, index, shape, dtype
        self.edges, self.saved, self.versions = (node,), (), ()
        self.hooks = self.notes = None
        self.number = next_number()


class AccumulateGrad(Node):
    """The end of the graph at a leaf: adds what arrives to the leaf's .grad."""

    __slots__ = ("_variable",)

    def __init__(self, tensor):
        self._variable = weakref.ref(tensor)
        self.edges, self.saved, self.versions = (), (), ()
        self.shape, self.dtype = tensor._array.shape, tensor._array.dtype
        self.hooks = self.notes = None
        self.number = next_number()

    @property
    def variable(self):
        """The leaf, or None if nobody holds it any more."""
        return self._variable()


def node_type(name, op):
    """A class of nodes for an op, called as torch calls it."""
    body = {"__slots__": (), "op": op, "fills_missing": op.fills_missing}
    return type(name, (Node,), body)


def freed_message(name):
    """The text of the error for running a freed graph again."""
    return explain(
        f"backward through {name}",
        expected="saved values",
        got="a graph whose saved values were freed by an earlier backward; trying to "
        "backward through the graph a second time",
        do="Pass retain_graph=True to the first backward, or compute the loss again.",
    )


def modified_message(node, name, array, version, now):
    """The text of the error for a saved value that was written in place."""
    return explain(
        f"backward through {node.name()}",
        expected=f"its saved value '{name}' ({BY_NUMPY[array.dtype]} "
        f"{list(array.shape)}) at version {version}",
        got=f"version {now}: it has been modified by an inplace operation since",
        do="Use the out-of-place form of that operation, or .clone() the value first.",
    )

"""Backward: walk the graph from newest to oldest node, accumulate, free.

# Note [Order]
# Nodes are run in falling order of their numbers, torch's order, so sums of
# gradients are made in the same order and agree to the last bit.  A leaf is finished
# as soon as its last contribution has arrived.

# Note [Fitting]
# Rules need not undo broadcasting or casting: a gradient that arrives at an edge with
# another shape is summed to the edge's shape, one of another dtype is converted.

# Note [Ownership]
# A leaf's .grad must not share memory with anything.  A rule returns its incoming
# gradient, a view, or a fresh tensor that nobody else holds; only a fresh one is
# adopted, the others are copied.
"""

import threading
from operator import attrgetter
from typing import Any

import numpy as np

from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import ArgumentRuntimeError, GraphError, explain
from rushlight._core.guarding import GUARDS
from rushlight._core.node import AccumulateGrad, Output
from rushlight._core.state import GRAD_MODE
from rushlight._core.tensor import Tensor, wrap
from rushlight._core.watch import ANOMALY

_accumulating = threading.Lock()
_number = attrgetter("number")


def run_backward(roots, gradients, *, retain_graph, create_graph, targets=None):
    """Propagate gradients from roots to the leaves, or to the target edges.

    Args:
        roots: edges to start from.
        gradients: one tensor for each.
        retain_graph: keep saved values for another run.
        create_graph: record the run itself, so that it can be differentiated.
        targets: edges whose gradients are wanted; .grad is then left alone.

    Returns:
        dict: target edge -> gradient, for the targets that were reached.
    """
    walk = _Walk(roots, targets, create_graph, retain_graph)
    token = GRAD_MODE.set(create_graph)
    try:
        for edge, gradient in zip(roots, gradients, strict=True):
            walk.arrive(edge, gradient, fresh=False)
            if edge.__class__ is AccumulateGrad:
                walk.settle(edge)
        walk.run()
    finally:
        GRAD_MODE.reset(token)
    if GUARDS.on:
        if targets is None:
            GUARDS.see.backward(walk)
        else:
            GUARDS.see.differentiated()
    return walk.captured


class _Walk:
    """The state of one backward.

    Attributes:
        nodes: those behind the roots, newest first.
        waiting: leaf -> how many contributions are still to come.
        pending: edge -> the sum of what has arrived there.
        owned: the leaves whose sum nobody else holds (Note [Ownership]).
        targets, needed: the edges whose gradients are wanted and the nodes on the way
            to them; None where all leaves accumulate.
        captured: target -> gradient.
    """

    def __init__(self, roots, targets, create_graph, retain_graph):
        self.create_graph, self.retain_graph = create_graph, retain_graph
        self.nodes, self.waiting = _reachable(roots)
        self.pending, self.owned, self.captured = {}, set(), {}
        self.targets: Any = None
        self.needed: Any = None
        if targets is not None:
            self.targets = set(targets)
            self.needed = _leading_to(self.nodes, self.targets)
        self.check_nan = bool(ANOMALY.get())

    def run(self):
        """Run each node's rule and pass its gradients on."""
        pending, arrive = self.pending, self.arrive
        careful = self.check_nan or self.targets is not None
        release = not self.retain_graph
        for node in self.nodes:
            gradient = pending.pop(node, None)
            if (
                careful
                or node.hooks is not None
                or gradient.__class__ is not Tensor
                or node.__class__ is Output
            ):
                found = self.run_carefully(node, gradient)
                if found is None:
                    continue
            else:
                found = node.gradients(gradient)
                if release:
                    node.release()
            for edge, outgoing in zip(node.edges, found, strict=False):
                if edge is None:
                    continue
                if outgoing is not None:
                    fresh = outgoing is not gradient and node.op is not None
                    arrive(edge, outgoing, fresh)
                if edge.__class__ is AccumulateGrad:
                    self.settle(edge)

    def run_carefully(self, node, gradient):
        """What `run` does for a node with hooks, targets, several results, no gradient.

        Returns:
            its gradients, or None where there are none to pass on.
        """
        if gradient is not None and node.hooks is not None:
            gradient = _incoming(node, gradient)
        if self.targets is not None:
            if gradient is not None and node in self.targets:
                self.captured[node] = gradient
            if node not in self.needed:
                return None
        if gradient is None:
            return (None,) * len(node.edges)
        if node.__class__ is Output:
            self.collect(node, gradient)
            return None
        if gradient.__class__ is list:
            gradient = _materialize(node, gradient)
        found = node.gradients(gradient)
        if self.check_nan:
            _check_nan(node, found)
        if node.hooks is not None and node.hooks.after:
            came_in = gradient if gradient.__class__ is tuple else (gradient,)
            found = node.hooks.outgoing(tuple(found), came_in)
        if not self.retain_graph:
            node.release()
        return found

    def collect(self, output, gradient):
        """Put the gradient of one of several results in its place at their node."""
        node = output.node
        places = self.pending.get(node)
        if places is None:
            places = self.pending[node] = [None] * len(node.shape)
        places[output.index] = gradient

    def arrive(self, edge, gradient, fresh):
        """Add a gradient to what an edge has received (Note [Fitting])."""
        array = gradient._array
        own, shape = array.shape, edge.shape
        # the ranks first: symbolic sizes remember what they were compared with
        if len(own) != len(shape) or own != shape or array.dtype is not edge.dtype:
            fitted = fit(gradient, edge.shape, edge.dtype)
            fresh = fresh or fitted is not gradient
            gradient = fitted
        if edge in self.pending:
            gradient, fresh = self.pending[edge] + gradient, True
        self.pending[edge] = gradient
        if edge.__class__ is AccumulateGrad:
            if fresh and gradient._base is None:
                self.owned.add(edge)
            else:
                self.owned.discard(edge)

    def settle(self, edge):
        """Finish a leaf when nothing more can arrive."""
        self.waiting[edge] -= 1
        if self.waiting[edge]:
            return
        gradient = self.pending.pop(edge, None)
        if gradient is None:
            return
        if edge.hooks is not None:
            hooked = edge.hooks.incoming(gradient)
            if hooked is not gradient:
                self.owned.discard(edge)
                gradient = hooked
        if self.targets is None:
            self.accumulate(edge, gradient)
        elif edge in self.targets:
            self.captured[edge] = gradient

    def accumulate(self, edge, gradient):
        """Add a finished gradient to the leaf's .grad (Note [Ownership])."""
        tensor = edge.variable
        if tensor is None:
            return
        with _accumulating:
            if tensor._grad is None:
                if not self.create_graph and _lies_otherwise(gradient, tensor):
                    tensor._grad = tensor.detach().clone().copy_(gradient)
                else:
                    owned = edge in self.owned
                    tensor._grad = gradient if owned else gradient.clone()
            elif self.create_graph:
                tensor._grad = tensor._grad + gradient
            else:
                if GUARDS.on:
                    GUARDS.see.adding(tensor)
                tensor._grad.add_(gradient)
        if edge.hooks is not None:
            for hook in tuple(edge.hooks.accumulated.values()):
                hook(tensor)


def _lies_otherwise(gradient, tensor):
    """Whether a gradient's elements lie in another order than its leaf's."""
    array, own = gradient._array, tensor._array
    strides = getattr(array, "strides", None)
    if strides == getattr(own, "strides", None):
        return False
    return not (array.flags.c_contiguous and own.flags.c_contiguous)


def _reachable(roots):
    """The nodes behind the roots, newest first, and how often each leaf is reached."""
    seen, waiting, stack = set(), {}, []
    for edge in roots:
        if edge.__class__ is AccumulateGrad:
            waiting[edge] = waiting.get(edge, 0) + 1
        elif edge not in seen:
            seen.add(edge)
            stack.append(edge)
    while stack:
        for edge in stack.pop().edges:
            if edge is None:
                continue
            if edge.__class__ is AccumulateGrad:
                waiting[edge] = waiting.get(edge, 0) + 1
            elif edge not in seen:
                seen.add(edge)
                stack.append(edge)
    return sorted(seen, key=_number, reverse=True), waiting


def _leading_to(nodes, targets):
    """The nodes from which a target can be reached."""
    needed = set()
    for node in reversed(nodes):
        for edge in node.edges:
            if edge is not None and (edge in targets or edge in needed):
                needed.add(node)
                break
    return needed


def fit(gradient, shape, dtype):
    """A gradient summed to a shape and converted to a dtype (Note [Fitting])."""
    own = gradient._array.shape
    if len(own) != len(shape) or own != shape:
        gradient = sum_to_shape(gradient, shape)
    if gradient._array.dtype != dtype:
        if gradient._array.dtype.kind == "c" and dtype.kind != "c":
            gradient = gradient.real
        gradient = gradient.to(BY_NUMPY[dtype])
    return gradient


def sum_to_shape(gradient, shape):
    """Undo broadcasting: sum over the dimensions that were added or stretched."""
    have = gradient._array.shape
    added = len(have) - len(shape)
    stretched = [
        i
        for i in range(max(added, 0), len(have))
        if shape[i - added] == 1 and have[i] != 1
    ]
    fits = added >= 0 and all(
        i in stretched or have[i] == shape[i - added] for i in range(added, len(have))
    )
    if not fits:
        raise GraphError(
            explain(
                "backward",
                expected=f"a gradient of shape {list(shape)}",
                got=f"shape {list(have)}",
                do="A gradient rule or hook returned the wrong shape.",
            )
        )
    if stretched:
        gradient = gradient.sum(tuple(stretched), keepdim=True)
    return gradient.sum(tuple(range(added))) if added else gradient


def _incoming(node, gradient):
    if gradient.__class__ is not list:
        return node.hooks.incoming(gradient)
    gradient = _materialize(node, gradient)
    for hook in tuple(node.hooks.before.values()):
        replaced = hook(gradient)
        gradient = gradient if replaced is None else replaced
    return list(gradient)


def _materialize(node, places):
    """Zeros for the results that got no gradient, where the node wants them."""
    if not node.fills_missing:
        return tuple(places)
    known = next(g for g in places if g is not None)
    return tuple(
        known.new_zeros(shape, dtype=BY_NUMPY[dtype]) if g is None else g
        for g, shape, dtype in zip(places, node.shape, node.dtype, strict=True)
    )


def _check_nan(node, gradients):
    for index, gradient in enumerate(gradients):
        if gradient is not None and bool(gradient.isnan().any()):
            trace = "".join((node.notes or {}).get("traceback_", ()))
            raise ArgumentRuntimeError(
                explain(
                    f"backward through {node.name()}",
                    expected="finite gradients (anomaly mode checks them)",
                    got=f"Function '{node.name()}' returned nan values in its "
                    f"{index}th output",
                    do="The operation was recorded here:\n" + trace,
                )
            )


def _one(array):
    """A tensor of ones of an array's shape, dtype and device."""
    if array.__class__ is not np.ndarray:
        return wrap(array).new_ones(array.shape)
    ones = np.empty(array.shape, array.dtype)
    ones.fill(1)
    return wrap(ones)


def _reason(array):
    """Why a tensor has no graph, where that can be seen."""
    if array.dtype.kind in "biu":
        return f" (it is {BY_NUMPY[array.dtype]}: whole numbers have no gradient)"
    return "" if GRAD_MODE.get() else " (gradients are switched off here)"


def root_gradient(tensor, gradient, who="backward()"):
    """The gradient to start from: the given one, or 1 for a single element."""
    if tensor._edge is None:
        raise GraphError(
            explain(
                who,
                expected="a tensor that requires grad",
                got="one that does not require grad and does not have a grad_fn"
                + _reason(tensor._array),
                do="Set requires_grad=True on the parameters, and compute the loss "
                "outside torch.no_grad() and without .detach() or .item().",
            )
        )
    if gradient is None:
        if tensor._array.size != 1:
            raise GraphError(
                explain(
                    who,
                    expected="a scalar: grad can be implicitly created only for "
                    "scalar outputs",
                    got=f"shape {list(tensor.shape)}",
                    do="Reduce it with .mean() or .sum(), or pass gradient=.",
                )
            )
        return _one(tensor._array)
    if tuple(gradient.shape) != tuple(tensor.shape):
        raise GraphError(
            explain(
                who,
                expected=f"a gradient of shape {list(tensor.shape)}",
                got=f"Mismatch in shape: {list(gradient.shape)}",
                do="Give the gradient the output's own shape.",
            )
        )
    return gradient

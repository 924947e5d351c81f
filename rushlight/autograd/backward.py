"""backward() and grad(): start the tape, and the Tensor methods that belong to it."""

import weakref

from rushlight._base.errors import (
    ArgumentTypeError,
    GraphError,
    UnsupportedError,
    explain,
)
from rushlight._core.guarding import GUARDS
from rushlight._core.intercept import CAPTURE
from rushlight._core.node import AccumulateGrad
from rushlight._core.tape import root_gradient, run_backward
from rushlight._core.tensor import Tensor, attach


def _sequence(value):
    return (value,) if isinstance(value, Tensor) else tuple(value)


def _start(tensors, gradients, who):
    """The edges and gradients to start from."""
    tensors = _sequence(tensors)
    gradients = (None,) * len(tensors) if gradients is None else _sequence(gradients)
    if len(gradients) != len(tensors):
        raise GraphError(
            explain(
                who,
                expected=f"one gradient for each of {len(tensors)} tensors",
                got=f"{len(gradients)} gradients",
                do="Pass None for a scalar's.",
            )
        )
    starts = [root_gradient(t, g, who) for t, g in zip(tensors, gradients, strict=True)]
    return [t._edge for t in tensors], starts


def backward(
    tensors,
    grad_tensors=None,
    retain_graph=None,
    create_graph=False,
    grad_variables=None,
    inputs=None,
):
    """Add the gradients of some tensors to the .grad of the leaves they came from.

    Args:
        tensors: a tensor or several; those without gradient must be scalars.
        grad_tensors: the gradient of something with respect to each tensor.
        retain_graph: keep the graph for another backward (default: create_graph).
        create_graph: record the backward itself, for higher derivatives.
        grad_variables: torch's old name of grad_tensors.
        inputs: only these tensors accumulate; all leaves if left out.

    Raises:
        RuntimeError: where there is no graph, it was freed, or a saved value changed.

    >>> import rushlight
    >>> x = rushlight.tensor(3.0, requires_grad=True)
    >>> rushlight.autograd.backward(x * x)
    >>> x.grad
    tensor(6.)
    """
    gradients = grad_tensors if grad_variables is None else grad_variables
    edges, starts = _start(tensors, gradients, "backward()")
    if GUARDS.on:
        GUARDS.see.starting(_sequence(tensors)[0])
    retain = create_graph if retain_graph is None else retain_graph
    if inputs is None:
        run_backward(edges, starts, retain_graph=retain, create_graph=create_graph)
        return
    inputs = _sequence(inputs)
    targets = _targets(inputs, "backward()")
    found = run_backward(
        edges, starts, retain_graph=retain, create_graph=create_graph, targets=targets
    )
    for tensor, edge in zip(inputs, targets, strict=True):
        gradient = found.get(edge)
        if gradient is not None:
            old = tensor._grad
            tensor._grad = gradient.clone() if old is None else old + gradient


def _targets(inputs, who):
    for tensor in inputs:
        if not isinstance(tensor, Tensor):
            raise ArgumentTypeError(
                explain(
                    who,
                    expected="inputs to be Tensors",
                    got=type(tensor).__name__,
                    do="Pass the tensors to differentiate by.",
                )
            )
        if tensor._edge is None:
            raise GraphError(
                explain(
                    who,
                    expected="inputs that require grad",
                    got="one of the differentiated Tensors does not require grad",
                    do="Call requires_grad_() on it before the forward pass.",
                )
            )
    return [tensor._edge for tensor in inputs]


def grad(
    outputs,
    inputs,
    grad_outputs=None,
    retain_graph=None,
    create_graph=False,
    only_inputs=True,
    allow_unused=None,
    is_grads_batched=False,
    materialize_grads=False,
):
    """The gradients of outputs with respect to inputs; no .grad is touched.

    Args:
        outputs, inputs: a tensor or several.
        grad_outputs: the gradient to start from for each output; 1 for scalars.
        retain_graph: keep the graph (default: create_graph).
        create_graph: record the backward itself, for higher derivatives.
        only_inputs: must be True.
        allow_unused: give None for an input that no output depends on.
        is_grads_batched: not supported.
        materialize_grads: give zeros instead of None.

    Returns:
        tuple of Tensors, one for each input.

    Raises:
        RuntimeError: for an unused input without allow_unused, and as `backward`.

    >>> import rushlight
    >>> x = rushlight.tensor(3.0, requires_grad=True)
    >>> rushlight.autograd.grad(x**2, x)
    (tensor(6.),)
    """
    if is_grads_batched or not only_inputs:
        raise UnsupportedError(
            explain(
                "grad()",
                expected="is_grads_batched=False and only_inputs=True",
                got=f"{is_grads_batched} and {only_inputs}",
                do="Call grad() once for each gradient.",
            )
        )
    edges, starts = _start(outputs, grad_outputs, "grad()")
    inputs, capture = _sequence(inputs), CAPTURE.get()
    if capture is not None:  # a trace records what stands for them
        inputs = tuple(map(capture.shadow, inputs))
    targets = _targets(inputs, "grad()")
    retain = create_graph if retain_graph is None else retain_graph
    found = run_backward(
        edges, starts, retain_graph=retain, create_graph=create_graph, targets=targets
    )
    results = [found.get(edge) for edge in targets]
    if materialize_grads:
        return tuple(
            t.new_zeros(t._array.shape) if g is None else g
            for g, t in zip(results, inputs, strict=True)
        )
    if not allow_unused and any(g is None for g in results):
        raise GraphError(
            explain(
                "grad()",
                expected="outputs that depend on every input",
                got="one of the differentiated Tensors appears to not have been used "
                "in the graph",
                do="Set allow_unused=True if this is the desired behavior.",
            )
        )
    return tuple(results)


# ------------------------------------------------------------------- Tensor's methods


def _backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None):
    """Add this tensor's gradients to the .grad of the leaves it came from.

    Args:
        gradient: of something with respect to this tensor; not needed for a scalar.
        retain_graph, create_graph, inputs: as for `autograd.backward`.

    Raises:
        RuntimeError: as `autograd.backward`.
    """
    start = root_gradient(self, gradient)
    if inputs is not None:
        backward(self, start, retain_graph, create_graph, inputs=inputs)
        return
    if GUARDS.on:
        GUARDS.see.starting(self)
    retain = create_graph if retain_graph is None else retain_graph
    run_backward([self._edge], [start], retain_graph=retain, create_graph=create_graph)


def register_hook(self, hook):
    """Call ``hook(grad)`` when this tensor's gradient is known; it may replace it.

    Returns:
        RemovableHandle.

    Raises:
        RuntimeError: for a tensor that requires no gradient.
    """
    if self._edge is None:
        raise GraphError(
            explain(
                "register_hook()",
                expected="a tensor that requires grad",
                got="cannot register a hook on a tensor that doesn't require gradient",
                do="Call requires_grad_() first.",
            )
        )
    return self._edge.own_hooks().tensor.add(hook)


def register_post_accumulate_grad_hook(self, hook):
    """Call ``hook(param)`` after backward has added to this leaf's .grad.

    Returns:
        RemovableHandle.

    Raises:
        RuntimeError: for a tensor that is no leaf or requires no gradient.
    """
    if self._edge.__class__ is not AccumulateGrad:
        raise GraphError(
            explain(
                "register_post_accumulate_grad_hook()",
                expected="a leaf that requires grad",
                got="post accumulate grad hooks cannot be registered on non-leaf "
                "tensors",
                do="Use register_hook() for a result.",
            )
        )
    return self._edge.own_hooks().accumulated.add(hook)


def retain_grad(self):
    """Keep the gradient of this result in .grad, as leaves do.

    Raises:
        RuntimeError: for a tensor that requires no gradient.
    """
    if self._edge is None:
        raise GraphError(
            explain(
                "retain_grad()",
                expected="a tensor that requires grad",
                got="can't retain_grad on Tensor that has requires_grad=False",
                do="Call requires_grad_() before the forward pass.",
            )
        )
    if not self.is_leaf and not self.retains_grad:
        self._edge.own_hooks().retained.append(weakref.ref(self))


def _retains_grad(self):
    hooks = None if self._edge is None or self.is_leaf else self._edge.hooks
    return hooks is not None and any(ref() is self for ref in hooks.retained)


attach("backward", _backward)
attach("register_hook", register_hook)
attach("register_post_accumulate_grad_hook", register_post_accumulate_grad_hook)
attach("retain_grad", retain_grad)
attach(
    "retains_grad",
    property(_retains_grad, doc="Whether this result keeps its gradient in .grad."),
)

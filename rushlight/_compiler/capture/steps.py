"""Whole training steps: gradients that a function sets, and steps that it takes.

# Note [Training steps]
# A function that calls backward() leaves gradients in its parameters, and one that
# calls an optimizer's step() changes them.  In a trace, gradients are values like
# others: parameters get them for the time of the trace, and what is there in the end
# is set at each call.  Steps are not traced: each is noted with the gradients that it
# would have seen, and is taken for real, by the optimizer's own fused update, after
# the graph has run.  A function that uses parameters after their step is not traced.
"""

from dataclasses import dataclass, field
from typing import Any

from rushlight._base.spec import Spec
from rushlight._compiler.capture.guards import is_module, reachable
from rushlight._compiler.capture.tracer import TraceStop
from rushlight._core.tensor import Tensor


@dataclass
class Step:
    """A deferred call: what is to be called, and the gradients that it sees.

    Attributes:
        call: ``() -> None``.
        gradients: list of (parameter, Value or None).
    """

    call: Any
    gradients: list = field(default_factory=list)


class Holders:
    """The parameters whose gradients a function may set.

    Args:
        function, leaves: what is traced, and the leaves of its arguments.
    """

    def __init__(self, function, leaves):
        self.tensors = list(_parameters(reachable(function, leaves)))
        self.before = [p._grad for p in self.tensors]
        self.leaves = []

    def watch(self, leaves):
        """Watch the leaves that a trace meets too (`Tracer.leaves`, as it grows)."""
        self.leaves = leaves

    def adopt(self, arguments):
        """Count the other leaves that were met among the holders.

        Args:
            arguments: how many of the leaves came as arguments; the next call brings
                others, so those must have been left alone.
        """
        known = {id(tensor) for tensor in self.tensors}
        for place, (tensor, before) in enumerate(self.leaves):
            if id(tensor) in known:
                continue
            if place >= arguments:
                self.tensors.append(tensor)
                self.before.append(before)
            elif tensor._grad is not before:
                raise TraceStop("backward() inside gives an argument its gradient")

    def set_anew(self, tracer):
        """The gradients that the trace left: [(parameter, Value or None)]."""
        found, given = [], {id(p) for s in tracer.steps for p, _ in s.gradients}
        for tensor, before in zip(self.tensors, self.before, strict=True):
            now = tensor._grad
            if now is not before or id(tensor) in given:
                found.append((tensor, gradient_value(tracer, now)))
        return found

    def restore(self):
        """Give the parameters the gradients that they had."""
        pairs = zip(self.tensors, self.before, strict=True)
        for tensor, before in [*self.leaves, *pairs]:
            tensor._grad = before

    @property
    def without(self):
        """For each parameter whether it began without a gradient."""
        return [before is None for before in self.before]


def gradient_value(tracer, gradient):
    """The value of a gradient in the trace, or None."""
    if gradient is None:
        return None
    if gradient._array.__class__ is not Spec:
        gradient = tracer.shadow(gradient)
    return tracer.value_of(gradient._array)


def deferred(tracer, method, owner, args, kwargs):
    """Note a step of an optimizer or a scheduler."""
    if any(value is not None for value in (*args, *kwargs.values())):
        raise TraceStop(f"{type(owner).__name__}.step() is given arguments")
    step = Step(lambda: method(owner))
    if hasattr(owner, "param_groups"):
        params = [p for group in owner.param_groups for p in group["params"]]
        step.gradients = [(p, gradient_value(tracer, p._grad)) for p in params]
        tracer.stepped.update(id(p._array) for p in params)
    tracer.steps.append(step)


def _parameters(things):
    """The parameters of modules and optimizers, each once."""
    seen = set()
    for thing in things:
        if is_module(thing):
            tensors = [
                p
                for module in thing.modules()
                for p in module._parameters.values()
                if p is not None
            ]
        else:
            tensors = [p for group in thing.param_groups for p in group["params"]]
        for tensor in tensors:
            if isinstance(tensor, Tensor) and id(tensor) not in seen:
                seen.add(id(tensor))
                yield tensor

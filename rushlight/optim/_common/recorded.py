"""Rules in recorded Tensor operations (Note [One rule] in rule.py)."""

import operator

from rushlight._core.expose import TORCH
from rushlight._core.tensor import Tensor


class Recorded:
    """The loop language's words as Tensor operations (Note [One rule])."""

    add = staticmethod(operator.add)
    sub = staticmethod(operator.sub)
    mul = staticmethod(operator.mul)
    div = staticmethod(operator.truediv)
    neg = staticmethod(operator.neg)
    lt = staticmethod(operator.lt)
    le = staticmethod(operator.le)
    eq = staticmethod(operator.eq)

    @staticmethod
    def abs(x):
        """The absolute value."""
        return x.abs()

    @staticmethod
    def sqrt(x):
        """The square root."""
        return x.sqrt()

    @staticmethod
    def max(x, y):
        """The larger; y may be a number."""
        return x.maximum(y) if isinstance(y, Tensor) else x.clamp(min=y)

    @staticmethod
    def min(x, y):
        """The smaller; y may be a number."""
        return x.minimum(y) if isinstance(y, Tensor) else x.clamp(max=y)

    @staticmethod
    def where(condition, x, y):
        """x where the condition holds, else y."""
        return TORCH["where"](condition, x, y)


class _Numbers:
    def __init__(self, numbers):
        self.__dict__.update(numbers)


def recorded_update(update, param, own, names, numbers):
    """Run an Update's rule on one parameter in recorded Tensor operations.

    Args:
        update: an `Update`.
        param: the Tensor to change in place; its gradient is read.
        own: its state; the named tensors are replaced.
        names: of the states, in the rule's order.
        numbers: {name: number or Tensor}.
    """
    is_complex = param.is_complex()
    tensors = [param.clone(), param.grad, *[own[name] for name in names]]
    if is_complex:
        tensors = [TORCH["view_as_real"](t) for t in tensors]
    new, *states = update.rule(Recorded, _Numbers(numbers), *tensors)
    if is_complex:
        new, *states = [TORCH["view_as_complex"](t) for t in (new, *states)]
    param.copy_(new)
    own.update(zip(names, states, strict=True))

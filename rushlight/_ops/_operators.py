"""Shared by the families: binary operators of Tensor from their records."""

import numpy as np

from rushlight._core.dispatch import call2
from rushlight._core.inplace import inplace2
from rushlight._core.tensor import Tensor, attach

OPERANDS = (Tensor, int, float, complex, np.generic)


def attach_operator(name, op, reflected=None, inplace=True):
    """Give Tensor an operator: ``x <name> y``, ``y <name> x`` and ``x <name>= y``.

    Args:
        name: between the underscores, as "add".
        op: its record.
        reflected: the function of (self, other) that computes ``other <name> self``;
            the operator itself where the order does not matter.
        inplace: whether there is the augmented form.
    """
    form = operator_of(op)
    _name(form, f"__{name}__")
    attach(f"__{name}__", form)
    if reflected is not False:
        other_way = form if reflected is None else _careful(reflected)
        attach(f"__r{name}__", other_way)
    if inplace:
        attach(f"__i{name}__", _name(_inplace_operator(op), f"__i{name}__"))


def _name(function, name):
    function.__name__ = name
    function.__qualname__ = f"Tensor.{name}"
    return function


# Note [Operators]
# An operator answers NotImplemented for an operand that it does not know, so that
# Python asks the other operand's class, and at last raises TypeError itself.


def operator_of(op):
    """``x op y`` by an op's record (Note [Operators])."""

    def operator(self, other):
        if other is None:  # which a rule could take for an input that was left out
            return NotImplemented
        try:
            return call2(op, self, other)
        except TypeError:
            if isinstance(other, OPERANDS):
                raise
            return NotImplemented

    return operator


def _inplace_operator(op):
    def operator(self, other):
        if other is None:
            return NotImplemented
        try:
            return inplace2(op, self, other)
        except TypeError:
            if isinstance(other, OPERANDS):
                raise
            return NotImplemented

    return operator


def _careful(function):
    def operator(self, other):
        if isinstance(other, OPERANDS):
            return function(self, other)
        return NotImplemented

    return operator

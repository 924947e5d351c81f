"""Shared by the families: binary operators of Tensor from their records."""

import numpy as np

from rushlight._core.dispatch import call
from rushlight._core.inplace import inplace2
from rushlight._core.short import compile_short
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
    attach_binary(name, op)
    if reflected is None:
        attach_binary(f"r{name}", op)
    elif reflected is not False:
        attach(f"__r{name}__", _careful(reflected))
    if inplace:
        attach(f"__i{name}__", _name(_inplace_operator(op), f"__i{name}__"))


def _name(function, name):
    function.__name__ = name
    function.__qualname__ = f"Tensor.{name}"
    return function


# Note [Operators]
# An operator answers NotImplemented for an operand that it does not know, so that
# Python asks the other operand's class, and at last raises TypeError itself.  It is
# the op's short form with this for its careful path, and written out, as those are,
# when it is first used: then it takes its place in Tensor.


def attach_binary(name, op):
    """Give Tensor the operator ``x <name> y`` of an op's record (Note [Operators])."""
    attribute = f"__{name}__"

    def first_call(self, other):
        form = _name(compile_short(op, _unless_unknown), attribute)
        setattr(Tensor, attribute, form)
        return form(self, other)

    attach(attribute, _name(first_call, attribute))


def _unless_unknown(op, x, y):
    if y is None:  # which a rule could take for an input that was left out
        return NotImplemented
    try:
        return call(op, x, y)
    except TypeError:
        if isinstance(y, OPERANDS):
            raise
        return NotImplemented


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

"""The in-place forms of views, which change what a tensor shows."""

from rushlight._base.errors import UnsupportedError, explain
from rushlight._core.inplace import bump, check_writable
from rushlight._core.node import AccumulateGrad, node_type
from rushlight._core.state import GRAD_MODE
from rushlight._core.tensor import wrap

_variants = {}


def inplace_view(op, x, **attrs):
    """Make x show what the view op gives of it, as ``x.t_()`` does."""
    edge = x._edge
    recording = edge is not None and GRAD_MODE.get()
    if recording:
        check_writable(x, f"{op.name}_()")
    old = wrap(x._array)
    old._edge = edge
    result = op.short(old, **attrs)
    if result._array.__class__ is not x._array.__class__:
        raise _from_outside(f"{op.name}_()")
    x._array = result._array
    if recording:
        x._edge = result._edge
        x._edge.__class__ = _variant(x._edge.__class__)
    elif edge.__class__ is AccumulateGrad:
        edge.shape = x._array.shape
    bump(x)
    return x


def _from_outside(who):
    """The error for changing a real tensor while only specs are computed."""
    return UnsupportedError(
        explain(
            who,
            expected="a tensor that the traced function made",
            got="one from outside, whose shape a compiled function cannot change",
            do="Use the form without the underscore.",
        )
    )


def _variant(node):
    """The class of nodes that records an in-place form: torch counts its number up."""
    found = _variants.get(node)
    if found is None:
        name = node.__name__
        found = _variants[node] = node_type(name[:-1] + str(int(name[-1]) + 1), node.op)
    return found

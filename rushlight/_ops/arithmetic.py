"""Arithmetic: add, sub, mul, div and their like, and the operators."""

from rushlight._core.dispatch import call, call2
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out, inplace2
from rushlight._core.table import SAME, define
from rushlight._core.tensor import attach
from rushlight._ops.specs import pointwise_spec

# ------------------------------------------------------------------------------- add


def add(input, other, *, alpha=1, out=None):
    """Add: ``input + alpha * other``.

    Args:
        input, other: tensors of shapes that broadcast, or numbers; any dtype.
        alpha: a number that multiplies ``other``.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    Raises:
        RuntimeError: where the shapes do not broadcast.

    >>> import rushlight
    >>> rushlight.add(rushlight.tensor([1, 2]), 10)
    tensor([11, 12])
    """
    if alpha != 1:
        other = other * alpha
    return call2(ADD, input, other) if out is None else call_out(ADD, (input, other), out)


def _add_grad(g):
    return g, g


def _add_lower(k, x, y):
    return k.add(x, y)


ADD = define(
    "add",
    inputs="x y",
    eager="add",
    spec=pointwise_spec,
    grad=_add_grad,
    lower=_add_lower,
    promote=SAME,
)


def add_(input, other, *, alpha=1):
    """In-place form of `add`: writes into ``input`` and returns it."""
    return inplace2(ADD, input, other if alpha == 1 else other * alpha)


expose(add)
expose(add_, torch=False)
attach("__add__", lambda self, other: call2(ADD, self, other))
attach("__radd__", lambda self, other: call2(ADD, self, other))
attach("__iadd__", lambda self, other: inplace2(ADD, self, other))

# ------------------------------------------------------------------------------- mul


def mul(input, other, *, out=None):
    """Multiply: ``input * other``.

    Args:
        input, other: tensors of shapes that broadcast, or numbers; any dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    Raises:
        RuntimeError: where the shapes do not broadcast.

    >>> import rushlight
    >>> rushlight.mul(rushlight.tensor([1.0, 2.0]), 3)
    tensor([3., 6.])
    """
    return call2(MUL, input, other) if out is None else call_out(MUL, (input, other), out)


def _mul_grad(g, *, x, y, needs):
    return (
        g * conj_of(y) if needs[0] else None,
        g * conj_of(x) if needs[1] else None,
    )


def conj_of(value):
    """The complex conjugate of a tensor or number; real values as they are."""
    return value.conj() if value.__class__ is complex or is_complex(value) else value


def is_complex(value):
    """Whether a saved value is a complex tensor."""
    return getattr(value, "_array", None) is not None and value._array.dtype.kind == "c"


def _mul_lower(k, x, y):
    return k.mul(x, y)


MUL = define(
    "mul",
    inputs="x y",
    eager="multiply",
    spec=pointwise_spec,
    grad=_mul_grad,
    lower=_mul_lower,
    promote=SAME,
    saved_for={"x": "y", "y": "x"},
)


def mul_(input, other):
    """In-place form of `mul`: writes into ``input`` and returns it."""
    return inplace2(MUL, input, other)


expose(mul, aliases=["multiply"])
expose(mul_, torch=False, aliases=["multiply_"])
attach("__mul__", lambda self, other: call2(MUL, self, other))
attach("__rmul__", lambda self, other: call2(MUL, self, other))
attach("__imul__", lambda self, other: inplace2(MUL, self, other))

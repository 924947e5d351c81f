"""Products: mul."""

from rushlight._core.dispatch import call2
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out, inplace2
from rushlight._core.table import SAME, define
from rushlight._ops._conjugate import conj_of
from rushlight._ops._operators import attach_operator
from rushlight._ops.specs import pointwise_spec

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
    if out is None:
        return call2(MUL, input, other)
    return call_out(MUL, (input, other), out)


def _mul_grad(g, *, x, y, needs):
    return (
        g * conj_of(y) if needs[0] else None,
        g * conj_of(x) if needs[1] else None,
    )


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
    wide_numbers=True,
)


def mul_(input, other):
    """In-place form of `mul`: writes into ``input`` and returns it."""
    return inplace2(MUL, input, other)


expose(mul, aliases=["multiply"])
expose(mul_, torch=False, aliases=["multiply_"])
attach_operator("mul", MUL)

"""Quotients: div, floor_divide, reciprocal."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    UnsupportedError,
    explain,
)
from rushlight._core.dispatch import call2
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out, inplace2
from rushlight._core.table import FLOAT, SAME, define
from rushlight._core.tensor import attach
from rushlight._ops._arguments import refuse
from rushlight._ops._conjugate import conj_of
from rushlight._ops._operators import attach_operator
from rushlight._ops.arithmetic._lowered import floor_lower
from rushlight._ops.specs import float_spec, pointwise_spec

# ------------------------------------------------------------------------------- div


def div(input, other, *, rounding_mode=None, out=None):
    """Divide: ``input / other``.

    Args:
        input, other: tensors of shapes that broadcast, or numbers; any dtype.
        rounding_mode: None, "trunc" (towards zero) or "floor" (down).
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape; integers and bool give the default float dtype,
        with a rounding mode the promoted dtype.

    Raises:
        RuntimeError: where the shapes do not broadcast, for an unknown rounding mode,
            and where an integer is divided by zero with a rounding mode.

    >>> import rushlight
    >>> rushlight.div(rushlight.tensor([7, -7]), 2)
    tensor([ 3.5000, -3.5000])
    >>> rushlight.div(rushlight.tensor([7, -7]), 2, rounding_mode="floor")
    tensor([ 3, -4])
    """
    op = DIV if rounding_mode is None else _rounding(rounding_mode)
    return call2(op, input, other) if out is None else call_out(op, (input, other), out)


def _rounding(mode):
    if mode in ("floor", "trunc"):
        return DIV_FLOOR if mode == "floor" else DIV_TRUNC
    if isinstance(mode, str):
        raise ArgumentRuntimeError(
            explain(
                "div()",
                expected="rounding_mode to be None, 'trunc' or 'floor'",
                got=repr(mode),
                do="Leave it out for true division.",
            )
        )
    raise ArgumentTypeError(
        explain(
            "div()",
            expected="rounding_mode to be None or a str",
            got=type(mode).__name__,
            do="Pass 'trunc' or 'floor'.",
        )
    )


def _div_grad(g, *, x, y, needs):
    return (
        g / conj_of(y) if needs[0] else None,
        -g * conj_of(x / y / y) if needs[1] else None,
    )


def _div_lower(k, x, y):
    return k.div(x, y)


DIV = define(
    "div",
    inputs="x y",
    eager="divide",
    spec=float_spec,
    grad=_div_grad,
    lower=_div_lower,
    promote=FLOAT,
    saved_for={"x": "y"},
    wide_numbers=True,
)


def div_(input, other, *, rounding_mode=None):
    """In-place form of `div`: writes into ``input`` and returns it."""
    return inplace2(
        DIV if rounding_mode is None else _rounding(rounding_mode), input, other
    )


def true_divide(input, other, *, out=None):
    """Divide; another name for `div` without a rounding mode.

    Args:
        input, other, out: as for `div`.

    Returns:
        Tensor: of the broadcast shape, of a float or complex dtype.

    >>> import rushlight
    >>> rushlight.true_divide(rushlight.tensor([1, 2]), 2)
    tensor([0.5000, 1.0000])
    """
    if out is None:
        return call2(DIV, input, other)
    return call_out(DIV, (input, other), out)


def true_divide_(input, other):
    """In-place form of `true_divide`: writes into ``input`` and returns it."""
    return inplace2(DIV, input, other)


expose(div, aliases=["divide"])
expose(div_, torch=False, aliases=["divide_"])
expose(true_divide)
expose(true_divide_, torch=False)
attach_operator(
    "truediv",
    DIV,
    reflected=lambda self, other: RECIPROCAL.short(self) * other,
)
for _old, _new in (("__div__", true_divide), ("__idiv__", true_divide_)):
    attach(_old, _new)
attach("__rdiv__", lambda self, other: RECIPROCAL.short(self) * other)

# ------------------------------------------------------------ div with rounding modes


def check_divisor(np, y):
    """Refuse an integer divisor that is zero, or holds a zero."""
    if not (y if y.__class__ in (int, bool) else np.logical_and.reduce(y, None)):
        raise ArgumentRuntimeError(
            explain(
                "integer division",
                expected="divisors other than 0",
                got="ZeroDivisionError",
                do="Divide floats, or mask the zeros.",
            )
        )


def _floor_eager(backend, x, y):
    kind = x.dtype.kind
    if kind in "iu":
        check_divisor(backend.np, y)
    elif kind in "bc":
        refuse(x, "div_floor", "bc")
    return backend.np.floor_divide(x, y)


def _trunc_eager(backend, x, y):
    np, kind = backend.np, x.dtype.kind
    if kind in "bc":
        refuse(x, "div_trunc", "bc")
    if kind not in "iu":
        return np.trunc(np.divide(x, y))
    check_divisor(np, y)
    # what the remainder, which has x's sign, leaves is divided exactly
    return np.floor_divide(np.subtract(x, np.fmod(x, y)), y)


def _rounded_spec(x, y):
    spec = pointwise_spec(x, y)
    refuse(spec, "div with a rounding mode", "bc")
    return spec


def _rounded_grad(g):
    return g.new_zeros(g.shape), g.new_zeros(g.shape)


DIV_FLOOR = define(
    "div_floor",
    inputs="x y",
    eager=_floor_eager,
    spec=_rounded_spec,
    grad=_rounded_grad,
    lower=floor_lower,
    exact=True,
    passes=90,
    promote=SAME,
    wide_numbers=True,
    node="DivBackward2",
)


def _div_trunc_lower(k, x, y):
    return k.trunc(k.div(x, y))


DIV_TRUNC = define(
    "div_trunc",
    inputs="x y",
    eager=_trunc_eager,
    spec=_rounded_spec,
    grad=_rounded_grad,
    promote=SAME,
    wide_numbers=True,
    node="DivBackward2",
    lower=_div_trunc_lower,
)


def floor_divide(input, other, *, out=None):
    """Divide and round down: ``floor(input / other)``.

    Args:
        input, other: as for `div`.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    Raises:
        RuntimeError: where an integer is divided by zero, and in backward: unlike
            ``div(rounding_mode="floor")`` it has no gradient.

    >>> import rushlight
    >>> rushlight.floor_divide(rushlight.tensor([7, -7]), 2)
    tensor([ 3, -4])
    """
    op = FLOOR_DIVIDE
    return call2(op, input, other) if out is None else call_out(op, (input, other), out)


def _no_grad(g):
    raise UnsupportedError(
        explain(
            "backward through floor_divide()",
            expected="an operation that has a gradient",
            got="derivative for aten::floor_divide is not implemented",
            do="Use torch.div(x, y, rounding_mode='floor'), whose gradient is zero.",
        )
    )


FLOOR_DIVIDE = define(
    "floor_divide",
    inputs="x y",
    eager=_floor_eager,
    spec=_rounded_spec,
    grad=_no_grad,
    lower=floor_lower,
    exact=True,
    passes=90,
    promote=SAME,
    wide_numbers=True,
    node="NotImplemented",
)


def floor_divide_(input, other):
    """In-place form of `floor_divide`: writes into ``input`` and returns it."""
    return inplace2(FLOOR_DIVIDE, input, other)


expose(floor_divide)
expose(floor_divide_, torch=False)
attach_operator(
    "floordiv",
    FLOOR_DIVIDE,
    reflected=lambda self, other: call2(FLOOR_DIVIDE, other, self),
)

# ------------------------------------------------------------------------ reciprocal


def reciprocal(input, *, out=None):
    """Divide 1 by each element: ``1 / input``.

    Args:
        input: (*), any dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape; integers give the default float dtype.

    Raises:
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.reciprocal(rushlight.tensor([2.0, 4.0]))
    tensor([0.5000, 0.2500])
    """
    return (
        RECIPROCAL.short(input) if out is None else call_out(RECIPROCAL, (input,), out)
    )


def _reciprocal_eager(backend, x):
    return backend.np.divide(1, x)


def _reciprocal_grad(g, *, out):
    return -g * (out * out).conj()


def _reciprocal_lower(k, x):
    return k.div(k.const(1), x)


RECIPROCAL = define(
    "reciprocal",
    eager=_reciprocal_eager,
    spec=float_spec,
    grad=_reciprocal_grad,
    lower=_reciprocal_lower,
    promote=FLOAT,
)
expose(reciprocal, inplace=RECIPROCAL)

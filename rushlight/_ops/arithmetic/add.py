"""Sums and differences: add, sub, rsub, neg, positive."""

from rushlight._base.dtype import COMPLEX, FLOAT, INTEGER
from rushlight._base.errors import ArgumentRuntimeError, DtypeError, explain
from rushlight._base.promote import result_dtype
from rushlight._core.dispatch import call, call2
from rushlight._core.expose import expose, mutate
from rushlight._core.inplace import call_out, inplace2
from rushlight._core.table import SAME, define
from rushlight._core.tensor import attach
from rushlight._ops._arguments import require_tensor
from rushlight._ops._arrays import wide
from rushlight._ops._operators import attach_operator
from rushlight._ops.specs import pointwise_spec, same_spec

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
        RuntimeError: where the shapes do not broadcast, or alpha is of a higher
            category than the result (a float for integers).

    >>> import rushlight
    >>> rushlight.add(rushlight.tensor([1, 2]), 10)
    tensor([11, 12])
    """
    if alpha.__class__ is not int or alpha != 1:
        return _scaled(ADD_SCALED, input, other, alpha, out)
    if out is None:
        return call2(ADD, input, other)
    return call_out(ADD, (input, other), out)


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
    if alpha.__class__ is int and alpha == 1:
        return inplace2(ADD, input, other)
    return mutate(add, input, (other,), {"alpha": alpha}, "add")


expose(add)
expose(add_, torch=False)
attach_operator("add", ADD)

# ------------------------------------------------------------------------------- sub


def sub(input, other, *, alpha=1, out=None):
    """Subtract: ``input - alpha * other``.

    Args:
        input, other: tensors of shapes that broadcast, or numbers; any dtype but bool.
        alpha: a number that multiplies ``other``.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    Raises:
        RuntimeError: where the shapes do not broadcast, for bool tensors, and where
            alpha is of a higher category than the result.

    >>> import rushlight
    >>> rushlight.sub(rushlight.tensor([1, 2]), 10)
    tensor([-9, -8])
    """
    if alpha.__class__ is not int or alpha != 1:
        return _scaled(SUB_SCALED, input, other, alpha, out)
    if out is None:
        return call2(SUB, input, other)
    return call_out(SUB, (input, other), out)


def _check_no_bool(*operands, **attrs):
    for operand in operands:
        dtype = getattr(getattr(operand, "_array", operand), "dtype", None)
        if dtype is not None and dtype.kind == "b":
            raise DtypeError(
                explain(
                    "sub()",
                    expected="numbers",
                    got="a bool tensor, for which subtraction, the `-` operator, is "
                    "not supported",
                    do="To invert a mask use ~ or logical_not(), to compare masks ^.",
                )
            )


def _sub_spec(x, y, **attrs):
    _check_no_bool(x, y)
    return pointwise_spec(x, y)


def _sub_grad(g, *, needs):
    return g, -g if needs[1] else None


def _sub_lower(k, x, y):
    return k.sub(x, y)


SUB = define(
    "sub",
    inputs="x y",
    eager="subtract",
    spec=_sub_spec,
    grad=_sub_grad,
    lower=_sub_lower,
    promote=SAME,
    check=_check_no_bool,
)


def sub_(input, other, *, alpha=1):
    """In-place form of `sub`: writes into ``input`` and returns it."""
    if alpha.__class__ is int and alpha == 1:
        return inplace2(SUB, input, other)
    return mutate(sub, input, (other,), {"alpha": alpha}, "sub")


expose(sub, aliases=["subtract"])
expose(sub_, torch=False, aliases=["subtract_"])

# ------------------------------------------------------------------------------ rsub


def rsub(input, other, *, alpha=1):
    """Subtract the other way round: ``other - alpha * input``.

    Args:
        input, other, alpha: as for `sub`.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    >>> import rushlight
    >>> rushlight.rsub(rushlight.tensor([1, 2]), 10)
    tensor([9, 8])
    """
    require_tensor(input, "rsub()")
    if alpha.__class__ is int and alpha == 1:
        return call2(RSUB, input, other)
    return _scaled(RSUB_SCALED, input, other, alpha)


def _rsub_eager(backend, x, y):
    return backend.np.subtract(y, x)


def _rsub_grad(g, *, needs):
    return -g if needs[0] else None, g


def _rsub_lower(k, x, y):
    return k.sub(y, x)


def _rsub_node(inputs, attrs):
    return "RsubBackward0" if hasattr(inputs[1], "_array") else "RsubBackward1"


RSUB = define(
    "rsub",
    inputs="x y",
    eager=_rsub_eager,
    spec=_sub_spec,
    grad=_rsub_grad,
    lower=_rsub_lower,
    promote=SAME,
    node=_rsub_node,
    check=_check_no_bool,
)
expose(rsub, method=False)
attach_operator("sub", SUB, reflected=lambda self, other: call2(RSUB, self, other))

# ----------------------------------------------------------------------- with alpha


def _scaled(op, x, y, alpha, out=None):
    operands = [getattr(v, "_array", v) for v in (x, y)]
    dtype = result_dtype(operands)
    _check_alpha(alpha, dtype, f"{op.name.removesuffix('_scaled')}()")
    if dtype.category == 0:
        alpha = bool(alpha)
    if out is None:
        return call(op, x, y, alpha=alpha)
    return call_out(op, (x, y), out, alpha=alpha)


def _check_alpha(alpha, dtype, who):
    category = COMPLEX if isinstance(alpha, complex) else FLOAT
    if isinstance(alpha, int):
        category = 0 if isinstance(alpha, bool) else INTEGER
    refused = category > max(dtype.category, INTEGER)
    if refused or (category == 0 and dtype.category > 0):
        kind = {0: "Boolean", FLOAT: "a floating point", COMPLEX: "a complex"}[category]
        raise ArgumentRuntimeError(
            explain(
                who,
                expected=f"argument alpha to be a number that {dtype} can hold",
                got=f"{alpha!r}, {kind} number",
                do="Convert the tensors, or alpha.",
            )
        )


def _add_scaled_eager(backend, x, y, *, alpha):
    np = backend.np
    return np.add(wide(x), _times(np, y, alpha)).astype(x.dtype, copy=False)


def _sub_scaled_eager(backend, x, y, *, alpha):
    np = backend.np
    return np.subtract(wide(x), _times(np, y, alpha)).astype(x.dtype, copy=False)


def _rsub_scaled_eager(backend, x, y, *, alpha):
    return _sub_scaled_eager(backend, y, x, alpha=alpha)


def _times(np, array, alpha):
    """alpha * array, alpha rounded to its dtype; integers wrap around."""
    return np.multiply(wide(array), wide(np.asarray(alpha).astype(array.dtype)))


def _scaled_spec(x, y, *, alpha):
    return pointwise_spec(x, y)


def _scaled_grad(g, *, alpha, needs):
    return g, g * alpha.conjugate() if needs[1] else None


def _sub_scaled_grad(g, *, alpha, needs):
    return g, g * -alpha.conjugate() if needs[1] else None


def _rsub_scaled_grad(g, *, alpha, needs):
    return g * -alpha.conjugate() if needs[0] else None, g


def _add_scaled_lower(k, x, y, *, alpha):
    return k.add(x, k.mul(k.const(alpha), y))


def _sub_scaled_lower(k, x, y, *, alpha):
    return k.sub(x, k.mul(k.const(alpha), y))


def _rsub_scaled_lower(k, x, y, *, alpha):
    return k.sub(y, k.mul(k.const(alpha), x))


ADD_SCALED = define(
    "add_scaled",
    inputs="x y",
    eager=_add_scaled_eager,
    spec=_scaled_spec,
    grad=_scaled_grad,
    lower=_add_scaled_lower,
    promote=SAME,
    node="AddBackward0",
)
SUB_SCALED = define(
    "sub_scaled",
    inputs="x y",
    eager=_sub_scaled_eager,
    spec=_sub_spec,
    grad=_sub_scaled_grad,
    lower=_sub_scaled_lower,
    promote=SAME,
    node="SubBackward0",
    check=_check_no_bool,
)
RSUB_SCALED = define(
    "rsub_scaled",
    inputs="x y",
    eager=_rsub_scaled_eager,
    spec=_sub_spec,
    grad=_rsub_scaled_grad,
    lower=_rsub_scaled_lower,
    promote=SAME,
    node=_rsub_node,
    check=_check_no_bool,
)

# --------------------------------------------------------------------- neg, positive


def neg(input, *, out=None):
    """Change the sign: ``-input``.

    Args:
        input: (*), any dtype but bool; unsigned integers wrap around.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for a bool tensor.

    >>> import rushlight
    >>> rushlight.neg(rushlight.tensor([1, -2]))
    tensor([-1,  2])
    """
    return NEG.short(input) if out is None else call_out(NEG, (input,), out)


def _check_not_bool(x, who):
    if x.dtype.kind == "b":
        raise DtypeError(
            explain(
                who,
                expected="numbers",
                got="a bool tensor, for which the operator is not supported",
                do="To invert a mask use ~ or logical_not().",
            )
        )


def _neg_spec(x):
    _check_not_bool(x, "neg()")
    return same_spec(x)


def _neg_grad(g):
    return -g


def _neg_lower(k, x):
    return k.neg(x)


NEG = define("neg", eager="negative", spec=_neg_spec, grad=_neg_grad, lower=_neg_lower)
expose(neg, inplace=NEG, aliases=["negative"])
attach("__neg__", lambda self: NEG.short(self))


def positive(input):
    """The tensor itself: ``+input``.

    Args:
        input: (*), any dtype but bool.

    Returns:
        Tensor: input.

    Raises:
        RuntimeError: for a bool tensor.

    >>> import rushlight
    >>> rushlight.positive(rushlight.tensor([1, -2]))
    tensor([ 1, -2])
    """
    require_tensor(input, "positive()")
    _check_not_bool(input._array, "positive()")
    return input


expose(positive)
attach("__pos__", positive)

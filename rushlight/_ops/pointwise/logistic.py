"""The logistic function and its inverse: sigmoid, logit."""

import math
from weakref import ref

from rushlight._core.dispatch import call2
from rushlight._core.expose import expose
from rushlight._core.guarding import GUARDS
from rushlight._core.inplace import call_out
from rushlight._core.table import FLOAT, SAME, define
from rushlight._ops._arguments import refuse
from rushlight._ops._arrays import is_half, wide
from rushlight._ops._blocks import blockwise
from rushlight._ops.specs import float_spec, pointwise_spec

# --------------------------------------------------------------------------- sigmoid


def sigmoid(input, *, out=None):
    """The logistic function: ``1 / (1 + e**-input)``, between 0 and 1.

    Args:
        input: (*), any dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    Raises:
        TypeError: where input is no tensor.
        RuntimeError: for an ``out`` that cannot hold the result.

    >>> import rushlight
    >>> rushlight.sigmoid(rushlight.tensor([0.0, 2.0]))
    tensor([0.5000, 0.8808])
    """
    if out is not None:
        return call_out(SIGMOID, (input,), out)
    result = SIGMOID.short(input)
    if result._edge is None and GUARDS.on:
        GUARDS.made.append((ref(result), "sigmoid"))
    return result


def logistic(np, out, x):
    """``1 / (1 + e**-x)`` into out."""
    np.negative(x, out=out)
    np.exp(out, out=out)
    np.add(out, 1, out=out)
    np.divide(1, out, out=out)


def _sigmoid_eager(backend, x):
    return blockwise(backend.np, logistic, x)


def _sigmoid_grad(g, *, out):
    return call2(SIGMOID_BACKWARD, g, out)


def _sigmoid_lower(k, x):
    return k.div(k.const(1), k.add(k.const(1), k.exp(k.neg(x))))


SIGMOID = define(
    "sigmoid",
    eager=_sigmoid_eager,
    spec=float_spec,
    grad=_sigmoid_grad,
    lower=_sigmoid_lower,
    promote=FLOAT,
)
expose(sigmoid, functional=True, inplace=SIGMOID)


def _slope(np, out, y, g):
    np.subtract(1, y, out=out)
    np.multiply(out, y, out=out)
    np.multiply(out, g, out=out)


def _backward_eager(backend, g, y):
    return blockwise(backend.np, _slope, y.conj() if y.dtype.kind == "c" else y, g)


def _backward_grad(h, *, g, y, needs):
    return (
        call2(SIGMOID_BACKWARD, h, y) if needs[0] else None,
        h * (g * (1 - 2 * y)).conj() if needs[1] else None,
    )


def _backward_lower(k, g, y):
    return k.mul(g, k.mul(y, k.sub(k.const(1), y)))


SIGMOID_BACKWARD = define(
    "sigmoid_backward",
    inputs="g y",
    eager=_backward_eager,
    spec=pointwise_spec,
    grad=_backward_grad,
    lower=_backward_lower,
    promote=SAME,
)

# ----------------------------------------------------------------------------- logit


def logit(input, eps=None, *, out=None):
    """The inverse of the logistic function: ``log(x / (1 - x))``.

    Args:
        input: (*), any dtype but complex.
        eps: elements are first brought into [eps, 1 - eps]; without it those outside
            [0, 1] give nan.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    Raises:
        TypeError: where input is no tensor.
        RuntimeError: for complex tensors.

    >>> import rushlight
    >>> rushlight.logit(rushlight.tensor([0.5, 0.9]))
    tensor([0.0000, 2.1972])
    """
    if out is None:
        return LOGIT.short(input, eps=eps)
    return call_out(LOGIT, (input,), out, eps=eps)


def _logit_spec(x, *, eps):
    refuse(x, "logit", "c")
    return float_spec(x)


def _logit_eager(backend, x, *, eps):
    np = backend.np
    refuse(x, "logit", "c")
    if is_half(x):
        return _logit_eager(backend, wide(x), eps=eps).astype(x.dtype)
    if eps is not None:
        x = np.clip(x, eps, 1 - eps)
    return np.log(np.divide(x, 1 - x))


def _logit_grad(g, *, x, eps):
    low, outside = (0, math.nan) if eps is None else (eps, 0)
    slope = g / (x * (1 - x))
    return slope.where(~((x < low) | (x > 1 - low)), outside)


def _logit_lower(k, x, *, eps):
    one = k.const(1)
    if eps is not None:
        x = k.min(k.max(x, k.const(eps)), k.const(1 - eps))
    return k.log(k.div(x, k.sub(one, x)))


LOGIT = define(
    "logit",
    eager=_logit_eager,
    spec=_logit_spec,
    grad=_logit_grad,
    lower=_logit_lower,
    promote=FLOAT,
)
expose(logit, inplace=True)

"""Rectifiers with a slope below 0: leaky_relu, prelu."""

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.inplace import inplace as write_into
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, require_tensor, scalar_name
from rushlight._ops._blocks import blockwise
from rushlight._ops._select import select_into
from rushlight._ops.specs import pointwise_spec, same_spec

# ------------------------------------------------------------------------ leaky_relu


def leaky_relu(input, negative_slope=0.01, inplace=False):
    """``input`` where it is positive, ``negative_slope * input`` elsewhere.

    Args:
        input: (*), float.
        negative_slope: a number.
        inplace: write into input and return it.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for other dtypes.

    >>> import rushlight
    >>> rushlight.nn.functional.leaky_relu(rushlight.tensor([-1.0, 2.0]))
    tensor([-0.0100,  2.0000])
    """
    if inplace:
        return write_into(LEAKY_RELU, input, slope=negative_slope)
    return LEAKY_RELU.short(input, slope=negative_slope)


def leaky_relu_(input, negative_slope=0.01):
    """In-place form of `leaky_relu`: writes into ``input`` and returns it."""
    return write_into(LEAKY_RELU, input, slope=negative_slope)


def _leaky_spec(x, *, slope):
    refuse(x, "leaky_relu", "biuc")
    return same_spec(x)


def _leaky_eager(backend, x, *, slope):
    refuse(x, "leaky_relu", "biuc")

    def bend(np, out, x):
        np.multiply(x, slope, out=out)
        if 0 <= slope <= 1:
            np.maximum(x, out, out=out)
        else:
            select_into(np, out, np.greater(x, 0), x, out)

    return blockwise(backend.np, bend, x)


def _leaky_grad(g, *, x, slope):
    return call(LEAKY_BACKWARD, g, x, slope=slope)


def _leaky_lower(k, x, *, slope):
    return k.where(k.lt(k.const(0), x), x, k.mul(x, k.const(slope)))


def _leaky_backward_spec(g, x, *, slope):
    return same_spec(x)


def _leaky_backward_eager(backend, g, x, *, slope):
    def bend(np, out, x, g):
        np.multiply(g, slope, out=out)
        select_into(np, out, np.greater(x, 0), g, out)

    return blockwise(backend.np, bend, x, g)


def _leaky_backward_grad(h, *, x, slope):
    return call(LEAKY_BACKWARD, h, x, slope=slope), None


def _leaky_backward_lower(k, g, x, *, slope):
    return k.where(k.lt(k.const(0), x), g, k.mul(g, k.const(slope)))


LEAKY_RELU = define(
    "leaky_relu",
    eager=_leaky_eager,
    spec=_leaky_spec,
    grad=_leaky_grad,
    lower=_leaky_lower,
)
LEAKY_BACKWARD = define(
    "leaky_relu_backward",
    inputs="g x",
    eager=_leaky_backward_eager,
    spec=_leaky_backward_spec,
    grad=_leaky_backward_grad,
    lower=_leaky_backward_lower,
)
expose(leaky_relu, torch=False, method=False, functional=True)
expose(leaky_relu_, torch=False, method=False, functional=True)

# ----------------------------------------------------------------------------- prelu


def prelu(input, weight):
    """``input`` where it is positive, ``weight * input`` elsewhere; weight is learned.

    Args:
        input: (*), or (N, C, *) for a weight for each channel; float.
        weight: () or (1,) or (C,), same dtype.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: where the weights are not as many as channels, or the dtypes
            differ.
        TypeError: where one is no tensor.

    >>> import rushlight
    >>> rushlight.prelu(rushlight.tensor([-1.0, 2.0]), rushlight.tensor([0.25]))
    tensor([-0.2500,  2.0000])
    """
    require_tensor(input, "prelu()")
    require_tensor(weight, "prelu()", "weight")
    _check_prelu(input._array, weight._array)
    channels = weight._array.size
    if channels != 1 or weight._array.ndim > input._array.ndim:
        after = max(input._array.ndim - 2, 0)
        shape = () if input._array.ndim == 0 else (channels, *([1] * after))
        weight = weight.reshape(shape)
    return call(PRELU, input, weight)


def _check_prelu(x, w):
    channels = x.shape[1] if len(x.shape) > 1 else 1
    problem = None
    if len(w.shape) > 1:
        problem = "a scalar or 1D tensor", f"ndim = {len(w.shape)}"
    elif w.size != 1 and w.size != channels:
        problem = f"1 weight, or {channels} for the channels", w.size
    if problem:
        _refuse_weight(*problem)


def _check_prelu_dtypes(x, w):
    """Run with the op itself: autocast may have made the dtypes equal before."""
    x, w = x._array, w._array
    if x.dtype != w.dtype:
        _refuse_weight(f"input's dtype {scalar_name(x.dtype)}", scalar_name(w.dtype))


def _refuse_weight(expected, got):
    raise ArgumentRuntimeError(
        explain(
            "prelu()",
            expected=f"`weight` to have {expected}",
            got=got,
            do="Channels are dimension 1 of the input.",
        )
    )


def _prelu_spec(x, w):
    refuse(x, "prelu", "biuc")
    return pointwise_spec(x, w)


def _prelu_eager(backend, x, w):
    np = backend.np
    refuse(x, "prelu", "biuc")
    return np.where(np.greater(x, 0), x, np.multiply(x, w))


def _prelu_grad(g, *, x, w, needs):
    positive = x > 0
    return (
        g.where(positive, g * w) if needs[0] else None,
        (g * x).where(~positive, 0) if needs[1] else None,
    )


def _prelu_lower(k, x, w):
    return k.where(k.lt(k.const(0), x), x, k.mul(x, w))


PRELU = define(
    "prelu",
    inputs="x w",
    eager=_prelu_eager,
    spec=_prelu_spec,
    grad=_prelu_grad,
    lower=_prelu_lower,
    check=_check_prelu_dtypes,
    autocast="lower",
    node="PreluKernelBackward0",
)
expose(prelu, functional=True)

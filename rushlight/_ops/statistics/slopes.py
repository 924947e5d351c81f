"""Slopes of samples, bounded rows, and parts of floating-point numbers."""

import numpy as np

from rushlight._base.dtype import int32
from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._base.shape import wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import TORCH, expose
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._arguments import refuse, require_tensor, to_out
from rushlight._ops._results import named_result

_Frexp = named_result("frexp", "mantissa", "exponent")


def _fail(who, expected, got, do):
    raise ArgumentRuntimeError(explain(who, expected=expected, got=got, do=do))


def gradient(input, *, spacing=1, dim=None, edge_order=1):
    """The slopes of samples along dimensions, by central differences.

    Args:
        input: (*), with at least edge_order + 1 elements in each dimension.
        spacing: the distance of samples: a number, one for each dimension, or tensors
            of coordinates.
        dim: int or ints; all dimensions if left out.
        edge_order: 1 or 2, the order of differences at the ends.

    Returns:
        tuple of Tensors, one of the input's shape for each dimension.

    Raises:
        RuntimeError: for arguments that do not fit.

    >>> import rushlight
    >>> rushlight.gradient(rushlight.tensor([0.0, 1.0, 4.0, 9.0]))
    (tensor([1., 2., 4., 5.]),)
    """
    who = "gradient()"
    require_tensor(input, who)
    spacing = 1 if spacing is None else spacing
    listed = isinstance(spacing, (list, tuple))
    if dim is None:
        dims = list(range(input.ndim))
        if listed and len(spacing) == 1 and input.ndim == 1:
            dims = [0]
    else:
        dims = [dim] if isinstance(dim, int) else list(dim)
        dims = [wrap_dim(d, input.ndim, who) for d in dims]
    steps = list(spacing) if listed else [spacing] * len(dims)
    if len(steps) != len(dims) or len(set(dims)) != len(dims):
        _fail(who, f"spacing for {len(dims)} different dims", len(steps), "Name each.")
    if edge_order not in (1, 2):
        _fail(who, "edge_order 1 or 2", edge_order, "Higher ones do not exist.")
    for d in dims:
        if input.shape[d] < edge_order + 1:
            _fail(
                who,
                f"each dimension size to be at least {edge_order + 1}",
                input.shape[d],
                "Take more samples.",
            )
    x = input if input.is_floating_point() or input.is_complex() else input + 0.0
    pairs = zip(dims, steps, strict=True)
    return tuple([_slope(x, d, step, edge_order) for d, step in pairs])


def _slope(x, d, step, edge_order):
    n = x.shape[d]
    shape = [1] * x.ndim
    shape[d] = -1
    gaps = _gaps(x, step, n)
    left, right = gaps[:-1].reshape(shape), gaps[1:].reshape(shape)
    before, middle, after = x.narrow(d, 0, n - 2), x.narrow(d, 1, n - 2), None
    after = x.narrow(d, 2, n - 2)
    total = left + right
    inner = after * (left / (right * total)) - before * (right / (left * total))
    inner = inner + middle * ((right - left) / (left * right))
    first, last = _end(x, d, gaps, edge_order, 1), _end(x, d, gaps, edge_order, -1)
    return TORCH["cat"]([first, inner, last], d)


def _gaps(x, step, n):
    """The distances of neighbouring samples: (n - 1,)."""
    real = x.real if x.is_complex() else x
    if isinstance(step, Tensor) and step.ndim:
        step = step.to(real.dtype)
        return step[1:] - step[:-1]
    return real.new_ones(n - 1) * step


def _end(x, d, gaps, edge_order, side):
    n = x.shape[d]

    def at(i):
        return x.narrow(d, i if side > 0 else n - 1 - i, 1)

    h0 = gaps[0 if side > 0 else -1]
    if edge_order == 1:
        return (at(1) - at(0)) / h0 * side
    h1 = gaps[1 if side > 0 else -2]
    total = h0 + h1
    slope = -(h0 + total) / (h0 * total) * at(0) + total / (h0 * h1) * at(1)
    return side * (slope - h0 / (h1 * total) * at(2))


def renorm(input, p, dim, maxnorm, *, out=None):
    """Slices along a dimension, shrunk where their p-norm is above a bound.

    Args:
        input: (*), float or complex, at least 2-D.
        p: the norm's exponent, > 0.
        dim: along which slices lie.
        maxnorm: the bound, >= 0.
        out: tensor to write the result to.

    Returns:
        Tensor: the input's shape.

    Raises:
        RuntimeError: for arguments that do not fit.

    >>> import rushlight
    >>> rushlight.renorm(rushlight.tensor([[3.0, 4.0], [0.0, 1.0]]), 2, 0, 1)
    tensor([[0.6000, 0.8000],
            [0.0000, 1.0000]])
    """
    who = "renorm()"
    require_tensor(input, who)
    if input.ndim < 2 or not p > 0 or maxnorm < 0:
        _fail(
            who,
            "input needs at least 2 dimensions, p > 0, maxnorm >= 0",
            f"{input.ndim} dimensions, p={p}, maxnorm={maxnorm}",
            "Correct them.",
        )
    d = wrap_dim(dim, input.ndim, who)
    others = [i for i in range(input.ndim) if i != d]
    size = input.norm(p, others, keepdim=True)
    factor = (maxnorm / (size + 1e-7)).masked_fill(size <= maxnorm, 1)
    result = input * factor
    return result if out is None else to_out(result, out, who)


def diagflat(input, offset=0):
    """A matrix with all elements of a tensor on its diagonal.

    Args:
        input: (*), any dtype.
        offset: which diagonal, above the main one where positive.

    Returns:
        Tensor: (n, n), n = number of elements + abs(offset).

    Raises:
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.diagflat(rushlight.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    require_tensor(input, "diagflat()")
    return input.reshape(-1).diag_embed(offset)


def frexp(input, *, out=None):
    """Numbers as ``mantissa * 2**exponent`` with mantissas from [0.5, 1).

    Args:
        input: (*), float.
        out: two tensors to write the results to.

    Returns:
        (mantissa, exponent): the input's dtype, and int32.

    Raises:
        RuntimeError: for other dtypes.

    >>> import rushlight
    >>> rushlight.frexp(rushlight.tensor([3.0])).exponent
    tensor([2], dtype=torch.int32)
    """
    require_tensor(input, "frexp()")
    result = _Frexp(call(FREXP, input))
    return result if out is None else to_out(result, out, "frexp()")


def _frexp_spec(x):
    refuse(x, "frexp()", "biuUc")
    return Spec(x.shape, x.dtype), Spec(x.shape, int32.numpy)


def _frexp_eager(backend, x):
    refuse(x, "frexp()", "biuUc")
    mantissa, exponent = backend.np.frexp(x)
    return np.asarray(mantissa), np.asarray(exponent).astype("int32")


def _frexp_grad(g, *, out1):
    return g[0] * TORCH["exp2"](-out1.to(g[0].dtype))


FREXP = define(
    "frexp", eager=_frexp_eager, spec=_frexp_spec, grad=_frexp_grad, many=True
)
expose(gradient, method=False)
expose(renorm, inplace=True, inplace_torch=False)
expose(diagflat)
expose(frexp)

"""layer_norm and rms_norm: over the last dimensions.

# Note [Normalised rows]
# With x as rows of D elements, h the normalised row and r = 1 / sqrt(var + eps), the
# gradient with respect to x of a loss with gradient d with respect to h is

    r (d - mean(d) - h mean(d h))

# The rules keep h and r, as second and third result, so that backward needs no other
# pass; for rms_norm the term mean(d) is missing.
"""

import numpy

from rushlight._base.errors import ArgumentTypeError, ShapeError, explain
from rushlight._base.limits import finfo
from rushlight._base.shape import as_index, numel
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.state import GRAD_MODE
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops._arrays import add_reduce, is_half, wide
from rushlight._ops.norm._checks import check_factor

# ------------------------------------------------------------------------ layer_norm


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    """Normalise over the last dimensions: ``(x - mean) / sqrt(var + eps) * w + b``.

    Args:
        input: (*, normalized_shape), float.
        normalized_shape: the last sizes of the input.
        weight, bias: of normalized_shape, or None.
        eps: added to the (biased) variance.

    Returns:
        Tensor: the input's shape and dtype.

    Raises:
        RuntimeError: where the sizes or dtypes do not fit.
        TypeError: for a normalized_shape that is no tuple of ints.

    See:
        Ba et al., "Layer Normalization" (2016).

    >>> import rushlight
    >>> x = rushlight.tensor([[1.0, 3.0]])
    >>> rushlight.nn.functional.layer_norm(x, (2,), eps=0.0)
    tensor([[-1.,  1.]])
    """
    require_tensor(input, "layer_norm()")
    shape = _as_sizes(normalized_shape, "layer_norm()")
    return call(LAYER_NORM, input, weight, bias, shape=shape, eps=eps)[0]


def _as_sizes(shape, who):
    if not isinstance(shape, (tuple, list)):
        raise ArgumentTypeError(
            explain(
                who,
                expected="normalized_shape to be a tuple of ints",
                got=type(shape).__name__,
                do="Write (n,) for one dimension.",
            )
        )
    return tuple([as_index(size, who, "normalized_shape") for size in shape])


def check_rows(x, weight, bias, shape, who):
    """Refuse inputs whose last sizes are not `shape`, or factors that do not fit."""
    refuse(x, who, "biuUc")
    if not shape or tuple(x.shape[-len(shape) :]) != shape:
        raise ShapeError(
            explain(
                who,
                expected=f"input with shape [*, {', '.join(map(str, shape))}]"
                if shape
                else "normalized_shape of at least 1 dimension",
                got=f"input of size {list(x.shape)}, normalized_shape={list(shape)}",
                do="Give the last sizes of the input.",
            )
        )
    check_factor(weight, "weight", shape, x, who)
    check_factor(bias, "bias", shape, x, who)


def _layer_norm_spec(x, weight, bias, *, shape, eps):
    check_rows(x, weight, bias, shape, "layer_norm()")
    dtype = numpy.float32 if x.dtype.itemsize == 2 else x.dtype
    kept = x.shape[: x.ndim - len(shape)] + (1,) * len(shape)
    return Spec(x.shape, x.dtype), Spec(x.shape, dtype), Spec(kept, dtype)


def _layer_norm_eager(backend, x, weight, bias, *, shape, eps):
    np = backend.np
    if (
        x.shape[-len(shape) :] != shape
        or not shape
        or not _fits(x, weight, bias, shape)
    ):
        check_rows(x, weight, bias, shape, "layer_norm()")
    size = numel(shape)
    rows = wide(x).reshape(numel(x.shape[: x.ndim - len(shape)]), size)
    centred = rows - _row_means(np, rows)
    scale = _dots(np, centred, centred)
    scale /= size or 1
    scale += eps
    np.sqrt(scale, scale)
    np.divide(1, scale, scale)
    centred *= scale[:, None]
    out = _scaled(np, centred, weight, bias, x)
    kept = x.shape[: x.ndim - len(shape)] + (1,) * len(shape)
    return out.reshape(x.shape), centred.reshape(x.shape), scale.reshape(kept)


def _fits(x, weight, bias, shape):
    """Whether the factors need no closer look."""
    return (
        x.dtype.kind == "f"
        and (weight is None or (weight.shape == shape and weight.dtype is x.dtype))
        and (bias is None or (bias.shape == shape and bias.dtype is x.dtype))
    )


def _dots(np, x, y):
    """The product of each row with the other's."""
    return np.vecdot(x, y) if np is numpy else np.einsum("ij,ij->i", x, y)


def _row_means(np, rows):
    means = add_reduce(np, rows, 1)
    means /= rows.shape[1] or 1
    return means[:, None]


def _scaled(np, rows, weight, bias, x):
    """rows * weight + bias in x's dtype; a copy of the rows without both."""
    if weight is not None:
        out = rows * wide(weight).reshape(-1)
    else:
        out = rows.copy()
    if bias is not None:
        out += wide(bias).reshape(-1)
    return out.astype(x.dtype, copy=False)


def _layer_norm_grad(g, *, out1, out2, weight, x_shape, shape, needs):
    g, g_rows, g_scale = g
    if g is not None and g_rows is g_scale is None and not GRAD_MODE.get():
        found = call(
            LAYER_NORM_BACKWARD, g, out1, out2, weight, shape=shape, needs=needs
        )
        return _wanted(found, needs)
    return _layer_norm_slowly(g, g_rows, g_scale, out1, out2, weight, shape, needs)


def _wanted(found, needs):
    return tuple([f if need else None for f, need in zip(found, needs)])


def _layer_norm_slowly(g, g_rows, g_scale, rows, scale, weight, shape, needs):
    """The gradients in Tensor operations (Note [Normalised rows])."""
    dims = tuple(range(-len(shape), 0))
    leading = tuple(range(rows.ndim - len(shape)))
    g_x = g_weight = g_bias = None
    if g is not None:
        g_x = g if weight is None else g * weight
        if needs[1]:
            g_weight = (g * rows).sum(leading) if leading else g * rows
        if needs[2]:
            g_bias = g.sum(leading) if leading else g
    if g_rows is not None:
        g_x = g_rows if g_x is None else g_x + g_rows
    if g_x is not None:
        along = (g_x * rows).mean(dims, keepdim=True)
        g_x = scale * (g_x - g_x.mean(dims, keepdim=True) - rows * along)
    if g_scale is not None:
        through = rows * (scale * scale * g_scale) * (-1 / numel(shape))
        g_x = through if g_x is None else g_x + through
    return g_x if needs[0] else None, g_weight, g_bias


def _layer_norm_backward_spec(g, rows, scale, weight, *, shape, needs):
    factor = "float32" if is_half(g) else g.dtype
    return Spec(rows.shape, rows.dtype), Spec(shape, factor), Spec(shape, factor)


def _layer_norm_backward_eager(backend, g, rows, scale, weight, *, shape, needs):
    np, size = backend.np, numel(shape)
    count = numel(rows.shape[: rows.ndim - len(shape)])
    g, kept = wide(g).reshape(count, size), rows.reshape(count, size)
    g_x = nothing = np.empty(0, g.dtype)
    if needs[0]:
        g_x = g * wide(weight).reshape(-1) if weight is not None else g.copy()
        along = _dots(np, g_x, kept)
        along /= -size
        g_x -= _row_means(np, g_x)
        g_x += kept * along[:, None]
        g_x *= scale.reshape(-1, 1)
        g_x = g_x.reshape(rows.shape)
    g_weight = np.einsum("ij,ij->j", g, kept).reshape(shape) if needs[1] else nothing
    g_bias = add_reduce(np, g, 0).reshape(shape) if needs[2] else nothing
    return g_x, g_weight, g_bias


def _layer_norm_lower(k, x, weight, bias, *, shape, eps):
    dims = tuple(range(-len(shape), 0))
    centred = k.sub(x, k.mean(x, dims))
    scale = k.div(1, k.sqrt(k.add(k.mean(k.square(centred), dims), eps)))
    out = rows = k.mul(centred, scale)
    if weight is not None:
        out = k.mul(out, weight)
    return out if bias is None else k.add(out, bias), rows, scale


def _layer_norm_backward_lower(k, g, rows, scale, weight, *, shape, needs):
    dims, leading = tuple(range(-len(shape), 0)), tuple(range(g.ndim - len(shape)))
    g_x = g if weight is None else k.mul(g, weight)
    along = k.mean(k.mul(g_x, rows), dims)
    g_x = k.sub(k.sub(g_x, k.mean(g_x, dims)), k.mul(rows, along))
    nothing = k.const(0)
    return (
        k.mul(g_x, scale) if needs[0] else nothing,
        k.total(k.mul(g, rows), leading) if needs[1] else nothing,
        k.total(g, leading) if needs[2] else nothing,
    )


LAYER_NORM_BACKWARD = define(
    "layer_norm_backward",
    inputs="g rows scale weight",
    eager=_layer_norm_backward_eager,
    spec=_layer_norm_backward_spec,
    lower=_layer_norm_backward_lower,
    many=True,
)
LAYER_NORM = define(
    "layer_norm",
    inputs="x weight bias",
    eager=_layer_norm_eager,
    spec=_layer_norm_spec,
    grad=_layer_norm_grad,
    lower=_layer_norm_lower,
    node="NativeLayerNormBackward0",
    many=True,
    fills_missing=False,
)
expose(layer_norm, torch=False, method=False, functional=True)


def _torch_layer_norm(
    input, normalized_shape, weight=None, bias=None, eps=1e-5, cudnn_enable=True
):
    """As `nn.functional.layer_norm`; cudnn_enable has an effect on CUDA only.

    Args:
        input, normalized_shape, weight, bias, eps: as for `layer_norm`.

    Returns:
        Tensor: the input's shape and dtype.

    Raises:
        RuntimeError: where the sizes or dtypes do not fit.

    >>> import rushlight
    >>> rushlight.layer_norm(rushlight.tensor([1.0, 3.0]), (2,), eps=0.0)
    tensor([-1.,  1.])
    """
    return layer_norm(input, normalized_shape, weight, bias, eps)


expose(_torch_layer_norm, method=False, name="layer_norm")

# -------------------------------------------------------------------------- rms_norm


def rms_norm(input, normalized_shape, weight=None, eps=None):
    """Divide by the root mean square over the last dimensions, and scale.

        x / sqrt(mean(x**2) + eps) * weight

    Args:
        input: (*, normalized_shape), float.
        normalized_shape: the last sizes of the input.
        weight: of normalized_shape, or None.
        eps: the dtype's own epsilon if left out.

    Returns:
        Tensor: the input's shape and dtype.

    Raises:
        RuntimeError: where the sizes do not fit.
        TypeError: for a normalized_shape that is no tuple of ints.

    See:
        Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019).

    >>> import rushlight
    >>> x = rushlight.tensor([3.0, 4.0])
    >>> rushlight.nn.functional.rms_norm(x, (2,), eps=0.0) * 12.5**0.5
    tensor([3., 4.])
    """
    require_tensor(input, "rms_norm()")
    shape = _as_sizes(normalized_shape, "rms_norm()")
    if eps is None:
        refuse(input._array, "rms_norm()", "biuUc")
        eps = finfo(input.dtype).eps if input.dtype.itemsize > 2 else 2.0**-23
    if weight is not None and weight.dtype is not input.dtype:
        weight = weight.to(input.dtype)
    return call(RMS_NORM, input, weight, shape=shape, eps=eps)[0]


def _rms_norm_spec(x, weight, *, shape, eps):
    check_rows(x, weight, None, shape, "rms_norm()")
    dtype = numpy.float32 if x.dtype.itemsize == 2 else x.dtype
    kept = x.shape[: x.ndim - len(shape)] + (1,) * len(shape)
    return Spec(x.shape, x.dtype), Spec(x.shape, dtype), Spec(kept, dtype)


def _rms_norm_eager(backend, x, weight, *, shape, eps):
    np = backend.np
    check_rows(x, weight, None, shape, "rms_norm()")
    size = numel(shape)
    rows = wide(x).reshape(numel(x.shape[: x.ndim - len(shape)]), size)
    scale = _dots(np, rows, rows)
    scale /= size or 1
    scale += eps
    np.sqrt(scale, scale)
    np.divide(1, scale, scale)
    rows = rows * scale[:, None]
    out = _scaled(np, rows, weight, None, x)
    kept = x.shape[: x.ndim - len(shape)] + (1,) * len(shape)
    return out.reshape(x.shape), rows.reshape(x.shape), scale.reshape(kept)


def _rms_norm_grad(g, *, out1, out2, weight, shape, needs):
    g, g_rows, g_scale = g
    dims = tuple(range(-len(shape), 0))
    leading = tuple(range(out1.ndim - len(shape)))
    g_x = g_weight = None
    if g is not None:
        g_x = g if weight is None else g * weight
        if needs[1]:
            g_weight = (g * out1).sum(leading) if leading else g * out1
    if g_rows is not None:
        g_x = g_rows if g_x is None else g_x + g_rows
    if g_x is not None:
        g_x = out2 * (g_x - out1 * (g_x * out1).mean(dims, keepdim=True))
    if g_scale is not None:
        through = out1 * (out2 * out2 * g_scale) * (-1 / numel(shape))
        g_x = through if g_x is None else g_x + through
    return g_x if needs[0] else None, g_weight


def _rms_norm_lower(k, x, weight, *, shape, eps):
    dims = tuple(range(-len(shape), 0))
    scale = k.div(1, k.sqrt(k.add(k.mean(k.square(x), dims), eps)))
    rows = k.mul(x, scale)
    return rows if weight is None else k.mul(rows, weight), rows, scale


RMS_NORM = define(
    "rms_norm",
    inputs="x weight",
    eager=_rms_norm_eager,
    spec=_rms_norm_spec,
    grad=_rms_norm_grad,
    lower=_rms_norm_lower,
    node="MulBackward0",
    many=True,
    fills_missing=False,
)
expose(rms_norm, method=False, functional=True)

"""group_norm: over space and the channels of a group."""

import numpy

from rushlight._base.errors import ArgumentError, ShapeError, explain
from rushlight._base.shape import as_index, numel
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.state import GRAD_MODE
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops._arrays import is_half, wide
from rushlight._ops.norm._channels import (
    affine,
    affine_of_two,
    as_channels,
    products,
    squares,
    sums,
)
from rushlight._ops.norm._checks import check_factor


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-5):
    """Normalise a group of channels together: ``(x - mean) / sqrt(var + eps) w + b``.

    Args:
        input: (N, C, *), float.
        num_groups: how many groups of neighbouring channels; divides C.
        weight, bias: (C,), or None.
        eps: added to the (biased) variance.

    Returns:
        Tensor: the input's shape and dtype.

    Raises:
        RuntimeError: where num_groups does not divide C, or sizes do not fit.
        ValueError: for a single value in each group.

    See:
        Wu and He, "Group Normalization" (2018).

    >>> import rushlight
    >>> x = rushlight.tensor([[1.0, 3.0, 5.0, 7.0]])
    >>> rushlight.nn.functional.group_norm(x, 2, eps=0.0)
    tensor([[-1.,  1., -1.,  1.]])
    """
    who = "group_norm()"
    require_tensor(input, who)
    groups = as_index(num_groups, who, "num_groups")
    x = input._array
    _check(x, groups, weight, bias, who)
    mean, scale = call(GROUP_STATISTICS, input.detach(), groups=groups, eps=eps)
    return call(GROUP_NORM, input, weight, bias, mean, scale, groups=groups, eps=eps)


def _check(x, groups, weight, bias, who):
    refuse(x, who, "biuUc")
    if x.ndim < 2 or groups < 1 or x.shape[1] % groups:
        raise ShapeError(
            explain(
                who,
                expected="input (N, C, *) with C divisible by num_groups",
                got=f"input of shape {list(x.shape)} and num_groups={groups}",
                do="Choose a divisor of the number of channels.",
            )
        )
    if x.shape[0] * x.shape[1] // groups * numel(x.shape[2:]) == 1:
        raise ArgumentError(
            explain(
                who,
                expected="more than 1 value per channel when training",
                got=f"input size {list(x.shape)}",
                do="Use fewer groups.",
            )
        )
    for name, factor in (("weight", weight), ("bias", bias)):
        if factor is not None:
            require_tensor(factor, who, name)
            check_factor(factor._array, name, x.shape[1:2], x, who)


def _statistics_spec(x, *, groups, eps):
    dtype = numpy.float32 if x.dtype.itemsize == 2 else x.dtype
    return Spec((x.shape[0], groups), dtype), Spec((x.shape[0], groups), dtype)


def _statistics_eager(backend, x, *, groups, eps):
    np, n = backend.np, x.shape[0]
    x = wide(x).reshape(n, groups, x.size // (n * groups) if x.size else 0)
    count = max(1, x.shape[2])
    mean = sums(np, x) / x.dtype.type(count)
    scale = squares(np, x, mean)
    scale /= count
    scale += eps
    np.sqrt(scale, scale)
    return mean, np.divide(1, scale, scale)


def _statistics_lower(k, x, *, groups, eps):
    rows = k.reshape(x, (x.shape[0], groups, -1))
    mean = k.mean(rows, 2)
    var = k.mean(k.square(k.sub(rows, mean)), 2)
    scale = k.div(1, k.sqrt(k.add(var, eps)))
    return k.reshape(mean, mean.shape[:2]), k.reshape(scale, mean.shape[:2])


GROUP_STATISTICS = define(
    "group_statistics",
    eager=_statistics_eager,
    spec=_statistics_spec,
    many=True,
    lower=_statistics_lower,
)


def _group_norm_spec(x, weight, bias, mean, scale, *, groups, eps):
    return Spec(x.shape, x.dtype)


def _each(np, values, channels):
    """(N, G) values for each channel: (N, C)."""
    return np.repeat(values, channels // values.shape[1], axis=1)


def _group_norm_eager(backend, x, weight, bias, mean, scale, *, groups, eps):
    np, channels = backend.np, x.shape[1]
    factor = _each(np, scale, channels)
    if weight is not None:
        factor *= wide(weight)
    term = -_each(np, mean, channels) * factor
    if bias is not None:
        term += wide(bias)
    out = affine(np, as_channels(wide(x)), factor, term)
    return out.reshape(x.shape).astype(x.dtype, copy=False)


def _group_norm_grad(g, *, x, weight, mean, scale, groups, eps, needs):
    if GRAD_MODE.get():
        found = _group_norm_slowly(g, x, weight, groups, eps, needs)
    else:
        found = call(
            GROUP_NORM_BACKWARD,
            g,
            x,
            weight,
            mean,
            scale,
            groups=groups,
            needs=needs[:3],
        )
    return (*[f if need else None for f, need in zip(found, needs)], None, None)


def _group_norm_slowly(g, x, weight, groups, eps, needs):
    """The gradients in Tensor operations."""
    shape = tuple(x.shape)
    dims = (0, *range(2, x.ndim))
    grouped = x.reshape(shape[0], groups, -1)
    centred = grouped - grouped.mean(2, keepdim=True)
    scale = ((centred * centred).mean(2, keepdim=True) + eps).rsqrt()
    rows = centred * scale
    g_x = g
    if weight is not None:
        g_x = g * weight.view(1, -1, *[1] * (len(shape) - 2))
    g_x = g_x.reshape(*grouped.shape)
    along = (g_x * rows).mean(2, keepdim=True)
    g_x = scale * (g_x - g_x.mean(2, keepdim=True) - rows * along)
    return (
        g_x.reshape(*shape),
        (g * rows.reshape(*shape)).sum(dims) if needs[1] else None,
        g.sum(dims) if needs[2] else None,
    )


def _backward_spec(g, x, weight, mean, scale, *, groups, needs):
    dtype = "float32" if is_half(g) else g.dtype
    return Spec(x.shape, x.dtype), Spec(x.shape[1:2], dtype), Spec(x.shape[1:2], dtype)


def _backward_eager(backend, g, x, weight, mean, scale, *, groups, needs):
    np, (n, channels) = backend.np, x.shape[:2]
    wide_x, g = as_channels(wide(x)), as_channels(wide(g))
    mean_of, scale_of = _each(np, mean, channels), _each(np, scale, channels)
    total = sums(np, g)
    product = products(np, g, wide_x, mean_of)
    g_weight = np.add.reduce(product * scale_of, 0)
    g_bias = np.add.reduce(total, 0)
    if not needs[0]:
        return np.empty(0, g.dtype), g_weight, g_bias
    factor = scale_of
    if weight is not None:
        weight = wide(weight)
        factor = scale_of * weight
        total, product = total * weight, product * weight
    count = max(1, channels // groups * g.shape[2])
    parts = n, groups, channels // groups
    slope = np.add.reduce(product.reshape(parts), 2) * scale**3 / -count
    term = np.add.reduce(total.reshape(parts), 2) * scale / -count
    term -= slope * mean
    slope, term = _each(np, slope, channels), _each(np, term, channels)
    g_x = affine_of_two(np, g, factor, wide_x, slope, term)
    return g_x.reshape(x.shape).astype(x.dtype, copy=False), g_weight, g_bias


def _lower_parts(k, x, *factors, groups):
    """(N, G, C / G, S) for an array, (N, G, 1, 1) and (1, G, C / G, 1) for factors."""
    n, channels = x.shape[:2]
    each = channels // groups
    found = [k.reshape(x, (n, groups, each, -1))]
    for factor in factors:
        if factor is not None:
            lead = (n, groups, 1) if factor.ndim == 2 else (1, groups, each)
            factor = k.reshape(factor, (*lead, 1))
        found.append(factor)
    return found


def _group_norm_lower(k, x, weight, bias, mean, scale, *, groups, eps):
    rows, weight, bias, mean, scale = _lower_parts(
        k, x, weight, bias, mean, scale, groups=groups
    )
    factor = scale if weight is None else k.mul(scale, weight)
    out = k.mul(k.sub(rows, mean), factor)
    return k.reshape(out if bias is None else k.add(out, bias), x.shape)


def _backward_lower(k, g, x, weight, mean, scale, *, groups, needs):
    rows, weight, mean, scale = _lower_parts(k, x, weight, mean, scale, groups=groups)
    (g,) = _lower_parts(k, g, groups=groups)
    rows, nothing = k.mul(k.sub(rows, mean), scale), k.const(0)
    g_x = g if weight is None else k.mul(g, weight)
    along = k.mul(rows, k.mean(k.mul(g_x, rows), (2, 3)))
    g_x = k.mul(k.sub(k.sub(g_x, k.mean(g_x, (2, 3))), along), scale)
    channels = x.shape[1:2]
    return (
        k.reshape(g_x, x.shape) if needs[0] else nothing,
        k.reshape(k.total(k.mul(g, rows), (0, 3)), channels) if needs[1] else nothing,
        k.reshape(k.total(g, (0, 3)), channels) if needs[2] else nothing,
    )


GROUP_NORM_BACKWARD = define(
    "group_norm_backward",
    inputs="g x weight mean scale",
    eager=_backward_eager,
    spec=_backward_spec,
    many=True,
    lower=_backward_lower,
)


GROUP_NORM = define(
    "group_norm",
    inputs="x weight bias mean scale",
    eager=_group_norm_eager,
    spec=_group_norm_spec,
    grad=_group_norm_grad,
    node="NativeGroupNormBackward0",
    lower=_group_norm_lower,
)
expose(group_norm, torch=False, method=False, functional=True)


def _torch_group_norm(
    input, num_groups, weight=None, bias=None, eps=1e-5, cudnn_enabled=True
):
    """As `nn.functional.group_norm`; cudnn_enabled has an effect on CUDA only.

    Args:
        input, num_groups, weight, bias, eps: as for `nn.functional.group_norm`.

    Returns:
        Tensor: the input's shape and dtype.

    Raises:
        RuntimeError: where num_groups does not divide C, or sizes do not fit.

    >>> import rushlight
    >>> rushlight.group_norm(rushlight.tensor([[1.0, 3.0]]), 1, eps=0.0)
    tensor([[-1.,  1.]])
    """
    return group_norm(input, num_groups, weight, bias, eps)


expose(_torch_group_norm, method=False, name="group_norm")

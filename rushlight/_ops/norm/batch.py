"""batch_norm."""

import numpy

from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    OutOfRangeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import Size, numel
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

# ------------------------------------------------------------------------ batch_norm

# Note [Statistics]
# The mean and the biased variance of each channel are an op of their own, without a
# gradient.  In training the rule of BATCH_NORM knows that they depend on x:
#
#     dx = a (g - mean(g) - (x - mean) r**2 mean(g (x - mean))),   a = r w
#
# with r = 1 / sqrt(var + eps) and means over batch and space.


def batch_norm(
    input,
    running_mean,
    running_var,
    weight=None,
    bias=None,
    training=False,
    momentum=0.1,
    eps=1e-5,
):
    """Normalise channels over batch and space: ``(x - mean) / sqrt(var + eps) w + b``.

    Args:
        input: (N, C) or (N, C, *), float.
        running_mean, running_var: (C,), or None in training; used in evaluation,
            updated in place in training (with the unbiased variance).
        weight, bias: (C,), or None.
        training: use the statistics of this batch.
        momentum: the share of this batch in the running statistics.
        eps: added to the variance.

    Returns:
        Tensor: the input's shape and dtype.

    Raises:
        ValueError: in training, for a single value in each channel.
        RuntimeError: where sizes or dtypes do not fit, or statistics are missing.

    See:
        Ioffe and Szegedy, "Batch Normalization" (2015).

    >>> import rushlight
    >>> x = rushlight.tensor([[1.0], [3.0]])
    >>> rushlight.nn.functional.batch_norm(x, None, None, training=True, eps=0.0)
    tensor([[-1.],
            [ 1.]])
    """
    who = "batch_norm()"
    require_tensor(input, who)
    shape = input._array.shape
    if training:
        check_count(shape, who, "1 value per channel", numel(shape[:1] + shape[2:]))
    _check_running(input, running_mean, running_var, training, who)
    if not training:
        mean, var = running_mean, running_var
    else:
        mean, var = call(BATCH_STATISTICS, input.detach())
        count = shape[0] * numel(shape[2:])
        if running_mean is not None:
            _update(running_mean, mean, momentum)
        if running_var is not None:
            unbiased = count / (count - 1) if count > 1 else float("nan")
            _update(running_var, var * unbiased, momentum)
    return call(BATCH_NORM, input, weight, bias, mean, var, training=training, eps=eps)


def check_count(shape, who, what, count):
    if len(shape) < 2:
        raise OutOfRangeError(
            explain(
                who,
                expected="an input (N, C, *) of at least 2 dimensions",
                got=f"{len(shape)}D",
                do="Add a batch dimension with .unsqueeze(0).",
            )
        )
    if count == 1:
        raise ArgumentError(
            explain(
                who,
                expected=f"more than {what} when training",
                got=f"input size {Size(shape)}",
                do="Use a larger batch (drop_last=True), or .eval().",
            )
        )


def _check_running(input, running_mean, running_var, training, who):
    x = input._array
    if x.ndim < 2:
        check_count(x.shape, who, "", 0)
    for name, value in (("running_mean", running_mean), ("running_var", running_var)):
        if value is not None:
            require_tensor(value, who, name)
            if value._array.shape != (x.shape[1],):
                raise ShapeError(
                    explain(
                        who,
                        expected=f"{name} of {x.shape[1]} elements",
                        got=f"{value._array.size}",
                        do="One for each channel: input.shape[1].",
                    )
                )
            check_factor(value._array, name, (x.shape[1],), x, who)
        elif not training:
            raise ArgumentRuntimeError(
                explain(
                    who,
                    expected=f"{name} in evaluation mode",
                    got="None",
                    do="Pass it, or training=True.",
                )
            )


def _update(running, value, momentum):
    """running = (1 - momentum) running + momentum value, in place and unrecorded."""
    token = GRAD_MODE.set(False)
    try:
        running.mul_(1 - momentum).add_((value * momentum).to(running.dtype))
    finally:
        GRAD_MODE.reset(token)


def _statistics_spec(x):
    kept = Spec(x.shape[1:2], numpy.float32 if x.dtype.itemsize == 2 else x.dtype)
    return kept, kept


def _statistics_eager(backend, x):
    np = backend.np
    refuse(x, "batch_norm()", "biuUc")
    x = as_channels(wide(x))
    count = max(1, x.shape[0] * x.shape[2])
    mean = np.add.reduce(sums(np, x), 0) / count
    mean = mean.astype(x.dtype, copy=False)
    var = np.add.reduce(squares(np, x, mean), 0) / count
    return mean, var.astype(x.dtype, copy=False)


def _statistics_lower(k, x):
    dims = (0, *range(2, x.ndim))
    mean = k.mean(x, dims)
    var = k.mean(k.square(k.sub(x, mean)), dims)
    return k.reshape(mean, x.shape[1:2]), k.reshape(var, x.shape[1:2])


BATCH_STATISTICS = define(
    "batch_statistics",
    eager=_statistics_eager,
    spec=_statistics_spec,
    lower=_statistics_lower,
    many=True,
)


def _batch_norm_spec(x, weight, bias, mean, var, *, training, eps):
    refuse(x, "batch_norm()", "biuUc")
    check_factor(weight, "weight", x.shape[1:2], x, "batch_norm()")
    check_factor(bias, "bias", x.shape[1:2], x, "batch_norm()")
    return Spec(x.shape, x.dtype)


def _factors(np, weight, var, eps):
    """r = 1 / sqrt(var + eps), and r * weight."""
    scale = 1 / np.sqrt(wide(var) + var.dtype.type(eps))
    return scale, scale if weight is None else scale * wide(weight)


def _batch_norm_eager(backend, x, weight, bias, mean, var, *, training, eps):
    np = backend.np
    _batch_norm_spec(x, weight, bias, mean, var, training=training, eps=eps)
    _, factor = _factors(np, weight, var, eps)
    term = -wide(mean) * factor
    if bias is not None:
        term += wide(bias)
    out = affine(np, as_channels(wide(x)), factor, term)
    return out.reshape(x.shape).astype(x.dtype, copy=False)


def _batch_norm_grad(g, *, x, weight, mean, var, training, eps, needs):
    if GRAD_MODE.get():
        return _batch_norm_slowly(g, x, weight, mean, var, training, eps, needs)
    found = call(
        BATCH_NORM_BACKWARD,
        g,
        x,
        weight,
        mean,
        var,
        training=training,
        eps=eps,
        needs=needs[:3],
    )
    return (*[f if need else None for f, need in zip(found, needs)], None, None)


def _batch_norm_slowly(g, x, weight, mean, var, training, eps, needs):
    """The gradients in Tensor operations (Note [Statistics])."""
    dims = (0, *range(2, x.ndim))
    shape = [1, -1] + [1] * (x.ndim - 2)
    if training:
        centred = x - x.mean(dims, keepdim=True)
        scale = ((centred * centred).mean(dims, keepdim=True) + eps).rsqrt()
    else:
        centred = x - mean.view(*shape)
        scale = (var.view(*shape) + eps).rsqrt()
    rows = centred * scale
    g_x = g if weight is None else g * weight.view(*shape)
    if training:
        along = (g_x * rows).mean(dims, keepdim=True)
        g_x = g_x - g_x.mean(dims, keepdim=True) - rows * along
    return (
        g_x * scale if needs[0] else None,
        (g * rows).sum(dims) if needs[1] else None,
        g.sum(dims) if needs[2] else None,
        None,
        None,
    )


def _backward_spec(g, x, weight, mean, var, *, training, eps, needs):
    dtype = "float32" if is_half(g) else g.dtype
    return Spec(x.shape, x.dtype), Spec(mean.shape, dtype), Spec(mean.shape, dtype)


def _backward_eager(backend, g, x, weight, mean, var, *, training, eps, needs):
    np = backend.np
    wide_x, g = as_channels(wide(x)), as_channels(wide(g))
    mean = wide(mean)
    scale, factor = _factors(np, weight, var, eps)
    total = product = None
    if training or needs[2]:
        total = np.add.reduce(sums(np, g), 0)
    if training or needs[1]:
        product = np.add.reduce(products(np, g, wide_x, mean), 0)
    g_x = nothing = np.empty(0, g.dtype)
    if needs[0] and training:
        count = max(1, g.shape[0] * g.shape[2])
        slope = factor * scale * scale * product / -count
        term = factor * total / -count - slope * mean
        g_x = affine_of_two(np, g, factor, wide_x, slope, term)
    elif needs[0]:
        g_x = affine(np, g, factor, None)
    if needs[0]:
        g_x = g_x.reshape(x.shape).astype(x.dtype, copy=False)
    g_weight = product * scale if needs[1] else nothing
    return g_x, g_weight, total if needs[2] else nothing


def _along_channels(k, factor, x):
    return k.reshape(factor, (1, -1, *[1] * (x.ndim - 2)))


def _batch_norm_lower(k, x, weight, bias, mean, var, *, training, eps):
    factor = k.div(1, k.sqrt(k.add(var, eps)))
    factor = factor if weight is None else k.mul(factor, weight)
    out = k.mul(k.sub(x, _along_channels(k, mean, x)), _along_channels(k, factor, x))
    return out if bias is None else k.add(out, _along_channels(k, bias, x))


def _backward_lower(k, g, x, weight, mean, var, *, training, eps, needs):
    dims, nothing = (0, *range(2, x.ndim)), k.const(0)
    scale = k.div(1, k.sqrt(k.add(var, eps)))
    factor = scale if weight is None else k.mul(scale, weight)
    centred = k.sub(x, _along_channels(k, mean, x))
    total, product = k.total(g, dims), k.total(k.mul(g, centred), dims)
    g_x = g
    if training:
        count = x.size // x.shape[1]
        slope = k.div(k.mul(k.square(scale), product), count)
        g_x = k.sub(g_x, _along_channels(k, k.div(total, count), x))
        g_x = k.sub(g_x, k.mul(centred, _along_channels(k, slope, x)))
    return (
        k.mul(g_x, _along_channels(k, factor, x)) if needs[0] else nothing,
        k.mul(product, scale) if needs[1] else nothing,
        total if needs[2] else nothing,
    )


BATCH_NORM_BACKWARD = define(
    "batch_norm_backward",
    inputs="g x weight mean var",
    eager=_backward_eager,
    spec=_backward_spec,
    lower=_backward_lower,
    many=True,
)
BATCH_NORM = define(
    "batch_norm",
    inputs="x weight bias mean var",
    eager=_batch_norm_eager,
    spec=_batch_norm_spec,
    grad=_batch_norm_grad,
    lower=_batch_norm_lower,
    node="NativeBatchNormBackward0",
)
expose(batch_norm, torch=False, method=False, functional=True)


def _torch_batch_norm(
    input,
    weight,
    bias,
    running_mean,
    running_var,
    training,
    momentum,
    eps,
    cudnn_enabled=True,
):
    """As `nn.functional.batch_norm`, in another order; cudnn_enabled is for CUDA.

    Args:
        input, weight, bias, running_mean, running_var, training, momentum, eps: as for
            `nn.functional.batch_norm`.

    Returns:
        Tensor: the input's shape and dtype.

    Raises:
        RuntimeError: where sizes or dtypes do not fit.

    >>> import rushlight
    >>> x = rushlight.tensor([[1.0], [3.0]])
    >>> rushlight.batch_norm(x, None, None, None, None, True, 0.1, 0.0)
    tensor([[-1.],
            [ 1.]])
    """
    return batch_norm(
        input, running_mean, running_var, weight, bias, training, momentum, eps
    )


expose(_torch_batch_norm, method=False, name="batch_norm")

"""Losses on the difference of two tensors: mse, l1, smooth_l1 and huber_loss."""

from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight._base.promote import result_dtype
from rushlight._base.shape import broadcast_shapes, numel
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.guarding import GUARDS
from rushlight._core.table import SAME, define
from rushlight._ops._arguments import refuse
from rushlight._ops._arrays import add_reduce, wide
from rushlight._ops.loss._reduction import (
    reduced,
    reduction_of,
    share,
    tensors,
    warn_of_sizes,
)


def loss_spec(x, y, *others, reduction, **attrs):
    """A number, or for "none" the broadcast shape."""
    shape = broadcast_shapes(x.shape, y.shape)
    refuse(x, "this loss", "biuUc")
    refuse(y, "this loss", "biuUc")
    dtype = result_dtype([x, y]).numpy
    return Spec(shape if reduction == "none" else (), dtype)


def reduced_array(np, loss, reduction, dtype):
    """An array of losses, reduced and in the result's dtype."""
    if reduction != "none":
        total = add_reduce(np, loss)
        loss = np.asarray(total / loss.size if reduction == "mean" else total)
    return loss.astype(dtype, copy=False)


def count_of(x_shape, y_shape):
    """The number of elements that a mean divides by."""
    return numel(x_shape if x_shape == y_shape else broadcast_shapes(x_shape, y_shape))


def _weighted(loss, input, weight, reduction, by_weight=True):
    """A loss for each element times its weight, reduced."""
    if weight._array.shape != input._array.shape:
        raise ArgumentError(
            explain(
                "a weighted loss",
                expected=f"weight of the input's size {list(input.shape)}",
                got=list(weight.shape),
                do="Expand it first.",
            )
        )
    loss = loss * weight
    if reduction == "mean" and by_weight:
        return loss.sum() / weight.sum()
    return reduced(loss, reduction)


# -------------------------------------------------------------------------- mse_loss


def mse_loss(
    input, target, size_average=None, reduce=None, reduction="mean", weight=None
):
    """Squared error: ``(input - target)**2``, averaged.

    Args:
        input, target: float tensors of the same size (others broadcast, with a
            warning).
        size_average, reduce: deprecated; use reduction.
        reduction: "mean", "sum" or "none".
        weight: input's size; a factor for each element (the mean divides by its sum).

    Returns:
        Tensor: a number; for "none" the broadcast shape.

    Raises:
        RuntimeError: for sizes that do not broadcast.
        ValueError: for an unknown reduction, or a weight of another size.

    >>> import rushlight
    >>> x, y = rushlight.tensor([1.0, 2.0]), rushlight.tensor([1.0, 4.0])
    >>> rushlight.nn.functional.mse_loss(x, y)
    tensor(2.)
    """
    who = "mse_loss()"
    tensors(who, input=input, target=target)
    reduction = reduction_of(reduction, size_average, reduce, who)
    if GUARDS.on:
        GUARDS.see.loss("mse_loss", input, target)
    warn_of_sizes(input, target, who)
    if weight is not None:
        return _weighted((input - target) ** 2, input, weight, reduction)
    return call(MSE_LOSS, input, target, reduction=reduction)


def _mse_eager(backend, x, y, *, reduction):
    if x.dtype.kind not in "fV":
        refuse(x, "mse_loss()", "biuUc")
    difference = wide(x) - wide(y)
    difference *= difference
    return reduced_array(backend.np, difference, reduction, x.dtype)


def _mse_grad(g, *, x, y, x_shape, y_shape, reduction, needs):
    half = (x - y) * share(g * 2, reduction, count_of(x_shape, y_shape))
    return half if needs[0] else None, -half if needs[1] else None


def lower_reduced(k, loss, reduction):
    """A loss for each element, reduced to one number where that is wanted."""
    if reduction == "none":
        return loss
    total = k.reduce("add", loss)
    return k.div(total, loss.size) if reduction == "mean" else total


def _mse_lower(k, x, y, *, reduction):
    return lower_reduced(k, k.square(k.sub(x, y)), reduction)


MSE_LOSS = define(
    "mse_loss",
    inputs="x y",
    eager=_mse_eager,
    spec=loss_spec,
    grad=_mse_grad,
    promote=SAME,
    autocast="float32",
    lower=_mse_lower,
)
expose(mse_loss, torch=False, method=False, functional=True)

# --------------------------------------------------------------------------- l1_loss


def l1_loss(
    input, target, size_average=None, reduce=None, reduction="mean", weight=None
):
    """Absolute error: ``|input - target|``, averaged.

    Args:
        input, target, size_average, reduce, reduction, weight: as for `mse_loss`.

    Returns:
        Tensor: a number; for "none" the broadcast shape.

    Raises:
        RuntimeError: for sizes that do not broadcast.

    >>> import rushlight
    >>> x, y = rushlight.tensor([1.0, 2.0]), rushlight.tensor([1.0, 4.0])
    >>> rushlight.nn.functional.l1_loss(x, y)
    tensor(1.)
    """
    who = "l1_loss()"
    tensors(who, input=input, target=target)
    reduction = reduction_of(reduction, size_average, reduce, who)
    if GUARDS.on:
        GUARDS.see.loss("l1_loss", input, target)
    warn_of_sizes(input, target, who)
    loss = (input - target).abs()
    if weight is not None:
        return _weighted(loss, input, weight, reduction)
    return reduced(loss, reduction)


expose(l1_loss, torch=False, method=False, functional=True)

# -------------------------------------------------------------------- smooth_l1_loss


def smooth_l1_loss(
    input, target, size_average=None, reduce=None, reduction="mean", beta=1.0
):
    """Absolute error that is squared near zero.

        d**2 / (2 beta)   where d = |input - target| < beta,   else d - beta / 2

    Args:
        input, target, size_average, reduce, reduction: as for `mse_loss`.
        beta: where the two parts meet, >= 0; with 0 it is `l1_loss`.

    Returns:
        Tensor: a number; for "none" the broadcast shape.

    Raises:
        RuntimeError: for a negative beta, or sizes that do not broadcast.

    See:
        Girshick, "Fast R-CNN" (2015).

    >>> import rushlight
    >>> x, y = rushlight.tensor([1.0, 2.0]), rushlight.tensor([1.5, 4.0])
    >>> rushlight.nn.functional.smooth_l1_loss(x, y, reduction="none")
    tensor([0.1250, 1.5000])
    """
    who = "smooth_l1_loss()"
    tensors(who, input=input, target=target)
    reduction = reduction_of(reduction, size_average, reduce, who)
    if GUARDS.on:
        GUARDS.see.loss("smooth_l1_loss", input, target)
    warn_of_sizes(input, target, who)
    if beta == 0:
        return reduced((input - target).abs(), reduction)
    if not beta > 0:
        raise _bad_bend(who, "beta", ">= 0", beta)
    return call(SMOOTH_L1_LOSS, input, target, reduction=reduction, beta=beta)


def _bad_bend(who, name, wanted, got):
    return ArgumentRuntimeError(
        explain(
            who,
            expected=f"{name} {wanted}",
            got=got,
            do="It is the error at which squares end and absolute values begin.",
        )
    )


def _bent(np, x, y, bend):
    """min(d, bend) * (d - min(d, bend) / 2): d**2 / 2 up to the bend, then a line."""
    size = np.abs(wide(x) - wide(y))
    low = np.minimum(size, bend)
    size -= 0.5 * low
    size *= low
    return size


def _smooth_l1_eager(backend, x, y, *, reduction, beta):
    if x.dtype.kind not in "fV":
        refuse(x, "smooth_l1_loss()", "biuUc")
    loss = _bent(backend.np, x, y, beta)
    loss /= beta
    return reduced_array(backend.np, loss, reduction, x.dtype)


def _smooth_l1_grad(g, *, x, y, x_shape, y_shape, reduction, beta, needs):
    slope = ((x - y) / beta).clamp(-1, 1)
    found = slope * share(g, reduction, count_of(x_shape, y_shape))
    return found if needs[0] else None, -found if needs[1] else None


def _lower_bent(k, x, y, bend):
    size = k.abs(k.sub(x, y))
    low = k.min(size, bend)
    return k.mul(low, k.sub(size, k.mul(low, 0.5)))


def _smooth_l1_lower(k, x, y, *, reduction, beta):
    return lower_reduced(k, k.div(_lower_bent(k, x, y, beta), beta), reduction)


SMOOTH_L1_LOSS = define(
    "smooth_l1_loss",
    inputs="x y",
    eager=_smooth_l1_eager,
    spec=loss_spec,
    grad=_smooth_l1_grad,
    node="SmoothL1LossBackward0",
    promote=SAME,
    autocast="float32",
    lower=_smooth_l1_lower,
)
expose(smooth_l1_loss, torch=False, method=False, functional=True)

# ------------------------------------------------------------------------ huber_loss


def huber_loss(input, target, reduction="mean", delta=1.0, weight=None):
    """Squared error near zero, absolute error beyond.

        d**2 / 2   where d = |input - target| <= delta,   else delta (d - delta / 2)

    Args:
        input, target, reduction: as for `mse_loss`.
        delta: where the two parts meet, > 0.
        weight: input's size; a factor for each element (the mean counts elements).

    Returns:
        Tensor: a number; for "none" the broadcast shape.

    Raises:
        RuntimeError: for a delta that is not positive, or sizes that do not broadcast.

    >>> import rushlight
    >>> x, y = rushlight.tensor([1.0, 2.0]), rushlight.tensor([1.5, 4.0])
    >>> rushlight.nn.functional.huber_loss(x, y, reduction="none")
    tensor([0.1250, 1.5000])
    """
    who = "huber_loss()"
    tensors(who, input=input, target=target)
    reduction = reduction_of(reduction, None, None, who)
    if GUARDS.on:
        GUARDS.see.loss("huber_loss", input, target)
    warn_of_sizes(input, target, who)
    if not delta > 0:
        raise _bad_bend(who, "delta", "> 0", delta)
    if weight is not None:
        loss = call(HUBER_LOSS, input, target, reduction="none", delta=delta)
        return _weighted(loss, input, weight, reduction, by_weight=False)
    return call(HUBER_LOSS, input, target, reduction=reduction, delta=delta)


def _huber_eager(backend, x, y, *, reduction, delta):
    if x.dtype.kind not in "fV":
        refuse(x, "huber_loss()", "biuUc")
    loss = _bent(backend.np, x, y, delta)
    return reduced_array(backend.np, loss, reduction, x.dtype)


def _huber_grad(g, *, x, y, x_shape, y_shape, reduction, delta, needs):
    slope = (x - y).clamp(-delta, delta)
    found = slope * share(g, reduction, count_of(x_shape, y_shape))
    return found if needs[0] else None, -found if needs[1] else None


def _huber_lower(k, x, y, *, reduction, delta):
    return lower_reduced(k, _lower_bent(k, x, y, delta), reduction)


HUBER_LOSS = define(
    "huber_loss",
    inputs="x y",
    eager=_huber_eager,
    spec=loss_spec,
    grad=_huber_grad,
    promote=SAME,
    autocast="float32",
    lower=_huber_lower,
)
expose(huber_loss, torch=False, method=False, functional=True)

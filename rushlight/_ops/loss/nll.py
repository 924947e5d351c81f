"""nll_loss: log-probabilities of classes against the right class."""

from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.guarding import GUARDS
from rushlight._core.table import define
from rushlight._ops._arrays import wide
from rushlight._ops.loss._reduction import reduction_of, tensors
from rushlight._ops.loss._rows import (
    check_constant,
    check_rows,
    divisor,
    node_name,
    places,
    reduced_rows,
)


def nll_loss(
    input,
    target,
    weight=None,
    size_average=None,
    ignore_index=-100,
    reduce=None,
    reduction="mean",
):
    """Negative log likelihood: ``-input[target]`` of log-probabilities.

    Args:
        input: (C,), (N, C) or (N, C, d1, ...), float; log-probabilities.
        target: (), (N,) or (N, d1, ...), int64 or uint8; class numbers.
        weight, size_average, ignore_index, reduce, reduction: as for `cross_entropy`.

    Returns:
        Tensor: a number; for "none" the target's shape.

    Raises:
        IndexError: for a target that is no class.
        ValueError: for another batch size of the target, or an unknown reduction.
        RuntimeError: for other sizes or dtypes that do not fit.

    >>> import rushlight
    >>> logs = rushlight.tensor([[-0.5, -1.0]])
    >>> rushlight.nn.functional.nll_loss(logs, rushlight.tensor([1]))
    tensor(1.)
    """
    reduction = reduction_of(reduction, size_average, reduce, "nll_loss()")
    tensors("nll_loss()", input=input, target=target)
    if GUARDS.on:
        GUARDS.see.loss("nll_loss", input, target)
    if weight is not None:
        check_constant(weight, "nll_loss()")
    attrs = {"ignore_index": ignore_index, "reduction": reduction}
    return call(NLL_LOSS, input, target, weight, **attrs)


def _nll_spec(x, target, weight, *, ignore_index, reduction):
    check_rows(x, target, weight, "nll_loss()")
    return Spec(target.shape if reduction == "none" else (), x.dtype)


def _nll_eager(backend, x, target, weight, *, ignore_index, reduction):
    np = backend.np
    flat, gone, row_weights = places(np, x, target, weight, ignore_index, "nll_loss()")
    loss = -wide(x.reshape(-1)[flat])
    if row_weights is not None:
        loss *= row_weights
    if gone is not None:
        loss[gone] = 0
    loss = reduced_rows(np, loss, row_weights, gone, reduction).astype(
        x.dtype, copy=False
    )
    return loss.reshape(target.shape) if loss.ndim else loss


def _nll_grad(g, *, x_shape, x_dtype, target, weight, ignore_index, reduction):
    found = call(
        NLL_LOSS_BACKWARD,
        g,
        target,
        weight,
        shape=x_shape,
        dtype=x_dtype,
        ignore_index=ignore_index,
        reduction=reduction,
    )
    return found, None, None


def _nll_backward_spec(g, target, weight, *, shape, dtype, ignore_index, reduction):
    return Spec(shape, dtype)


def _nll_backward_eager(
    backend, g, target, weight, *, shape, dtype, ignore_index, reduction
):
    np = backend.np
    found = np.zeros(shape, dtype)
    flat, gone, row_weights = places(
        np, found, target, weight, ignore_index, "nll_loss()"
    )
    scale = -wide(g)
    if reduction == "mean":
        scale = scale / divisor(np, flat, row_weights, gone)
    elif reduction == "none":
        scale = scale.reshape(flat.shape)
    if row_weights is not None:
        scale = scale * row_weights
    if gone is not None:
        scale = np.where(gone, 0, scale)
    found.reshape(-1)[flat] = scale
    return found


def _nll_backward_grad(gg, *, target, weight, ignore_index, reduction):
    # The gradient is linear in g, so its own gradient is the loss again.
    attrs = {"ignore_index": ignore_index, "reduction": reduction}
    return call(NLL_LOSS, gg, target, weight, **attrs), None, None


def _lower_rows(k, shape, target, weight, ignore_index):
    """Whether each of (N, C, S) classes is the target's; which targets count.

    Returns:
        (is own, ignored (N, 1, S), weights of the targets or None, what a mean
        divides by).
    """
    if len(shape) < 2:
        raise k.NotLowered
    n, classes = shape[:2]
    own = k.reshape(k.cast(target, "i64"), (n, 1, -1))
    gone = k.eq(own, ignore_index)
    k.require(k.or_(gone, k.and_(k.le(0, own), k.lt(own, classes))))
    is_own = k.eq(k.index((n, classes, own.shape[2]), 1), own)
    if weight is None:
        found, each = None, k.whole(own.shape, "i64", 1)
    else:
        weight = k.reshape(weight, (1, -1, 1))
        found = each = k.reduce("add", k.where(is_own, weight, 0), 1, True)
    return is_own, gone, found, k.reduce("add", k.where(gone, 0, each))


def _nll_lower(k, x, target, weight, *, ignore_index, reduction):
    is_own, gone, weights, counted = _lower_rows(
        k, x.shape, target, weight, ignore_index
    )
    picked = k.where(is_own, k.reshape(x, is_own.shape), 0)
    loss = k.neg(k.reduce("add", picked, 1, True))
    loss = loss if weights is None else k.mul(loss, weights)
    loss = k.where(gone, 0, loss)
    if reduction == "none":
        return k.reshape(loss, target.shape)
    total = k.reduce("add", loss)
    return k.div(total, k.cast(counted, x.dtype)) if reduction == "mean" else total


def _nll_backward_lower(k, g, target, weight, *, shape, dtype, ignore_index, reduction):
    is_own, gone, weights, counted = _lower_rows(k, shape, target, weight, ignore_index)
    scale = k.neg(k.cast(g, dtype))
    if reduction == "mean":
        scale = k.div(scale, k.cast(counted, scale.dtype))
    elif reduction == "none":
        scale = k.reshape(scale, gone.shape)
    scale = scale if weights is None else k.mul(scale, weights)
    found = k.where(is_own, k.where(gone, 0, scale), 0)
    return k.reshape(found, shape)


NLL_LOSS_BACKWARD = define(
    "nll_loss_backward",
    inputs="g target weight",
    eager=_nll_backward_eager,
    spec=_nll_backward_spec,
    grad=_nll_backward_grad,
    lower=_nll_backward_lower,
)
NLL_LOSS = define(
    "nll_loss",
    inputs="x target weight",
    eager=_nll_eager,
    spec=_nll_spec,
    grad=_nll_grad,
    node=node_name,
    autocast="float32",
    lower=_nll_lower,
)
expose(nll_loss, torch=False, method=False, functional=True)

"""cross_entropy: scores of classes against the right class, or its probabilities."""

import numpy

from rushlight._base.errors import ArgumentRuntimeError, DtypeError, explain
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.guarding import GUARDS
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._arguments import refuse
from rushlight._ops._arrays import add_reduce, wide
from rushlight._ops.loss._reduction import REDUCTIONS, reduction_of, tensors
from rushlight._ops.loss._rows import (
    as_rows,
    check_constant,
    check_rows,
    check_weight,
    divisor,
    lower_rows,
    lower_shape,
    lower_weights,
    node_name,
    places,
    reduced_rows,
)

# --------------------------------------------------------------------- cross_entropy


def cross_entropy(
    input,
    target,
    weight=None,
    size_average=None,
    ignore_index=-100,
    reduce=None,
    reduction="mean",
    label_smoothing=0.0,
):
    """Cross entropy of scores (logits): ``-log(softmax(input)[target])``.

    Args:
        input: (C,), (N, C) or (N, C, d1, ...), float; scores before any softmax.
        target: class numbers (), (N,) or (N, d1, ...), int64 or uint8, or
            probabilities of input's shape, float.
        weight: (C,), input's dtype; a factor for each class.
        size_average, reduce: deprecated; use reduction.
        ignore_index: targets of this number count nothing.
        reduction: "mean" (weighted), "sum" or "none".
        label_smoothing: share of the target, in [0, 1], that is spread over all
            classes.

    Returns:
        Tensor: a number; for "none" the target's shape.

    Raises:
        IndexError: for a target that is no class.
        ValueError: for another batch size of the target, or an unknown reduction.
        RuntimeError: for other sizes or dtypes that do not fit.

    >>> import rushlight
    >>> scores = rushlight.tensor([[2.0, 0.0], [0.0, 2.0]])
    >>> rushlight.nn.functional.cross_entropy(scores, rushlight.tensor([0, 0]))
    tensor(1.1269)
    """
    if size_average is not None or reduce is not None or reduction not in REDUCTIONS:
        reduction = reduction_of(reduction, size_average, reduce, "cross_entropy()")
    if input.__class__ is not Tensor or target.__class__ is not Tensor:
        tensors("cross_entropy()", input=input, target=target)
    if GUARDS.on:
        GUARDS.see.loss("cross_entropy", input, target)
    if label_smoothing > 1:
        raise _bad_smoothing(label_smoothing)
    if target._array.shape == input._array.shape:
        return _of_probabilities(
            input, target, weight, ignore_index, reduction, max(label_smoothing, 0)
        )
    if weight is not None:
        check_constant(weight, "cross_entropy()")
    return call(
        CROSS_ENTROPY,
        input,
        target,
        weight,
        ignore_index=ignore_index,
        reduction=reduction,
        smoothing=max(label_smoothing, 0),
    )[0]


def _bad_smoothing(smoothing):
    return ArgumentRuntimeError(
        explain(
            "cross_entropy()",
            expected="label_smoothing between 0.0 and 1.0",
            got=smoothing,
            do="0.1 is usual.",
        )
    )


def _of_probabilities(input, target, weight, ignore_index, reduction, smoothing):
    """Cross entropy against probabilities: ``-sum_c w[c] target[c] log p[c]``."""
    _check_probabilities(input, target, weight, ignore_index)
    classes = 0 if input.ndim == 1 else 1
    count = input._array.shape[classes]
    terms = input.log_softmax(classes)
    if smoothing:
        target = target * (1 - smoothing) + smoothing / count
    terms = terms * target
    if weight is not None:
        terms = terms * weight.view(
            *(-1 if d == classes else 1 for d in range(input.ndim))
        )
    if reduction == "none":
        return -terms.sum(classes)
    if reduction == "sum":
        return -terms.sum()
    rows = input._array.size // count if count else 0
    return -terms.sum() / rows if rows else -terms.sum() * float("nan")


def _check_probabilities(input, target, weight, ignore_index):
    refuse(target._array, "cross_entropy()", "biuUc", DtypeError)
    if ignore_index >= 0:
        raise ArgumentRuntimeError(
            explain(
                "cross_entropy()",
                expected="no ignore_index with a floating-point target",
                got=ignore_index,
                do="Give the rows to ignore a target of zeros.",
            )
        )
    if weight is not None:
        check_weight(weight, input._array.shape[0 if input.ndim == 1 else 1])


def _cross_entropy_spec(x, target, weight, *, ignore_index, reduction, smoothing):
    check_rows(x, target, weight, "cross_entropy()")
    loss = Spec(target.shape if reduction == "none" else (), x.dtype)
    return loss, Spec(x.shape, wide_dtype(x))


def wide_dtype(x):
    """float32 for half precision, else x's own dtype."""
    return numpy.float32 if x.dtype.itemsize == 2 else x.dtype


def _cross_entropy_eager(
    backend, x, target, weight, *, ignore_index, reduction, smoothing
):
    np = backend.np
    flat, gone, row_weights = places(
        np, x, target, weight, ignore_index, "cross_entropy()"
    )
    shifted, picked = _shifted(np, as_rows(wide(x)), flat)
    spread = _spread(np, shifted, weight) if smoothing else None
    np.exp(shifted, shifted)
    sums = add_reduce(np, shifted, 1, True)
    shifted /= sums
    logs = np.log(sums).reshape(flat.shape)
    if smoothing:
        loss = _smoothed(logs, picked, spread, weight, row_weights, smoothing, x)
    else:
        loss = logs - picked
        if row_weights is not None:
            loss *= row_weights
    if gone is not None:
        loss[gone] = 0
    loss = reduced_rows(np, loss, row_weights, gone, reduction).astype(
        x.dtype, copy=False
    )
    return loss.reshape(target.shape) if loss.ndim else loss, shifted.reshape(x.shape)


# Note [Shift]
# exp must not overflow, and small losses must not lose digits.  Scores minus the
# target's own serve both unless some other score is far above it; then the largest
# score of each row is taken, which costs another look at the rows.
_FAR = 60


def _shifted(np, rows, flat):
    """Scores minus one number for each row, and what the targets' own became."""
    own = rows.reshape(-1)[flat]
    shifted = rows - (own[:, None] if rows.ndim == 2 else own[:, None, :])
    if rows.size and np.maximum.reduce(shifted.reshape(-1)) < _FAR:
        return shifted, 0
    np.subtract(rows, np.maximum.reduce(rows, 1, None, None, True), out=shifted)
    return shifted, shifted.reshape(-1)[flat]


def _spread(np, shifted, weight):
    """sum_c w[c] x[c] over the classes."""
    if weight is None:
        return np.add.reduce(shifted, 1)
    return np.add.reduce(shifted * _by_class(wide(weight), shifted.ndim), 1)


def _by_class(weight, ndim):
    return weight if ndim == 2 else weight[:, None]


def _smoothed(logs, picked, spread, weight, row_weights, smoothing, x):
    """Losses with label smoothing (Note [Rows])."""
    classes = x.shape[0 if x.ndim == 1 else 1]
    own = (1 - smoothing) * (logs - picked)
    if row_weights is not None:
        own *= row_weights
    total = classes if weight is None else wide(weight).sum()
    return own + smoothing / classes * (logs * total - spread)


def _cross_entropy_lower(k, x, target, weight, *, ignore_index, reduction, smoothing):
    rows, own, gone, is_own = lower_rows(k, x, target, ignore_index)
    classes = rows.shape[1]
    k.require(k.or_(gone, k.and_(k.le(0, own), k.lt(own, classes))))
    shifted = k.sub(rows, k.reduce("max", rows, 1, True))
    powers = k.exp(shifted)
    sums = k.reduce("add", powers, 1, True)
    picked = k.reduce("add", k.where(is_own, shifted, 0), 1, True)
    logs = k.log(sums)
    loss = k.sub(logs, picked)
    row_weight, counted = lower_weights(k, gone, is_own, weight)
    if row_weight is not None:
        loss = k.mul(loss, row_weight)
    if smoothing:
        total = classes if weight is None else k.reduce("add", weight)
        each = shifted if weight is None else k.mul(shifted, weight)
        spread = k.sub(k.mul(logs, total), k.reduce("add", each, 1, True))
        spread = k.mul(spread, smoothing / classes)
        loss = k.add(k.mul(loss, 1 - smoothing), spread)
    loss = k.where(gone, 0, loss)
    probs = lower_shape(k, k.div(powers, sums), x)
    if reduction == "none":
        return k.reshape(loss, target.shape), probs
    total = k.reduce("add", loss)
    if reduction == "mean":
        total = k.div(total, k.cast(counted, total.dtype))
    return total, probs


# -------------------------------------------------------------------------- backward


def _cross_entropy_grad(g, *, out1, target, weight, ignore_index, reduction, smoothing):
    g, g_probs = g
    found = None
    if g is not None:
        found = call(
            CROSS_ENTROPY_BACKWARD,
            g,
            out1,
            target,
            weight,
            ignore_index=ignore_index,
            reduction=reduction,
            smoothing=smoothing,
        )
    if g_probs is not None:  # only where backward itself is differentiated
        dim = 0 if out1.ndim == 1 else 1
        through = out1 * (g_probs - (g_probs * out1).sum(dim, keepdim=True))
        found = through if found is None else found + through
    return found, None, None


def _backward_spec(g, probs, target, weight, **attrs):
    return Spec(probs.shape, probs.dtype)


def _backward_eager(
    backend, g, probs, target, weight, *, ignore_index, reduction, smoothing
):
    np = backend.np
    weight = None if weight is None else wide(weight)  # as the probabilities are
    flat, gone, row_weights = places(
        np, probs, target, weight, ignore_index, "cross_entropy()"
    )
    scale = g if g.dtype == probs.dtype else g.astype(probs.dtype)
    if reduction == "mean":
        scale = scale / divisor(np, flat.view(), row_weights, gone)
    elif reduction == "none":
        scale = scale.reshape(flat.shape)
    if smoothing or row_weights is not None or gone is not None:
        rows = _weighted_rows(
            np, probs, weight, smoothing, scale, row_weights, gone, flat
        )
    else:
        rows = as_rows(probs) * (scale[:, None] if reduction == "none" else scale)
        rows.reshape(-1)[flat] -= scale
    return rows.reshape(probs.shape)


def _weighted_rows(np, probs, weight, smoothing, scale, row_weights, gone, flat):
    """The gradient with weights, smoothing or ignored targets (Note [Rows])."""
    rows = as_rows(probs)
    classes = rows.shape[1]
    scale = np.broadcast_to(scale, flat.shape)
    if gone is not None:
        scale = np.where(gone, rows.dtype.type(0), scale)
    own = scale * rows.dtype.type(1 - smoothing)
    if row_weights is not None:
        own *= row_weights
    if not smoothing:
        found = rows * own[:, None]
    else:
        spread = np.full(classes, smoothing / classes, rows.dtype)
        if weight is not None:
            spread *= weight
        found = rows * (own + scale * spread.sum())[:, None]
        found -= scale[:, None] * _by_class(spread, rows.ndim)
    found.reshape(-1)[flat] -= own
    return found


def _backward_lower(k, g, probs, target, weight, *, ignore_index, reduction, smoothing):
    rows, own, gone, is_own = lower_rows(k, probs, target, ignore_index)
    row_weight, counted = lower_weights(k, gone, is_own, weight)
    scale = k.cast(g, rows.dtype)
    if reduction == "mean":
        scale = k.div(scale, k.cast(counted, rows.dtype))
    elif reduction == "none":
        scale = k.reshape(scale, (-1, 1))
    scale = k.where(gone, 0, scale)
    share = scale if row_weight is None else k.mul(scale, row_weight)
    share = k.mul(share, 1 - smoothing)
    slope = k.mul(k.where(is_own, k.sub(rows, 1), rows), share)
    if smoothing:
        each = smoothing / rows.shape[1]
        spread = k.const_like(each, rows) if weight is None else k.mul(weight, each)
        total = smoothing if weight is None else k.reduce("add", spread)
        slope = k.add(slope, k.mul(k.sub(k.mul(rows, total), spread), scale))
    return lower_shape(k, slope, probs)


def _backward_grad(
    gg, *, g, probs, target, weight, ignore_index, reduction, smoothing, needs
):
    # The gradient of cross entropy is linear in g and affine in the probabilities.
    attrs = {
        "ignore_index": ignore_index,
        "reduction": reduction,
        "smoothing": smoothing,
    }

    def backward(g, probs):
        return call(CROSS_ENTROPY_BACKWARD, g, probs, target, weight, **attrs)

    g_g = g_probs = None
    if needs[0]:
        product = gg * backward(g.new_ones(g._array.shape), probs)
        dim = 0 if probs.ndim == 1 else 1
        g_g = product.sum(dim) if reduction == "none" else product.sum()
        g_g = g_g.reshape(g._array.shape)
    if needs[1]:
        shape = probs._array.shape
        g_probs = gg * (
            backward(g, probs.new_ones(shape)) - backward(g, probs.new_zeros(shape))
        )
    return g_g, g_probs, None, None


CROSS_ENTROPY_BACKWARD = define(
    "cross_entropy_backward",
    inputs="g probs target weight",
    eager=_backward_eager,
    spec=_backward_spec,
    grad=_backward_grad,
    lower=_backward_lower,
)


CROSS_ENTROPY = define(
    "cross_entropy",
    inputs="x target weight",
    eager=_cross_entropy_eager,
    spec=_cross_entropy_spec,
    grad=_cross_entropy_grad,
    lower=_cross_entropy_lower,
    node=node_name,
    many=True,
    fills_missing=False,
    autocast="float32",
)
expose(cross_entropy, torch=False, method=False, functional=True)

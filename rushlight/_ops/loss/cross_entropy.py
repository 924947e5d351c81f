"""cross_entropy and nll_loss: scores of classes against the right class.

# Note [Rows]
# Scores are (C,), (N, C) or (N, C, d1, ...).  The rules see them as (N, C) or (N, C, S),
# classes in the second dimension, and targets as (N,) or (N, S).  `flat` is where in
# the scores' memory each target's own score lies.  The loss of one target t is

    -a log p[t] - sum_c b[c] log p[c],   a = (1 - e) w[t],   b[c] = e w[c] / C

# with class weights w and label smoothing e, and 0 where the target is ignored; the
# mean divides the sum by the sum of w[t].  Its gradient with respect to the scores is
# (a + sum b) p - a [c = t] - b.
"""

import functools

import numpy

from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    DtypeError,
    GraphError,
    OutOfRangeError,
    ShapeError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._arguments import refuse
from rushlight._ops._arrays import add_reduce, wide
from rushlight._ops.loss._reduction import REDUCTIONS, reduction_of, tensors

_INT64 = numpy.dtype(numpy.int64)

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
    if label_smoothing > 1:
        raise _bad_smoothing(label_smoothing)
    if target._array.shape == input._array.shape:
        return _of_probabilities(
            input, target, weight, ignore_index, reduction, max(label_smoothing, 0)
        )
    if weight is not None:
        _check_constant(weight, "cross_entropy()")
    return call(
        CROSS_ENTROPY,
        input,
        target,
        weight,
        ignore_index=ignore_index,
        reduction=reduction,
        smoothing=max(label_smoothing, 0),
    )[0]


def _check_constant(weight, who):
    tensors(who, weight=weight)
    if weight._edge is not None:
        raise GraphError(
            explain(
                who,
                expected="argument 'weight' to be a constant",
                got="one with requires_grad=True: it is not differentiable with "
                "respect to 'weight'",
                do="Pass weight.detach().",
            )
        )


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
        _check_weight(weight, input._array.shape[0 if input.ndim == 1 else 1])


def _cross_entropy_spec(x, target, weight, *, ignore_index, reduction, smoothing):
    _check_rows(x, target, weight, "cross_entropy()")
    loss = Spec(target.shape if reduction == "none" else (), x.dtype)
    return loss, Spec(x.shape, wide_dtype(x))


def wide_dtype(x):
    """float32 for half precision, else x's own dtype."""
    return numpy.float32 if x.dtype.itemsize == 2 else x.dtype


def _cross_entropy_eager(
    backend, x, target, weight, *, ignore_index, reduction, smoothing
):
    np = backend.np
    flat, gone, row_weights = _places(
        np, x, target, weight, ignore_index, "cross_entropy()"
    )
    rows = _as_rows(wide(x))
    shifted = rows - np.maximum.reduce(rows, 1, None, None, True)
    picked = shifted.reshape(-1)[flat]
    spread = _spread(np, shifted, weight) if smoothing else None
    np.exp(shifted, shifted)
    sums = np.add.reduce(shifted, 1, None, None, True)
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
    loss = _reduced(np, loss, row_weights, gone, reduction).astype(x.dtype, copy=False)
    return loss.reshape(target.shape) if loss.ndim else loss, shifted.reshape(x.shape)


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


def _reduced(np, loss, row_weights, gone, reduction):
    if reduction == "none":
        return loss
    total = np.add.reduce(loss.reshape(-1))
    if reduction == "mean":
        total = total / _divisor(np, loss, row_weights, gone)
    return np.asarray(total)


def _divisor(np, rows, row_weights, gone):
    """What the mean divides by: the sum of the weights of the targets that count."""
    if row_weights is not None:
        return np.add.reduce(row_weights.reshape(-1))
    count = rows.size if gone is None else rows.size - int(np.count_nonzero(gone))
    return rows.dtype.type(count)


# ------------------------------------------------------------------ rows and targets


@functools.lru_cache(maxsize=16)
def _starts_of(n, size):
    starts = numpy.arange(0, n * size, size)
    starts.flags.writeable = False
    return starts


def _starts(np, n, size):
    """(n,): where each block of `size` elements begins."""
    if np is numpy and n <= 4096:
        return _starts_of(n, size)
    return np.arange(0, n * size, size) if size else np.zeros(n, np.int64)


def _as_rows(x):
    """Scores as (N, C) or (N, C, S)."""
    if x.ndim == 2:
        return x if x.flags.c_contiguous else x.copy()
    if x.ndim == 1:
        return x.reshape(1, -1)
    return x.reshape(*x.shape[:2], -1) if x.size else x.reshape(*x.shape[:2], 0)


def _places(np, x, target, weight, ignore_index, who):
    """Places of the targets' scores, ignored targets (or None), weights (or None)."""
    _check_rows(x, target, weight, who)
    classes = x.shape[0 if x.ndim == 1 else 1]
    target, gone = _checked_target(np, target, classes, ignore_index, who)
    rows = x.shape[0] if x.ndim > 1 else 1
    inner = x.size // (rows * classes) if x.size else 0
    if x.ndim <= 2:
        flat = target.reshape(-1) + _starts(np, rows, classes)
    else:
        flat = target.reshape(rows, -1) * inner
        flat += _starts(np, rows, classes * inner)[:, None]
        flat += np.arange(flat.shape[1])
    if gone is not None:
        gone = gone.reshape(flat.shape)
    if weight is None:
        return flat, gone, None
    row_weights = wide(weight)[target].reshape(flat.shape)
    if gone is not None:
        row_weights[gone] = 0
    return flat, gone, row_weights


def _checked_target(np, target, classes, ignore_index, who):
    """Targets as int64 with 0 for the ignored ones, and which those are (or None)."""
    if target.dtype != _INT64:
        target = target.astype(_INT64)
    if not 0 <= ignore_index < classes:
        if not target.size or _all_below(np, target, classes):
            return target, None
    gone = target == ignore_index
    if not gone.any():
        gone = None
    else:
        target = np.where(gone, 0, target)
    if target.size and (not _all_below(np, target, classes)):
        wrong = target[(target < 0) | (target >= classes)]
        if gone is not None and not classes:
            wrong = wrong[wrong != 0]
        if wrong.size:
            raise OutOfRangeError(
                explain(
                    who,
                    expected=f"class numbers from 0 to {classes - 1} in 'target'",
                    got=f"Target {wrong.reshape(-1)[0]} is out of bounds",
                    do="The last layer needs one output for each class.",
                )
            )
    return target, gone


def _all_below(np, target, classes):
    """Whether all numbers lie in [0, classes): as unsigned ones, negatives are huge."""
    return np.maximum.reduce(target.view(np.uint64), None) < classes


def _check_rows(x, target, weight, who):
    if x.dtype.kind not in "fV":
        refuse(x, who, "biuUc")
    if target.dtype.kind not in "iu" or target.dtype not in (_INT64, numpy.uint8):
        raise DtypeError(
            explain(
                who,
                expected="target dtype to be int64 (or uint8)",
                got=target.dtype,
                do="Class numbers: target.long(); probabilities: the input's shape.",
            )
        )
    wanted = x.shape[:1] + x.shape[2:]
    if x.ndim == 1:
        wanted = () if target.ndim == 0 else (1,)
    if target.shape != wanted or not x.ndim:
        raise _wrong_sizes(x, target, who)
    if weight is not None:
        _check_weight(weight, x.shape[0 if x.ndim == 1 else 1], x, who)


def _wrong_sizes(x, target, who):
    error, expected = ShapeError, f"target of size {list(x.shape[:1] + x.shape[2:])}"
    if not x.ndim:
        error, expected = ArgumentError, "an input of 1 or more dimensions"
    elif x.ndim == 1:
        error, expected = ArgumentError, "a target of size 1 for a 1D input"
    elif target.ndim and x.shape[0] != target.shape[0]:
        error = ArgumentError
        expected = f"input batch_size ({x.shape[0]}) to match target batch_size"
    elif x.ndim == 2 and target.ndim > 1:
        expected = "a 0D or 1D target; multi-target is not supported"
    return error(
        explain(
            who,
            expected=expected,
            got=f"input {list(x.shape)} and target {list(target.shape)}",
            do="Input is (N, C, ...), target (N, ...).",
        )
    )


def _check_weight(weight, classes, x=None, who="cross_entropy()"):
    if tuple(weight.shape) != (classes,):
        raise ShapeError(
            explain(
                who,
                expected=f"a weight for each of the {classes} classes",
                got=f"weight tensor of shape {list(weight.shape)}",
                do="Pass (C,), or None.",
            )
        )
    if x is not None and weight.dtype != x.dtype:
        raise DtypeError(
            explain(
                who,
                expected=f"weight of the input's dtype {x.dtype}",
                got=weight.dtype,
                do="Convert it with .to(input.dtype).",
            )
        )


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
    flat, gone, row_weights = _places(
        np, probs, target, weight, ignore_index, "cross_entropy()"
    )
    scale = g if g.dtype == probs.dtype else g.astype(probs.dtype)
    if reduction == "mean":
        scale = scale / _divisor(np, flat.view(), row_weights, gone)
    elif reduction == "none":
        scale = scale.reshape(flat.shape)
    if smoothing or row_weights is not None or gone is not None:
        rows = _weighted_rows(
            np, probs, weight, smoothing, scale, row_weights, gone, flat
        )
    else:
        rows = _as_rows(probs) * (scale[:, None] if reduction == "none" else scale)
        rows.reshape(-1)[flat] -= scale
    return rows.reshape(probs.shape)


def _weighted_rows(np, probs, weight, smoothing, scale, row_weights, gone, flat):
    """The gradient with weights, smoothing or ignored targets (Note [Rows])."""
    rows = _as_rows(probs)
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
)


def _nll_node(inputs, attrs):
    return "NllLossBackward0" if inputs[0].ndim <= 2 else "NllLoss2DBackward0"


CROSS_ENTROPY = define(
    "cross_entropy",
    inputs="x target weight",
    eager=_cross_entropy_eager,
    spec=_cross_entropy_spec,
    grad=_cross_entropy_grad,
    node=_nll_node,
    many=True,
    fills_missing=False,
    autocast="float32",
)
expose(cross_entropy, torch=False, method=False, functional=True)

# -------------------------------------------------------------------------- nll_loss


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
    if weight is not None:
        _check_constant(weight, "nll_loss()")
    attrs = {"ignore_index": ignore_index, "reduction": reduction}
    return call(NLL_LOSS, input, target, weight, **attrs)


def _nll_spec(x, target, weight, *, ignore_index, reduction):
    _check_rows(x, target, weight, "nll_loss()")
    return Spec(target.shape if reduction == "none" else (), x.dtype)


def _nll_eager(backend, x, target, weight, *, ignore_index, reduction):
    np = backend.np
    flat, gone, row_weights = _places(np, x, target, weight, ignore_index, "nll_loss()")
    loss = -wide(x.reshape(-1)[flat])
    if row_weights is not None:
        loss *= row_weights
    if gone is not None:
        loss[gone] = 0
    loss = _reduced(np, loss, row_weights, gone, reduction).astype(x.dtype, copy=False)
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
    flat, gone, row_weights = _places(
        np, found, target, weight, ignore_index, "nll_loss()"
    )
    scale = -wide(g)
    if reduction == "mean":
        scale = scale / _divisor(np, flat, row_weights, gone)
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


NLL_LOSS_BACKWARD = define(
    "nll_loss_backward",
    inputs="g target weight",
    eager=_nll_backward_eager,
    spec=_nll_backward_spec,
    grad=_nll_backward_grad,
)
NLL_LOSS = define(
    "nll_loss",
    inputs="x target weight",
    eager=_nll_eager,
    spec=_nll_spec,
    grad=_nll_grad,
    node=_nll_node,
    autocast="float32",
)
expose(nll_loss, torch=False, method=False, functional=True)

"""Scores as rows and where their targets lie; what cross_entropy and nll_loss share.

# Note [Rows]
# Scores are (C,), (N, C) or (N, C, d1, ...).  The rules see them as (N, C) or
# (N, C, S), classes in the second dimension, and targets as (N,) or (N, S).  `flat` is
# where in the scores' memory each target's own score lies.  The loss of one target t is

    -a log p[t] - sum_c b[c] log p[c],   a = (1 - e) w[t],   b[c] = e w[c] / C

# with class weights w and label smoothing e, and 0 where the target is ignored; the
# mean divides the sum by the sum of w[t].  Its gradient with respect to the scores is
# (a + sum b) p - a [c = t] - b.
"""

import functools

import numpy

from rushlight._base.errors import (
    ArgumentError,
    DtypeError,
    GraphError,
    OutOfRangeError,
    ShapeError,
    explain,
)
from rushlight._ops._arguments import refuse
from rushlight._ops._arrays import wide
from rushlight._ops.loss._reduction import tensors

_INT64 = numpy.dtype(numpy.int64)


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


def as_rows(x):
    """Scores as (N, C) or (N, C, S), contiguous: `flat` counts along their memory."""
    if x.ndim == 1:
        x = x.reshape(1, -1)
    elif x.ndim > 2:
        x = x.reshape(*x.shape[:2], -1) if x.size else x.reshape(*x.shape[:2], 0)
    return x if x.flags.c_contiguous else x.copy()


def places(np, x, target, weight, ignore_index, who):
    """Places of the targets' scores, ignored targets (or None), weights (or None)."""
    check_rows(x, target, weight, who)
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
            raise _out_of_bounds(who, target, classes, wrong)
    return target, gone


def _out_of_bounds(who, target, classes, wrong):
    advice = "The last layer needs one output for each class."
    if target.min() >= 1 and target.max() == classes:
        advice = "Classes count from 0: if these labels begin with 1, pass target - 1."
    elif target.min() < 0:
        advice = "Where there is no label, name its number by ignore_index=."
    return OutOfRangeError(
        explain(
            who,
            expected=f"class numbers from 0 to {classes - 1} in 'target'",
            got=f"Target {wrong.reshape(-1)[0]} is out of bounds: {wrong.size} of "
            f"{target.size} are, and all go from {target.min()} to {target.max()}",
            do=advice,
        )
    )


def _all_below(np, target, classes):
    """Whether all numbers lie in [0, classes): as unsigned ones, negatives are huge."""
    return np.maximum.reduce(target.view(np.uint64), None) < classes


def check_rows(x, target, weight, who):
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
        check_weight(weight, x.shape[0 if x.ndim == 1 else 1], x, who)


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


def check_weight(weight, classes, x=None, who="cross_entropy()"):
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


def reduced_rows(np, loss, row_weights, gone, reduction):
    if reduction == "none":
        return loss
    total = np.add.reduce(loss.reshape(-1))
    if reduction == "mean":
        total = total / divisor(np, loss, row_weights, gone)
    return np.asarray(total)


def divisor(np, rows, row_weights, gone):
    """What the mean divides by: the sum of the weights of the targets that count."""
    if row_weights is not None:
        return np.add.reduce(row_weights.reshape(-1))
    count = rows.size if gone is None else rows.size - int(np.count_nonzero(gone))
    return rows.dtype.type(count) if rows.dtype.kind == "f" else float(count)


def check_constant(weight, who):
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


def node_name(inputs, attrs):
    return "NllLossBackward0" if inputs[0].ndim <= 2 else "NllLoss2DBackward0"


def lower_rows(k, x, target, ignore_index):
    """Scores as rows (N, C) for the compiler, and what their targets are.

    Returns:
        (rows, targets (N, 1), which are ignored (N, 1), whether each class is the
        target of a row that is not ignored (N, C)).
    """
    if x.ndim < 2:
        raise k.NotLowered
    if x.ndim > 2:
        x = k.permute(x, (0, *range(2, x.ndim), 1))
    rows = k.reshape(x, (-1, x.shape[-1]))
    own = k.reshape(k.cast(target, "i64"), (-1, 1))
    gone = k.eq(own, ignore_index)
    is_own = k.eq(k.index(rows.shape, 1), k.where(gone, -1, own))
    return rows, own, gone, is_own


def lower_weights(k, gone, is_own, weight):
    """(weight of each target (N, 1) or None, what the mean divides by)."""
    if weight is None:
        found, each = None, k.whole(gone.shape, "i64", 1)
    else:
        found = each = k.reduce("add", k.where(is_own, weight, 0), 1, True)
    return found, k.reduce("add", k.where(gone, 0, each))


def lower_shape(k, rows, x):
    """(N d1 ..., C) back to (N, C, d1, ...)."""
    if x.ndim == 2:
        return rows
    moved = k.reshape(rows, (x.shape[0], *x.shape[2:], x.shape[1]))
    return k.permute(moved, (0, x.ndim - 1, *range(1, x.ndim - 1)))

"""Losses that ask scores or distances to differ by a margin."""

import numpy

from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    DtypeError,
    ShapeError,
    UnsupportedError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.state import GRAD_MODE
from rushlight._core.table import define
from rushlight._ops._arguments import refuse
from rushlight._ops._lengths import p_distance
from rushlight._ops.loss._reduction import reduced, reduction_of, tensors

# ------------------------------------------------------------- cosine_embedding_loss


def cosine_embedding_loss(
    input1,
    input2,
    target,
    margin=0,
    size_average=None,
    reduce=None,
    reduction="mean",
):
    """Pull vectors together or push them apart, by the cosine of their angle.

        1 - cos   where target is 1,   max(0, cos - margin)   where it is -1

    Args:
        input1, input2: (N, D) or (D,), float.
        target: (N,) or (), 1 or -1.
        margin: the cosine below which different vectors cost nothing.
        size_average, reduce: deprecated; use reduction.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: a number; for "none" the target's shape.

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x, y = rushlight.tensor([1.0, 0.0]), rushlight.tensor([0.0, 2.0])
    >>> f = rushlight.nn.functional.cosine_embedding_loss
    >>> f(x, y, rushlight.tensor(1))
    tensor(1.)
    """
    who = "cosine_embedding_loss()"
    tensors(who, input1=input1, input2=input2, target=target)
    reduction = reduction_of(reduction, size_average, reduce, who)
    dims = target.ndim
    if dims > 1 or input1.ndim != dims + 1 or input2.ndim != dims + 1:
        raise ShapeError(
            explain(
                who,
                expected="a 1D target with 2D inputs, or a 0D target with 1D inputs",
                got=f"target {list(target.shape)}, inputs {list(input1.shape)} and "
                f"{list(input2.shape)}",
                do="One target for each pair of vectors.",
            )
        )
    product = (input1 * input2).sum(dims)
    size1 = (input1 * input1).sum(dims) + 1e-12
    size2 = (input2 * input2).sum(dims) + 1e-12
    cosine = product / (size1 * size2).sqrt()
    near = (1 - cosine).masked_fill(target != 1, 0)
    far = (cosine - margin).clamp(min=0).masked_fill(target != -1, 0)
    return reduced(near + far, reduction)


# --------------------------------------------------------------- margin_ranking_loss


def margin_ranking_loss(
    input1,
    input2,
    target,
    margin=0,
    size_average=None,
    reduce=None,
    reduction="mean",
):
    """Ask input1 to be larger (target 1) or smaller (-1) than input2 by a margin.

        max(0, margin - target * (input1 - input2))

    Args:
        input1, input2, target: tensors of as many dimensions each; target 1 or -1.
        margin: by how much.
        size_average, reduce: deprecated; use reduction.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: a number; for "none" the broadcast shape.

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x, y, target = rushlight.tensor([[3.0], [0.0], [1.0]])
    >>> rushlight.nn.functional.margin_ranking_loss(y, x, target)
    tensor(3.)
    """
    who = "margin_ranking_loss()"
    tensors(who, input1=input1, input2=input2, target=target)
    reduction = reduction_of(reduction, size_average, reduce, who)
    if not input1.ndim == input2.ndim == target.ndim:
        raise ShapeError(
            explain(
                who,
                expected="inputs and target of as many dimensions",
                got=f"{list(input1.shape)}, {list(input2.shape)} and "
                f"{list(target.shape)}",
                do="Use .squeeze() or .unsqueeze().",
            )
        )
    loss = (-target * (input1 - input2) + margin).clamp(min=0)
    return reduced(loss, reduction)


# -------------------------------------------------------------- hinge_embedding_loss


def hinge_embedding_loss(
    input, target, margin=1.0, size_average=None, reduce=None, reduction="mean"
):
    """The distance itself for pairs alike, the rest to the margin for others.

        x   where target is 1,   max(0, margin - x)   where it is -1

    Args:
        input: (*), float; distances.
        target: (*), 1 or -1.
        margin: the distance from which different pairs cost nothing.
        size_average, reduce: deprecated; use reduction.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: a number; for "none" the broadcast shape.

    Raises:
        RuntimeError: for sizes that do not broadcast.

    >>> import rushlight
    >>> x, y = rushlight.tensor([0.25, 0.25]), rushlight.tensor([1, -1])
    >>> rushlight.nn.functional.hinge_embedding_loss(x, y, reduction="none")
    tensor([0.2500, 0.7500])
    """
    who = "hinge_embedding_loss()"
    tensors(who, input=input, target=target)
    reduction = reduction_of(reduction, size_average, reduce, who)
    far = (margin - input).clamp(min=0).masked_fill(target == 1, 0)
    near = input.masked_fill(target == -1, 0)
    return reduced(far + near, reduction)


# --------------------------------------------------------------- triplet_margin_loss


def triplet_margin_loss(
    anchor,
    positive,
    negative,
    margin=1.0,
    p=2,
    eps=1e-6,
    swap=False,
    size_average=None,
    reduce=None,
    reduction="mean",
):
    """Ask the negative to be farther from the anchor than the positive by a margin.

        max(0, |anchor - positive| - |anchor - negative| + margin)

    Args:
        anchor, positive, negative: (N, D) or (D,), float.
        margin: > 0.
        p: the norm's exponent.
        eps: added to differences.
        swap: take the positive's distance from the negative where it is smaller.
        size_average, reduce: deprecated; use reduction.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: a number; for "none" (N,).

    Raises:
        ValueError: for a margin that is not positive.
        RuntimeError: for sizes that do not fit.

    See:
        Balntas et al., "Learning local feature descriptors with triplets" (2016).

    >>> import rushlight
    >>> a, p, n = rushlight.tensor([[0.0], [3.0], [1.0]])
    >>> rushlight.nn.functional.triplet_margin_loss(a, p, n)
    tensor(3.)
    """
    who = "triplet_margin_loss()"
    reduction = reduction_of(reduction, size_average, reduce, who)

    def distance(x, y):
        return p_distance(x, y, p, eps, False, who)

    return _triplet(anchor, positive, negative, distance, margin, swap, reduction, who)


def triplet_margin_with_distance_loss(
    anchor,
    positive,
    negative,
    *,
    distance_function=None,
    margin=1.0,
    swap=False,
    reduction="mean",
):
    """As `triplet_margin_loss`, with a distance of one's own.

    Args:
        anchor, positive, negative: (N, *), float.
        distance_function: of two tensors; the Euclidean distance if left out.
        margin, swap, reduction: as for `triplet_margin_loss`.

    Returns:
        Tensor: a number; for "none" the distances' shape.

    Raises:
        ValueError: for a margin that is not positive.
        RuntimeError: for tensors of different dimensions.

    >>> import rushlight
    >>> a, p, n = rushlight.tensor([[0.0], [3.0], [1.0]])
    >>> rushlight.nn.functional.triplet_margin_with_distance_loss(a, p, n)
    tensor(3.)
    """
    who = "triplet_margin_with_distance_loss()"
    reduction = reduction_of(reduction, None, None, who)
    if distance_function is None:

        def distance_function(x, y):
            return p_distance(x, y, 2.0, 1e-6, False, who)

    return _triplet(
        anchor, positive, negative, distance_function, margin, swap, reduction, who
    )


def _triplet(anchor, positive, negative, distance, margin, swap, reduction, who):
    tensors(who, anchor=anchor, positive=positive, negative=negative)
    if not margin > 0:
        raise ArgumentError(
            explain(
                who,
                expected="margin greater than 0",
                got=margin,
                do="Without one, equal distances would do.",
            )
        )
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise ShapeError(
            explain(
                who,
                expected="anchor, positive and negative of as many dimensions",
                got=f"{anchor.ndim}D, {positive.ndim}D and {negative.ndim}D",
                do="Use .unsqueeze(0).",
            )
        )
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = far.minimum(distance(positive, negative))
    return reduced((margin + near - far).clamp(min=0), reduction)


# ------------------------------------------------------- multi-class margins, as ops

# Note [Slopes]
# The two losses below also give, as a second result, their slopes with respect to the
# scores: (N, C).  Backward is a product with them.  They are constants, so backward
# itself cannot be differentiated, as in PyTorch.


def _times_slopes(g, slopes, reduction, who):
    if GRAD_MODE.get():
        raise UnsupportedError(
            explain(
                who,
                expected="backward without create_graph",
                got="create_graph=True: the derivative of its gradient is not "
                "implemented",
                do="Write the loss in plain tensor operations.",
            )
        )
    if reduction == "none" and slopes.ndim == 2:
        g = g.unsqueeze(1)
    return slopes * g


def _rows_of(x, who):
    """Scores as (N, C)."""
    if x.ndim not in (1, 2) or 0 in x.shape[x.ndim - 1 :]:
        raise ShapeError(
            explain(
                who,
                expected="scores (C,) or (N, C), with classes",
                got=list(x.shape),
                do="Reshape them.",
            )
        )
    return x.reshape(-1, x.shape[-1])


def _check_target(target, who):
    if target.dtype != numpy.int64:
        raise DtypeError(
            explain(
                who,
                expected="target of dtype int64",
                got=target.dtype,
                do="Convert it with .long().",
            )
        )


def _out_of_range(who, classes):
    return ArgumentRuntimeError(
        explain(
            who,
            expected=f"class numbers from 0 to {classes - 1}",
            got="a target out of range",
            do="Check the labels.",
        )
    )


def _finish(np, loss, slopes, x, reduction):
    """The reduced loss and its slopes, from those of each row."""
    if reduction == "mean":
        slopes /= max(len(loss), 1)
        loss = loss.sum() / max(len(loss), 1)
    elif reduction == "sum":
        loss = loss.sum()
    elif x.ndim == 1:
        loss = loss[0]
    return np.asarray(loss, x.dtype), slopes.reshape(x.shape)


def multi_margin_loss(
    input,
    target,
    p=1,
    margin=1.0,
    weight=None,
    size_average=None,
    reduce=None,
    reduction="mean",
):
    """Hinge loss of classes: ``sum_j max(0, margin - x[y] + x[j])**p / C``, j != y.

    Args:
        input: (N, C) or (C,), float32 or float64; scores.
        target: (N,) or (), int64; class numbers.
        p: 1 or 2.
        margin: by how much the right class shall win.
        weight: (C,), input's dtype; a factor for each class.
        size_average, reduce: deprecated; use reduction.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: a number; for "none" the target's shape.

    Raises:
        ValueError: for another p.
        RuntimeError: for a target that is no class, or sizes that do not fit.

    >>> import rushlight
    >>> x, y = rushlight.tensor([[0.0, 0.5]]), rushlight.tensor([1])
    >>> rushlight.nn.functional.multi_margin_loss(x, y)
    tensor(0.2500)
    """
    who = "multi_margin_loss()"
    tensors(who, input=input, target=target)
    reduction = reduction_of(reduction, size_average, reduce, who)
    if p not in (1, 2):
        raise ArgumentError(
            explain(who, expected="p to be 1 or 2", got=p, do="Choose one of them.")
        )
    attrs = {"p": p, "margin": margin, "reduction": reduction}
    return call(MULTI_MARGIN_LOSS, input, target, weight, **attrs)[0]


def _multi_margin_spec(x, target, weight, *, p, margin, reduction):
    who = "multi_margin_loss()"
    refuse(x, who, "biuUc")
    _check_target(target, who)
    shape = x.shape[:-1] if x.ndim == 2 else target.shape
    return Spec(shape if reduction == "none" else (), x.dtype), Spec(x.shape, x.dtype)


def _multi_margin_eager(backend, x, target, weight, *, p, margin, reduction):
    np, who = backend.np, "multi_margin_loss()"
    refuse(x, who, "biuUc")
    rows = _rows_of(x, who)
    _check_target(target, who)
    n, classes = rows.shape
    if target.size != n or target.ndim > 1:
        raise ShapeError(
            explain(
                who,
                expected=f"a target of size [{n}]",
                got=list(target.shape),
                do="One class number for each row.",
            )
        )
    right = target.reshape(-1)
    if ((right < 0) | (right >= classes)).any():
        raise _out_of_range(who, classes)
    factors = _class_factors(weight, x, right, classes)
    every = np.arange(n)
    gap = np.maximum(margin - rows[every, right][:, None] + rows, 0)
    gap[every, right] = 0
    loss = (gap**p).sum(1) * factors
    slopes = (gap > 0) if p == 1 else 2 * gap
    slopes = slopes * factors[:, None]
    slopes[every, right] = -slopes.sum(1)
    loss, slopes = _finish(np, loss, slopes, x, reduction)
    shape = x.shape[:-1] if x.ndim == 2 else target.shape
    return loss.reshape(shape) if reduction == "none" else loss, slopes


def _class_factors(weight, x, right, classes):
    """For each row the weight of its class, divided by the number of classes."""
    if weight is None:
        return numpy.full(len(right), 1 / classes, x.dtype)
    if tuple(weight.shape) != (classes,) or weight.dtype != x.dtype:
        raise ShapeError(
            explain(
                "multi_margin_loss()",
                expected=f"weight ({classes},) of dtype {x.dtype}",
                got=f"{list(weight.shape)} of {weight.dtype}",
                do="One factor for each class.",
            )
        )
    return weight[right] / x.dtype.type(classes)


def _multi_margin_grad(g, *, out1, reduction):
    return (
        _times_slopes(g[0], out1.detach(), reduction, "multi_margin_loss()"),
        None,
        None,
    )


MULTI_MARGIN_LOSS = define(
    "multi_margin_loss",
    inputs="x target weight",
    eager=_multi_margin_eager,
    spec=_multi_margin_spec,
    grad=_multi_margin_grad,
    many=True,
    fills_missing=False,
    autocast="float32",
)


def multilabel_margin_loss(
    input, target, size_average=None, reduce=None, reduction="mean"
):
    """Hinge loss of several right classes: ``sum_ij max(0, 1 - x[y[j]] + x[i]) / C``.

    Args:
        input: (N, C) or (C,), float32 or float64; scores.
        target: the same size, int64; class numbers up to the first -1.
        size_average, reduce: deprecated; use reduction.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: a number; for "none" (N,) or ().

    Raises:
        RuntimeError: for a target that is no class, or sizes that do not fit.

    >>> import rushlight
    >>> x, y = rushlight.tensor([[0.0, 0.5]]), rushlight.tensor([[1, -1]])
    >>> rushlight.nn.functional.multilabel_margin_loss(x, y)
    tensor(0.2500)
    """
    who = "multilabel_margin_loss()"
    tensors(who, input=input, target=target)
    reduction = reduction_of(reduction, size_average, reduce, who)
    return call(MULTILABEL_MARGIN_LOSS, input, target, reduction=reduction)[0]


def _multilabel_spec(x, target, *, reduction):
    refuse(x, "multilabel_margin_loss()", "biuUc")
    shape = x.shape[:-1] if reduction == "none" else ()
    return Spec(shape, x.dtype), Spec(x.shape, x.dtype)


def _multilabel_eager(backend, x, target, *, reduction):
    np, who = backend.np, "multilabel_margin_loss()"
    refuse(x, who, "biuUc")
    rows = _rows_of(x, who)
    _check_target(target, who)
    if target.shape != x.shape:
        raise ShapeError(
            explain(
                who,
                expected=f"target of the input's size {list(x.shape)}",
                got=list(target.shape),
                do="Pad each row's class numbers with -1.",
            )
        )
    named = target.reshape(rows.shape)
    if ((named < -1) | (named >= rows.shape[1])).any():
        raise _out_of_range(who, rows.shape[1])
    loss, slopes = _multilabel_rows(np, rows, named)
    return _finish(np, loss, slopes, x, reduction)


def _multilabel_rows(np, rows, named):
    """Loss and slopes of each row."""
    n, classes = rows.shape
    counts = np.logical_and.accumulate(named >= 0, axis=1)  # up to the first -1
    named = np.where(counts, named, 0)
    every = np.arange(n)[:, None]
    right = np.zeros(rows.shape, bool)
    np.logical_or.at(right, (np.broadcast_to(every, named.shape), named), counts)
    own = rows[every, named]
    gap = 1 - own[:, :, None] + rows[:, None, :]  # (row, right class, other class)
    gap *= counts[:, :, None] & ~right[:, None, :]
    active = gap > 0
    loss = np.where(active, gap, 0).sum((1, 2)) / classes
    slopes = active.sum(1).astype(rows.dtype)
    lost = np.broadcast_to(every, named.shape), named
    np.subtract.at(slopes, lost, active.sum(2).astype(rows.dtype))
    return loss.astype(rows.dtype), slopes / rows.dtype.type(classes)


def _multilabel_grad(g, *, out1, reduction):
    return _times_slopes(
        g[0], out1.detach(), reduction, "multilabel_margin_loss()"
    ), None


MULTILABEL_MARGIN_LOSS = define(
    "multilabel_margin_loss",
    inputs="x target",
    eager=_multilabel_eager,
    spec=_multilabel_spec,
    grad=_multilabel_grad,
    many=True,
    fills_missing=False,
    autocast="float32",
)

for _function in (
    cosine_embedding_loss,
    margin_ranking_loss,
    hinge_embedding_loss,
    triplet_margin_loss,
    triplet_margin_with_distance_loss,
    multi_margin_loss,
    multilabel_margin_loss,
):
    expose(_function, torch=False, method=False, functional=True)

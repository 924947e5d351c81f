"""Losses of several classes: by margins, and multilabel_soft_margin_loss.

# Note [Slopes]
# The two margin losses also give, as a second result, their slopes with respect to the
# scores: (N, C).  Backward is a product with them.  They are constants, so backward is
# an op whose own gradient is refused, as in PyTorch.
"""

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
from rushlight._core.guarding import GUARDS
from rushlight._core.table import define
from rushlight._ops._arguments import refuse
from rushlight._ops.loss._reduction import reduced, reduction_of, tensors


def _slopes_spec(g, x, slopes, *, who):
    return Spec(slopes.shape, slopes.dtype)


def _slopes_eager(backend, g, x, slopes, *, who):
    return slopes * g


def _slopes_grad(gg, *, who):
    raise UnsupportedError(
        explain(
            who,
            expected="a first gradient only",
            got="a second one: the derivative of its gradient is not implemented",
            do="Write the loss in plain tensor operations.",
        )
    )


MARGIN_BACKWARD = define(
    "margin_loss_backward",
    inputs="g x slopes",
    eager=_slopes_eager,
    spec=_slopes_spec,
    grad=_slopes_grad,
)


def _times_slopes(g, x, slopes, reduction, who):
    if reduction == "none" and slopes.ndim == 2:
        g = g.unsqueeze(1)
    return call(MARGIN_BACKWARD, g, x, slopes.detach(), who=who)


def _rows_of(x, who):
    """Scores as (N, C); a single number is one row of one class."""
    if x.ndim > 2 or 0 in x.shape[-1:]:
        raise ShapeError(
            explain(
                who,
                expected="scores (C,) or (N, C), with classes",
                got=list(x.shape),
                do="Reshape them.",
            )
        )
    return x.reshape(-1, *(x.shape[-1:] or (1,)))


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
    if GUARDS.on:
        GUARDS.see.loss("multi_margin_loss", input, target)
    reduction = reduction_of(reduction, size_average, reduce, who)
    if p not in (1, 2):
        raise ArgumentError(
            explain(who, expected="p to be 1 or 2", got=p, do="Choose one of them.")
        )
    if weight is not None and weight.dim() != 1:
        raise ArgumentError(
            explain(
                who,
                expected="weight to be one-dimensional: (C,)",
                got=list(weight.shape),
                do="Give one factor for each class.",
            )
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


def _multi_margin_grad(g, *, x, out1, reduction):
    found = _times_slopes(g[0], x, out1, reduction, "multi_margin_loss()")
    return found, None, None


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


def _multilabel_grad(g, *, x, out1, reduction):
    return _times_slopes(g[0], x, out1, reduction, "multilabel_margin_loss()"), None


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

for _function in (multi_margin_loss, multilabel_margin_loss):
    expose(_function, torch=False, method=False, functional=True)

# ------------------------------------------------------- multilabel_soft_margin_loss


def multilabel_soft_margin_loss(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean"
):
    """Mean over the classes of `binary_cross_entropy_with_logits`.

    Args:
        input: (C,) or (N, C), float; scores.
        target: the same size, 0 or 1.
        weight: (C,); a factor for each class.
        size_average, reduce: deprecated; use reduction.
        reduction: "mean", "sum" or "none", over the rows.

    Returns:
        Tensor: a number; for "none" (N,).

    Raises:
        RuntimeError: for sizes that do not broadcast.

    >>> import rushlight
    >>> x, y = rushlight.zeros(1, 2), rushlight.tensor([[0.0, 1.0]])
    >>> rushlight.nn.functional.multilabel_soft_margin_loss(x, y)
    tensor(0.6931)
    """
    who = "multilabel_soft_margin_loss()"
    tensors(who, input=input, target=target)
    if GUARDS.on:
        GUARDS.see.loss("multilabel_soft_margin_loss", input, target)
    reduction = reduction_of(reduction, size_average, reduce, who)
    if GUARDS.on and weight is None and reduction != "none":
        GUARDS.see.labels("multilabel_soft_margin_loss", input, target)
    rest = (1 + (-input.abs()).exp()).log()
    no = rest + input.clamp(min=0)  # -log(1 - sigmoid(x))
    loss = target * (no - input) + (1 - target) * no
    if weight is not None:
        loss = loss * weight
    return reduced(loss.sum(-1) / input.shape[-1], reduction)


expose(multilabel_soft_margin_loss, torch=False, method=False, functional=True)

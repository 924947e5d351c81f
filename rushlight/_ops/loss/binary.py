"""Losses of yes-or-no answers: probabilities or scores against 0 and 1, or -1 and 1."""

from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    DtypeError,
    GraphError,
    explain,
)
from rushlight._base.shape import broadcast_shapes
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.guarding import GUARDS
from rushlight._core.table import define
from rushlight._ops._arguments import refuse
from rushlight._ops._arrays import wide
from rushlight._ops.loss._reduction import reduction_of, share, tensors
from rushlight._ops.loss.distance import count_of, lower_reduced, reduced_array


def _check_sizes(input, target, who):
    tensors(who, input=input, target=target)
    if target._array.shape != input._array.shape:
        raise ArgumentError(
            explain(
                who,
                expected=f"target of the input's size {list(input.shape)}",
                got=list(target.shape),
                do="Use .unsqueeze(1) or .squeeze(1) to match them.",
            )
        )


def _check_factors(input, who, **factors):
    """Weights are constants and broadcast to the input's shape."""
    for name, factor in factors.items():
        if factor is None:
            continue
        tensors(who, **{name: factor})
        shape = input._array.shape
        if broadcast_shapes(shape, factor._array.shape) != shape:
            raise ArgumentRuntimeError(
                explain(
                    who,
                    expected=f"{name} that broadcasts to the input's {list(shape)}",
                    got=f"the broadcast shape of {list(factor.shape)}",
                    do="Drop its leading dimensions.",
                )
            )
        if factor._edge is not None:
            raise GraphError(
                explain(
                    who,
                    expected=f"argument '{name}' to be a constant",
                    got=f"one with requires_grad=True: it is not differentiable with "
                    f"respect to '{name}'",
                    do=f"Pass {name}.detach().",
                )
            )


def _loss_spec(x, y, *factors, reduction):
    refuse(x, "binary cross entropy", "biuUc")
    return Spec(x.shape if reduction == "none" else (), x.dtype)


# -------------------------------------------------------------- binary_cross_entropy


def binary_cross_entropy(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean"
):
    """Cross entropy of probabilities: ``-(y log x + (1 - y) log(1 - x))``.

    Args:
        input: (*), float in [0, 1]; logarithms are clamped at -100.
        target: (*), the same dtype, in [0, 1].
        weight: broadcasts to the input; a factor for each element.
        size_average, reduce: deprecated; use reduction.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: a number; for "none" the input's shape.

    Raises:
        ValueError: for another size of the target, or an unknown reduction.
        RuntimeError: for values outside [0, 1], or another dtype of the target.

    >>> import rushlight
    >>> x, y = rushlight.tensor([0.5, 0.5]), rushlight.tensor([0.0, 1.0])
    >>> rushlight.nn.functional.binary_cross_entropy(x, y)
    tensor(0.6931)
    """
    who = "binary_cross_entropy()"
    _check_sizes(input, target, who)
    if GUARDS.on:
        GUARDS.see.loss("binary_cross_entropy", input, target)
    reduction = reduction_of(reduction, size_average, reduce, who)
    _check_factors(input, who, weight=weight)
    return call(BINARY_CROSS_ENTROPY, input, target, weight, reduction=reduction)


def _bce_eager(backend, x, y, weight, *, reduction):
    np = backend.np
    refuse(x, "binary_cross_entropy()", "biuUc")
    if y.dtype != x.dtype:
        raise _other_dtype(x, y)
    a, b = wide(x), wide(y)
    for name, values in (("input", a), ("target", b)):
        if values.size and not ((values >= 0) & (values <= 1)).all():
            raise _outside(name)
    with np.errstate(divide="ignore"):
        loss = (b - 1) * np.maximum(np.log1p(-a), -100)
        loss -= b * np.maximum(np.log(a), -100)
    if weight is not None:
        loss *= weight
    return reduced_array(np, loss, reduction, x.dtype)


def _other_dtype(x, y):
    return DtypeError(
        explain(
            "binary_cross_entropy()",
            expected=f"target of the input's dtype {x.dtype}",
            got=f"Found dtype {y.dtype}",
            do="Convert it with .to(input.dtype).",
        )
    )


def _outside(name):
    return ArgumentRuntimeError(
        explain(
            "binary_cross_entropy()",
            expected=f"all elements of {name} to be between 0 and 1",
            got="others",
            do="For scores use binary_cross_entropy_with_logits.",
        )
    )


def _bce_grad(g, *, x, y, weight, x_shape, reduction, needs):
    g = share(g, reduction, count_of(x_shape, x_shape))
    if weight is not None:
        g = g * weight
    g_x = g_y = None
    if needs[0]:
        g_x = g * ((x - y) / ((1 - x) * x).clamp(min=1e-12))
    if needs[1]:
        g_y = g * ((1 - x).log() - x.log())
    return g_x, g_y, None


def _bce_lower(k, x, y, weight, *, reduction):
    if x.dtype != y.dtype or y.shape != x.shape:
        raise k.NotLowered
    for values in (x, y):
        k.require(k.and_(k.le(0, values), k.le(values, 1)))
    loss = k.mul(k.sub(y, 1), k.max(k.log1p(k.neg(x)), -100))
    loss = k.sub(loss, k.mul(y, k.max(k.log(x), -100)))
    if weight is not None:
        loss = k.mul(loss, weight)
    return lower_reduced(k, loss, reduction)


BINARY_CROSS_ENTROPY = define(
    "binary_cross_entropy",
    inputs="x y weight",
    eager=_bce_eager,
    spec=_loss_spec,
    grad=_bce_grad,
    autocast="float32",
    lower=_bce_lower,
)
expose(binary_cross_entropy, torch=False, method=False, functional=True)

# -------------------------------------------------- binary_cross_entropy_with_logits


def binary_cross_entropy_with_logits(
    input,
    target,
    weight=None,
    size_average=None,
    reduce=None,
    reduction="mean",
    pos_weight=None,
):
    """Cross entropy of scores: ``-(p y log s(x) + (1 - y) log(1 - s(x)))``, s: sigmoid.

    Args:
        input: (*), float; scores before any sigmoid.
        target: (*), float in [0, 1].
        weight: broadcasts to the input; a factor for each element.
        size_average, reduce: deprecated; use reduction.
        reduction: "mean", "sum" or "none".
        pos_weight: broadcasts to the input; the factor p of the positive answers.

    Returns:
        Tensor: a number; for "none" the input's shape.

    Raises:
        ValueError: for another size of the target, or an unknown reduction.
        RuntimeError: for a target of integers, or weights that do not broadcast.

    >>> import rushlight
    >>> x, y = rushlight.tensor([0.0, 0.0]), rushlight.tensor([0.0, 1.0])
    >>> rushlight.nn.functional.binary_cross_entropy_with_logits(x, y)
    tensor(0.6931)
    """
    who = "binary_cross_entropy_with_logits()"
    _check_sizes(input, target, who)
    if GUARDS.on:
        GUARDS.see.loss("binary_cross_entropy_with_logits", input, target)
    reduction = reduction_of(reduction, size_average, reduce, who)
    if GUARDS.on and weight is None and reduction != "none":
        GUARDS.see.labels("binary_cross_entropy_with_logits", input, target)
    _check_factors(input, who, weight=weight, pos_weight=pos_weight)
    if target._array.dtype.kind in "biu":
        refuse(target._array, who, "biu", DtypeError)
    op = BINARY_CROSS_ENTROPY_WITH_LOGITS
    return call(op, input, target, weight, pos_weight, reduction=reduction)


def _logits_spec(x, y, weight, pos_weight, *, reduction):
    refuse(x, "binary_cross_entropy_with_logits()", "biuUc")
    shape = x.shape if reduction == "none" else ()
    return Spec(shape, y.dtype if y.dtype.itemsize > x.dtype.itemsize else x.dtype)


def _logits_eager(backend, x, y, weight, pos_weight, *, reduction):
    np = backend.np
    dtype = _logits_spec(x, y, weight, pos_weight, reduction=reduction).dtype
    x, y = wide(x), wide(y)
    loss = np.log1p(np.exp(-np.abs(x)))  # softplus(-x), but for max(-x, 0)
    if pos_weight is None:
        loss += np.maximum(x, 0) - x * y
    else:
        loss += np.maximum(-x, 0)
        loss *= (wide(pos_weight) - 1) * y + 1
        loss += (1 - y) * x
    if weight is not None:
        loss *= weight
    return reduced_array(np, loss, reduction, dtype)


def _logits_grad(g, *, x, y, weight, pos_weight, x_shape, reduction, needs):
    g = share(g, reduction, count_of(x_shape, x_shape))
    if weight is not None:
        g = g * weight
    g_x = g_y = None
    if needs[0]:
        p = x.sigmoid()
        if pos_weight is None:
            slope = p - y
        else:
            positive = pos_weight * y
            slope = (positive + (1 - y)) * p - positive
        g_x = slope * g
    if needs[1]:
        g_y = -x if pos_weight is None else _slope_by_target(x, pos_weight)
        g_y = g_y * g
    return g_x, g_y, None, None


def _slope_by_target(x, pos_weight):
    """log(1 - s(x)) - p log s(x), from softplus(x) = -log(1 - s(x))."""
    rest = (1 + (-x.abs()).exp()).log()
    return pos_weight * (rest + (-x).clamp(min=0)) - (rest + x.clamp(min=0))


def _logits_lower(k, x, y, weight, pos_weight, *, reduction):
    loss = k.log1p(k.exp(k.neg(k.abs(x))))
    if pos_weight is None:
        loss = k.add(loss, k.sub(k.max(x, 0), k.mul(x, y)))
    else:
        loss = k.add(loss, k.max(k.neg(x), 0))
        loss = k.mul(loss, k.add(k.mul(k.sub(pos_weight, 1), y), 1))
        loss = k.add(loss, k.mul(k.sub(1, y), x))
    if weight is not None:
        loss = k.mul(loss, weight)
    return lower_reduced(k, loss, reduction)


BINARY_CROSS_ENTROPY_WITH_LOGITS = define(
    "binary_cross_entropy_with_logits",
    inputs="x y weight pos_weight",
    eager=_logits_eager,
    spec=_logits_spec,
    grad=_logits_grad,
    autocast="float32",
    lower=_logits_lower,
)
expose(binary_cross_entropy_with_logits, torch=False, method=False, functional=True)

# ------------------------------------------------------------------ soft_margin_loss


def soft_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """Logistic loss of answers 1 and -1: ``log(1 + exp(-target * input))``.

    Args:
        input: (*), float.
        target: (*), 1 or -1; of the input's size or one that broadcasts to it.
        size_average, reduce: deprecated; use reduction.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: a number; for "none" the broadcast shape.

    Raises:
        RuntimeError: for inputs of integers, or sizes that do not broadcast.

    >>> import rushlight
    >>> x, y = rushlight.tensor([0.0, 0.0]), rushlight.tensor([1.0, -1.0])
    >>> rushlight.nn.functional.soft_margin_loss(x, y)
    tensor(0.6931)
    """
    who = "soft_margin_loss()"
    tensors(who, input=input, target=target)
    reduction = reduction_of(reduction, size_average, reduce, who)
    if GUARDS.on and reduction != "none":
        GUARDS.see.labels("soft_margin_loss", input, target)
    return call(SOFT_MARGIN_LOSS, input, target, reduction=reduction)


def _soft_margin_spec(x, y, *, reduction):
    refuse(x, "soft_margin_loss()", "biuUc", DtypeError)
    _check_broadcast(x.shape, y.shape)
    return Spec(x.shape if reduction == "none" else (), x.dtype)


def _check_broadcast(shape, target):
    """Only the target may broadcast."""
    if broadcast_shapes(shape, target) != tuple(shape):
        raise ArgumentRuntimeError(
            explain(
                "soft_margin_loss()",
                expected=f"a target that broadcasts to the input's {list(shape)}",
                got=f"{list(target)}: output with shape {list(shape)} doesn't match "
                f"the broadcast shape {list(broadcast_shapes(shape, target))}",
                do="Use .unsqueeze(1) or .squeeze(1) to match them.",
            )
        )


def _soft_margin_eager(backend, x, y, *, reduction):
    refuse(x, "soft_margin_loss()", "biuUc", DtypeError)
    if x.shape != y.shape:
        _check_broadcast(x.shape, y.shape)
    np = backend.np
    loss = np.asarray(wide(x) * -wide(y))
    np.exp(loss, loss)
    loss += 1
    np.log(loss, loss)
    return reduced_array(np, loss, reduction, x.dtype)


def _soft_margin_grad(g, *, x, y, x_shape, y_shape, reduction, needs):
    g = share(g, reduction, count_of(x_shape, y_shape))
    slope = (-(x * y)).sigmoid() * -g
    return slope * y if needs[0] else None, slope * x if needs[1] else None


def _soft_margin_lower(k, x, y, *, reduction):
    loss = k.log(k.add(k.exp(k.mul(x, k.neg(y))), 1))
    return lower_reduced(k, loss, reduction)


SOFT_MARGIN_LOSS = define(
    "soft_margin_loss",
    inputs="x y",
    eager=_soft_margin_eager,
    spec=_soft_margin_spec,
    grad=_soft_margin_grad,
    autocast="float32",
    lower=_soft_margin_lower,
)
expose(soft_margin_loss, torch=False, method=False, functional=True)

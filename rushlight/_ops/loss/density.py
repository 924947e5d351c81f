"""Losses of distributions: kl_div, poisson_nll_loss, gaussian_nll_loss."""

import math
import warnings

from rushlight._base.errors import ArgumentError, DtypeError, explain
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.guarding import GUARDS
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._arguments import refuse
from rushlight._ops.loss._reduction import reduced, reduction_of, tensors
from rushlight._ops.specs import same_spec

# ---------------------------------------------------------------------------- kl_div


def kl_div(
    input,
    target,
    size_average=None,
    reduce=None,
    reduction="mean",
    log_target=False,
):
    """Kullback-Leibler divergence: ``target * (log(target) - input)``.

    Args:
        input: (*), float; log-probabilities.
        target: (*), float; probabilities, or their logarithms with log_target.
        size_average, reduce: deprecated; use reduction.
        reduction: "batchmean" (the mathematical one: the sum divided by the number of
            rows), "mean", "sum" or "none".
        log_target: whether target holds logarithms.

    Returns:
        Tensor: a number; for "none" the broadcast shape.

    Raises:
        RuntimeError: for integers or complex numbers.

    >>> import rushlight
    >>> p = rushlight.tensor([[0.5, 0.5]])
    >>> rushlight.nn.functional.kl_div(p.log(), p, reduction="batchmean")
    tensor(0.)
    """
    who = "kl_div()"
    tensors(who, input=input, target=target)
    if GUARDS.on:
        GUARDS.see.divergence(input, target, log_target)
    old = size_average is not None or reduce is not None
    reduction = reduction_of(reduction, size_average, reduce, who, ("batchmean",))
    if reduction == "mean" and not old:
        warnings.warn(
            "kl_div(): reduction='mean' divides by all elements; the mathematical "
            "definition is reduction='batchmean'.",
            UserWarning,
            stacklevel=2,
        )
    for value in (input, target):
        refuse(value._array, who, "biuUc", DtypeError)
    if log_target:
        loss = target.exp() * (target - input)
    else:
        loss = ENTROPY.short(target) - target * input
    if reduction != "batchmean":
        return reduced(loss, reduction)
    return loss.sum() / input.shape[0] if input.ndim else loss.sum()


def _entropy_eager(backend, x):
    np = backend.np
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(x == 0, x, x * np.log(x)).astype(x.dtype, copy=False)


def _entropy_grad(g, *, x):
    return g * (x.log().masked_fill(x == 0, 0) + x / x)  # nan at 0, as in PyTorch


def _entropy_lower(k, x):
    return k.where(k.eq(x, 0), x, k.mul(x, k.log(x)))


ENTROPY = define(
    "x_log_x",
    eager=_entropy_eager,
    spec=same_spec,
    grad=_entropy_grad,
    node="XlogyBackward0",
    lower=_entropy_lower,
)
expose(kl_div, torch=False, method=False, functional=True)

# ------------------------------------------------------------------ poisson_nll_loss


def poisson_nll_loss(
    input,
    target,
    log_input=True,
    full=False,
    size_average=None,
    eps=1e-8,
    reduce=None,
    reduction="mean",
):
    """Negative log likelihood of counts: ``exp(input) - target * input``.

    Args:
        input: (*), float; the logarithm of the rate, or the rate without log_input
            (then the loss is ``input - target * log(input + eps)``).
        target: (*), counts.
        full: add Stirling's approximation of ``log(target!)`` where target > 1.
        size_average, reduce: deprecated; use reduction.
        eps: keeps the logarithm of 0 away.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: a number; for "none" the broadcast shape.

    Raises:
        ValueError: for an unknown reduction.

    >>> import rushlight
    >>> x, y = rushlight.tensor([0.0]), rushlight.tensor([2.0])
    >>> rushlight.nn.functional.poisson_nll_loss(x, y)
    tensor(1.)
    """
    who = "poisson_nll_loss()"
    tensors(who, input=input, target=target)
    if GUARDS.on:
        GUARDS.see.loss("poisson_nll_loss", input, target)
    reduction = reduction_of(reduction, size_average, reduce, who)
    if log_input:
        loss = input.exp() - target * input
    else:
        loss = input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        loss = loss + stirling.masked_fill(target <= 1, 0)
    return reduced(loss, reduction)


expose(poisson_nll_loss, torch=False, method=False, functional=True)

# ----------------------------------------------------------------- gaussian_nll_loss


def gaussian_nll_loss(input, target, var, full=False, eps=1e-6, reduction="mean"):
    """Negative log likelihood of normal numbers.

        (log(max(var, eps)) + (input - target)**2 / max(var, eps)) / 2

    Args:
        input: (*), float; the means.
        target: (*), float.
        var: the variances: a number, or of input's size, or with its last size left
            out or one size 1.
        full: add ``log(2 pi) / 2``.
        eps: the least variance; a clamped one gets its gradient all the same.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor: a number; for "none" the input's shape.

    Raises:
        ValueError: for a negative variance, a size that does not fit, or an unknown
            reduction.

    >>> import rushlight
    >>> x, y = rushlight.tensor([1.0]), rushlight.tensor([3.0])
    >>> rushlight.nn.functional.gaussian_nll_loss(x, y, rushlight.ones(1))
    tensor(2.)
    """
    who = "gaussian_nll_loss()"
    tensors(who, input=input, target=target)
    if GUARDS.on:
        GUARDS.see.loss("gaussian_nll_loss", input, target)
    var = _variances(input, var)
    reduction = reduction_of(reduction, None, None, who)
    low = (var.detach() < eps)._array
    if low.__class__ is Spec or low.any():
        gap = (eps - var.detach()).clamp(min=0)
        var = var + gap
    loss = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return reduced(loss, reduction)


def _variances(input, var):
    """The variances as a tensor that broadcasts to the input."""
    if not isinstance(var, Tensor):
        var = input.new_full(input.shape, var)
    if var._array.__class__ is Spec:
        var = call(VARIANCES, var)
    else:
        _check_variances(var._array)
    shape, sizes = tuple(input.shape), tuple(var.shape)
    if sizes == shape:
        return var
    if sizes == shape[:-1]:
        return var.unsqueeze(-1)
    others = [n for s, n in zip(shape, sizes) if s != n]
    if len(sizes) != len(shape) or sum(others) != 1:
        raise _bad_variance(
            f"var of the size {list(shape)}, or that with one size 1 or left out",
            list(sizes),
            "Expand it first.",
        )
    return var


def _check_variances(array):
    if bool((array < 0).any()):
        raise _bad_variance("variances >= 0", "a negative entry", "Use its exp().")


def _variances_eager(backend, x):
    _check_variances(x)
    return x.copy()


def _variances_grad(g):
    return g


def _variances_lower(k, x):
    k.require(k.not_(k.lt(x, 0)))
    return x


#: Variances as they are, refused where one is negative: for captured functions.
VARIANCES = define(
    "variances",
    eager=_variances_eager,
    spec=same_spec,
    grad=_variances_grad,
    lower=_variances_lower,
)


def _bad_variance(expected, got, do):
    return ArgumentError(
        explain("gaussian_nll_loss()", expected=expected, got=got, do=do)
    )


expose(gaussian_nll_loss, torch=False, method=False, functional=True)

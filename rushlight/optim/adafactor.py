"""Adafactor: adaptive steps whose memory grows with rows plus columns."""

import math

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._base.limits import finfo
from rushlight._core.expose import TORCH
from rushlight._core.grad_mode import no_grad
from rushlight.optim._common.checks import (
    NOT_NEGATIVE,
    check_hyperparameters,
    check_rate,
    scalar_of,
)
from rushlight.optim._common.rule import number_tensor
from rushlight.optim.optimizer import Optimizer


class Adafactor(Optimizer):
    """Steps divided by a factored estimate of the gradient's mean square.

    Of a matrix only the rows' and columns' averages are kept.  With gradient g at step
    t and ``b = t ^ beta2_decay``::

        r = r + b * (mean of g * g over columns - r)
        c = c + b * (mean of g * g over rows - c)
        u = g / sqrt(r c / max(mean of r, eps1))       (v instead of r, c for vectors)
        p = p * (1 - lr * weight_decay)
        p = p - min(lr, 1 / sqrt(t)) * max(eps2, rms(p)) * u / max(1, rms(u) / d)

    Args:
        params: parameters or groups.
        lr: largest relative step, a number or a tensor of one element.
        beta2_decay: power of t in b, at most 0.
        eps: (eps1, eps2); an eps1 of None is the dtype's own.
        d: clipping threshold of the step's root mean square, at least 1.
        weight_decay: factor of ``lr * p`` that is taken from p.
        foreach: has no effect.
        maximize: go up instead of down.

    Raises:
        ValueError: for a hyperparameter out of range.
        RuntimeError: in step(), for complex parameters.

    Source: Shazeer and Stern, Adafactor: adaptive learning rates with sublinear memory
    cost, 2018.

    >>> import rushlight
    >>> p = rushlight.nn.Parameter(rushlight.ones(2, 2))
    >>> p.grad = rushlight.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> rushlight.optim.Adafactor([p], lr=0.1).step()
    >>> p.data
    tensor([[0.9225, 0.8905],
            [0.8961, 0.9020]])
    """

    def __init__(
        self,
        params,
        lr=1e-2,
        beta2_decay=-0.8,
        eps=(None, 1e-3),
        d=1.0,
        weight_decay=0.0,
        *,
        foreach=None,
        maximize=False,
    ):
        check_rate("Adafactor", lr)
        check_hyperparameters(
            "Adafactor",
            learning_rate=(lr, *NOT_NEGATIVE),
            beta2_decay=(beta2_decay, lambda v: v <= 0, "<= 0"),
            epsilon1=(eps[0], lambda v: v is None or v >= 0, ">= 0"),
            epsilon2=(eps[1], *NOT_NEGATIVE),
            clipping_threshold_d=(d, lambda v: v >= 1, ">= 1"),
            weight_decay=(weight_decay, *NOT_NEGATIVE),
        )
        super().__init__(
            params,
            {
                "lr": lr,
                "beta2_decay": beta2_decay,
                "eps": eps,
                "d": d,
                "weight_decay": weight_decay,
                "foreach": foreach,
                "maximize": maximize,
            },
        )

    def __setstate__(self, state):
        super().__setstate__(state)
        for group in self.param_groups:
            group.setdefault("foreach", None)

    @no_grad()
    def step(self, closure=None):
        """Update the parameters once.

        Args:
            closure: computes the loss again and returns it.

        Returns:
            The closure's loss, or None.
        """
        loss = self.loss_of(closure)
        for group in self.param_groups:
            for param in group["params"]:
                if param.grad is not None:
                    _check_real(param)
                    own = self.state[param]
                    if not own:
                        own.update(_first_state(param.grad))
                    _step(param, own, group)
        return loss


def _check_real(param):
    if param.is_complex():
        raise ArgumentRuntimeError(
            explain(
                "Adafactor.step()",
                expected="real parameters",
                got="Adafactor does not support complex parameters",
                do="Use view_as_real, or another optimizer.",
            )
        )


def _first_state(gradient):
    own = {"step": number_tensor(0.0)}
    if gradient.dim() > 1:
        shape = tuple(gradient.shape)
        own["row_var"] = gradient.new_zeros((*shape[:-1], 1))
        own["col_var"] = gradient.new_zeros((*shape[:-2], 1, shape[-1]))
    else:
        own["variance"] = TORCH["zeros_like"](gradient)
    return own


def _step(param, own, group):
    gradient = -param.grad if group["maximize"] else param.grad
    lr, (eps1, eps2) = scalar_of(group["lr"]), group["eps"]
    eps1 = finfo(param.dtype).eps if eps1 is None else eps1
    own["step"] = own["step"] + 1
    step = float(own["step"])
    relative = min(lr, 1 / step**0.5)
    size = max(eps2, _root_mean_square(param)) * relative
    if group["weight_decay"] != 0:
        param.mul_(float(1 - lr * group["weight_decay"]))
    variance = _variance(gradient, own, step ** group["beta2_decay"], eps1)
    update = variance.clamp(min=eps1 * eps1).rsqrt().mul_(gradient)
    clipping = max(1.0, _root_mean_square(update) / group["d"])
    param.add_(update, alpha=-float(size / clipping))


def _root_mean_square(x):
    count = x.numel()
    return float(x.norm(2)) / count**0.5 if count else math.nan


def _variance(gradient, own, new, eps1):
    """The estimate of the gradient's mean square; the averages are updated."""
    if gradient.dim() <= 1:
        return own["variance"].lerp_(gradient * gradient, new)
    rows, columns = own["row_var"], own["col_var"]
    norm = TORCH["norm"]
    rows.lerp_(norm(gradient, dim=-1, keepdim=True) ** 2 / gradient.size(-1), new)
    columns.lerp_(norm(gradient, dim=-2, keepdim=True) ** 2 / gradient.size(-2), new)
    return (rows @ columns).div_(rows.mean(dim=-2, keepdim=True).clamp_(min=eps1))

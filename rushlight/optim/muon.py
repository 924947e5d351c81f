"""Muon: momentum made orthogonal, for the matrices inside a network."""

import math

from rushlight._base.dtype import bfloat16
from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight._core.expose import TORCH
from rushlight._core.grad_mode import no_grad
from rushlight.optim._common.checks import (
    NOT_NEGATIVE,
    check_hyperparameters,
    check_rate,
    scalar_of,
)
from rushlight.optim.optimizer import Optimizer


class Muon(Optimizer):
    """Steps along the orthogonal matrix that is nearest to the momentum.

    With gradient g of a matrix p::

        b = momentum * b + (1 - momentum) * g
        u = momentum * b + (1 - momentum) * g if nesterov else b
        p = p * (1 - lr * weight_decay) - lr * ratio * orthogonal(u)

    `orthogonal` makes all singular values about 1 by ns_steps Newton-Schulz iterations
    in bfloat16: ``x = a x + (b A + c A A) x`` with ``A = x x^T``.  The ratio of an (m,
    n) matrix is ``sqrt(max(1, m / n))``.

    Args:
        params: matrices (2-D), or groups of them; biases, embeddings and the last
            layer belong to another optimizer.
        lr: learning rate.
        weight_decay: factor of ``lr * p`` that is taken from p.
        momentum: how much of the average stays.
        nesterov: look one step ahead.
        ns_coefficients: (a, b, c).
        eps: least norm that u is divided by.
        ns_steps: iterations, below 100.
        adjust_lr_fn: None or "original" for the ratio above; "match_rms_adamw" for
            ``0.2 * sqrt(max(m, n))``, which suits AdamW's learning rates.

    Raises:
        ValueError: for a hyperparameter out of range, or a parameter that is no matrix.
        RuntimeError: in step(), for complex parameters.

    Source: Jordan, Muon: an optimizer for hidden layers in neural networks, 2024; Liu
    et al., Muon is scalable for LLM training, 2025.

    >>> import rushlight
    >>> p = rushlight.nn.Parameter(rushlight.eye(2))
    >>> p.grad = rushlight.eye(2)
    >>> rushlight.optim.Muon([p], lr=0.1, weight_decay=0).step()
    >>> bool(p[0, 0] < 0.95)
    True
    """

    def __init__(
        self,
        params,
        lr=1e-3,
        weight_decay=0.1,
        momentum=0.95,
        nesterov=True,
        ns_coefficients=(3.4445, -4.775, 2.0315),
        eps=1e-7,
        ns_steps=5,
        adjust_lr_fn=None,
    ):
        check_rate("Muon", lr)
        check_hyperparameters(
            "Muon",
            learning_rate=(lr, *NOT_NEGATIVE),
            momentum=(momentum, *NOT_NEGATIVE),
            weight_decay=(weight_decay, *NOT_NEGATIVE),
            adjust_lr_fn=(
                adjust_lr_fn,
                lambda v: v in (None, "original", "match_rms_adamw"),
                "None, 'original' or 'match_rms_adamw'",
            ),
        )
        super().__init__(
            params,
            {
                "lr": lr,
                "weight_decay": weight_decay,
                "momentum": momentum,
                "nesterov": nesterov,
                "ns_coefficients": ns_coefficients,
                "eps": eps,
                "ns_steps": ns_steps,
                "adjust_lr_fn": adjust_lr_fn,
            },
        )
        for group in self.param_groups:
            for param in group["params"]:
                _check_matrix(param)

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
                    _step(param, self.state[param], group)
        return loss


def _check_matrix(param):
    if param.ndim != 2:
        raise ArgumentError(
            explain(
                "Muon()",
                expected="2-D parameters",
                got="Muon only supports 2D parameters whereas we found a parameter "
                f"with size: {param.size()}",
                do="Give the others to AdamW.",
            )
        )


def _step(param, own, group):
    if param.is_complex():
        raise ArgumentRuntimeError(
            explain(
                "Muon.step()",
                expected="real parameters",
                got="Muon does not support complex parameters",
                do="Use another optimizer for those.",
            )
        )
    gradient, momentum = param.grad, group["momentum"]
    if "momentum_buffer" not in own:
        own["momentum_buffer"] = TORCH["zeros_like"](gradient)
    average = own["momentum_buffer"].lerp_(gradient, 1 - momentum)
    update = gradient.lerp(average, momentum) if group["nesterov"] else average
    update = _orthogonal(
        update, group["ns_coefficients"], group["ns_steps"], group["eps"]
    )
    lr = scalar_of(group["lr"])
    param.mul_(float(1 - lr * group["weight_decay"]))
    ratio = _ratio(group["adjust_lr_fn"], *param.shape)
    param.add_(update.to(param.dtype), alpha=-float(lr * ratio))


def _ratio(kind, rows, columns):
    if kind == "match_rms_adamw":
        return 0.2 * math.sqrt(max(rows, columns))
    return math.sqrt(max(1, rows / columns))


def _orthogonal(x, coefficients, steps, eps):
    """A matrix of x's singular vectors whose singular values are about 1."""
    check_hyperparameters(
        "Muon.step()",
        ns_steps=(steps, lambda v: v < 100, "below 100"),
        ns_coefficients=(coefficients, lambda v: len(v) == 3, "three numbers"),
    )
    a, b, c = coefficients
    is_tall = x.size(0) > x.size(1)
    x = x.to(bfloat16)
    x = x.t() if is_tall else x
    x = x / x.norm().clamp(min=eps)
    addmm = TORCH["addmm"]
    for _ in range(steps):
        gram = x @ x.t()
        x = addmm(x, addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.t() if is_tall else x

"""SparseAdam: Adam for embeddings, where few rows have a gradient."""

import math

from rushlight._base.dtype import int64
from rushlight._base.errors import ArgumentError, explain
from rushlight._core.expose import TORCH
from rushlight._core.grad_mode import no_grad
from rushlight.optim._common.checks import (
    BELOW_ONE,
    check_hyperparameters,
    check_rate,
    scalar_of,
)
from rushlight.optim.optimizer import Optimizer


class SparseAdam(Optimizer):
    """Adam that leaves the rows without gradient, and their averages, as they are.

    On the rows (of the first dimension) whose gradient g is not zero, at step t::

        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        p = p - lr * sqrt(1 - beta2 ^ t) / (1 - beta1 ^ t) * m / (sqrt(v) + eps)

    Differs from torch: gradients are dense here, also those of ``Embedding(...,
    sparse=True)``, and a row belongs to the update when its gradient is not all zero.
    torch refuses dense gradients.

    Args:
        params: parameters or groups.
        lr: learning rate, a number or a tensor of one element.
        betas: (beta1, beta2).
        eps: added to the denominator.
        maximize: go up instead of down.

    Raises:
        ValueError: for a hyperparameter out of range, or complex parameters.

    >>> import rushlight
    >>> p = rushlight.nn.Parameter(rushlight.ones(2, 2))
    >>> p.grad = rushlight.tensor([[0.0, 0.0], [0.5, 0.5]])
    >>> rushlight.optim.SparseAdam([p], lr=0.1).step()
    >>> p.data
    tensor([[1.0000, 1.0000],
            [0.9000, 0.9000]])
    """

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, maximize=False):
        check_rate("SparseAdam", lr)
        check_hyperparameters(
            "SparseAdam",
            learning_rate=(lr, lambda v: v > 0, "> 0"),
            epsilon_value=(eps, lambda v: v > 0, "> 0"),
            beta_parameter_at_index_0=(betas[0], *BELOW_ONE),
            beta_parameter_at_index_1=(betas[1], *BELOW_ONE),
        )
        defaults = {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize}
        super().__init__(params, defaults)
        places = [
            [number, place]
            for number, group in enumerate(self.param_groups)
            for place, param in enumerate(group["params"])
            if param.is_complex()
        ]
        if places:
            raise ArgumentError(
                explain(
                    "SparseAdam()",
                    expected="real parameters",
                    got=f"Complex params at indices {places}: SparseAdam does not "
                    "support complex parameters",
                    do="Use Adam for those.",
                )
            )

    @no_grad()
    def step(self, closure=None):
        """Update the rows that have a gradient once.

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


def _step(param, own, group):
    if not own:
        zeros = TORCH["zeros_like"]
        own.update(step=0, exp_avg=zeros(param), exp_avg_sq=zeros(param))
    own["step"] += 1
    step, (beta1, beta2) = own["step"], group["betas"]
    gradient = -param.grad if group["maximize"] else param.grad
    if not param.dim():
        rows = TORCH["zeros"](int(bool(gradient != 0)), dtype=int64)
        whole = param.unsqueeze(0)
    else:
        rows = (gradient != 0).reshape(len(gradient), -1).any(1).nonzero()[:, 0]
        whole = param
    if not rows.numel():
        return
    gradient = gradient.view_as(whole)[rows]
    averages = []
    for name, new, beta in (
        ("exp_avg", gradient, beta1),
        ("exp_avg_sq", gradient * gradient, beta2),
    ):
        average = own[name].view_as(whole)
        old = average[rows]
        average[rows] = old = old + (new - old) * (1 - beta)
        averages.append(old)
    m, v = averages
    size = scalar_of(group["lr"]) * math.sqrt(1 - beta2**step) / (1 - beta1**step)
    whole[rows] = whole[rows] - float(size) * (m / (v.sqrt() + group["eps"]))

"""Adamax: Adam with the largest gradient instead of the mean square."""

import functools

from rushlight.optim._common.checks import BELOW_ONE, NOT_NEGATIVE
from rushlight.optim._common.rule import RuleOptimizer
from rushlight.optim.update import Update


class Adamax(RuleOptimizer):
    """Adam with a decaying maximum of the gradient in place of its mean square.

    With gradient g (plus ``weight_decay * p``), at step t::

        m = beta1 * m + (1 - beta1) * g
        u = max(beta2 * u, |g| + eps)
        p = p - lr / (1 - beta1 ^ t) * m / u

    Args:
        params: parameters or groups.
        lr: learning rate, a number or a tensor of one element.
        betas: (beta1, beta2).
        eps: added to the gradient's size.
        weight_decay: factor of p in the gradient.
        foreach, capturable: how torch runs the update; the result is the same and
            parameters are always updated together.
        maximize: go up instead of down.
        differentiable: record the update itself.

    Raises:
        ValueError: for a hyperparameter out of range.

    Source: Kingma and Ba, Adam: a method for stochastic optimization, 2015.

    >>> import rushlight
    >>> p = rushlight.nn.Parameter(rushlight.tensor([1.0]))
    >>> p.grad = rushlight.tensor([0.5])
    >>> rushlight.optim.Adamax([p], lr=0.1).step()
    >>> p.data
    tensor([0.9000])
    """

    late = {
        "foreach": None,
        "maximize": False,
        "differentiable": False,
        "capturable": False,
    }

    def __init__(
        self,
        params,
        lr=2e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        foreach=None,
        *,
        maximize=False,
        differentiable=False,
        capturable=False,
    ):
        self._check(
            lr,
            epsilon_value=(eps, *NOT_NEGATIVE),
            beta_parameter_at_index_0=(betas[0], *BELOW_ONE),
            beta_parameter_at_index_1=(betas[1], *BELOW_ONE),
            weight_decay_value=(weight_decay, *NOT_NEGATIVE),
        )
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
                "capturable": capturable,
            },
        )

    def _names(self, group):
        return ("exp_avg", "exp_inf")

    def _numbers(self, group, lr, step, scalars):
        beta1, beta2 = group["betas"]
        return {
            "new1": 1 - beta1,
            "beta2": beta2,
            "eps": group["eps"],
            "size": lr / (1 - beta1**step),
            "decay": group["weight_decay"],
        }

    def _update(self, group, numbers):
        return _update(bool(group["maximize"]), group["weight_decay"] != 0)


@functools.cache
def _update(maximize, decay):
    def rule(k, n, p, g, m, u):
        g = k.neg(g) if maximize else g
        g = k.add(g, k.mul(p, n.decay)) if decay else g
        m = k.add(m, k.mul(k.sub(g, m), n.new1))
        u = k.max(k.mul(u, n.beta2), k.add(k.abs(g), n.eps))
        return k.sub(p, k.div(k.mul(m, n.size), u)), m, u

    states = ("exp_avg", "exp_inf")
    return Update("adamax", rule, states, ("new1", "beta2", "eps", "size", "decay"))

"""RAdam: Adam whose first steps wait for a reliable variance."""

import functools
import math

from rushlight.optim._common.checks import BELOW_ONE, NOT_NEGATIVE
from rushlight.optim._common.rule import RuleOptimizer
from rushlight.optim.update import Update


class RAdam(RuleOptimizer):
    """Adam with a rectified variance: plain momentum while that is uncertain.

    With gradient g (plus ``weight_decay * p``), at step t::

        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        rho_inf = 2 / (1 - beta2) - 1
        rho = rho_inf - 2 * t * beta2 ^ t / (1 - beta2 ^ t)
        r = sqrt((rho - 4)(rho - 2) rho_inf / ((rho_inf - 4)(rho_inf - 2) rho))
        d = r * sqrt(1 - beta2 ^ t) / (sqrt(v) + eps)  if rho > 5  else  1
        p = p - lr / (1 - beta1 ^ t) * m * d

    Args:
        params: parameters or groups.
        lr: learning rate, a number or a tensor of one element.
        betas: (beta1, beta2).
        eps: added to the denominator.
        weight_decay: factor of p in the gradient.
        decoupled_weight_decay: shrink p by ``lr * weight_decay`` instead, as AdamW.
        foreach, capturable: how torch runs the update; the result is the same and
            parameters are always updated together.
        maximize: go up instead of down.
        differentiable: record the update itself.

    Raises:
        ValueError: for a hyperparameter out of range.

    Source: Liu et al., On the variance of the adaptive learning rate and beyond, 2020.

    >>> import rushlight
    >>> p = rushlight.nn.Parameter(rushlight.tensor([1.0]))
    >>> p.grad = rushlight.tensor([0.5])
    >>> rushlight.optim.RAdam([p], lr=0.1).step()
    >>> p.data
    tensor([0.9500])
    """

    late = {
        "foreach": None,
        "maximize": False,
        "differentiable": False,
        "decoupled_weight_decay": False,
        "capturable": False,
    }

    def __init__(
        self,
        params,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        decoupled_weight_decay=False,
        *,
        foreach=None,
        maximize=False,
        capturable=False,
        differentiable=False,
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
                "maximize": maximize,
                "foreach": foreach,
                "capturable": capturable,
                "decoupled_weight_decay": decoupled_weight_decay,
                "differentiable": differentiable,
            },
        )

    def _names(self, group):
        return ("exp_avg", "exp_avg_sq")

    def _numbers(self, group, lr, step, scalars):
        beta1, beta2 = group["betas"]
        correction = 1 - beta2**step
        limit = 2 / (1 - beta2) - 1
        rho = limit - 2 * step * beta2**step / correction
        rectified = math.sqrt(correction) * _rectifier(rho, limit) if rho > 5 else 0.0
        return {
            "new1": 1 - beta1,
            "beta2": beta2,
            "new2": 1 - beta2,
            "eps": group["eps"],
            "unbias": 1 - beta1**step,
            "lr": lr,
            "rectified": rectified,
            "keep": 1 - lr * group["weight_decay"],
            "decay": group["weight_decay"],
        }

    def _update(self, group, numbers):
        kind = "decoupled" if group["decoupled_weight_decay"] else "gradient"
        kind = kind if group["weight_decay"] != 0 else "none"
        return _update(bool(group["maximize"]), kind, numbers["rectified"] != 0)


def _rectifier(rho, limit):
    """How far the variance of the adaptive rate at rho is from that at its limit."""
    above = (rho - 4) * (rho - 2) * limit
    return math.sqrt(above / ((limit - 4) * (limit - 2) * rho))


@functools.cache
def _update(maximize, decay, adaptive):
    def rule(k, n, p, g, m, v):
        g = k.neg(g) if maximize else g
        if decay == "decoupled":
            p = k.mul(p, n.keep)
        elif decay == "gradient":
            g = k.add(g, k.mul(p, n.decay))
        m = k.add(m, k.mul(k.sub(g, m), n.new1))
        v = k.add(k.mul(v, n.beta2), k.mul(k.mul(g, n.new2), g))
        step = k.mul(k.div(m, n.unbias), n.lr)
        if adaptive:
            step = k.div(k.mul(step, n.rectified), k.add(k.sqrt(v), n.eps))
        return k.sub(p, step), m, v

    numbers = "new1 beta2 new2 eps unbias lr rectified keep decay"
    return Update("radam", rule, ("exp_avg", "exp_avg_sq"), tuple(numbers.split()))

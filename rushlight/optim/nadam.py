"""NAdam: Adam with Nesterov's momentum."""

import functools

from rushlight.optim._common.checks import BELOW_ONE, NOT_NEGATIVE
from rushlight.optim._common.rule import RuleOptimizer, number_tensor
from rushlight.optim.update import Update


class NAdam(RuleOptimizer):
    """Adam that looks one step of momentum ahead.

    With gradient g (plus ``weight_decay * p``), at step t::

        mu(t) = beta1 * (1 - 0.96 ^ (t * momentum_decay) / 2)
        q = mu(1) * ... * mu(t)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        s = sqrt(v / (1 - beta2 ^ t)) + eps
        p = p - lr * (1 - mu(t)) / (1 - q) * g / s
              - lr * mu(t + 1) / (1 - q * mu(t + 1)) * m / s

    Args:
        params: parameters or groups.
        lr: learning rate, a number or a tensor of one element.
        betas: (beta1, beta2).
        eps: added to the denominator.
        weight_decay: factor of p in the gradient.
        momentum_decay: how fast mu nears beta1.
        decoupled_weight_decay: shrink p by ``lr * weight_decay`` instead, as AdamW.
        foreach, capturable: how torch runs the update; the result is the same and
            parameters are always updated together.
        maximize: go up instead of down.
        differentiable: record the update itself.

    Raises:
        ValueError: for a hyperparameter out of range.

    Source: Dozat, Incorporating Nesterov momentum into Adam, 2016.

    >>> import rushlight
    >>> p = rushlight.nn.Parameter(rushlight.tensor([1.0]))
    >>> p.grad = rushlight.tensor([0.5])
    >>> rushlight.optim.NAdam([p], lr=0.1).step()
    >>> p.data
    tensor([0.8944])
    """

    late = {
        "foreach": None,
        "maximize": False,
        "capturable": False,
        "differentiable": False,
        "decoupled_weight_decay": False,
    }
    scalars = ("mu_product",)

    def __init__(
        self,
        params,
        lr=2e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        momentum_decay=4e-3,
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
            momentum_decay_value=(momentum_decay, *NOT_NEGATIVE),
        )
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "momentum_decay": momentum_decay,
                "decoupled_weight_decay": decoupled_weight_decay,
                "maximize": maximize,
                "foreach": foreach,
                "capturable": capturable,
                "differentiable": differentiable,
            },
        )

    def _start(self, group, param):
        return {"step": number_tensor(0.0), "mu_product": number_tensor(1.0)}

    def _names(self, group):
        return ("exp_avg", "exp_avg_sq")

    def _numbers(self, group, lr, step, scalars):
        beta1, beta2 = group["betas"]
        slow = group["momentum_decay"]
        mu = beta1 * (1.0 - 0.5 * 0.96 ** (step * slow))
        following = beta1 * (1.0 - 0.5 * 0.96 ** ((step + 1) * slow))
        scalars["mu_product"] = scalars["mu_product"] * mu
        product = scalars["mu_product"]
        return {
            "new1": 1 - beta1,
            "beta2": beta2,
            "new2": 1 - beta2,
            "correction": 1 - beta2**step,
            "eps": group["eps"],
            "size": lr * (1 - mu) / (1 - product),
            "ahead": lr * following / (1 - product * following),
            "keep": 1 - lr * group["weight_decay"],
            "decay": group["weight_decay"],
        }

    def _update(self, group, numbers):
        kind = "decoupled" if group["decoupled_weight_decay"] else "gradient"
        kind = kind if group["weight_decay"] != 0 else "none"
        return _update(bool(group["maximize"]), kind)


@functools.cache
def _update(maximize, decay):
    def rule(k, n, p, g, m, v):
        g = k.neg(g) if maximize else g
        if decay == "decoupled":
            p = k.mul(p, n.keep)
        elif decay == "gradient":
            g = k.add(g, k.mul(p, n.decay))
        m = k.add(m, k.mul(k.sub(g, m), n.new1))
        v = k.add(k.mul(v, n.beta2), k.mul(k.mul(g, n.new2), g))
        root = k.add(k.sqrt(k.div(v, n.correction)), n.eps)
        p = k.sub(p, k.div(k.mul(g, n.size), root))
        return k.sub(p, k.div(k.mul(m, n.ahead), root)), m, v

    numbers = "new1 beta2 new2 correction eps size ahead keep decay"
    return Update("nadam", rule, ("exp_avg", "exp_avg_sq"), tuple(numbers.split()))

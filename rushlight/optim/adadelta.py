"""Adadelta."""

import functools

from rushlight.optim._common.checks import NOT_NEGATIVE
from rushlight.optim._common.rule import RuleOptimizer
from rushlight.optim.update import Update


class Adadelta(RuleOptimizer):
    """Steps scaled by the ratio of two averages: of past steps and of gradients.

    With gradient g (plus ``weight_decay * p``)::

        v = rho * v + (1 - rho) * g * g
        d = sqrt(u + eps) / sqrt(v + eps) * g
        u = rho * u + (1 - rho) * d * d
        p = p - lr * d

    Args:
        params: parameters or groups.
        lr: factor of the step, a number or a tensor of one element.
        rho: how much of the averages stays.
        eps: added under the roots.
        weight_decay: factor of p in the gradient.
        foreach, capturable: how torch runs the update; the result is the same and
            parameters are always updated together.
        maximize: go up instead of down.
        differentiable: record the update itself.

    Raises:
        ValueError: for a hyperparameter out of range.

    Source: Zeiler, ADADELTA: an adaptive learning rate method, 2012.

    >>> import rushlight
    >>> p = rushlight.nn.Parameter(rushlight.tensor([1.0]))
    >>> p.grad = rushlight.tensor([0.5])
    >>> rushlight.optim.Adadelta([p], eps=1e-2).step()
    >>> p.data
    tensor([0.7327])
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
        lr=1.0,
        rho=0.9,
        eps=1e-6,
        weight_decay=0,
        foreach=None,
        *,
        capturable=False,
        maximize=False,
        differentiable=False,
    ):
        self._check(
            lr,
            rho_value=(rho, lambda v: 0 <= v <= 1, "in [0, 1]"),
            epsilon_value=(eps, *NOT_NEGATIVE),
            weight_decay_value=(weight_decay, *NOT_NEGATIVE),
        )
        super().__init__(
            params,
            {
                "lr": lr,
                "rho": rho,
                "eps": eps,
                "weight_decay": weight_decay,
                "maximize": maximize,
                "capturable": capturable,
                "foreach": foreach,
                "differentiable": differentiable,
            },
        )

    def _names(self, group):
        return ("square_avg", "acc_delta")

    def _numbers(self, group, lr, step, scalars):
        return {
            "lr": lr,
            "rho": group["rho"],
            "new": 1 - group["rho"],
            "eps": group["eps"],
            "decay": group["weight_decay"],
        }

    def _update(self, group, numbers):
        return _update(bool(group["maximize"]), group["weight_decay"] != 0)


@functools.cache
def _update(maximize, decay):
    def rule(k, n, p, g, v, u):
        g = k.neg(g) if maximize else g
        g = k.add(g, k.mul(p, n.decay)) if decay else g
        v = k.add(k.mul(v, n.rho), k.mul(k.mul(g, n.new), g))
        ratio = k.div(k.sqrt(k.add(u, n.eps)), k.sqrt(k.add(v, n.eps)))
        step = k.mul(ratio, g)
        u = k.add(k.mul(u, n.rho), k.mul(k.mul(step, n.new), step))
        return k.sub(p, k.mul(step, n.lr)), v, u

    states = ("square_avg", "acc_delta")
    return Update("adadelta", rule, states, ("lr", "rho", "new", "eps", "decay"))

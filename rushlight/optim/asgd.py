"""ASGD: averaged stochastic gradient descent."""

import functools

from rushlight._core.expose import TORCH
from rushlight.optim._common.checks import NOT_NEGATIVE, scalar_of
from rushlight.optim._common.rule import RuleOptimizer, number_tensor
from rushlight.optim.update import Update


class ASGD(RuleOptimizer):
    """Gradient descent with a falling step, and the average of where it went.

    With gradient g (plus ``weight_decay * p``), at step t, from eta = lr and mu = 1::

        p = p * (1 - lambd * eta) - eta * g
        ax = ax + mu * (p - ax)
        eta = lr / (1 + lambd * lr * t) ^ alpha
        mu = 1 / max(1, t - t0)

    The average is ``state[p]["ax"]``.

    Args:
        params: parameters or groups.
        lr: learning rate, a number or a tensor of one element.
        lambd: decay of p, and of eta.
        alpha: power of eta's fall.
        t0: step at which the average begins.
        weight_decay: factor of p in the gradient.
        foreach, capturable: how torch runs the update; the result is the same and
            parameters are always updated together.
        maximize: go up instead of down.
        differentiable: record the update itself.

    Raises:
        ValueError: for a hyperparameter out of range.

    Source: Polyak and Juditsky, Acceleration of stochastic approximation by averaging,
    1992.

    >>> import rushlight
    >>> p = rushlight.nn.Parameter(rushlight.tensor([1.0]))
    >>> p.grad = rushlight.tensor([0.5])
    >>> rushlight.optim.ASGD([p], lr=0.1).step()
    >>> p.data
    tensor([0.9500])
    """

    late = {
        "foreach": None,
        "maximize": False,
        "differentiable": False,
        "capturable": False,
    }
    scalars = ("eta", "mu")

    def __init__(
        self,
        params,
        lr=1e-2,
        lambd=1e-4,
        alpha=0.75,
        t0=1e6,
        weight_decay=0,
        foreach=None,
        maximize=False,
        differentiable=False,
        capturable=False,
    ):
        self._check(lr, weight_decay_value=(weight_decay, *NOT_NEGATIVE))
        super().__init__(
            params,
            {
                "lr": lr,
                "lambd": lambd,
                "alpha": alpha,
                "t0": t0,
                "weight_decay": weight_decay,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
                "capturable": capturable,
            },
        )

    def _start(self, group, param):
        return {
            "step": number_tensor(0.0),
            "eta": number_tensor(group["lr"]),
            "mu": number_tensor(1.0),
            "ax": TORCH["zeros_like"](param.detach()),
        }

    def _names(self, group):
        return ("ax",)

    def _numbers(self, group, lr, step, scalars):
        lr, lambd = scalar_of(lr), group["lambd"]
        eta, mu = float(scalars["eta"]), float(scalars["mu"])
        scalars["eta"] = lr / (1 + lambd * lr * step) ** group["alpha"]
        scalars["mu"] = 1 / max(1, step - group["t0"])
        return {
            "keep": 1 - lambd * eta,
            "eta": eta,
            "mu": mu,
            "decay": group["weight_decay"],
        }

    def _update(self, group, numbers):
        averages = numbers["mu"] != 1
        return _update(bool(group["maximize"]), group["weight_decay"] != 0, averages)


@functools.cache
def _update(maximize, decay, averages):
    def rule(k, n, p, g, ax):
        g = k.neg(g) if maximize else g
        g = k.add(g, k.mul(p, n.decay)) if decay else g
        p = k.sub(k.mul(p, n.keep), k.mul(g, n.eta))
        return p, k.add(ax, k.mul(k.sub(p, ax), n.mu)) if averages else p

    return Update("asgd", rule, ("ax",), ("keep", "eta", "mu", "decay"))

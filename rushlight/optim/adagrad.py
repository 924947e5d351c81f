"""Adagrad."""

import functools

from rushlight._core.expose import TORCH
from rushlight.optim._common.checks import NOT_NEGATIVE, check_together
from rushlight.optim._common.rule import RuleOptimizer, number_tensor
from rushlight.optim.update import Update


class Adagrad(RuleOptimizer):
    """Steps divided by the root of the sum of all squared gradients so far.

    With gradient g (plus ``weight_decay * p``), at step t::

        s = s + g * g                     (initial_accumulator_value before the first)
        p = p - lr / (1 + (t - 1) * lr_decay) * g / (sqrt(s) + eps)

    The sums exist from the start, also of parameters that never get a gradient.

    Args:
        params: parameters or groups.
        lr: learning rate, a number or a tensor of one element.
        lr_decay: how fast the learning rate falls.
        weight_decay: factor of p in the gradient.
        initial_accumulator_value: s before the first step.
        eps: added to the root.
        foreach, fused: how torch runs the update; the result is the same and
            parameters are always updated together.
        maximize: go up instead of down.
        differentiable: record the update itself.

    Raises:
        ValueError: for a hyperparameter out of range.
        RuntimeError: for ``fused`` with ``differentiable`` or ``foreach``.

    Source: Duchi et al., Adaptive subgradient methods for online learning and
    stochastic optimization, 2011.

    >>> import rushlight
    >>> p = rushlight.nn.Parameter(rushlight.tensor([1.0]))
    >>> p.grad = rushlight.tensor([0.5])
    >>> rushlight.optim.Adagrad([p], lr=0.1).step()
    >>> p.data
    tensor([0.9000])
    """

    late = {"foreach": None, "maximize": False, "differentiable": False, "fused": None}

    def __init__(
        self,
        params,
        lr=1e-2,
        lr_decay=0,
        weight_decay=0,
        initial_accumulator_value=0,
        eps=1e-10,
        foreach=None,
        *,
        maximize=False,
        differentiable=False,
        fused=None,
    ):
        check_together("Adagrad", foreach, fused, differentiable)
        self._check(
            lr,
            lr_decay_value=(lr_decay, *NOT_NEGATIVE),
            weight_decay_value=(weight_decay, *NOT_NEGATIVE),
            initial_accumulator_value=(initial_accumulator_value, *NOT_NEGATIVE),
            epsilon_value=(eps, *NOT_NEGATIVE),
        )
        super().__init__(
            params,
            {
                "lr": lr,
                "lr_decay": lr_decay,
                "eps": eps,
                "weight_decay": weight_decay,
                "initial_accumulator_value": initial_accumulator_value,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
                "fused": fused,
            },
        )
        for group in self.param_groups:
            for param in group["params"]:
                self.state[param].update(self._start(group, param))

    def share_memory(self):
        """Put the sums into memory that forked processes share."""
        for group in self.param_groups:
            for param in group["params"]:
                self.state[param]["sum"].share_memory_()

    def _start(self, group, param):
        value = group["initial_accumulator_value"]
        value = complex(value, value) if param.is_complex() else value
        filled = TORCH["full_like"](param, value, requires_grad=False)
        return {"step": number_tensor(0.0), "sum": filled}

    def _names(self, group):
        return ("sum",)

    def _numbers(self, group, lr, step, scalars):
        return {
            "size": lr / (1 + (step - 1) * group["lr_decay"]),
            "eps": group["eps"],
            "decay": group["weight_decay"],
        }

    def _update(self, group, numbers):
        return _update(bool(group["maximize"]), group["weight_decay"] != 0)


@functools.cache
def _update(maximize, decay):
    def rule(k, n, p, g, s):
        g = k.neg(g) if maximize else g
        g = k.add(g, k.mul(p, n.decay)) if decay else g
        s = k.add(s, k.mul(g, g))
        return k.sub(p, k.div(k.mul(g, n.size), k.add(k.sqrt(s), n.eps))), s

    return Update("adagrad", rule, ("sum",), ("size", "eps", "decay"))

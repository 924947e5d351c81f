"""Rprop: resilient backpropagation."""

import functools

from rushlight._core.expose import TORCH
from rushlight.optim._common.rule import RuleOptimizer, number_tensor
from rushlight.optim.update import Update


class Rprop(RuleOptimizer):
    """Each element has a step of its own: longer while its gradient keeps its sign.

    With gradient g and the last one q::

        e = etas[1] if g * q > 0;  etas[0] if g * q < 0;  1 if g * q = 0
        s = clamp(s * e, step_sizes)      (lr before the first)
        g = 0 where the sign changed
        p = p - sign(g) * s;  q = g

    Args:
        params: parameters or groups.
        lr: first size of every step, a number or a tensor of one element.
        etas: (shrinking below 1, growing above 1).
        step_sizes: (least, largest).
        capturable, foreach: how torch runs the update; the result is the same and
            parameters are always updated together.
        maximize: go up instead of down.
        differentiable: record the update itself.

    Raises:
        ValueError: for a hyperparameter out of range.

    Source: Riedmiller and Braun, A direct adaptive method for faster backpropagation
    learning, 1993.

    >>> import rushlight
    >>> p = rushlight.nn.Parameter(rushlight.tensor([1.0]))
    >>> p.grad = rushlight.tensor([0.5])
    >>> rushlight.optim.Rprop([p], lr=0.1).step()
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
        lr=1e-2,
        etas=(0.5, 1.2),
        step_sizes=(1e-6, 50),
        *,
        capturable=False,
        foreach=None,
        maximize=False,
        differentiable=False,
    ):
        self._check(
            lr,
            eta_values=(
                (etas[0], etas[1]),
                lambda v: 0 < v[0] < 1 < v[1],
                "0 < etas[0] < 1 < etas[1]",
            ),
        )
        super().__init__(
            params,
            {
                "lr": lr,
                "etas": etas,
                "step_sizes": step_sizes,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
                "capturable": capturable,
            },
        )

    def _start(self, group, param):
        lr = float(group["lr"])
        lr = complex(lr, lr) if param.is_complex() else lr
        param = param.detach()
        return {
            "step": number_tensor(0.0),
            "prev": TORCH["zeros_like"](param),
            "step_size": TORCH["full_like"](param, lr),
        }

    def _names(self, group):
        return ("prev", "step_size")

    def _numbers(self, group, lr, step, scalars):
        smaller, larger = group["etas"]
        least, largest = group["step_sizes"]
        return {
            "smaller": smaller,
            "larger": larger,
            "least": least,
            "largest": largest,
        }

    def _update(self, group, numbers):
        return _update(bool(group["maximize"]))


@functools.cache
def _update(maximize):
    def rule(k, n, p, g, last, size):
        g = k.neg(g) if maximize else g
        agreement = k.mul(g, last)
        turned, kept = k.lt(agreement, 0.0), k.lt(0.0, agreement)
        changed = k.where(turned, k.mul(size, n.smaller), size)
        size = k.where(kept, k.mul(size, n.larger), changed)
        size = k.min(k.max(size, n.least), n.largest)
        g = k.where(turned, 0.0, g)
        step = k.where(k.lt(0.0, g), size, 0.0)
        step = k.where(k.lt(g, 0.0), k.neg(size), step)
        return k.sub(p, step), g, size

    numbers = ("smaller", "larger", "least", "largest")
    return Update("rprop", rule, ("prev", "step_size"), numbers)

"""SGD: stochastic gradient descent with momentum."""

import functools

from rushlight._core.grad_mode import no_grad
from rushlight.optim._common.checks import (
    check_hyperparameters,
    check_rate,
    check_together,
)
from rushlight.optim._common.rule import is_meta
from rushlight.optim.optimizer import Optimizer
from rushlight.optim.plan import plans_for
from rushlight.optim.update import Update


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum and Nesterov's variant if wanted.

    With gradient g (plus ``weight_decay * p``), momentum m and dampening d::

        b = m * b + (1 - d) * g        (b = g at the first step)
        g = g + m * b  if nesterov  else  b
        p = p - lr * g

    Args:
        params: parameters or groups.
        lr: learning rate.
        momentum, dampening, weight_decay, nesterov: as above.
        maximize: go up instead of down.
        foreach, fused: how torch runs the update; the result is the same and
            parameters are always updated together.
        differentiable: record the update itself.

    Raises:
        ValueError: for a hyperparameter out of range.

    Source: Sutskever et al., On the importance of initialization and momentum in deep
    learning, 2013.

    >>> import rushlight
    >>> p = rushlight.nn.Parameter(rushlight.tensor([1.0]))
    >>> p.grad = rushlight.tensor([0.5])
    >>> rushlight.optim.SGD([p], lr=0.1).step()
    >>> p.data
    tensor([0.9500])
    """

    def __init__(
        self,
        params,
        lr=1e-3,
        momentum=0,
        dampening=0,
        weight_decay=0,
        nesterov=False,
        *,
        maximize=False,
        foreach=None,
        differentiable=False,
        fused=None,
    ):
        check_rate(type(self).__name__, lr)
        check_together(type(self).__name__, foreach, fused, differentiable)
        check_hyperparameters(
            "SGD",
            learning_rate=(lr, lambda v: v >= 0, ">= 0"),
            momentum_value=(momentum, lambda v: v >= 0, ">= 0"),
            weight_decay_value=(weight_decay, lambda v: v >= 0, ">= 0"),
            nesterov=(
                nesterov,
                lambda v: not v or (momentum > 0 and dampening == 0),
                "only with a momentum and zero dampening",
            ),
        )
        super().__init__(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "dampening": dampening,
                "weight_decay": weight_decay,
                "nesterov": nesterov,
                "maximize": maximize,
                "foreach": foreach,
                "differentiable": differentiable,
                "fused": fused,
            },
        )

    def __setstate__(self, state):
        super().__setstate__(state)
        for group in self.param_groups:
            group.setdefault("nesterov", False)
            group.setdefault("maximize", False)
            group.setdefault("foreach", None)
            group.setdefault("differentiable", False)
            group.setdefault("fused", None)

    def step(self, closure=None):
        """Update the parameters once.

        Args:
            closure: computes the loss again and returns it.

        Returns:
            The closure's loss, or None.
        """
        loss = self.loss_of(closure)
        for group in self.param_groups:
            if group["differentiable"]:
                _recorded_step(self.state, group)
                continue
            with no_grad():
                if is_meta(group):
                    _recorded_step(self.state, group)
                else:
                    _step(self, group)
        return loss


def _step(optimizer, group):
    names = ("momentum_buffer",) if group["momentum"] else ()
    for plan in plans_for(optimizer, group, names, counted=False):
        momentum = "none"
        if group["momentum"]:
            momentum = "first" if plan.fresh else "later"
        decay = float(group["weight_decay"])
        plan.run(
            _update(momentum, group["nesterov"], group["maximize"], decay != 0),
            lr=float(group["lr"]),
            momentum=float(group["momentum"]),
            new=1 - float(group["dampening"]),
            decay=decay,
        )


@functools.cache
def _update(momentum, nesterov, maximize, decay):
    """SGD's update as a kernel; momentum is "none", "first" (step) or "later"."""

    def rule(k, n, p, g, *buffers):
        g = k.neg(g) if maximize else g
        g = k.add(g, k.mul(p, n.decay)) if decay else g
        if not buffers:
            return (k.sub(p, k.mul(g, n.lr)),)
        buffer = g
        if momentum == "later":
            buffer = k.add(k.mul(buffers[0], n.momentum), k.mul(g, n.new))
        g = k.add(g, k.mul(buffer, n.momentum)) if nesterov else buffer
        return k.sub(p, k.mul(g, n.lr)), buffer

    states = () if momentum == "none" else ("buffer",)
    return Update("sgd", rule, states, ("lr", "momentum", "new", "decay"))


def _recorded_step(state, group):
    """The same in recorded Tensor operations."""
    for p in group["params"]:
        if p.grad is None:
            continue
        g = -p.grad if group["maximize"] else p.grad
        if group["weight_decay"]:
            g = g + group["weight_decay"] * p
        if group["momentum"]:
            buffer = state[p].get("momentum_buffer")
            if buffer is None:
                buffer = g.detach().clone()  # as torch: the first one is no function
            else:
                buffer = group["momentum"] * buffer + (1 - group["dampening"]) * g
            state[p]["momentum_buffer"] = buffer
            g = g + group["momentum"] * buffer if group["nesterov"] else buffer
        p.add_(g * -group["lr"])

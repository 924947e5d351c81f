"""SGD: stochastic gradient descent with momentum."""

from rushlight._core.grad_mode import no_grad
from rushlight.optim.optimizer import Optimizer, check_hyperparameters
from rushlight.optim.plan import plans_for


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
                _differentiable_step(self.state, group)
            else:
                with no_grad():
                    _step(self, group)
        return loss


def _step(optimizer, group):
    names = ("momentum_buffer",) if group["momentum"] else ()
    for plan in plans_for(optimizer, group, names, counted=False):
        plan.run(_rule(plan, group))


def _rule(plan, group):
    np, axpby, first = plan.np, plan.axpby, plan.fresh
    lr, momentum = float(group["lr"]), float(group["momentum"])
    decay, nesterov = group["weight_decay"], group["nesterov"]
    new = 1 - float(group["dampening"])

    def rule(p, g, states, scratch):
        one, two = scratch
        if group["maximize"]:
            g = np.negative(g, one)
        if decay:
            np.multiply(p, decay, two)
            g = np.add(two, g, one)
        if momentum:
            (buffer,) = states
            if first:
                buffer[...] = g
            else:
                axpby(new, g, momentum, buffer, two)
            g = np.add(g, np.multiply(buffer, momentum, two), one) if nesterov else buffer
        axpby(-lr, g, 1.0, p, two)

    return rule


def _differentiable_step(state, group):
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
                buffer = g.clone()
            else:
                buffer = group["momentum"] * buffer + (1 - group["dampening"]) * g
            state[p]["momentum_buffer"] = buffer
            g = g + group["momentum"] * buffer if group["nesterov"] else buffer
        p.add_(g * -group["lr"])

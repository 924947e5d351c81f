"""Adam, and the update that AdamW shares."""

import functools
import math

from rushlight._core.grad_mode import no_grad
from rushlight._core.tensor import Tensor
from rushlight.optim.optimizer import Optimizer
from rushlight.optim.parts import check_hyperparameters
from rushlight.optim.plan import plans_for
from rushlight.optim.update import Update


class Adam(Optimizer):
    """Adam: steps scaled by running averages of the gradient and its square.

    With gradient g (plus ``weight_decay * p``), at step t::

        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        p = p - lr / (1 - beta1 ^ t) * m / (sqrt(v) / sqrt(1 - beta2 ^ t) + eps)

    Args:
        params: parameters or groups.
        lr: learning rate, a number or a tensor of one element.
        betas: (beta1, beta2).
        eps: added to the denominator.
        weight_decay: factor of p in the gradient.
        amsgrad: use the largest v seen so far.
        maximize: go up instead of down.
        foreach, fused, capturable: how torch runs the update; the result is the same
            and parameters are always updated together.
        differentiable: record the update itself.
        decoupled_weight_decay: shrink p by ``lr * weight_decay`` instead, as AdamW.

    Raises:
        ValueError: for a hyperparameter out of range.

    Source: Kingma and Ba, Adam: a method for stochastic optimization, 2015; Reddi et
    al., On the convergence of Adam and beyond, 2018 (amsgrad).

    >>> import rushlight
    >>> p = rushlight.nn.Parameter(rushlight.tensor([1.0]))
    >>> p.grad = rushlight.tensor([0.5])
    >>> rushlight.optim.Adam([p], lr=0.1).step()
    >>> p.data
    tensor([0.9000])
    """

    def __init__(
        self,
        params,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        amsgrad=False,
        *,
        foreach=None,
        maximize=False,
        capturable=False,
        differentiable=False,
        fused=None,
        decoupled_weight_decay=False,
    ):
        check_hyperparameters(
            type(self).__name__,
            learning_rate=(lr, lambda v: v >= 0, ">= 0"),
            epsilon_value=(eps, lambda v: v >= 0, ">= 0"),
            beta_parameter_at_index_0=(betas[0], lambda v: 0 <= v < 1, "in [0, 1)"),
            beta_parameter_at_index_1=(betas[1], lambda v: 0 <= v < 1, "in [0, 1)"),
            weight_decay_value=(weight_decay, lambda v: v >= 0, ">= 0"),
        )
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "amsgrad": amsgrad,
                "maximize": maximize,
                "foreach": foreach,
                "capturable": capturable,
                "differentiable": differentiable,
                "fused": fused,
                "decoupled_weight_decay": decoupled_weight_decay,
            },
        )

    def __setstate__(self, state):
        super().__setstate__(state)
        for group in self.param_groups:
            group.setdefault("amsgrad", False)
            group.setdefault("maximize", False)
            group.setdefault("foreach", None)
            group.setdefault("capturable", False)
            group.setdefault("differentiable", False)
            group.setdefault("fused", None)
            group.setdefault("decoupled_weight_decay", False)

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
                continue
            names = ("exp_avg", "exp_avg_sq")
            names += ("max_exp_avg_sq",) if group["amsgrad"] else ()
            with no_grad():
                for plan in plans_for(self, group, names):
                    _step(plan, group)
        return loss


@functools.cache
def _update(amsgrad, maximize, decay):
    """Adam's update as a kernel; decay is "none", "gradient" or "decoupled".

    The correction of v is taken out of the root:
    ``m / (sqrt(v) / c + eps) = c * m / (sqrt(v) + c * eps)``; `size` and `eps` come
    with their factors c.
    """

    def rule(k, n, p, g, m, v, *largest):
        g = k.neg(g) if maximize else g
        if decay == "decoupled":
            p = k.mul(p, n.keep)
        elif decay == "gradient":
            g = k.add(g, k.mul(p, n.decay))
        m = k.add(m, k.mul(k.sub(g, m), n.new1))
        v = k.add(k.mul(v, n.beta2), k.mul(k.mul(g, n.new2), g))
        largest = [k.max(maximum, v) for maximum in largest]
        denominator = k.add(k.sqrt(largest[0] if amsgrad else v), n.eps)
        p = k.sub(p, k.div(k.mul(m, n.size), denominator))
        return p, m, v, *largest

    states = ("m", "v", "largest") if amsgrad else ("m", "v")
    numbers = ("new1", "beta2", "new2", "eps", "size", "keep", "decay")
    return Update("adam", rule, states, numbers)


def _step(plan, group):
    lr, decay = float(group["lr"]), float(group["weight_decay"])
    beta1, beta2 = map(float, group["betas"])
    step = plan.count()
    correction = math.sqrt(1 - beta2**step)
    kind = "decoupled" if group["decoupled_weight_decay"] else "gradient"
    plan.run(
        _update(group["amsgrad"], group["maximize"], kind if decay else "none"),
        new1=1 - beta1,
        beta2=beta2,
        new2=1 - beta2,
        eps=group["eps"] * correction,
        size=lr / (1 - beta1**step) * correction,
        keep=1 - lr * decay,
        decay=decay,
    )


def _differentiable_step(state, group):
    """The same in recorded Tensor operations."""
    beta1, beta2 = group["betas"]
    for p in group["params"]:
        if p.grad is None:
            continue
        own = state[p]
        if not own:
            zeros = p.detach() * 0
            own["step"] = Tensor([0.0])[0]
            own["exp_avg"], own["exp_avg_sq"] = zeros, zeros.clone()
            if group["amsgrad"]:
                own["max_exp_avg_sq"] = zeros.clone()
        own["step"] = own["step"] + 1
        step = float(own["step"])
        g = -p.grad if group["maximize"] else p.grad
        if group["weight_decay"] and group["decoupled_weight_decay"]:
            p.mul_(1 - group["lr"] * group["weight_decay"])
        elif group["weight_decay"]:
            g = g + group["weight_decay"] * p
        own["exp_avg"] = m = own["exp_avg"] + (g - own["exp_avg"]) * (1 - beta1)
        own["exp_avg_sq"] = v = own["exp_avg_sq"] * beta2 + (1 - beta2) * g * g
        if group["amsgrad"]:
            own["max_exp_avg_sq"] = v = own["max_exp_avg_sq"].maximum(v)
        size = group["lr"] / (1 - beta1**step)
        p.add_(-size * m / (v.sqrt() / math.sqrt(1 - beta2**step) + group["eps"]))

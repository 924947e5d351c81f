"""Adam, and the update that AdamW shares."""

import functools
import math

from rushlight._base.errors import ArgumentError, explain
from rushlight._core.tensor import Tensor
from rushlight.optim._common.checks import (
    BELOW_ONE,
    NOT_NEGATIVE,
    check_rate,
    check_together,
)
from rushlight.optim._common.rule import RuleOptimizer
from rushlight.optim.update import Update


class Adam(RuleOptimizer):
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

    late = {
        "amsgrad": False,
        "maximize": False,
        "foreach": None,
        "capturable": False,
        "differentiable": False,
        "fused": None,
        "decoupled_weight_decay": False,
    }

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
        self._check(
            lr,
            epsilon_value=(eps, *NOT_NEGATIVE),
            beta_parameter_at_index_0=(betas[0], *BELOW_ONE),
            beta_parameter_at_index_1=(betas[1], *BELOW_ONE),
            weight_decay_value=(weight_decay, *NOT_NEGATIVE),
        )
        check_together(type(self).__name__, foreach, fused, differentiable)
        _check_betas(type(self).__name__, betas)
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

    def _names(self, group):
        names = ("exp_avg", "exp_avg_sq")
        return (*names, "max_exp_avg_sq") if group["amsgrad"] else names

    def _numbers(self, group, lr, step, scalars):
        decay = group["weight_decay"]
        beta1, beta2 = map(float, group["betas"])
        correction = math.sqrt(1 - beta2**step)
        return {
            "new1": 1 - beta1,
            "beta2": beta2,
            "new2": 1 - beta2,
            "eps": group["eps"] * correction,
            "size": lr / (1 - beta1**step) * correction,
            "keep": 1 - lr * decay,
            "decay": decay,
        }

    def _update(self, group, numbers):
        kind = "decoupled" if group["decoupled_weight_decay"] else "gradient"
        kind = kind if group["weight_decay"] else "none"
        return _update(bool(group["amsgrad"]), bool(group["maximize"]), kind)


def _check_betas(who, betas):
    kinds = {isinstance(beta, Tensor) for beta in betas}
    if len(kinds) > 1 or any(not isinstance(b, (float, Tensor)) for b in betas):
        raise ArgumentError(
            explain(
                f"{who}()",
                expected="two floats or two Tensors of one element",
                got=f"{betas}: betas must be either both floats or both Tensors",
                do="Write 0.0 for 0.",
            )
        )
    for beta in betas:
        check_rate(who, beta, "betas")


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

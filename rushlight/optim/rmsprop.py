"""RMSprop."""

import functools

from rushlight.optim._common.checks import NOT_NEGATIVE
from rushlight.optim._common.rule import RuleOptimizer
from rushlight.optim.update import Update


class RMSprop(RuleOptimizer):
    """Steps divided by the root of a running average of the squared gradient.

    With gradient g (plus ``weight_decay * p``)::

        v = alpha * v + (1 - alpha) * g * g
        a = alpha * a + (1 - alpha) * g                if centered
        s = sqrt(v - a * a)  if centered  else  sqrt(v)
        b = momentum * b + g / (s + eps)
        p = p - lr * b

    Args:
        params: parameters or groups.
        lr: learning rate, a number or a tensor of one element.
        alpha: how much of the average stays.
        eps: added to the root.
        weight_decay: factor of p in the gradient.
        momentum: factor of the last step.
        centered: divide by an estimate of the standard deviation.
        capturable, foreach: how torch runs the update; the result is the same and
            parameters are always updated together.
        maximize: go up instead of down.
        differentiable: record the update itself.

    Raises:
        ValueError: for a hyperparameter out of range.

    Source: Hinton, Neural networks for machine learning, lecture 6a, 2012; Graves,
    Generating sequences with recurrent neural networks, 2013 (centered).

    >>> import rushlight
    >>> p = rushlight.nn.Parameter(rushlight.tensor([1.0]))
    >>> p.grad = rushlight.tensor([0.5])
    >>> rushlight.optim.RMSprop([p], lr=0.01).step()
    >>> p.data
    tensor([0.9000])
    """

    late = {
        "momentum": 0,
        "centered": False,
        "foreach": None,
        "maximize": False,
        "differentiable": False,
        "capturable": False,
    }

    def __init__(
        self,
        params,
        lr=1e-2,
        alpha=0.99,
        eps=1e-8,
        weight_decay=0,
        momentum=0,
        centered=False,
        capturable=False,
        foreach=None,
        maximize=False,
        differentiable=False,
    ):
        self._check(
            lr,
            epsilon_value=(eps, *NOT_NEGATIVE),
            momentum_value=(momentum, *NOT_NEGATIVE),
            weight_decay_value=(weight_decay, *NOT_NEGATIVE),
            alpha_value=(alpha, *NOT_NEGATIVE),
        )
        super().__init__(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "alpha": alpha,
                "eps": eps,
                "centered": centered,
                "weight_decay": weight_decay,
                "capturable": capturable,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
            },
        )

    def _names(self, group):
        names = ("square_avg",)
        names += ("momentum_buffer",) if group["momentum"] > 0 else ()
        return (*names, "grad_avg") if group["centered"] else names

    def _numbers(self, group, lr, step, scalars):
        return {
            "lr": lr,
            "alpha": group["alpha"],
            "new": 1 - group["alpha"],
            "eps": group["eps"],
            "momentum": group["momentum"],
            "decay": group["weight_decay"],
        }

    def _update(self, group, numbers):
        return _update(
            group["momentum"] > 0,
            bool(group["centered"]),
            bool(group["maximize"]),
            group["weight_decay"] != 0,
        )


@functools.cache
def _update(momentum, centered, maximize, decay):
    def rule(k, n, p, g, v, *others):
        g = k.neg(g) if maximize else g
        g = k.add(g, k.mul(p, n.decay)) if decay else g
        v = k.add(k.mul(v, n.alpha), k.mul(k.mul(g, n.new), g))
        spread, results = v, [v]
        if centered:
            average = k.add(others[-1], k.mul(k.sub(g, others[-1]), n.new))
            spread = k.sub(v, k.mul(average, average))
        root = k.add(k.sqrt(spread), n.eps)
        if momentum:
            buffer = k.add(k.mul(others[0], n.momentum), k.div(g, root))
            results.append(buffer)
            p = k.sub(p, k.mul(buffer, n.lr))
        else:
            p = k.sub(p, k.div(k.mul(g, n.lr), root))
        return p, *results, *([average] if centered else ())

    states = ("square_avg",)
    states += ("momentum_buffer",) if momentum else ()
    states += ("grad_avg",) if centered else ()
    numbers = ("lr", "alpha", "new", "eps", "momentum", "decay")
    return Update("rmsprop", rule, states, numbers)

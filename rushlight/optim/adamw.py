"""AdamW: Adam whose weight decay does not pass through the averages."""

from rushlight.optim.adam import Adam


class AdamW(Adam):
    """Adam with decoupled weight decay.

    As `Adam`, but first ``p = p * (1 - lr * weight_decay)`` and no decay in the
    gradient.

    Args:
        params, lr, betas, eps, amsgrad, maximize, foreach, capturable,
            differentiable, fused: as for `Adam`.
        weight_decay: factor of ``lr * p`` that is taken from p.

    Raises:
        ValueError: for a hyperparameter out of range.

    Source: Loshchilov and Hutter, Decoupled weight decay regularization, 2019.

    >>> import rushlight
    >>> p = rushlight.nn.Parameter(rushlight.tensor([1.0]))
    >>> p.grad = rushlight.tensor([0.5])
    >>> rushlight.optim.AdamW([p], lr=0.1, weight_decay=0.5).step()
    >>> p.data
    tensor([0.8500])
    """

    def __init__(
        self,
        params,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=1e-2,
        amsgrad=False,
        *,
        maximize=False,
        foreach=None,
        capturable=False,
        differentiable=False,
        fused=None,
    ):
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )

    def __setstate__(self, state):
        super().__setstate__(state)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True

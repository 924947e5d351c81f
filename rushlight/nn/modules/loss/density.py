"""Losses of distributions: the negative log-likelihood of a law, and divergences."""

from rushlight.nn import functional as F
from rushlight.nn.modules.loss._base import _Loss

__all__ = ["GaussianNLLLoss", "KLDivLoss", "PoissonNLLLoss"]


class KLDivLoss(_Loss):
    """The Kullback-Leibler divergence, of logarithms of probabilities.

        l = y (log y - x);    log_target: l = exp(y) (y - x)

    Input and target (*), of one shape; output (), or (*) with reduction "none".

    Args:
        size_average, reduce: deprecated; see reduction.
        reduction: "batchmean" (the divergence itself: the sum over the batch's size),
            "mean", "sum" or "none".
        log_target: whether the target is given as logarithms too.

    >>> import rushlight
    >>> x, y = rushlight.tensor([[0.5, 0.5]]).log(), rushlight.tensor([[0.25, 0.75]])
    >>> KLDivLoss(reduction="batchmean")(x, y)
    tensor(0.1308)
    """

    __constants__ = ["reduction"]

    def __init__(
        self, size_average=None, reduce=None, reduction="mean", log_target=False
    ):
        super().__init__(size_average, reduce, reduction)
        self.log_target = log_target

    def forward(self, input, target):
        return F.kl_div(
            input, target, reduction=self.reduction, log_target=self.log_target
        )


class PoissonNLLLoss(_Loss):
    """The negative log-likelihood of counts, but for a constant.

        l = exp(x) - y x;    without log_input: l = x - y log(x + eps)

    Input and target (*), of one shape; output (), or (*) with reduction "none".

    Args:
        log_input: whether the input is the rate's logarithm.
        full: whether Stirling's term for log y! is added, where y > 1.
        size_average, reduce: deprecated; see reduction.
        eps: float, keeps from the logarithm of zero.
        reduction: "mean", "sum" or "none", over all elements.

    >>> import rushlight
    >>> PoissonNLLLoss()(rushlight.zeros(1), rushlight.ones(1))
    tensor(1.)
    """

    __constants__ = ["log_input", "full", "eps", "reduction"]

    def __init__(
        self,
        log_input=True,
        full=False,
        size_average=None,
        eps=1e-8,
        reduce=None,
        reduction="mean",
    ):
        super().__init__(size_average, reduce, reduction)
        self.log_input = log_input
        self.full = full
        self.eps = eps

    def forward(self, log_input, target):
        return F.poisson_nll_loss(
            log_input,
            target,
            log_input=self.log_input,
            full=self.full,
            eps=self.eps,
            reduction=self.reduction,
        )


class GaussianNLLLoss(_Loss):
    """The negative log-likelihood of normal values, but for a constant.

        l = (log max(var, eps) + (x - y)^2 / max(var, eps)) / 2

    Input and target (*), var the same shape, or with a last size of 1, or a float;
    output (), or (*) with reduction "none".

    Args:
        full: whether the constant log(2 pi) / 2 is added.
        eps: float, the least variance.
        reduction: "mean", "sum" or "none", over all elements.

    See:
        Nix and Weigend, "Estimating the mean and variance of the target probability
        distribution", ICNN 1994.

    >>> import rushlight
    >>> x = rushlight.zeros(1)
    >>> GaussianNLLLoss()(x, x + 1, x + 1)
    tensor(0.5000)
    """

    __constants__ = ["full", "eps", "reduction"]

    def __init__(self, *, full=False, eps=1e-6, reduction="mean"):
        super().__init__(reduction=reduction)
        self.full = full
        self.eps = eps

    def forward(self, input, target, var):
        return F.gaussian_nll_loss(
            input,
            target,
            var,
            full=self.full,
            eps=self.eps,
            reduction=self.reduction,
        )

"""Losses of numbers against numbers."""

from rushlight.nn import functional as F
from rushlight.nn.modules.loss._base import _Loss

__all__ = ["HuberLoss", "L1Loss", "MSELoss", "SmoothL1Loss"]


class L1Loss(_Loss):
    """The absolute difference.

        l = |x - y|

    Input and target (*), of one shape; output (), or (*) with reduction "none".

    Args:
        size_average, reduce: deprecated; see reduction.
        reduction: "mean", "sum" or "none", over all elements.

    >>> import rushlight
    >>> L1Loss()(rushlight.tensor([1.0, 2.0]), rushlight.tensor([1.0, 4.0]))
    tensor(1.)
    """

    def forward(self, input, target):
        return F.l1_loss(input, target, reduction=self.reduction)


class MSELoss(_Loss):
    """The squared difference.

        l = (x - y)^2

    Input and target (*), of one shape; output (), or (*) with reduction "none".

    Args:
        size_average, reduce: deprecated; see reduction.
        reduction: "mean", "sum" or "none", over all elements.

    >>> import rushlight
    >>> MSELoss()(rushlight.tensor([1.0, 2.0]), rushlight.tensor([1.0, 4.0]))
    tensor(2.)
    """

    def forward(self, input, target):
        return F.mse_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(_Loss):
    """Squared for small differences, absolute for large ones.

        l = (x - y)^2 / (2 beta) where |x - y| < beta, else |x - y| - beta / 2

    Input and target (*), of one shape; output (), or (*) with reduction "none".

    Args:
        size_average, reduce: deprecated; see reduction.
        reduction: "mean", "sum" or "none", over all elements.
        beta: float, at least 0, where it goes over.

    See:
        Girshick, "Fast R-CNN", ICCV 2015.

    >>> import rushlight
    >>> SmoothL1Loss()(rushlight.tensor([1.0, 2.0]), rushlight.tensor([1.5, 4.0]))
    tensor(0.8125)
    """

    __constants__ = ["reduction"]

    def __init__(self, size_average=None, reduce=None, reduction="mean", beta=1.0):
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input, target):
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(_Loss):
    """Squared for small differences, absolute for large ones: SmoothL1 times delta.

        l = (x - y)^2 / 2 where |x - y| < delta, else delta (|x - y| - delta / 2)

    Input and target (*), of one shape; output (), or (*) with reduction "none".

    Args:
        reduction: "mean", "sum" or "none", over all elements.
        delta: float, above 0, where it goes over.

    See:
        Huber, "Robust estimation of a location parameter", 1964.

    >>> import rushlight
    >>> HuberLoss()(rushlight.tensor([1.0, 2.0]), rushlight.tensor([1.5, 4.0]))
    tensor(0.8125)
    """

    __constants__ = ["reduction", "delta"]

    def __init__(self, reduction="mean", delta=1.0):
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input, target):
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)

"""Losses of distances and orders: which of two is nearer, or comes first."""

from rushlight._base.errors import ArgumentError, explain
from rushlight.nn import functional as F
from rushlight.nn.modules.distance import PairwiseDistance
from rushlight.nn.modules.loss._base import _Loss

__all__ = [
    "CosineEmbeddingLoss",
    "HingeEmbeddingLoss",
    "MarginRankingLoss",
    "TripletMarginLoss",
    "TripletMarginWithDistanceLoss",
]


class HingeEmbeddingLoss(_Loss):
    """Distances that are to be small (target 1) or larger than a margin (target -1).

        l = x for y = 1;    max(0, margin - x) for y = -1

    Input and target (*), of one shape; output (), or (*) with reduction "none".

    Args:
        margin: float.
        size_average, reduce: deprecated; see reduction.
        reduction: "mean", "sum" or "none", over all elements.

    >>> import rushlight
    >>> x, y = rushlight.tensor([0.5, 0.25]), rushlight.tensor([1.0, -1.0])
    >>> HingeEmbeddingLoss()(x, y)
    tensor(0.6250)
    """

    __constants__ = ["margin", "reduction"]

    def __init__(self, margin=1.0, size_average=None, reduce=None, reduction="mean"):
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input, target):
        return F.hinge_embedding_loss(
            input, target, margin=self.margin, reduction=self.reduction
        )


class CosineEmbeddingLoss(_Loss):
    """Pairs of vectors that are to point the same way (1) or not (-1).

        l = 1 - cos(x1, x2) for y = 1;    max(0, cos(x1, x2) - margin) for y = -1

    Inputs (N, D) or (D,), target (N,) or (); output (), or the target's shape with
    reduction "none".

    Args:
        margin: float in [-1, 1].
        size_average, reduce: deprecated; see reduction.
        reduction: "mean", "sum" or "none", over the pairs.

    >>> import rushlight
    >>> x = rushlight.ones(1, 3)
    >>> CosineEmbeddingLoss()(x, x, rushlight.tensor([-1.0]))
    tensor(1.)
    """

    __constants__ = ["margin", "reduction"]

    def __init__(self, margin=0.0, size_average=None, reduce=None, reduction="mean"):
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1, input2, target):
        return F.cosine_embedding_loss(
            input1, input2, target, margin=self.margin, reduction=self.reduction
        )


class MarginRankingLoss(_Loss):
    """Pairs whose first is to be larger (1) or smaller (-1) by a margin.

        l = max(0, -y (x1 - x2) + margin)

    Inputs and target (N,) or (); output (), or (N,) with reduction "none".

    Args:
        margin: float.
        size_average, reduce: deprecated; see reduction.
        reduction: "mean", "sum" or "none", over the pairs.

    >>> import rushlight
    >>> x = rushlight.ones(1)
    >>> MarginRankingLoss(0.5)(x, x, x)
    tensor(0.5000)
    """

    __constants__ = ["margin", "reduction"]

    def __init__(self, margin=0.0, size_average=None, reduce=None, reduction="mean"):
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1, input2, target):
        return F.margin_ranking_loss(
            input1, input2, target, margin=self.margin, reduction=self.reduction
        )


class TripletMarginLoss(_Loss):
    """Anchors that are to be nearer to the positive than to the negative by a margin.

        l = max(0, d(a, p) - d(a, n) + margin),    d(x, y) = |x - y + eps|_p

    Inputs (N, D) or (D,); output (), or (N,) with reduction "none".

    Args:
        margin: float, above 0.
        p: float, the norm's degree.
        eps: float, added to the differences.
        swap: whether d(p, n) counts instead of d(a, n) where it is smaller.
        size_average, reduce: deprecated; see reduction.
        reduction: "mean", "sum" or "none", over the triplets.

    Raises:
        ValueError: for a margin that is not above 0.

    See:
        Balntas and others, "Learning shallow convolutional feature descriptors with
        triplet losses", BMVC 2016.

    >>> import rushlight
    >>> x = rushlight.zeros(1, 3)
    >>> TripletMarginLoss()(x, x, x)
    tensor(1.)
    """

    __constants__ = ["margin", "p", "eps", "swap", "reduction"]

    def __init__(
        self,
        margin=1.0,
        p=2.0,
        eps=1e-6,
        swap=False,
        size_average=None,
        reduce=None,
        reduction="mean",
    ):
        super().__init__(size_average, reduce, reduction)
        _check_margin(self, margin)
        self.margin = margin
        self.p = p
        self.eps = eps
        self.swap = swap

    def forward(self, anchor, positive, negative):
        return F.triplet_margin_loss(
            anchor,
            positive,
            negative,
            margin=self.margin,
            p=self.p,
            eps=self.eps,
            swap=self.swap,
            reduction=self.reduction,
        )


class TripletMarginWithDistanceLoss(_Loss):
    """`TripletMarginLoss` with a distance of one's own.

        l = max(0, d(a, p) - d(a, n) + margin)

    Args:
        distance_function: callable of two tensors; left out: `PairwiseDistance`.
        margin: float, above 0.
        swap: whether d(p, n) counts instead of d(a, n) where it is smaller.
        reduction: "mean", "sum" or "none", over the triplets.

    Raises:
        ValueError: for a margin that is not above 0.

    >>> import rushlight
    >>> x = rushlight.zeros(1, 3)
    >>> TripletMarginWithDistanceLoss()(x, x, x)
    tensor(1.)
    """

    __constants__ = ["margin", "swap", "reduction"]

    def __init__(
        self, *, distance_function=None, margin=1.0, swap=False, reduction="mean"
    ):
        super().__init__(reduction=reduction)
        _check_margin(self, margin)
        if distance_function is None:
            distance_function = PairwiseDistance()
        self.distance_function = distance_function
        self.margin = margin
        self.swap = swap

    def forward(self, anchor, positive, negative):
        return F.triplet_margin_with_distance_loss(
            anchor,
            positive,
            negative,
            distance_function=self.distance_function,
            margin=self.margin,
            swap=self.swap,
            reduction=self.reduction,
        )


def _check_margin(loss, margin):
    if margin <= 0:
        raise ArgumentError(
            explain(
                f"{type(loss).__name__}()",
                expected="margin to be greater than 0",
                got=margin,
                do="With 0 all distances would be right.",
            )
        )

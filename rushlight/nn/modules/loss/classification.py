"""Losses of scores against classes."""

import warnings

from rushlight._base.errors import ArgumentError, explain
from rushlight.nn import functional as F
from rushlight.nn.modules.loss._base import _Loss, _WeightedLoss

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "MultiLabelMarginLoss",
    "MultiLabelSoftMarginLoss",
    "MultiMarginLoss",
    "NLLLoss",
    "NLLLoss2d",
    "SoftMarginLoss",
]


class CrossEntropyLoss(_WeightedLoss):
    """The negative log-probability of the right class, from scores.

        l = -weight_y log(exp(x_y) / sum_c exp(x_c))

    Input (N, C), (C,) or (N, C, d1, ...), float: scores (logits), not probabilities;
    target (N,), () or (N, d1, ...), int64: class numbers, or the input's shape, float:
    class probabilities.  Output (), or the target's shape with reduction "none".

    Args:
        weight: (C,), float, of the classes.
        size_average, reduce: deprecated; see reduction.
        ignore_index: int, a class number whose samples do not count.
        reduction: "mean" (weighted), "sum" or "none".
        label_smoothing: float in [0, 1], the part of the target that is spread over
            all classes.

    >>> import rushlight
    >>> CrossEntropyLoss()(rushlight.zeros(1, 4), rushlight.tensor([2]))
    tensor(1.3863)
    """

    __constants__ = ["ignore_index", "reduction", "label_smoothing"]

    def __init__(
        self,
        weight=None,
        size_average=None,
        ignore_index=-100,
        reduce=None,
        reduction="mean",
        label_smoothing=0.0,
    ):
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input, target):
        try:  # Note [Hot attributes]
            weight = self._buffers["weight"]
        except KeyError:
            weight = self.weight
        return F.cross_entropy(
            input,
            target,
            weight=weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


class NLLLoss(_WeightedLoss):
    """The negative of the right class's log-probability, given the log-probabilities.

        l = -weight_y x_y

    Input (N, C), (C,) or (N, C, d1, ...), float: logarithms of probabilities; target
    (N,), () or (N, d1, ...), int64.  Output (), or the target's shape with reduction
    "none".

    Args:
        weight: (C,), float, of the classes.
        size_average, reduce: deprecated; see reduction.
        ignore_index: int, a class number whose samples do not count.
        reduction: "mean" (weighted), "sum" or "none".

    >>> import rushlight
    >>> NLLLoss()(rushlight.tensor([[-1.0, -2.0]]), rushlight.tensor([1]))
    tensor(2.)
    """

    __constants__ = ["ignore_index", "reduction"]

    def __init__(
        self,
        weight=None,
        size_average=None,
        ignore_index=-100,
        reduce=None,
        reduction="mean",
    ):
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input, target):
        return F.nll_loss(
            input,
            target,
            weight=self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
        )


class NLLLoss2d(NLLLoss):
    """The old name of `NLLLoss` for pictures: it warns."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        warnings.warn(
            "NLLLoss2d is deprecated; NLLLoss takes pictures too.",
            FutureWarning,
            stacklevel=2,
        )


class BCELoss(_WeightedLoss):
    """The negative log-probability of two classes, from probabilities.

        l = -weight (y log x + (1 - y) log(1 - x)),    logarithms at least -100

    Input and target (*), of one shape, in [0, 1]; output (), or (*) with reduction
    "none".

    Args:
        weight: float, broadcast to the input's shape.
        size_average, reduce: deprecated; see reduction.
        reduction: "mean", "sum" or "none", over all elements.

    >>> import rushlight
    >>> BCELoss()(rushlight.tensor([0.5]), rushlight.tensor([1.0]))
    tensor(0.6931)
    """

    __constants__ = ["reduction"]

    def forward(self, input, target):
        return F.binary_cross_entropy(
            input, target, weight=self.weight, reduction=self.reduction
        )


class BCEWithLogitsLoss(_Loss):
    """The negative log-probability of two classes, from scores.

        l = -weight (pos_weight y log s(x) + (1 - y) log(1 - s(x))),    s = sigmoid

    Input and target (*), of one shape, the target in [0, 1]; output (), or (*) with
    reduction "none".

    Args:
        weight: float, broadcast to the input's shape.
        size_average, reduce: deprecated; see reduction.
        reduction: "mean", "sum" or "none", over all elements.
        pos_weight: float, broadcast to the input's shape; how much more the class 1
            counts.

    >>> import rushlight
    >>> BCEWithLogitsLoss()(rushlight.zeros(1), rushlight.ones(1))
    tensor(0.6931)
    """

    def __init__(
        self,
        weight=None,
        size_average=None,
        reduce=None,
        reduction="mean",
        pos_weight=None,
    ):
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input, target):
        return F.binary_cross_entropy_with_logits(
            input,
            target,
            self.weight,
            pos_weight=self.pos_weight,
            reduction=self.reduction,
        )


class SoftMarginLoss(_Loss):
    """The logistic loss of two classes called 1 and -1.

        l = log(1 + exp(-y x))

    Input and target (*), of one shape; output (), or (*) with reduction "none".

    Args:
        size_average, reduce: deprecated; see reduction.
        reduction: "mean", "sum" or "none", over all elements.

    >>> import rushlight
    >>> SoftMarginLoss()(rushlight.zeros(1), rushlight.ones(1))
    tensor(0.6931)
    """

    def forward(self, input, target):
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """The logistic loss of several labels, averaged over the classes.

        l = -sum_c weight_c (y_c log s(x_c) + (1 - y_c) log(1 - s(x_c))) / C

    Input and target (N, C), s the sigmoid; output (), or (N,) with reduction "none".

    Args:
        weight: (C,), float, of the classes.
        size_average, reduce: deprecated; see reduction.
        reduction: "mean", "sum" or "none", over the samples.

    >>> import rushlight
    >>> MultiLabelSoftMarginLoss()(rushlight.zeros(1, 2), rushlight.ones(1, 2))
    tensor(0.6931)
    """

    __constants__ = ["reduction"]

    def forward(self, input, target):
        return F.multilabel_soft_margin_loss(
            input, target, weight=self.weight, reduction=self.reduction
        )


class MultiLabelMarginLoss(_Loss):
    """The hinge of every right label against every wrong one.

        l = sum_ij max(0, 1 - (x[y_j] - x_i)) / C,    i no label, j a label

    Input (N, C) or (C,), float; target the same shape, int64: labels, ended by -1.
    Output (), or (N,) with reduction "none".

    Args:
        size_average, reduce: deprecated; see reduction.
        reduction: "mean", "sum" or "none", over the samples.

    >>> import rushlight
    >>> x, y = rushlight.tensor([0.1, 0.2, 0.4, 0.8]), rushlight.tensor([3, 0, -1, 1])
    >>> MultiLabelMarginLoss()(x, y)
    tensor(0.8500)
    """

    __constants__ = ["reduction"]

    def forward(self, input, target):
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)


class MultiMarginLoss(_WeightedLoss):
    """The hinge of the right class against all others.

        l = sum_(i != y) max(0, weight_y (margin - x_y + x_i))^p / C

    Input (N, C) or (C,), float; target (N,) or (), int64.  Output (), or (N,) with
    reduction "none".

    Args:
        p: 1 or 2.
        margin: float.
        weight: (C,), float, of the classes.
        size_average, reduce: deprecated; see reduction.
        reduction: "mean", "sum" or "none", over the samples.

    Raises:
        ValueError: for another p, or a weight that is no vector.

    >>> import rushlight
    >>> MultiMarginLoss()(rushlight.zeros(1, 4), rushlight.tensor([2]))
    tensor(0.7500)
    """

    __constants__ = ["p", "margin", "reduction"]

    def __init__(
        self,
        p=1,
        margin=1.0,
        weight=None,
        size_average=None,
        reduce=None,
        reduction="mean",
    ):
        super().__init__(weight, size_average, reduce, reduction)
        wrong = None
        if p not in (1, 2):
            wrong = f"p={p}: only p == 1 and p == 2 supported"
        elif weight is not None and weight.dim() != 1:
            wrong = f"weight of {weight.dim()} dimensions"
        if wrong is not None:
            raise ArgumentError(
                explain(
                    "MultiMarginLoss()",
                    expected="p of 1 or 2, and weight to be None or 1D",
                    got=wrong,
                    do="Give one weight for each class.",
                )
            )
        self.p = p
        self.margin = margin

    def forward(self, input, target):
        return F.multi_margin_loss(
            input,
            target,
            p=self.p,
            margin=self.margin,
            weight=self.weight,
            reduction=self.reduction,
        )

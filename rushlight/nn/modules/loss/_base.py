"""What all losses share: the reduction, and weights of classes."""

import warnings

from rushlight.nn.modules.module import Module


class _Loss(Module):
    """A loss for each element or sample, reduced as `reduction` says."""

    __constants__ = ["reduction"]

    def __init__(self, size_average=None, reduce=None, reduction="mean"):
        super().__init__()
        if size_average is not None or reduce is not None:
            reduction = _from_old_arguments(size_average, reduce)
        self.reduction = reduction


def _from_old_arguments(size_average, reduce):
    """The reduction that PyTorch's first two flags meant."""
    reduction = "none"
    if reduce is None or reduce:
        reduction = "mean" if size_average is None or size_average else "sum"
    warnings.warn(
        f"size_average and reduce are deprecated; use reduction='{reduction}'.",
        stacklevel=5,
    )
    return reduction


class _WeightedLoss(_Loss):
    """A loss whose classes have weights, kept in a buffer."""

    def __init__(self, weight=None, size_average=None, reduce=None, reduction="mean"):
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)

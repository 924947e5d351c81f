"""What the losses share: the arguments `reduction`, `size_average` and `reduce`."""

import warnings

from rushlight._base.errors import ArgumentError, explain
from rushlight._ops._arguments import require_tensor

REDUCTIONS = frozenset(("mean", "sum", "none"))


def reduction_of(reduction, size_average, reduce, who, others=()):
    """The reduction that the arguments mean, old ones included.

    Raises:
        ValueError: for a reduction that does not exist.
    """
    if size_average is not None or reduce is not None:
        average = size_average is None or size_average
        whole = reduce is None or reduce
        reduction = ("mean" if average else "sum") if whole else "none"
        warnings.warn(
            f"{who}: size_average and reduce are deprecated; use "
            f"reduction='{reduction}'.",
            UserWarning,
            stacklevel=3,
        )
    if reduction not in REDUCTIONS and reduction not in others:
        raise ArgumentError(
            explain(
                who,
                expected="reduction to be 'mean', 'sum' or 'none'",
                got=f"{reduction!r}, which is not a valid value for reduction",
                do="Correct the spelling.",
            )
        )
    return reduction


def reduced(loss, reduction):
    """A loss for each element, reduced to one number where that is wanted."""
    if reduction == "mean":
        return loss.mean()
    return loss.sum() if reduction == "sum" else loss


def share(g, reduction, count):
    """The gradient of each element's loss, from the gradient of the reduced one."""
    return g * (1 / count if count else 0) if reduction == "mean" else g


def tensors(who, **named):
    """Refuse arguments that are no tensors."""
    for name, value in named.items():
        require_tensor(value, who, name)


def warn_of_sizes(input, target, who):
    """Warn where a loss will broadcast: most often a missing dimension."""
    if input._array.shape != target._array.shape:
        warnings.warn(
            f"{who}: the target's size {list(target.shape)} differs from the input's "
            f"size {list(input.shape)}; broadcasting them is seldom what is meant. "
            "Give both the same size.",
            UserWarning,
            stacklevel=3,
        )

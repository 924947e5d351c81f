"""Losses of detectors."""

from rushlight._base.errors import ArgumentError, explain
from rushlight._core.expose import FUNCTIONAL


def sigmoid_focal_loss(inputs, targets, alpha=0.25, gamma=2, reduction="none"):
    """Binary cross entropy that counts what is already right for less.

        alpha_t * (1 - p_t) ** gamma * cross_entropy

    Args:
        inputs: (*), float: scores.
        targets: (*), float: 0 or 1.
        alpha: weight of the targets 1; negative for none.
        gamma: how much less.
        reduction: "none", "mean" or "sum".

    Returns:
        Tensor: inputs' shape, or 0-d.

    Raises:
        ValueError: for another reduction or alpha above 1.

    See:
        Lin et al., "Focal Loss for Dense Object Detection" (2017), arXiv:1708.02002.

    >>> import rushlight
    >>> sigmoid_focal_loss(rushlight.zeros(1), rushlight.ones(1))
    tensor([0.0433])
    """
    if alpha > 1 or reduction not in ("none", "mean", "sum"):
        raise ArgumentError(
            explain(
                "sigmoid_focal_loss()",
                expected="alpha in [0, 1] or negative; reduction none, mean or sum",
                got=f"alpha={alpha}, reduction={reduction!r}",
                do="Correct it.",
            )
        )
    p = inputs.sigmoid()
    loss = FUNCTIONAL["binary_cross_entropy_with_logits"](
        inputs, targets, reduction="none"
    )
    right = p * targets + (1 - p) * (1 - targets)
    loss = loss * ((1 - right) ** gamma)
    if alpha >= 0:
        loss = (alpha * targets + (1 - alpha) * (1 - targets)) * loss
    return loss if reduction == "none" else getattr(loss, reduction)()

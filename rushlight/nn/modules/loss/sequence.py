"""Losses of sequences."""

from rushlight.nn import functional as F
from rushlight.nn.modules.loss._base import _Loss

__all__ = ["CTCLoss"]


class CTCLoss(_Loss):
    """Connectionist temporal classification: symbols over time against a text.

    See `functional.ctc_loss`.  Input (T, N, C) or (T, C), log-probabilities; targets
    (N, S), or all concatenated; lengths (N,) or ().

    Args:
        blank: int, the blank's number.
        reduction: "mean" (of the losses divided by the targets' lengths), "sum" or
            "none".
        zero_infinity: make losses of targets that do not fit 0, with no gradient.

    >>> import rushlight
    >>> logs = rushlight.full((3, 1, 2), 0.5).log()
    >>> CTCLoss()(logs, rushlight.tensor([[1]]), (3,), (1,))
    tensor(0.2877)
    """

    __constants__ = ["blank", "reduction"]

    def __init__(self, blank=0, reduction="mean", zero_infinity=False):
        super().__init__(reduction=reduction)
        self.blank = blank
        self.zero_infinity = zero_infinity

    def forward(self, log_probs, targets, input_lengths, target_lengths):
        return F.ctc_loss(
            log_probs,
            targets,
            input_lengths,
            target_lengths,
            self.blank,
            self.reduction,
            self.zero_infinity,
        )

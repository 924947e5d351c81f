"""Softmax over many classes, most of them rare."""

from collections import namedtuple
from itertools import pairwise

from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight._core.expose import TORCH
from rushlight.nn import functional as F
from rushlight.nn.modules.container import ModuleList, Sequential
from rushlight.nn.modules.linear import Linear
from rushlight.nn.modules.module import Module

__all__ = ["AdaptiveLogSoftmaxWithLoss"]

_ASMoutput = namedtuple("_ASMoutput", ["output", "loss"])


class AdaptiveLogSoftmaxWithLoss(Module):
    """Log-softmax and its loss, with smaller layers for rarer classes.

    Classes are sorted by frequency, the most frequent first.  Those below the first
    cutoff have scores of their own in the head; each further range of classes has one
    score there and, behind it, a layer that is div_value times narrower than the last.

    Input (N, in_features) or (in_features,); target (N,) or (), int64 in [0,
    n_classes).  Output: a named tuple of `output`, (N,) or (): log-probabilities of
    the targets, and `loss`, (): minus their mean.

    Args:
        in_features: int.
        n_classes: int.
        cutoffs: increasing ints in [1, n_classes - 1].
        div_value: float.
        head_bias: whether the head has a bias.
        device, dtype: of the weights.

    Raises:
        ValueError: for other cutoffs.
        RuntimeError: in forward, for targets that do not fit.

    Source: Grave et al., Efficient softmax approximation for GPUs, 2017.

    >>> import rushlight
    >>> layer = AdaptiveLogSoftmaxWithLoss(16, 10, [2, 5])
    >>> output, loss = layer(rushlight.ones(3, 16), rushlight.tensor([0, 3, 9]))
    >>> output.shape, loss.shape
    (torch.Size([3]), torch.Size([]))
    """

    def __init__(
        self,
        in_features,
        n_classes,
        cutoffs,
        div_value=4.0,
        head_bias=False,
        device=None,
        dtype=None,
    ):
        super().__init__()
        cutoffs = list(cutoffs)
        _check_cutoffs(cutoffs, n_classes)
        self.in_features = in_features
        self.n_classes = n_classes
        self.cutoffs = [*cutoffs, n_classes]
        self.div_value = div_value
        self.head_bias = head_bias
        self.shortlist_size = self.cutoffs[0]
        self.n_clusters = len(self.cutoffs) - 1
        self.head_size = self.shortlist_size + self.n_clusters
        made = {"device": device, "dtype": dtype}
        self.head = Linear(in_features, self.head_size, bias=head_bias, **made)
        self.tail = ModuleList()
        for number, (low, high) in enumerate(pairwise(self.cutoffs)):
            width = int(in_features // (div_value ** (number + 1)))
            narrow = Linear(in_features, width, bias=False, **made)
            wide = Linear(width, high - low, bias=False, **made)
            self.tail.append(Sequential(narrow, wide))

    def reset_parameters(self):
        """Draw the weights anew."""
        self.head.reset_parameters()
        for narrow, wide in self.tail:
            narrow.reset_parameters()
            wide.reset_parameters()

    def forward(self, input_, target_):
        _check_sizes(input_, target_)
        is_batched = target_.dim() > 0
        input = input_ if is_batched else input_.unsqueeze(0)
        target = target_ if is_batched else target_.unsqueeze(0)
        self._check_range(target)
        output = input.new_zeros(len(target))
        column = target.clone()  # of the head: the class, or its range
        for number, (low, high) in enumerate(pairwise(self.cutoffs)):
            rows = ((target >= low) & (target < high)).nonzero()[:, 0]
            if not rows.numel():
                continue
            column[rows] = self.shortlist_size + number
            scores = self.tail[number](input.index_select(0, rows))
            inner = (target[rows] - low).unsqueeze(1)
            found = F.log_softmax(scores, dim=1).gather(1, inner).squeeze(1)
            output = output.index_copy(0, rows, found)
        head = F.log_softmax(self.head(input), dim=1)
        output = output + head.gather(1, column.unsqueeze(1)).squeeze(1)
        loss = (-output).mean()
        return _ASMoutput(output if is_batched else output.squeeze(0), loss)

    def _check_range(self, target):
        if not target.numel():
            return
        low, high = target.min().item(), target.max().item()
        if low < 0 or high >= self.n_classes:
            _refuse(
                ArgumentRuntimeError,
                f"Target values should be in [0, {self.n_classes - 1}]",
                f"values in range [{low}, {high}]",
            )

    def _get_full_log_prob(self, input, head_output):
        head = F.log_softmax(head_output, dim=1)
        parts = [head[:, : self.shortlist_size]]
        for number, layer in enumerate(self.tail):
            inner = F.log_softmax(layer(input), dim=1)
            place = self.shortlist_size + number
            parts.append(inner + head[:, place].unsqueeze(1))
        return TORCH["cat"](parts, dim=1)

    def log_prob(self, input):
        """The log-probabilities of all classes.

        Args:
            input: (N, in_features).

        Returns:
            Tensor: (N, n_classes).
        """
        return self._get_full_log_prob(input, self.head(input))

    def predict(self, input):
        """The most probable class; ranges are looked into only where one leads.

        Args:
            input: (N, in_features).

        Returns:
            Tensor: (N,), int64.
        """
        head_output = self.head(input)
        output = head_output.argmax(dim=1)
        rare = output >= self.shortlist_size
        if bool(rare.any()):
            scores = self._get_full_log_prob(input[rare], head_output[rare])
            output[rare] = scores.argmax(dim=1)
        return output


def _refuse(kind, expected, got, do="Check the sizes and the targets."):
    raise kind(explain("AdaptiveLogSoftmaxWithLoss", expected=expected, got=got, do=do))


def _check_cutoffs(cutoffs, n_classes):
    if not cutoffs:
        _refuse(ArgumentError, "cutoffs of length larger than 0", "none")
    fits = (
        cutoffs == sorted(set(cutoffs))
        and cutoffs[0] > 0
        and cutoffs[-1] <= n_classes - 1
        and all(int(c) == c for c in cutoffs)
    )
    if not fits:
        _refuse(
            ArgumentError,
            "cutoffs should be a sequence of unique, positive integers sorted in an "
            "increasing order, each between 1 and n_classes-1",
            cutoffs,
        )


def _check_sizes(input, target):
    if target.dim() == 1 and input.dim() == 2:
        if input.size(0) != target.size(0):
            _refuse(
                ArgumentRuntimeError,
                "input and target of the same size in the batch dimension",
                f"{input.size(0)} and {target.size(0)}",
            )
        return
    if target.dim() > 1:
        expected = "0D or 1D target tensor expected, multi-target not supported"
    elif target.dim() == 1:
        expected = "1D target tensor expects 2D input tensors"
    elif input.dim() == 1:
        return
    else:
        expected = "0D target tensor expects 1D input tensors"
    got = f"sizes {tuple(input.shape)} and {tuple(target.shape)}"
    _refuse(ArgumentRuntimeError, expected, got)

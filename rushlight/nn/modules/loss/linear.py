"""A linear layer and cross entropy in one module."""

import dataclasses
import math

from rushlight._base.dtype import bfloat16, dtype, float16, float32, float64
from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight.nn import functional as F
from rushlight.nn.modules.linear import Linear
from rushlight.nn.modules.loss._base import _WeightedLoss

__all__ = ["LinearCrossEntropyLoss", "LinearCrossEntropyOptions"]

_POLICIES = ("auto", "accurate", "balanced", "compact")


@dataclasses.dataclass(slots=True, frozen=True)
class LinearCrossEntropyOptions:
    """How torch computes `LinearCrossEntropyLoss` in parts to save memory.

    Here the loss is computed in one, so the options are checked and have no effect.

    Args:
        allow_retain_graph: whether backward may be called twice.
        batch_chunk_size: int above 0, samples in a part.
        chunking_method: None, "auto" or "aspect_ratio", with ":n" if wanted.
        acc_policy: "auto", "accurate", "balanced" or "compact".
        acc_dtype: floating-point dtype of the sums.

    Raises:
        ValueError: for other values.

    >>> LinearCrossEntropyOptions().acc_policy
    'auto'
    """

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: str = "auto"
    acc_dtype: dtype | None = None

    def __post_init__(self):
        name, colon, factor = (self.chunking_method or "auto").partition(":")
        plain = name == "auto" and not colon
        counted = name == "aspect_ratio" and (not colon or factor.isdigit())
        size, acc = self.batch_chunk_size, self.acc_dtype
        for field, fits in (
            ("acc_policy", self.acc_policy in _POLICIES),
            ("chunking_method", plain or (counted and (not colon or int(factor) > 0))),
            ("batch_chunk_size", size is None or (isinstance(size, int) and size > 0)),
            ("acc_dtype", acc in (None, float16, bfloat16, float32, float64)),
        ):
            if not fits:
                raise ArgumentError(
                    explain(
                        "LinearCrossEntropyOptions()",
                        expected=f"a {field} as documented",
                        got=f"invalid {field}: {getattr(self, field)!r}",
                        do="Leave it out.",
                    )
                )


class LinearCrossEntropyLoss(_WeightedLoss):
    """The cross entropy of scores from a linear layer of its own.

    See `functional.linear_cross_entropy`.  Input (N, in_features) or (in_features,);
    target as for `CrossEntropyLoss`.

    Args:
        in_features: int.
        num_classes: int.
        out_features: tuple of ints, further dimensions of the scores.
        bias: whether the layer has a bias.
        device, dtype: of the layer's parameters.
        reduction: "mean", "sum" or "none".
        weight: (num_classes,), of the classes.
        ignore_index: int, a class number whose samples do not count.
        label_smoothing: float in [0, 1].
        options: LinearCrossEntropyOptions.

    Raises:
        RuntimeError: for a weight or label_smoothing that does not fit.

    >>> import rushlight
    >>> loss = LinearCrossEntropyLoss(3, 4)
    >>> loss(rushlight.zeros(2, 3), rushlight.tensor([0, 1])).item() - math.log(
    ...     4
    ... ) < 1e-6
    True
    """

    __constants__ = [
        "num_classes",
        "out_features",
        "reduction",
        "ignore_index",
        "label_smoothing",
    ]

    def __init__(
        self,
        in_features,
        num_classes,
        *,
        out_features=(),
        bias=False,
        device=None,
        dtype=None,
        reduction="mean",
        weight=None,
        ignore_index=None,
        label_smoothing=0.0,
        options=None,
    ):
        if weight is not None and tuple(weight.shape) != (num_classes,):
            _refuse(f"weight shape to be {(num_classes,)}", tuple(weight.shape))
        if not 0 <= label_smoothing <= 1:
            _refuse("label_smoothing to be in range [0, 1]", label_smoothing)
        super().__init__(weight, None, None, reduction)
        self.num_classes = num_classes
        self.out_features = out_features
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing
        width = math.prod(out_features, start=num_classes)
        self.linear = Linear(in_features, width, bias=bias, device=device, dtype=dtype)
        self.options = options

    def forward(self, input, target):
        shape = (self.num_classes, *self.out_features)
        linear = self.linear
        bias = None if linear.bias is None else linear.bias.reshape(shape)
        return F.linear_cross_entropy(
            input,
            linear.weight.reshape(*shape, linear.in_features),
            target,
            linear_bias=bias,
            weight=self.weight,
            reduction=self.reduction,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
            options=self.options,
        )

    def extra_repr(self):
        return (
            f"in_features={self.linear.in_features}, num_classes={self.num_classes}, "
            f"out_features={self.out_features}, bias={self.linear.bias is not None}, "
            f"reduction={self.reduction}, ignore_index={self.ignore_index}, "
            f"label_smoothing={self.label_smoothing}, options={self.options}"
        )


def _refuse(expected, got):
    raise ArgumentRuntimeError(
        explain("LinearCrossEntropyLoss()", expected=expected, got=got, do="Change it.")
    )

"""Dropout in all its forms: values or channels that are zeroed while training."""

from rushlight._base.errors import ArgumentError, explain
from rushlight._core.guarding import GUARDS
from rushlight.nn import functional as F
from rushlight.nn.modules.module import Module

__all__ = [
    "AlphaDropout",
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "Dropout3d",
    "FeatureAlphaDropout",
]


class _DropoutNd(Module):
    """What all forms have in common.

    Args:
        p: float in [0, 1], the probability of a zero.
        inplace: whether the input is overwritten.

    Raises:
        ValueError: for another p.
    """

    __constants__ = ["p", "inplace"]

    def __init__(self, p=0.5, inplace=False):
        super().__init__()
        if p < 0 or p > 1:
            raise ArgumentError(
                explain(
                    f"{type(self).__name__}()",
                    expected="dropout probability has to be between 0 and 1",
                    got=p,
                    do="p is the part that is dropped, not kept.",
                )
            )
        self.p = p
        self.inplace = inplace

    def extra_repr(self):
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_DropoutNd):
    """Zeroes single values while training, and scales the others to keep the mean.

        y = x m / (1 - p),    m = 1 with probability 1 - p, else 0

    Args:
        p: float in [0, 1], the probability of a zero.
        inplace: whether the input is overwritten.

    Raises:
        ValueError: for another p.

    See:
        Srivastava and others, "Dropout", JMLR 15 (2014).

    >>> import rushlight
    >>> Dropout(0.5).eval()(rushlight.ones(3))
    tensor([1., 1., 1.])
    """

    def forward(self, input):
        if GUARDS.on and (self.training or GUARDS.evals):
            GUARDS.see.training(self)
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_DropoutNd):
    """Zeroes whole channels of sequences while training; as for `Dropout`.

    Input (N, C, L) or (C, L), float; output the same shape.

    >>> import rushlight
    >>> Dropout1d(0.5).eval()(rushlight.ones(1, 1, 3))
    tensor([[[1., 1., 1.]]])
    """

    def forward(self, input):
        if GUARDS.on and (self.training or GUARDS.evals):
            GUARDS.see.training(self)
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_DropoutNd):
    """Zeroes whole channels of pictures while training; as for `Dropout`.

    Input (N, C, H, W) or (N, C, L), float; output the same shape.

    >>> import rushlight
    >>> Dropout2d(0.5).eval()(rushlight.ones(1, 1, 1, 3))
    tensor([[[[1., 1., 1.]]]])
    """

    def forward(self, input):
        if GUARDS.on and (self.training or GUARDS.evals):
            GUARDS.see.training(self)
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_DropoutNd):
    """Zeroes whole channels of volumes while training; as for `Dropout`.

    Input (N, C, D, H, W) or (C, D, H, W), float; output the same shape.

    >>> import rushlight
    >>> Dropout3d(0.5).eval()(rushlight.ones(1, 1, 1, 1, 3))
    tensor([[[[[1., 1., 1.]]]]])
    """

    def forward(self, input):
        if GUARDS.on and (self.training or GUARDS.evals):
            GUARDS.see.training(self)
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_DropoutNd):
    """Dropout that keeps mean and variance, for networks with SELU.

    Values are set to SELU's lower limit instead of 0, then all are scaled and moved.

    Args:
        p: float in [0, 1], the probability of being dropped.
        inplace: whether the input is overwritten.

    Raises:
        ValueError: for another p.

    See:
        Klambauer and others, "Self-normalizing neural networks", NeurIPS 2017.

    >>> import rushlight
    >>> AlphaDropout(0.5).eval()(rushlight.ones(3))
    tensor([1., 1., 1.])
    """

    def forward(self, input):
        if GUARDS.on and (self.training or GUARDS.evals):
            GUARDS.see.training(self)
        return F.alpha_dropout(input, self.p, self.training, self.inplace)


class FeatureAlphaDropout(_DropoutNd):
    """`AlphaDropout` of whole channels.

    Input (N, C, *), float; output the same shape.

    >>> import rushlight
    >>> FeatureAlphaDropout(0.5).eval()(rushlight.ones(1, 1, 3))
    tensor([[[1., 1., 1.]]])
    """

    def forward(self, input):
        if GUARDS.on and (self.training or GUARDS.evals):
            GUARDS.see.training(self)
        return F.feature_alpha_dropout(input, self.p, self.training, self.inplace)

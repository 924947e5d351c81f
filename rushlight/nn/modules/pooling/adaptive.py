"""Pooling over as many windows as are wanted."""

from rushlight.nn import functional as F
from rushlight.nn.modules.module import Module

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d",
]


class _AdaptivePoolNd(Module):
    """Pooling over as many windows as the output is to have."""

    __constants__ = ["output_size"]

    def __init__(self, output_size):
        super().__init__()
        self.output_size = output_size

    def extra_repr(self):
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptivePoolNd):
    """The mean over windows of a sequence, as many as are wanted.

    Input (N, C, L) or (C, L), float; output (N, C, output_size).

    Args:
        output_size: int.

    >>> import rushlight
    >>> AdaptiveAvgPool1d(1)(rushlight.tensor([[1.0, 2.0, 6.0]]))
    tensor([[3.]])
    """

    def forward(self, input):
        return F.adaptive_avg_pool1d(input, self.output_size)


class AdaptiveAvgPool2d(_AdaptivePoolNd):
    """The mean over windows of a picture, as many as are wanted.

    Input (N, C, H, W) or (C, H, W), float; output (N, C, *output_size).

    Args:
        output_size: int or a pair of ints; None keeps the input's size.

    >>> import rushlight
    >>> AdaptiveAvgPool2d((1, None))(rushlight.ones(1, 3, 2))
    tensor([[[1., 1.]]])
    """

    def forward(self, input):
        return F.adaptive_avg_pool2d(input, self.output_size)


class AdaptiveAvgPool3d(_AdaptivePoolNd):
    """The mean over windows of a volume, as many as are wanted.

    Input (N, C, D, H, W) or (C, D, H, W), float; output (N, C, *output_size).

    Args:
        output_size: int or a triple of ints; None keeps the input's size.

    >>> import rushlight
    >>> AdaptiveAvgPool3d(1)(rushlight.ones(1, 3, 2, 2, 2)).shape
    torch.Size([1, 3, 1, 1, 1])
    """

    def forward(self, input):
        return F.adaptive_avg_pool3d(input, self.output_size)


class _AdaptiveMaxPoolNd(_AdaptivePoolNd):
    """The maximum over as many windows as the output is to have."""

    __constants__ = ["output_size", "return_indices"]

    def __init__(self, output_size, return_indices=False):
        super().__init__(output_size)
        self.return_indices = return_indices


class AdaptiveMaxPool1d(_AdaptiveMaxPoolNd):
    """The maximum over windows of a sequence, as many as are wanted.

    Input (N, C, L) or (C, L), float; output (N, C, output_size).

    Args:
        output_size: int.
        return_indices: whether the places of the maxima come too.

    >>> import rushlight
    >>> AdaptiveMaxPool1d(1)(rushlight.tensor([[1.0, 2.0, 6.0]]))
    tensor([[6.]])
    """

    def forward(self, input):
        return F.adaptive_max_pool1d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool2d(_AdaptiveMaxPoolNd):
    """The maximum over windows of a picture, as many as are wanted.

    Input (N, C, H, W) or (C, H, W), float; output (N, C, *output_size).

    Args:
        output_size: int or a pair of ints; None keeps the input's size.
        return_indices: whether the places of the maxima come too.

    >>> import rushlight
    >>> AdaptiveMaxPool2d(1)(rushlight.ones(1, 3, 2))
    tensor([[[1.]]])
    """

    def forward(self, input):
        return F.adaptive_max_pool2d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool3d(_AdaptiveMaxPoolNd):
    """The maximum over windows of a volume, as many as are wanted.

    Input (N, C, D, H, W) or (C, D, H, W), float; output (N, C, *output_size).

    Args:
        output_size: int or a triple of ints; None keeps the input's size.
        return_indices: whether the places of the maxima come too.

    >>> import rushlight
    >>> AdaptiveMaxPool3d(1)(rushlight.ones(1, 3, 2, 2, 2)).shape
    torch.Size([1, 3, 1, 1, 1])
    """

    def forward(self, input):
        return F.adaptive_max_pool3d(input, self.output_size, self.return_indices)

"""Pooling: the maximum or the mean over windows, or over as many as are wanted."""

from rushlight.nn import functional as F
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.utils import _single, list_in_words

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
]


class _MaxPoolNd(Module):
    """The maximum over windows; subclasses say in how many dimensions."""

    __constants__ = [
        "kernel_size",
        "stride",
        "padding",
        "dilation",
        "return_indices",
        "ceil_mode",
    ]

    def __init__(
        self,
        kernel_size,
        stride=None,
        padding=0,
        dilation=1,
        return_indices=False,
        ceil_mode=False,
    ):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else kernel_size
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def _options(self):
        return {
            "kernel_size": self.kernel_size,
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
            "ceil_mode": self.ceil_mode,
        }

    def extra_repr(self):
        return list_in_words(**self._options())


class MaxPool1d(_MaxPoolNd):
    """The maximum over windows of a sequence.

    Input (N, C, L) or (C, L), float; output with

        L' = (L + 2 padding - dilation (kernel_size - 1) - 1) // stride + 1

    Args:
        kernel_size: int, the window.
        stride: int; left out: kernel_size.
        padding: int, of minus infinity on both sides, at most half the window.
        dilation: int, the distance between the window's points.
        return_indices: whether the places of the maxima come too.
        ceil_mode: whether a last, partial window counts.

    >>> import rushlight
    >>> MaxPool1d(2)(rushlight.tensor([[1.0, 3.0, 2.0, 0.0]]))
    tensor([[3., 2.]])
    """

    def forward(self, input):
        return F.max_pool1d(
            input, **self._options(), return_indices=self.return_indices
        )


class MaxPool2d(_MaxPoolNd):
    """The maximum over windows of a picture.

    Input (N, C, H, W) or (C, H, W), float; arguments, each an int or a pair, and sizes
    as for `MaxPool1d`.

    >>> import rushlight
    >>> MaxPool2d(2)(rushlight.tensor([[[1.0, 3.0], [2.0, 0.0]]]))
    tensor([[[3.]]])
    """

    def forward(self, input):
        return F.max_pool2d(
            input, **self._options(), return_indices=self.return_indices
        )


class MaxPool3d(_MaxPoolNd):
    """The maximum over windows of a volume.

    Input (N, C, D, H, W) or (C, D, H, W), float; arguments, each an int or a triple,
    and sizes as for `MaxPool1d`.

    >>> import rushlight
    >>> MaxPool3d(2)(rushlight.zeros(1, 1, 4, 4, 4)).shape
    torch.Size([1, 1, 2, 2, 2])
    """

    def forward(self, input):
        return F.max_pool3d(
            input, **self._options(), return_indices=self.return_indices
        )


class _AvgPoolNd(Module):
    """The mean over windows; subclasses say in how many dimensions."""

    __constants__ = [
        "kernel_size",
        "stride",
        "padding",
        "ceil_mode",
        "count_include_pad",
        "divisor_override",
    ]

    def __init__(
        self,
        kernel_size,
        stride=None,
        padding=0,
        ceil_mode=False,
        count_include_pad=True,
        divisor_override=None,
    ):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else kernel_size
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def _arguments(self):
        return (
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
        )

    def extra_repr(self):
        return list_in_words(
            kernel_size=self.kernel_size, stride=self.stride, padding=self.padding
        )


class AvgPool1d(_AvgPoolNd):
    """The mean over windows of a sequence.

    Input (N, C, L) or (C, L), float; output with

        L' = (L + 2 padding - kernel_size) // stride + 1

    Args:
        kernel_size: int, the window.
        stride: int; left out: kernel_size.
        padding: int, of zeros on both sides, at most half the window.
        ceil_mode: whether a last, partial window counts.
        count_include_pad: whether the zeros count in the mean.

    >>> import rushlight
    >>> AvgPool1d(2)(rushlight.tensor([[1.0, 3.0, 2.0, 0.0]]))
    tensor([[2., 1.]])
    """

    def __init__(
        self,
        kernel_size,
        stride=None,
        padding=0,
        ceil_mode=False,
        count_include_pad=True,
    ):
        stride = kernel_size if stride is None else stride
        sizes = [_single(size) for size in (kernel_size, stride, padding)]
        super().__init__(*sizes, ceil_mode, count_include_pad)

    def forward(self, input):
        return F.avg_pool1d(input, *self._arguments())


class AvgPool2d(_AvgPoolNd):
    """The mean over windows of a picture.

    Input (N, C, H, W) or (C, H, W), float; arguments, each an int or a pair, and sizes
    as for `AvgPool1d`.

    Args:
        divisor_override: int, what the sum is divided by instead of the window's size.

    >>> import rushlight
    >>> AvgPool2d(2)(rushlight.tensor([[[1.0, 3.0], [2.0, 0.0]]]))
    tensor([[[1.5000]]])
    """

    def forward(self, input):
        return F.avg_pool2d(input, *self._arguments(), self.divisor_override)


class AvgPool3d(_AvgPoolNd):
    """The mean over windows of a volume.

    Input (N, C, D, H, W) or (C, D, H, W), float; arguments, each an int or a triple,
    and sizes as for `AvgPool1d` and `AvgPool2d`.

    >>> import rushlight
    >>> AvgPool3d(2)(rushlight.zeros(1, 1, 4, 4, 4)).shape
    torch.Size([1, 1, 2, 2, 2])
    """

    def forward(self, input):
        return F.avg_pool3d(input, *self._arguments(), self.divisor_override)


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

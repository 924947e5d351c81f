"""The mean, or the p-norm, over windows."""

from rushlight.nn import functional as F
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.utils import _single, list_in_words

__all__ = [
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "LPPool1d",
    "LPPool2d",
    "LPPool3d",
]


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


class _LPPoolNd(Module):
    """The p-norm of windows; subclasses say in how many dimensions."""

    __constants__ = ["norm_type", "kernel_size", "stride", "ceil_mode"]

    def __init__(self, norm_type, kernel_size, stride=None, ceil_mode=False):
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def _arguments(self):
        return float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode

    def extra_repr(self):
        return list_in_words(
            norm_type=self.norm_type,
            kernel_size=self.kernel_size,
            stride=self.stride,
            ceil_mode=self.ceil_mode,
        )


class LPPool1d(_LPPoolNd):
    """The p-norm of windows of a sequence.

        y = (sum_i x_i^p)^(1/p)

    Input (N, C, L) or (C, L), float; sizes as for `AvgPool1d` without padding.

    Args:
        norm_type: float, p.
        kernel_size: int, the window.
        stride: int; left out: kernel_size.
        ceil_mode: whether a last, partial window counts.

    >>> import rushlight
    >>> LPPool1d(2, 2)(rushlight.tensor([[3.0, 4.0]]))
    tensor([[5.]])
    """

    def forward(self, input):
        return F.lp_pool1d(input, *self._arguments())


class LPPool2d(_LPPoolNd):
    """The p-norm of windows of a picture; as for `LPPool1d`, each an int or a pair.

    >>> import rushlight
    >>> LPPool2d(2, 2)(rushlight.ones(1, 1, 4, 4)).shape
    torch.Size([1, 1, 2, 2])
    """

    def forward(self, input):
        return F.lp_pool2d(input, *self._arguments())


class LPPool3d(_LPPoolNd):
    """The p-norm of windows of a volume; as for `LPPool1d`, each an int or a triple.

    >>> import rushlight
    >>> LPPool3d(2, 2)(rushlight.ones(1, 1, 4, 4, 4)).shape
    torch.Size([1, 1, 2, 2, 2])
    """

    def forward(self, input):
        return F.lp_pool3d(input, *self._arguments())

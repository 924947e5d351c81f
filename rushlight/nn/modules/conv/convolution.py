"""Convolutions in one, two and three dimensions."""

from rushlight.nn import functional as F
from rushlight.nn.modules.conv._base import _ConvNd
from rushlight.nn.modules.utils import _pair, _single, _triple

__all__ = ["Conv1d", "Conv2d", "Conv3d"]


class _Conv(_ConvNd):
    """A convolution; subclasses say in how many dimensions."""

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        bias=True,
        padding_mode="zeros",
        device=None,
        dtype=None,
    ):
        sizes = self._sizes
        super().__init__(
            in_channels,
            out_channels,
            sizes(kernel_size),
            sizes(stride),
            padding if isinstance(padding, str) else sizes(padding),
            sizes(dilation),
            False,
            sizes(0),
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input):
        own = self._parameters
        try:  # Note [Hot attributes]
            weight, bias = own["weight"], own["bias"]
        except KeyError:
            weight, bias = self.weight, self.bias
        return self._conv_forward(input, weight, bias)

    def _conv_forward(self, input, weight, bias):
        padding = self.padding
        if self.padding_mode != "zeros":
            sides = self._reversed_padding_repeated_twice
            input = F.pad(input, sides, mode=self.padding_mode)
            padding = 0
        return self._convolve(
            input, weight, bias, self.stride, padding, self.dilation, self.groups
        )


class Conv1d(_Conv):
    """A convolution over sequences.

    Input (N, C, L) or (C, L), float; output (N, out_channels, L'), with

        L' = (L + 2 padding - dilation (kernel_size - 1) - 1) // stride + 1

    Args:
        in_channels, out_channels: int, C of the input and of the output.
        kernel_size: int.
        stride: int.
        padding: int, added on both sides; "same" (stride 1) keeps L; "valid" is 0.
        dilation: int, the distance between the kernel's points.
        groups: int, into how many the channels are divided.
        bias: whether the output has one.
        padding_mode: "zeros", "reflect", "replicate" or "circular".
        device, dtype: of the parameters.

    Attributes:
        weight: (out_channels, in_channels / groups, kernel_size); starts uniform
            within ``1 / sqrt(in_channels / groups * kernel_size)`` of 0.
        bias: (out_channels,), or None; starts likewise.

    >>> import rushlight
    >>> Conv1d(16, 33, 3, stride=2)(rushlight.zeros(20, 16, 50)).shape
    torch.Size([20, 33, 24])
    """

    _sizes = staticmethod(_single)

    def _convolve(self, *args):
        return F.conv1d(*args)


class Conv2d(_Conv):
    """A convolution over pictures.

    Input (N, C, H, W) or (C, H, W), float; output (N, out_channels, H', W'), with

        H' = (H + 2 padding - dilation (kernel_size - 1) - 1) // stride + 1

    Args:
        in_channels, out_channels: int, C of the input and of the output.
        kernel_size: int or (int, int).
        stride: int or (int, int).
        padding: int or (int, int), added on both sides; "same" (stride 1) keeps H and
            W; "valid" is 0.
        dilation: int or (int, int), the distance between the kernel's points.
        groups: int, into how many the channels are divided.
        bias: whether the output has one.
        padding_mode: "zeros", "reflect", "replicate" or "circular".
        device, dtype: of the parameters.

    Attributes:
        weight: (out_channels, in_channels / groups, kernel_size[0], kernel_size[1]);
            starts uniform within ``1 / sqrt(in_channels / groups * kernel area)`` of 0.
        bias: (out_channels,), or None; starts likewise.

    >>> import rushlight
    >>> Conv2d(3, 8, 3, padding=1)(rushlight.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 8, 32, 32])
    """

    _sizes = staticmethod(_pair)

    def _convolve(self, *args):
        return F.conv2d(*args)


class Conv3d(_Conv):
    """A convolution over volumes.

    Input (N, C, D, H, W) or (C, D, H, W), float; output (N, out_channels, D', H', W');
    sizes and arguments as for `Conv2d`, with three numbers for two.

    >>> import rushlight
    >>> Conv3d(1, 2, 3)(rushlight.zeros(1, 1, 5, 5, 5)).shape
    torch.Size([1, 2, 3, 3, 3])
    """

    _sizes = staticmethod(_triple)

    def _convolve(self, *args):
        return F.conv3d(*args)

"""Convolutions in one, two and three dimensions."""

import math

from rushlight._base.errors import ArgumentError, explain
from rushlight.nn import functional as F
from rushlight.nn import init
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.utils import (
    _pair,
    _reverse_repeat_tuple,
    _single,
    _triple,
    empty_parameter,
)

__all__ = ["Conv1d", "Conv2d", "Conv3d"]

_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class _ConvNd(Module):
    """What all convolutions have in common: sizes, checks, parameters, their repr."""

    __constants__ = [
        "stride",
        "padding",
        "dilation",
        "groups",
        "padding_mode",
        "output_padding",
        "in_channels",
        "out_channels",
        "kernel_size",
    ]

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride,
        padding,
        dilation,
        transposed,
        output_padding,
        groups,
        bias,
        padding_mode,
        device=None,
        dtype=None,
    ):
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.transposed = transposed
        self.output_padding = output_padding
        self.groups = groups
        self.padding_mode = padding_mode
        self._check()
        self._reversed_padding_repeated_twice = self._sides()
        first, second = in_channels, out_channels
        if not transposed:
            first, second = second, first
        shape = (first, second // groups, *kernel_size)
        self.weight = empty_parameter(*shape, device=device, dtype=dtype)
        if bias:
            self.bias = empty_parameter(out_channels, device=device, dtype=dtype)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def _check(self):
        """Refuse settings that no convolution has."""
        groups = self.groups
        if groups <= 0:
            raise self._wrong("groups must be a positive integer", groups, "Use 1.")
        for name in ("in_channels", "out_channels"):
            channels = getattr(self, name)
            if channels % groups:
                raise self._wrong(
                    f"{name} must be divisible by groups ({groups})",
                    channels,
                    "Choose a multiple.",
                )
        if isinstance(self.padding, str):
            if self.padding not in ("same", "valid"):
                raise self._wrong(
                    "padding to be sizes, 'same' or 'valid'",
                    f"Invalid padding string {self.padding!r}",
                    "Check the spelling.",
                )
            if self.padding == "same" and any(s != 1 for s in self.stride):
                raise self._wrong(
                    "stride 1 with padding='same'",
                    f"{self.stride}: padding='same' is not supported for strided "
                    "convolutions",
                    "Give the padding in sizes.",
                )
        if self.padding_mode not in _PADDING_MODES:
            raise self._wrong(
                f"padding_mode must be one of {_PADDING_MODES}",
                repr(self.padding_mode),
                "Check the spelling.",
            )

    def _wrong(self, expected, got, do):
        who = f"{type(self).__name__}()"
        return ArgumentError(explain(who, expected=expected, got=got, do=do))

    def _sides(self):
        """The padding as `pad` wants it: (left, right) from the last dimension on."""
        if not isinstance(self.padding, str):
            return _reverse_repeat_tuple(self.padding, 2)
        sides = []
        for dilation, size in zip(reversed(self.dilation), reversed(self.kernel_size)):
            total = dilation * (size - 1) if self.padding == "same" else 0
            sides += [total // 2, total - total // 2]
        return sides

    def reset_parameters(self):
        """Draw new initial values."""
        # With a = sqrt(5) the bound is 1 / sqrt(in_channels / groups * kernel size).
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            if fan_in != 0:
                bound = 1 / math.sqrt(fan_in)
                init.uniform_(self.bias, -bound, bound)

    def extra_repr(self):
        text = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}"
        )
        count = len(self.kernel_size)
        unsaid = {
            "padding": (0,) * count,
            "dilation": (1,) * count,
            "output_padding": (0,) * count,
            "groups": 1,
        }
        for name, default in unsaid.items():
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


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

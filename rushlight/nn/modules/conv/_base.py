"""What all convolutions have in common."""

import math

from rushlight._base.errors import ArgumentError, explain
from rushlight.nn import init
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.utils import _reverse_repeat_tuple, empty_parameter

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

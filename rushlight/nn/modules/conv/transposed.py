"""Transposed convolutions in one, two and three dimensions."""

from rushlight._base.errors import ArgumentError, explain
from rushlight.nn import functional as F
from rushlight.nn.modules.conv._base import _ConvNd
from rushlight.nn.modules.utils import _pair, _single, _triple

__all__ = ["ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"]


class _ConvTransposeNd(_ConvNd):
    """A transposed convolution; subclasses say in how many dimensions."""

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        output_padding=0,
        groups=1,
        bias=True,
        dilation=1,
        padding_mode="zeros",
        device=None,
        dtype=None,
    ):
        if padding_mode != "zeros":
            raise ArgumentError(
                explain(
                    f"{type(self).__name__}()",
                    expected='padding_mode "zeros"',
                    got=f'{padding_mode!r}: Only "zeros" padding mode is supported',
                    do="Pad the input with nn.functional.pad.",
                )
            )
        sizes = self._sizes
        super().__init__(
            in_channels,
            out_channels,
            sizes(kernel_size),
            sizes(stride),
            sizes(padding),
            sizes(dilation),
            True,
            sizes(output_padding),
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input, output_size=None):
        """Convolve.

        Args:
            input: see the class.
            output_size: the sizes that the output is to have, among those that the
                stride makes possible; left out: what output_padding says.

        Raises:
            ValueError: for sizes that are not possible.
        """
        extra = self.output_padding
        if output_size is not None:
            extra = self._output_padding(input, tuple(output_size))
        return self._convolve(
            input,
            self.weight,
            self.bias,
            self.stride,
            self.padding,
            extra,
            self.groups,
            self.dilation,
        )

    def _output_padding(self, input, wanted):
        """How much is added at the end to come to the wanted sizes."""
        count = len(self.kernel_size)
        if len(wanted) == input.dim():
            wanted = wanted[-count:]
        least = [
            (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1
            for size, stride, padding, dilation, kernel in zip(
                input.shape[-count:],
                self.stride,
                self.padding,
                self.dilation,
                self.kernel_size,
                strict=True,
            )
        ]
        most = [low + step - 1 for low, step in zip(least, self.stride, strict=True)]
        fits = len(wanted) == count and all(
            low <= size <= high for low, size, high in zip(least, wanted, most)
        )
        if not fits:
            raise ArgumentError(
                explain(
                    f"{type(self).__name__}()",
                    expected=f"output_size of {count} or {count + 2} elements, from "
                    f"{least} to {most} for an input of {list(input.shape)}",
                    got=list(wanted),
                    do="Leave it out, or choose one that the stride reaches.",
                )
            )
        return tuple(size - low for size, low in zip(wanted, least, strict=True))


class ConvTranspose1d(_ConvTransposeNd):
    """The transpose of a convolution over sequences: it enlarges them.

    Input (N, C, L) or (C, L), float; output (N, out_channels, L'), with

        L' = (L - 1) stride - 2 padding + dilation (kernel_size - 1)
             + output_padding + 1

    Args:
        in_channels, out_channels: int, C of the input and of the output.
        kernel_size, stride: int.
        padding: int, cut from both sides of the output.
        output_padding: int, less than the stride, added at the end of the output.
        groups: int, into how many the channels are divided.
        bias: whether the output has one.
        dilation: int, the distance between the kernel's points.
        padding_mode: "zeros".
        device, dtype: of the parameters.

    Attributes:
        weight: (in_channels, out_channels / groups, kernel_size); starts uniform
            within ``1 / sqrt(out_channels / groups * kernel_size)`` of 0.
        bias: (out_channels,), or None; starts likewise.

    >>> import rushlight
    >>> ConvTranspose1d(16, 33, 3, stride=2)(rushlight.zeros(20, 16, 50)).shape
    torch.Size([20, 33, 101])
    """

    _sizes = staticmethod(_single)

    def _convolve(self, *args):
        return F.conv_transpose1d(*args)


class ConvTranspose2d(_ConvTransposeNd):
    """The transpose of a convolution over pictures: it enlarges them.

    Input (N, C, H, W) or (C, H, W), float; output (N, out_channels, H', W'); sizes and
    arguments as for `ConvTranspose1d`, each an int or a pair.

    >>> import rushlight
    >>> up = ConvTranspose2d(3, 8, 3, stride=2, padding=1)
    >>> x = rushlight.zeros(2, 3, 6, 6)
    >>> up(x).shape, up(x, output_size=(12, 12)).shape
    (torch.Size([2, 8, 11, 11]), torch.Size([2, 8, 12, 12]))
    """

    _sizes = staticmethod(_pair)

    def _convolve(self, *args):
        return F.conv_transpose2d(*args)


class ConvTranspose3d(_ConvTransposeNd):
    """The transpose of a convolution over volumes: it enlarges them.

    Input (N, C, D, H, W) or (C, D, H, W), float; output (N, out_channels, D', H', W');
    sizes and arguments as for `ConvTranspose1d`, each an int or a triple.

    >>> import rushlight
    >>> ConvTranspose3d(1, 2, 3)(rushlight.zeros(1, 1, 5, 5, 5)).shape
    torch.Size([1, 2, 7, 7, 7])
    """

    _sizes = staticmethod(_triple)

    def _convolve(self, *args):
        return F.conv_transpose3d(*args)

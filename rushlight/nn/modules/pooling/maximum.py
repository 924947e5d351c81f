"""The maximum over windows, and back."""

from rushlight.nn import functional as F
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.utils import _pair, _single, _triple, list_in_words

__all__ = [
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
    "MaxUnpool1d",
    "MaxUnpool2d",
    "MaxUnpool3d",
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


class _MaxUnpoolNd(Module):
    """Maxima back to their places; subclasses say in how many dimensions."""

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        stride = kernel_size if stride is None else stride
        self.kernel_size = self._sizes(kernel_size)
        self.stride = self._sizes(stride)
        self.padding = self._sizes(padding)

    def _arguments(self, output_size):
        return self.kernel_size, self.stride, self.padding, output_size

    def extra_repr(self):
        return list_in_words(
            kernel_size=self.kernel_size, stride=self.stride, padding=self.padding
        )


class MaxUnpool1d(_MaxUnpoolNd):
    """Puts the results of `MaxPool1d` back where they were; all else is zero.

    Input the maxima and their places, both (N, C, L) or (C, L); and optionally the
    size before pooling, where several are possible.

    Args:
        kernel_size, stride, padding: as they were pooled.

    >>> import rushlight
    >>> pool = rushlight.nn.MaxPool1d(2, return_indices=True)
    >>> MaxUnpool1d(2)(*pool(rushlight.tensor([[1.0, 3.0, 2.0, 0.0]])))
    tensor([[0., 3., 2., 0.]])
    """

    _sizes = staticmethod(_single)

    def forward(self, input, indices, output_size=None):
        return F.max_unpool1d(input, indices, *self._arguments(output_size))


class MaxUnpool2d(_MaxUnpoolNd):
    """Puts the results of `MaxPool2d` back where they were; all else is zero.

    Input the maxima and their places, both (N, C, H, W) or (C, H, W); and optionally
    the size before pooling, where several are possible.

    Args:
        kernel_size, stride, padding: as they were pooled, each an int or a pair.

    >>> import rushlight
    >>> pool = rushlight.nn.MaxPool2d(2, return_indices=True)
    >>> MaxUnpool2d(2)(*pool(rushlight.tensor([[[1.0, 3.0], [2.0, 0.0]]])))
    tensor([[[0., 3.],
             [0., 0.]]])
    """

    _sizes = staticmethod(_pair)

    def forward(self, input, indices, output_size=None):
        return F.max_unpool2d(input, indices, *self._arguments(output_size))


class MaxUnpool3d(_MaxUnpoolNd):
    """Puts the results of `MaxPool3d` back where they were; all else is zero.

    Input the maxima and their places, both (N, C, D, H, W) or (C, D, H, W); and
    optionally the size before pooling, where several are possible.

    Args:
        kernel_size, stride, padding: as they were pooled, each an int or a triple.

    >>> import rushlight
    >>> pool = rushlight.nn.MaxPool3d(2, return_indices=True)
    >>> MaxUnpool3d(2)(*pool(rushlight.ones(1, 2, 2, 2))).sum()
    tensor(1.)
    """

    _sizes = staticmethod(_triple)

    def forward(self, input, indices, output_size=None):
        return F.max_unpool3d(input, indices, *self._arguments(output_size))

"""Pictures as columns of windows, and back: Unfold, Fold."""

from rushlight.nn import functional as F
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.utils import list_in_words

__all__ = ["Fold", "Unfold"]


class _Windows(Module):
    """The windows: their size and where they lie."""

    def __init__(self, kernel_size, dilation=1, padding=0, stride=1):
        super().__init__()
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def _windows(self):
        return {
            "kernel_size": self.kernel_size,
            "dilation": self.dilation,
            "padding": self.padding,
            "stride": self.stride,
        }


class Unfold(_Windows):
    """Every window of a picture as a column.

    Input (N, C, H, W) or (C, H, W); output (N, C times the window's area, number of
    windows).

    Args:
        kernel_size, dilation, padding, stride: int or a pair, as for `Conv2d`.

    >>> import rushlight
    >>> Unfold(2)(rushlight.arange(4.0).view(1, 1, 2, 2)).flatten()
    tensor([0., 1., 2., 3.])
    """

    __constants__ = ["kernel_size", "dilation", "padding", "stride"]

    def forward(self, input):
        return F.unfold(input, **self._windows())

    def extra_repr(self):
        return list_in_words(**self._windows())


class Fold(_Windows):
    """The sum of columns that are a picture's windows: the transpose of `Unfold`.

    Input (N, C times the window's area, number of windows); output (N, C, H, W).

    Args:
        output_size: int or a pair, (H, W).
        kernel_size, dilation, padding, stride: int or a pair, as for `Unfold`.

    >>> import rushlight
    >>> Fold((2, 3), (2, 2))(rushlight.ones(1, 4, 2))
    tensor([[[[1., 2., 1.],
              [1., 2., 1.]]]])
    """

    __constants__ = ["output_size", "kernel_size", "dilation", "padding", "stride"]

    def __init__(self, output_size, kernel_size, dilation=1, padding=0, stride=1):
        super().__init__(kernel_size, dilation, padding, stride)
        self.output_size = output_size

    def forward(self, input):
        return F.fold(input, self.output_size, **self._windows())

    def extra_repr(self):
        return list_in_words(output_size=self.output_size, **self._windows())

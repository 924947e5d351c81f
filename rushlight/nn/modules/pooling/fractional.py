"""Fractional max pooling in two and three dimensions."""

from rushlight._base.errors import ArgumentError, explain
from rushlight.nn import functional as F
from rushlight.nn.modules.module import Module

__all__ = ["FractionalMaxPool2d", "FractionalMaxPool3d"]


def _several(value, count):
    return tuple(value) if isinstance(value, (list, tuple)) else (value,) * count


class _FractionalMaxPool(Module):
    __constants__ = ["kernel_size", "return_indices", "output_size", "output_ratio"]
    _count: int

    def __init__(
        self,
        kernel_size,
        output_size=None,
        output_ratio=None,
        return_indices=False,
        _random_samples=None,
    ):
        super().__init__()
        count = self._count
        self.kernel_size = _several(kernel_size, count)
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = None if output_size is None else _several(output_size, count)
        self.output_ratio = (
            None if output_ratio is None else _several(output_ratio, count)
        )
        if (output_size is None) == (output_ratio is None):
            got = "neither" if output_size is None else "both"
            self._refuse("one of output_size and output_ratio", got)
        ratios = self.output_ratio
        if ratios is not None and not all(0 < ratio < 1 for ratio in ratios):
            self._refuse("output_ratio must be between 0 and 1", output_ratio)

    def _refuse(self, expected, got):
        who = f"{type(self).__name__}()"
        do = "Say how large the output is."
        raise ArgumentError(explain(who, expected=expected, got=got, do=do))


class FractionalMaxPool2d(_FractionalMaxPool):
    """The largest elements of windows whose steps are drawn at random.

    See `functional.fractional_max_pool2d`.  Input (N, C, H, W) or (C, H, W).

    Args:
        kernel_size: int or (int, int), the windows' size.
        output_size: int or (int, int); or
        output_ratio: float or (float, float) in (0, 1), part of the input's size.
        return_indices: whether the winners' places come too.
        _random_samples: (N, C, 2), in [0, 1), instead of draws.

    Raises:
        ValueError: for neither or both of size and ratio, or a ratio out of range.

    >>> import rushlight
    >>> FractionalMaxPool2d(2, output_ratio=0.5)(rushlight.ones(1, 6, 6)).shape
    torch.Size([1, 3, 3])
    """

    _count = 2

    def forward(self, input):
        return F.fractional_max_pool2d(
            input,
            self.kernel_size,
            self.output_size,
            self.output_ratio,
            self.return_indices,
            _random_samples=self._random_samples,
        )


class FractionalMaxPool3d(_FractionalMaxPool):
    """The largest elements of windows whose steps are drawn at random.

    See `functional.fractional_max_pool3d`.  Input (N, C, D, H, W) or (C, D, H, W).

    Args:
        kernel_size: int or three ints, the windows' size.
        output_size: int or three ints; or
        output_ratio: float or three in (0, 1), part of the input's size.
        return_indices: whether the winners' places come too.
        _random_samples: (N, C, 3), in [0, 1), instead of draws.

    Raises:
        ValueError: for neither or both of size and ratio, or a ratio out of range.

    >>> import rushlight
    >>> FractionalMaxPool3d(2, output_size=2)(rushlight.ones(1, 4, 4, 4)).shape
    torch.Size([1, 2, 2, 2])
    """

    _count = 3

    def forward(self, input):
        return F.fractional_max_pool3d(
            input,
            self.kernel_size,
            self.output_size,
            self.output_ratio,
            self.return_indices,
            _random_samples=self._random_samples,
        )

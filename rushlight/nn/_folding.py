"""nn.functional's unfold and fold: a picture's windows as columns, and their sum."""

from rushlight._base.dtype import FLOAT
from rushlight._base.errors import (
    ArgumentRuntimeError,
    ShapeError,
    UnsupportedError,
    explain,
)
from rushlight._core.expose import FUNCTIONAL, expose


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    """Every window of a picture as a column.

    Args:
        input: (N, C, H, W) or (C, H, W), float.
        kernel_size, dilation, padding, stride: int or a pair.

    Returns:
        Tensor: (N, C times the window's area, number of windows), row by row.

    Raises:
        RuntimeError: where no window fits.

    >>> import rushlight
    >>> unfold(rushlight.arange(4.0).view(1, 1, 2, 2), (1, 2))
    tensor([[[0., 2.],
             [1., 3.]]])
    """
    who = "unfold()"
    windows = _Windows(who, kernel_size, dilation, padding, stride)
    _check_input(who, input, (3, 4), "(N, C, H, W) or (C, H, W)")
    if input.dim() == 3:
        return unfold(input.unsqueeze(0), kernel_size, dilation, padding, stride)[0]
    batch, channels, *size = input.shape
    rows, columns = windows.count(size)
    if rows < 1 or columns < 1:
        raise ShapeError(
            explain(
                who,
                expected="at least one window",
                got=f"a picture of {tuple(size)}: the number of sliding blocks is "
                f"{(rows, columns)} for {windows}",
                do="Make the kernel smaller, or pad.",
            )
        )
    down, right = windows.padding
    picture = FUNCTIONAL["pad"](input, (right, right, down, down))
    for dim, span, step in zip((2, 3), windows.spans(), windows.stride):
        picture = picture.unfold(dim, span, step)
    down, right = windows.dilation
    parts = picture[..., ::down, ::right].permute(0, 1, 4, 5, 2, 3)
    return parts.reshape(batch, channels * windows.area(), rows * columns)


def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """The sum of columns that are a picture's windows: the transpose of `unfold`.

    Args:
        input: (N, C times the window's area, number of windows), or without N, float.
        output_size: int or a pair, (H, W).
        kernel_size, dilation, padding, stride: int or a pair.

    Returns:
        Tensor: (N, C, H, W), or without N.

    Raises:
        RuntimeError: where the columns are not that picture's.

    >>> import rushlight
    >>> fold(rushlight.ones(1, 2, 2), (1, 3), (1, 2))
    tensor([[[[1., 2., 1.]]]])
    """
    who = "fold()"
    windows = _Windows(who, kernel_size, dilation, padding, stride)
    size = _pair(who, "output_size", output_size, 1)
    _check_input(who, input, (2, 3), "(N, C times area, L) or (C times area, L)")
    if input.dim() == 2:
        options = (dilation, padding, stride)
        return fold(input.unsqueeze(0), size, kernel_size, *options)[0]
    batch, height, length = input.shape
    rows, columns = windows.count(size)
    if height % windows.area() or rows < 1 or columns < 1 or rows * columns != length:
        raise ShapeError(
            explain(
                who,
                expected=f"dimension 1 divisible by {windows.area()}, and dimension 2 "
                f"{rows} * {columns} = {rows * columns} sliding blocks, for the output "
                f"{size} and {windows}",
                got=f"shape {list(input.shape)}",
                do="Give the sizes that unfold was given.",
            )
        )
    channels = height // windows.area()
    parts = input.reshape(batch, channels, *windows.kernel, rows, columns)
    down, right = windows.padding
    picture = input.new_zeros(
        (batch, channels, size[0] + 2 * down, size[1] + 2 * right)
    )
    for place in windows.points():
        picture[windows.slices(place, rows, columns)] += parts[:, :, *place]
    return picture[:, :, down : down + size[0], right : right + size[1]]


class _Windows:
    """Where the windows lie: their size, and how they are laid over a picture."""

    def __init__(self, who, kernel, dilation, padding, stride):
        self.kernel = _pair(who, "kernel_size", kernel, 1)
        self.dilation = _pair(who, "dilation", dilation, 1)
        self.padding = _pair(who, "padding", padding, 0)
        self.stride = _pair(who, "stride", stride, 1)

    def __repr__(self):
        return (
            f"kernel_size={self.kernel}, dilation={self.dilation}, "
            f"padding={self.padding}, stride={self.stride}"
        )

    def area(self):
        return self.kernel[0] * self.kernel[1]

    def spans(self):
        """From the first to the last point of a window, in both directions."""
        return [d * (k - 1) + 1 for d, k in zip(self.dilation, self.kernel)]

    def count(self, size):
        """How many windows a picture has in both directions."""
        return [
            (whole + 2 * padding - span) // stride + 1
            for whole, padding, span, stride in zip(
                size, self.padding, self.spans(), self.stride
            )
        ]

    def points(self):
        """The places within a window."""
        down, right = self.kernel
        return [(i, j) for i in range(down) for j in range(right)]

    def slices(self, point, rows, columns):
        """Where the same point of all windows lies in the padded picture."""
        along = [
            slice(at * d, at * d + s * (count - 1) + 1, s)
            for at, d, s, count in zip(
                point, self.dilation, self.stride, (rows, columns)
            )
        ]
        return (slice(None), slice(None), *along)


def _pair(who, name, value, least):
    pair = (value, value) if isinstance(value, int) else tuple(value)
    if len(pair) != 2 or min(pair) < least:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected=f"{name} to be an int or 2 of them, at least {least}",
                got=value,
                do="Give one for the height and one for the width.",
            )
        )
    return pair


def _check_input(who, input, dims, shapes):
    inner = input.shape[1:] if input.dim() == dims[1] else input.shape
    if input.dim() not in dims or 0 in inner:
        raise ShapeError(
            explain(
                who,
                expected=f"input of shape {shapes}, only N zero",
                got=list(input.shape),
                do="Reshape it.",
            )
        )
    if input.dtype.category < FLOAT:
        raise UnsupportedError(
            explain(
                who,
                expected="a floating-point or complex tensor",
                got=input.dtype,
                do="Convert it with .float().",
            )
        )


for _function in (fold, unfold):
    expose(_function, torch=False, method=False, functional=True)

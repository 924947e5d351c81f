"""Transforms of size and place that are the same for every image."""

import numbers
from collections.abc import Sequence

import numpy as np

from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight._core.tensor import wrap
from rushlight.nn.modules.module import Module
from rushlight.vision.transforms import functional as F
from rushlight.vision.transforms.batches import Pictures, need_pictures, on_pixels
from rushlight.vision.transforms.functional.borders import check_padding
from rushlight.vision.transforms.functional.resample import (
    InterpolationMode,
    as_interpolation,
)


def as_height_and_width(size, who):
    """The two sizes that a size argument means.

    Args:
        size: a number for both, or a sequence of one or two.
        who: names the transform in an error.

    Returns:
        A sequence of two.

    Raises:
        ValueError: for a sequence of another length.

    >>> as_height_and_width(3, "CenterCrop()")
    (3, 3)
    """
    if isinstance(size, numbers.Number):
        return int(size), int(size)
    if isinstance(size, Sequence) and len(size) == 1:
        return size[0], size[0]
    if len(size) != 2:
        raise ArgumentError(
            explain(
                f"{who}, size",
                expected="only two dimensions (h, w)",
                got=f"{len(size)} numbers",
                do="Give height and width.",
            )
        )
    return size


class Resize(Module):
    """Scale an image.

    Args:
        size: (height, width); or one number: the shorter side's, the other follows.
        interpolation: an InterpolationMode, or Pillow's number.
        max_size: the longer side's limit, where size is one number.
        antialias: whether a tensor is smoothed as it shrinks; Pillow always does.

    Raises:
        TypeError: for a size that is neither a number nor a sequence.
        ValueError: for a sequence of another length than 1 or 2.

    >>> import rushlight
    >>> Resize(4)(rushlight.zeros(1, 2, 3)).shape
    torch.Size([1, 4, 6])
    """

    draws = False

    def __init__(
        self,
        size,
        interpolation=InterpolationMode.BILINEAR,
        max_size=None,
        antialias=True,
    ):
        super().__init__()
        if not isinstance(size, (int, Sequence)):
            raise ArgumentTypeError(
                explain(
                    "Resize(), size",
                    expected="size should be int or sequence",
                    got=type(size),
                    do="Give (height, width), or the shorter side's length.",
                )
            )
        if isinstance(size, Sequence) and len(size) not in (1, 2):
            raise ArgumentError(
                explain(
                    "Resize(), size",
                    expected="a sequence of 1 or 2 values",
                    got=f"{len(size)} values",
                    do="Give (height, width), or the shorter side's length.",
                )
            )
        self.size = size
        self.max_size = max_size
        if isinstance(interpolation, int):
            interpolation = as_interpolation(interpolation, "Resize()")
        self.interpolation = interpolation
        self.antialias = antialias

    def forward(self, img):
        """The scaled image."""
        return F.resize(
            img, self.size, self.interpolation, self.max_size, self.antialias
        )

    def batch(self, images, draws):
        """Each picture by Pillow, then one array again."""
        scaled = [np.asarray(self.forward(i)) for i in need_pictures(images).images()]
        pixels = np.stack(scaled)
        if pixels.ndim == 4:
            pixels = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
        return Pictures(wrap(pixels))

    def __repr__(self):
        return (
            f"{type(self).__name__}(size={self.size}, "
            f"interpolation={self.interpolation.value}, max_size={self.max_size}, "
            f"antialias={self.antialias})"
        )


class CenterCrop(Module):
    """Cut the middle out of an image; a smaller image gets a border of 0.

    Args:
        size: (height, width), or one number for both.

    Raises:
        ValueError: for more than two numbers.

    >>> import rushlight
    >>> CenterCrop(1)(rushlight.arange(9).view(1, 3, 3))
    tensor([[[4]]])
    """

    draws = False

    def __init__(self, size):
        super().__init__()
        self.size = as_height_and_width(size, "CenterCrop()")

    def forward(self, img):
        """The middle of the image."""
        return F.center_crop(img, self.size)

    def batch(self, images, draws):
        """The same for a batch."""
        return on_pixels(F.center_crop, images, self.size)

    def __repr__(self):
        return f"{type(self).__name__}(size={self.size})"


class Pad(Module):
    """Surround an image with a border.

    Args:
        padding: the border's width in pixels: one number for all sides, (left and
            right, top and bottom), or (left, top, right, bottom).
        fill: the value of a constant border; for Pillow also one for each channel.
        padding_mode: "constant", "edge" (the last pixel again), "reflect" (mirrored,
            without the last pixel) or "symmetric" (mirrored with it).

    Raises:
        TypeError: for arguments of other types.
        ValueError: for another mode or number of widths.

    >>> import rushlight
    >>> Pad(1)(rushlight.ones(1, 1))
    tensor([[0., 0., 0.],
            [0., 1., 0.],
            [0., 0., 0.]])
    """

    draws = False

    def __init__(self, padding, fill=0, padding_mode="constant"):
        super().__init__()
        check_padding("Pad()", padding, fill, padding_mode)
        self.padding = padding
        self.fill = fill
        self.padding_mode = padding_mode

    def forward(self, img):
        """The image with its border."""
        return F.pad(img, self.padding, self.fill, self.padding_mode)

    def batch(self, images, draws):
        """The same for a batch."""
        return pad_batch(images, self.padding, self.fill, self.padding_mode)

    def __repr__(self):
        return (
            f"{type(self).__name__}(padding={self.padding}, fill={self.fill}, "
            f"padding_mode={self.padding_mode})"
        )


def pad_batch(images, padding, fill, mode):
    """A border around each image of a batch."""
    if isinstance(images, Pictures):
        # Pillow cuts a number to an int, and takes a list of one.
        (fill,) = fill if isinstance(fill, (tuple, list)) else (fill,)
        fill = int(fill or 0)
    return on_pixels(F.pad, images, padding, fill, mode)

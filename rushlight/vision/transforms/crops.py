"""Transforms that cut parts out of images: random and scaled, or at all corners."""

import math

from rushlight._core.expose import TORCH
from rushlight.nn.modules.module import Module
from rushlight.vision.transforms import functional as F
from rushlight.vision.transforms.arguments import check_area, uniform, whole
from rushlight.vision.transforms.functional.resample import (
    InterpolationMode,
    as_interpolation,
)
from rushlight.vision.transforms.geometry import as_height_and_width


def random_box(rows, columns, scale, ratio, fits):
    """Height and width of a box of random area and shape; None if none of ten fits.

    Args:
        rows, columns: the image's size.
        scale: the box's share of its area, (least, largest).
        ratio: width or height by the other, (least, largest).
        fits: a function of the box's two sides.
    """
    logs = TORCH["tensor"](ratio).log()
    for _ in range(10):
        area = rows * columns * uniform(scale[0], scale[1])
        shape = TORCH["empty"](1).uniform_(logs[0].item(), logs[1].item()).exp().item()
        sides = round(math.sqrt(area * shape)), round(math.sqrt(area / shape))
        if fits(*sides):
            return sides
    return None


class RandomResizedCrop(Module):
    """Cut out a part of random size, shape and place, and scale it.

    Args:
        size: (height, width) of the result, or one number for both.
        scale: the part's share of the image's area, (least, largest).
        ratio: its width by its height, (least, largest).
        interpolation, antialias: as for `functional.resize`.

    Raises:
        TypeError, ValueError: for arguments of other kinds.

    >>> import rushlight
    >>> RandomResizedCrop(4)(rushlight.zeros(1, 9, 8)).shape
    torch.Size([1, 4, 4])
    """

    def __init__(
        self,
        size,
        scale=(0.08, 1.0),
        ratio=(3.0 / 4.0, 4.0 / 3.0),
        interpolation=InterpolationMode.BILINEAR,
        antialias=True,
    ):
        super().__init__()
        self.size = as_height_and_width(size, "RandomResizedCrop()")
        check_area("RandomResizedCrop()", scale, ratio)
        if isinstance(interpolation, int):
            interpolation = as_interpolation(interpolation, "RandomResizedCrop()")
        self.interpolation = interpolation
        self.antialias = antialias
        self.scale = scale
        self.ratio = ratio

    @staticmethod
    def get_params(img, scale, ratio):
        """A random part: top, left, height, width.

        Where ten random ones do not fit, the largest in the middle is taken.

        Args:
            img: an image.
            scale, ratio: as the class takes them.
        """
        _, rows, columns = F.get_dimensions(img)

        def fits(width, height):
            return 0 < width <= columns and 0 < height <= rows

        sides = random_box(rows, columns, scale, ratio, fits)
        if sides is not None:
            width, height = sides
            top = whole(0, rows - height + 1)
            return top, whole(0, columns - width + 1), height, width
        height, width = rows, columns
        if columns / rows < min(ratio):
            height = round(width / min(ratio))
        elif columns / rows > max(ratio):
            width = round(height * max(ratio))
        return (rows - height) // 2, (columns - width) // 2, height, width

    def forward(self, img):
        """The scaled part."""
        part = self.get_params(img, self.scale, self.ratio)
        return F.resized_crop(
            img, *part, self.size, self.interpolation, antialias=self.antialias
        )

    def __repr__(self):
        return (
            f"{type(self).__name__}(size={self.size}, "
            f"scale={tuple(round(s, 4) for s in self.scale)}, "
            f"ratio={tuple(round(r, 4) for r in self.ratio)}, "
            f"interpolation={self.interpolation.value}, antialias={self.antialias})"
        )


class FiveCrop(Module):
    """The four corners of an image, and its middle: a tuple of five images.

    Args:
        size: (height, width) of each, or one number for both.

    Raises:
        ValueError: for more than two numbers.

    >>> import rushlight
    >>> [int(part) for part in FiveCrop(1)(rushlight.arange(9).view(1, 3, 3))]
    [0, 2, 6, 8, 4]
    """

    def __init__(self, size):
        super().__init__()
        self.size = as_height_and_width(size, "FiveCrop()")

    def forward(self, img):
        """Five parts of the image."""
        return F.five_crop(img, self.size)

    def __repr__(self):
        return f"{type(self).__name__}(size={self.size})"


class TenCrop(Module):
    """`FiveCrop` of an image and of its mirror image: a tuple of ten images.

    Args:
        size: (height, width) of each, or one number for both.
        vertical_flip: whether to mirror up and down, not left and right.

    Raises:
        ValueError: for more than two numbers.

    >>> import rushlight
    >>> len(TenCrop(1)(rushlight.zeros(1, 3, 3)))
    10
    """

    def __init__(self, size, vertical_flip=False):
        super().__init__()
        self.size = as_height_and_width(size, "TenCrop()")
        self.vertical_flip = vertical_flip

    def forward(self, img):
        """Ten parts of the image."""
        return F.ten_crop(img, self.size, self.vertical_flip)

    def __repr__(self):
        return (
            f"{type(self).__name__}(size={self.size}, "
            f"vertical_flip={self.vertical_flip})"
        )

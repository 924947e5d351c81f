"""Transforms that toss a coin or choose a place, with torch's default generator."""

import numpy as np

from rushlight._base.errors import ArgumentError, explain
from rushlight._core.expose import TORCH
from rushlight._core.tensor import wrap
from rushlight.nn.modules.module import Module
from rushlight.vision.transforms import functional as F
from rushlight.vision.transforms.batches import Pictures, on_pixels
from rushlight.vision.transforms.geometry import as_height_and_width, pad_batch


class RandomCrop(Module):
    """Cut a rectangle out of an image at a random place.

    Args:
        size: (height, width), or one number for both.
        padding: the width of a border added first; as for `Pad`.
        pad_if_needed: whether an image that is too small gets a border.
        fill, padding_mode: as for `Pad`.

    Raises:
        ValueError: for more than two numbers as size; for an image smaller than size.

    >>> import rushlight
    >>> RandomCrop(2)(rushlight.zeros(1, 5, 5)).shape
    torch.Size([1, 2, 2])
    """

    draws = True

    def __init__(
        self, size, padding=None, pad_if_needed=False, fill=0, padding_mode="constant"
    ):
        super().__init__()
        self.size = tuple(as_height_and_width(size, "RandomCrop()"))
        self.padding = padding
        self.pad_if_needed = pad_if_needed
        self.fill = fill
        self.padding_mode = padding_mode

    @staticmethod
    def get_params(img, output_size):
        """Choose a place.

        Args:
            img: an image.
            output_size: height and width of the rectangle.

        Returns:
            tuple (top, left, height, width).

        Raises:
            ValueError: for an image smaller than the rectangle.

        >>> import rushlight
        >>> RandomCrop.get_params(rushlight.zeros(2, 2), (2, 2))
        (0, 0, 2, 2)
        """
        _, rows, columns = F.get_dimensions(img)
        height, width = output_size
        if not _has_choice(rows, columns, height, width):
            return 0, 0, rows, columns
        top = TORCH["randint"](0, rows - height + 1, size=(1,)).item()
        left = TORCH["randint"](0, columns - width + 1, size=(1,)).item()
        return top, left, height, width

    def forward(self, img):
        """A part of the image."""
        img = self._padded(img, F.pad, F.get_dimensions)
        return F.crop(img, *self.get_params(img, self.size))

    def _padded(self, images, pad, dimensions):
        """The image, or the batch of them, with the borders that were asked for."""
        if self.padding is not None:
            images = pad(images, self.padding, self.fill, self.padding_mode)
        _, rows, columns = dimensions(images)
        if self.pad_if_needed and columns < self.size[1]:
            more = [self.size[1] - columns, 0]
            images = pad(images, more, self.fill, self.padding_mode)
        if self.pad_if_needed and rows < self.size[0]:
            more = [0, self.size[0] - rows]
            images = pad(images, more, self.fill, self.padding_mode)
        return images

    def batch(self, images, draws):
        """The same for a batch."""
        images = self._padded(images, pad_batch, _dimensions)
        _, rows, columns = _dimensions(images)
        if not _has_choice(rows, columns, *self.size):
            return images
        tops = draws.below(rows - self.size[0] + 1)
        lefts = draws.below(columns - self.size[1] + 1)
        return on_pixels(_windows, images, tops, lefts, self.size)

    def __repr__(self):
        return f"{type(self).__name__}(size={self.size}, padding={self.padding})"


def _dimensions(images):
    return F.get_dimensions(images.pixels if isinstance(images, Pictures) else images)


def _has_choice(rows, columns, height, width):
    """Whether there is more than one place for a rectangle.

    Raises:
        ValueError: where there is none.
    """
    if rows < height or columns < width:
        raise ArgumentError(
            explain(
                "RandomCrop()",
                expected=f"an image of at least the crop size {(height, width)}",
                got=f"Required crop size is larger than input image size "
                f"{(rows, columns)}",
                do="Set pad_if_needed=True, or give padding.",
            )
        )
    return (rows, columns) != (height, width)


def _windows(images, tops, lefts, size):
    """Of each image the rectangle at its own place."""
    array, (height, width) = images._array, size
    cut = np.empty((*array.shape[:-2], height, width), array.dtype)
    for row, (top, left) in enumerate(zip(tops.tolist(), lefts.tolist(), strict=True)):
        cut[row] = array[row, ..., top : top + height, left : left + width]
    return wrap(cut)


class _RandomFlip(Module):
    """Flip an image with a probability, along the subclass's dimension."""

    draws = True

    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def __repr__(self):
        return f"{type(self).__name__}(p={self.p})"


class RandomHorizontalFlip(_RandomFlip):
    """Exchange an image's left and right, with a probability.

    Args:
        p: the probability.

    >>> import rushlight
    >>> RandomHorizontalFlip(p=1.0)(rushlight.tensor([[1, 2]]))
    tensor([[2, 1]])
    """

    def forward(self, img):
        """The image, flipped or as it is."""
        return F.hflip(img) if TORCH["rand"](1) < self.p else img

    def batch(self, images, draws):
        """The same for a batch."""
        return on_pixels(_flipped, images, draws.unit() < self.p, -1)


class RandomVerticalFlip(_RandomFlip):
    """Turn an image upside down, with a probability.

    Args:
        p: the probability.

    >>> import rushlight
    >>> RandomVerticalFlip(p=1.0)(rushlight.tensor([[1], [2]])).tolist()
    [[2], [1]]
    """

    def forward(self, img):
        """The image, flipped or as it is."""
        return F.vflip(img) if TORCH["rand"](1) < self.p else img

    def batch(self, images, draws):
        """The same for a batch."""
        return on_pixels(_flipped, images, draws.unit() < self.p, -2)


def _flipped(images, chosen, dim):
    array, chosen = images._array, chosen._array
    array[chosen] = np.flip(array[chosen], dim)
    return images

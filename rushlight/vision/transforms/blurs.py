"""Transforms that blur, wipe out, or mix all pixels of an image."""

import numbers
from collections.abc import Sequence

from rushlight._base.errors import ArgumentTypeError
from rushlight._core.expose import TORCH
from rushlight.nn.modules.module import Module
from rushlight.vision.transforms import functional as F
from rushlight.vision.transforms.arguments import (
    check_area,
    happens,
    refuse,
    uniform,
    whole,
)
from rushlight.vision.transforms.crops import random_box
from rushlight.vision.transforms.geometry import as_height_and_width


class GaussianBlur(Module):
    """Blur an image by a random width.

    Args:
        kernel_size: (width, height) of the filter, odd; or one number for both.
        sigma: (least, largest) deviation in pixels, or one number.

    Raises:
        ValueError: for sizes that are not odd or a sigma that is not positive.

    >>> GaussianBlur(3)
    GaussianBlur(kernel_size=(3, 3), sigma=(0.1, 2.0))
    """

    def __init__(self, kernel_size, sigma=(0.1, 2.0)):
        super().__init__()
        who = "GaussianBlur()"
        self.kernel_size = as_height_and_width(kernel_size, who)
        if any(size <= 0 or size % 2 == 0 for size in self.kernel_size):
            refuse(who, "kernel_size", "odd, positive numbers", kernel_size)
        if isinstance(sigma, numbers.Number):
            if sigma <= 0:
                refuse(who, "sigma", "a positive number", sigma)
            sigma = (sigma, sigma)
        elif not isinstance(sigma, Sequence) or len(sigma) != 2:
            refuse(who, "sigma", "a number or two", sigma)
        elif not 0.0 < sigma[0] <= sigma[1]:
            refuse(who, "sigma", "positive (min, max)", sigma)
        self.sigma = sigma

    @staticmethod
    def get_params(sigma_min, sigma_max):
        """A random deviation between two."""
        return uniform(sigma_min, sigma_max)

    def forward(self, img):
        """The blurred image."""
        sigma = self.get_params(self.sigma[0], self.sigma[1])
        return F.gaussian_blur(img, self.kernel_size, [sigma, sigma])

    def __repr__(self):
        return (
            f"{type(self).__name__}(kernel_size={self.kernel_size}, sigma={self.sigma})"
        )


class RandomErasing(Module):
    """Write over a random rectangle of a tensor image, with a probability.

    Args:
        p: the probability.
        scale: the rectangle's share of the image's area, (least, largest).
        ratio: its height by its width, (least, largest).
        value: what is written: a number, one for each channel, or "random" for normal
            noise.
        inplace: whether to write into the image.

    Raises:
        TypeError, ValueError: for arguments of other kinds.

    See:
        Zhong et al., "Random Erasing Data Augmentation" (2017), arXiv:1708.04896.

    >>> RandomErasing(p=0.2).value
    0
    """

    def __init__(
        self, p=0.5, scale=(0.02, 0.33), ratio=(0.3, 3.3), value=0, inplace=False
    ):
        super().__init__()
        who = "RandomErasing()"
        if not isinstance(value, (numbers.Number, str, tuple, list)):
            expected = "a number, a sequence or 'random'"
            refuse(who, "value", expected, value, ArgumentTypeError)
        if isinstance(value, str) and value != "random":
            refuse(who, "value", "'random' for a str", value)
        check_area(who, scale, ratio)
        if scale[0] < 0 or scale[1] > 1:
            refuse(who, "scale", "values between 0 and 1", scale)
        if not 0 <= p <= 1:
            refuse(who, "p", "a probability between 0 and 1", p)
        self.p = p
        self.scale = scale
        self.ratio = ratio
        self.value = value
        self.inplace = inplace

    @staticmethod
    def get_params(img, scale, ratio, value=None):
        """A random rectangle and what to write: top, left, height, width, Tensor.

        Where ten random ones do not fit, the whole image as it is.

        Args:
            img: (..., C, H, W).
            scale, ratio: as the class takes them.
            value: list of numbers, or None for noise.
        """
        channels, rows, columns = img.shape[-3:]

        def fits(height, width):
            return height < rows and width < columns

        sides = random_box(rows, columns, scale, ratio, fits)
        if sides is None:
            return 0, 0, rows, columns, img
        if value is None:
            written = TORCH["empty"]([channels, *sides]).normal_()
        else:
            written = TORCH["tensor"](value)[:, None, None]
        top = whole(0, rows - sides[0] + 1)
        return top, whole(0, columns - sides[1] + 1), *sides, written

    def forward(self, img):
        """The image, written over or as it is."""
        if not happens(self.p):
            return img
        value = self.value
        if isinstance(value, str):
            value = None
        else:
            several = isinstance(value, (tuple, list))
            value = [float(v) for v in (value if several else [value])]
            if len(value) not in (1, img.shape[-3]):
                expected = f"one value, or {img.shape[-3]}: one for each channel"
                refuse("RandomErasing()", "value", expected, self.value)
        params = self.get_params(img, self.scale, self.ratio, value)
        return F.erase(img, *params, self.inplace)

    def __repr__(self):
        return (
            f"{type(self).__name__}(p={self.p}, scale={self.scale}, "
            f"ratio={self.ratio}, value={self.value}, inplace={self.inplace})"
        )


class LinearTransformation(Module):
    """Multiply all values of an image by a matrix (whitening).

        (flattened image - mean_vector) @ transformation_matrix

    Args:
        transformation_matrix: (D, D), D = C * H * W.
        mean_vector: (D,).

    Raises:
        ValueError: for other shapes, or dtypes and devices that differ.

    >>> import rushlight
    >>> double = LinearTransformation(2 * rushlight.eye(2), rushlight.ones(2))
    >>> double(rushlight.tensor([[[1.0, 2.0]]]))
    tensor([[[0., 2.]]])
    """

    def __init__(self, transformation_matrix, mean_vector):
        super().__init__()
        who, matrix, mean = "LinearTransformation()", transformation_matrix, mean_vector
        if matrix.size(0) != matrix.size(1):
            refuse(who, "transformation_matrix", "a square", tuple(matrix.size()))
        if mean.size(0) != matrix.size(0):
            refuse(who, "mean_vector", f"length {matrix.size(0)}", mean.size(0))
        if mean.device != matrix.device or mean.dtype != matrix.dtype:
            expected = f"{matrix.dtype} on {matrix.device}, as the matrix"
            refuse(who, "mean_vector", expected, (mean.dtype, mean.device))
        self.transformation_matrix = matrix
        self.mean_vector = mean

    def forward(self, tensor):
        """The image times the matrix, (..., C, H, W)."""
        count = tensor.shape[-3] * tensor.shape[-2] * tensor.shape[-1]
        if count != len(self.transformation_matrix):
            expected = f"{len(self.transformation_matrix)} values in C x H x W"
            refuse("LinearTransformation()", "tensor", expected, tuple(tensor.shape))
        flat = tensor.view(-1, count) - self.mean_vector
        matrix = self.transformation_matrix.to(flat.dtype)
        return TORCH["mm"](flat, matrix).view(tensor.shape)

    def __repr__(self):
        return (
            f"{type(self).__name__}(transformation_matrix="
            f"{self.transformation_matrix.tolist()}, "
            f"mean_vector={self.mean_vector.tolist()})"
        )

"""What mixes a pixel with its neighbours, and rectangles wiped out."""

from rushlight._base.dtype import float32, int8, int16, int32, int64, uint8
from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight._core.expose import FUNCTIONAL, TORCH
from rushlight._core.tensor import Tensor
from rushlight.vision._images import check_pil, not_an_image
from rushlight.vision.transforms.functional.colours import (
    blend,
    check_channels,
    check_factor,
)
from rushlight.vision.transforms.functional.convert import pil_to_tensor, to_pil_image
from rushlight.vision.transforms.functional.sizes import check_image_tensor

_ROUNDED = frozenset((uint8, int8, int16, int32, int64))


def as_batch(image, dtype):
    """(N, C, H, W) of another dtype, and a function that leads results back."""
    batch = image[None] if image.ndim < 4 else image

    def back(result):
        result = result[0] if image.ndim < 4 else result
        if result.dtype == image.dtype:
            return result
        return (result.round() if image.dtype in _ROUNDED else result).to(image.dtype)

    return batch.to(dtype), back


def gaussian_blur(img, kernel_size, sigma=None):
    """Blur an image by a normal distribution.

    Args:
        img: a Pillow image, or (..., C, H, W).
        kernel_size: (width, height) of the filter, odd; or one number for both.
        sigma: the deviations in pixels, (x, y) or one number; by kernel_size if left
            out.

    Returns:
        An image of the input's kind.

    Raises:
        TypeError: for arguments of other types.
        ValueError: for sizes that are not odd, or sigma that is not positive.

    >>> import rushlight
    >>> gaussian_blur(rushlight.eye(3)[None], 3, 0.5)[0, 1]
    tensor([0.2515, 0.6420, 0.2515])
    """
    sizes = _pair("kernel_size", kernel_size, (int, list, tuple), int)
    if any(size % 2 == 0 or size < 0 for size in sizes):
        raise _wrong("kernel_size", "odd, positive numbers", sizes)
    sigmas = [size * 0.15 + 0.35 for size in sizes]
    if sigma is not None:
        sigmas = _pair("sigma", sigma, (int, float, list, tuple), float)
    if min(sigmas) <= 0.0:
        raise _wrong("sigma", "positive numbers", sigmas)
    if isinstance(img, Tensor):
        check_image_tensor(img, "gaussian_blur()")
        return _blurred(img, sizes, sigmas)
    check_pil(img, "gaussian_blur()")
    return to_pil_image(_blurred(pil_to_tensor(img), sizes, sigmas), mode=img.mode)


def _pair(name, value, kinds, number):
    if not isinstance(value, kinds):
        raise ArgumentTypeError(
            explain(
                f"gaussian_blur(), {name}",
                expected="a number or a sequence of two",
                got=type(value),
                do="Correct it.",
            )
        )
    if not isinstance(value, (list, tuple)):
        return [number(value)] * 2
    if len(value) == 1 and name == "sigma":
        return [value[0]] * 2
    if len(value) != 2:
        raise _wrong(name, "two numbers", value)
    return list(value)


def _wrong(name, expected, got):
    return ArgumentError(
        explain(
            f"gaussian_blur(), {name}", expected=expected, got=got, do="Correct it."
        )
    )


def _blurred(image, sizes, sigmas):
    dtype = image.dtype if image.is_floating_point() else float32
    across, down = (_bell(*both, dtype) for both in zip(sizes, sigmas, strict=True))
    kernel = TORCH["mm"](down[:, None], across[None, :])
    batch, back = as_batch(image, dtype)
    sides = [size // 2 for size in sizes for _ in range(2)]
    return back(_filtered(FUNCTIONAL["pad"](batch, sides, mode="reflect"), kernel))


def _bell(size, sigma, dtype):
    half = (size - 1) * 0.5
    places = TORCH["linspace"](-half, half, steps=size, dtype=dtype)
    heights = (-0.5 * (places / sigma).pow(2)).exp()
    return heights / heights.sum()


def _filtered(batch, kernel):
    channels = batch.shape[-3]
    weights = kernel.expand(channels, 1, *kernel.shape)
    return FUNCTIONAL["conv2d"](batch, weights, groups=channels)


def adjust_sharpness(img, sharpness_factor):
    """Move an image from its blurred self, or towards it.

    Args:
        img: a Pillow image, or (..., 1 or 3, H, W).
        sharpness_factor: 0 blurs, 1 gives the image, 2 sharpens.

    Returns:
        An image of the input's kind; a tensor with a side of 2 or less itself.

    Raises:
        TypeError: for what is no image. ValueError: for a negative factor of a tensor.

    >>> import rushlight
    >>> image = rushlight.zeros(1, 3, 3)
    >>> image[0, 1, 1] = 1.0
    >>> adjust_sharpness(image, 0.0)[0, 1, 1]
    tensor(0.3846)
    """
    if not isinstance(img, Tensor):
        check_pil(img, "adjust_sharpness()")
        from PIL import ImageEnhance

        return ImageEnhance.Sharpness(img).enhance(sharpness_factor)
    check_factor("adjust_sharpness()", "sharpness_factor", sharpness_factor)
    check_channels(img, "adjust_sharpness()")
    if img.size(-1) <= 2 or img.size(-2) <= 2:
        return img
    dtype = img.dtype if img.is_floating_point() else float32
    kernel = TORCH["ones"]((3, 3), dtype=dtype)
    kernel[1, 1] = 5.0
    kernel /= kernel.sum()
    batch, back = as_batch(img, dtype)
    smooth = img.clone()
    smooth[..., 1:-1, 1:-1] = back(_filtered(batch, kernel))
    return blend(img, smooth, sharpness_factor)


def erase(img, i, j, h, w, v, inplace=False):
    """Write over a rectangle of an image.

    Args:
        img: (..., C, H, W).
        i, j: the rectangle's top and left; h, w: its height and width.
        v: what is written: a tensor that broadcasts to it.
        inplace: whether to write into img.

    Returns:
        Tensor, img's shape and dtype.

    Raises:
        TypeError: for what is no tensor.

    >>> import rushlight
    >>> erase(rushlight.ones(1, 1, 3), 0, 1, 1, 2, rushlight.tensor(0.0))
    tensor([[[1., 0., 0.]]])
    """
    if not isinstance(img, Tensor):
        raise not_an_image("erase()", "img", "a Tensor", img)
    check_image_tensor(img, "erase()")
    img = img if inplace else img.clone()
    img[..., i : i + h, j : j + w] = v
    return img

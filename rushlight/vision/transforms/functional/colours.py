"""Brightness, contrast, colours and grey."""

import numpy as np

from rushlight._base.dtype import float32, int32
from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight._core.expose import TORCH
from rushlight._core.tensor import Tensor
from rushlight.vision._images import check_pil, image_of
from rushlight.vision.transforms.functional.convert import (
    convert_image_dtype,
    largest_value,
)
from rushlight.vision.transforms.functional.sizes import check_image_tensor


def check_channels(image, who):
    """Refuse tensors that are neither grey nor coloured images.

    Raises:
        TypeError: for fewer than 2 dimensions, or other than 1 or 3 channels.
    """
    check_image_tensor(image, who)
    channels = 1 if image.ndim == 2 else image.shape[-3]
    if channels not in (1, 3):
        raise ArgumentTypeError(
            explain(
                who,
                expected="an image of 1 or 3 channels",
                got=f"{channels}",
                do="Select the channels, or move them: (..., C, H, W).",
            )
        )


def blend(one, two, ratio):
    """A mixture of two images, of one's dtype: ratio of one, the rest of two."""
    mixed = float(ratio) * one + (1.0 - float(ratio)) * two
    return mixed.clamp(0, largest_value(one.dtype)).to(one.dtype)


def check_factor(who, name, factor):
    """Refuse a factor below zero.

    Raises:
        ValueError: for one.
    """
    if factor < 0:
        raise ArgumentError(
            explain(
                f"{who}, {name}",
                expected="a number that is not negative",
                got=factor,
                do="1 leaves the image as it is.",
            )
        )


def _enhanced(image, kind, factor, who):
    check_pil(image, who)
    from PIL import ImageEnhance

    return getattr(ImageEnhance, kind)(image).enhance(factor)


def adjust_brightness(img, brightness_factor):
    """Multiply an image's values.

    Args:
        img: a Pillow image, or (..., 1 or 3, H, W).
        brightness_factor: 0 gives black, 1 the image, 2 twice as bright.

    Returns:
        An image of the input's kind.

    Raises:
        TypeError: for what is no image. ValueError: for a negative factor of a tensor.

    >>> import rushlight
    >>> adjust_brightness(rushlight.tensor([[[0.25, 0.75]]]), 2.0)
    tensor([[[0.5000, 1.0000]]])
    """
    if not isinstance(img, Tensor):
        return _enhanced(img, "Brightness", brightness_factor, "adjust_brightness()")
    check_factor("adjust_brightness()", "brightness_factor", brightness_factor)
    check_channels(img, "adjust_brightness()")
    return blend(img, TORCH["zeros_like"](img), brightness_factor)


def adjust_contrast(img, contrast_factor):
    """Move an image's values from their mean, or towards it.

    Args:
        img: a Pillow image, or (..., 1 or 3, H, W).
        contrast_factor: 0 gives the mean's grey, 1 the image.

    Returns:
        An image of the input's kind.

    Raises:
        TypeError: for what is no image. ValueError: for a negative factor of a tensor.

    >>> import rushlight
    >>> adjust_contrast(rushlight.tensor([[[0.25, 0.75]]]), 0.5)
    tensor([[[0.3750, 0.6250]]])
    """
    if not isinstance(img, Tensor):
        return _enhanced(img, "Contrast", contrast_factor, "adjust_contrast()")
    check_factor("adjust_contrast()", "contrast_factor", contrast_factor)
    check_channels(img, "adjust_contrast()")
    dtype = img.dtype if img.is_floating_point() else float32
    coloured = img.ndim > 2 and img.shape[-3] == 3
    grey = rgb_to_grayscale(img) if coloured else img
    dims = (-3, -2, -1) if img.ndim > 2 else (-2, -1)
    return blend(img, grey.to(dtype).mean(dims, keepdim=True), contrast_factor)


def adjust_saturation(img, saturation_factor):
    """Move an image's colours from grey, or towards it.

    Args:
        img: a Pillow image, or (..., 1 or 3, H, W).
        saturation_factor: 0 gives grey, 1 the image.

    Returns:
        An image of the input's kind; a grey tensor itself.

    Raises:
        TypeError: for what is no image. ValueError: for a negative factor of a tensor.

    >>> import rushlight
    >>> adjust_saturation(rushlight.tensor([[[1.0]], [[0.0]], [[0.0]]]), 0.0).flatten()
    tensor([0.2989, 0.2989, 0.2989])
    """
    if not isinstance(img, Tensor):
        return _enhanced(img, "Color", saturation_factor, "adjust_saturation()")
    check_factor("adjust_saturation()", "saturation_factor", saturation_factor)
    check_channels(img, "adjust_saturation()")
    if img.ndim == 2 or img.shape[-3] == 1:
        return img
    return blend(img, rgb_to_grayscale(img), saturation_factor)


def rgb_to_grayscale(img, num_output_channels=1):
    """The grey of an image, as bright as its colours look.

        0.2989 * red + 0.587 * green + 0.114 * blue

    Args:
        img: a Pillow image, or (..., 1 or 3, H, W).
        num_output_channels: 1 or 3, three equal ones.

    Returns:
        An image of the input's kind.

    Raises:
        TypeError: for what is no image.
        ValueError: for another number of channels.

    >>> import rushlight
    >>> rgb_to_grayscale(rushlight.tensor([[[1.0]], [[0.0]], [[0.0]]]))
    tensor([[[0.2989]]])
    """
    _check_greys(num_output_channels)
    if not isinstance(img, Tensor):
        return to_grayscale(img, num_output_channels)
    if img.ndim < 3:
        raise ArgumentTypeError(
            explain(
                "rgb_to_grayscale(), img",
                expected="at least 3 dimensions",
                got=f"{img.ndim}",
                do="Add the dimension of channels.",
            )
        )
    check_channels(img, "rgb_to_grayscale()")
    if img.shape[-3] == 3:
        red, green, blue = img.unbind(-3)
        grey = (0.2989 * red + 0.587 * green + 0.114 * blue).to(img.dtype)[
            ..., None, :, :
        ]
    else:
        grey = img.clone()
    return grey.expand(img.shape) if num_output_channels == 3 else grey


def _check_greys(count):
    if count not in (1, 3):
        raise ArgumentError(
            explain(
                "rgb_to_grayscale(), num_output_channels",
                expected="1 or 3",
                got=count,
                do="Choose one of them.",
            )
        )


def to_grayscale(img, num_output_channels=1):
    """The grey of a Pillow image.

    Args:
        img: a Pillow image.
        num_output_channels: 1 or 3, three equal ones.

    Returns:
        A Pillow image of the mode L or RGB.

    Raises:
        TypeError: for what is no Pillow image.
        ValueError: for another number of channels.

    >>> from PIL import Image
    >>> to_grayscale(Image.new("RGB", (2, 2))).mode
    'L'
    """
    check_pil(img, "to_grayscale()")
    _check_greys(num_output_channels)
    grey = img.convert("L")
    if num_output_channels == 1:
        return grey
    pixels = np.asarray(grey)
    return image_of(np.dstack([pixels] * 3), "RGB")


def adjust_gamma(img, gamma, gain=1):
    """Raise an image's values to a power.

        gain * img ** gamma, values in [0, 1]

    Args:
        img: a Pillow image, or (..., 1 or 3, H, W).
        gamma: above 1 darkens, below brightens.
        gain: a factor.

    Returns:
        An image of the input's kind.

    Raises:
        TypeError: for what is no image.
        ValueError: for a negative power.

    >>> import rushlight
    >>> adjust_gamma(rushlight.tensor([[[0.5, 1.0]]]), 2)
    tensor([[[0.2500, 1.0000]]])
    """
    check_factor("adjust_gamma()", "gamma", gamma)
    if isinstance(img, Tensor):
        check_channels(img, "adjust_gamma()")
        unit = img if img.is_floating_point() else convert_image_dtype(img, float32)
        return convert_image_dtype((gain * unit.pow(gamma)).clamp(0, 1), img.dtype)
    check_pil(img, "adjust_gamma()")
    # A little less than one step beyond the range, as in convert_image_dtype.
    table = [int((255 + 1 - 1e-3) * gain * pow(v / 255.0, gamma)) for v in range(256)]
    return img.convert("RGB").point(table * 3).convert(img.mode)


# ---------------------------------------------------------------------------------- hue


def adjust_hue(img, hue_factor):
    """Turn an image's colours around the circle of colours.

    Args:
        img: a Pillow image, or (..., 1 or 3, H, W).
        hue_factor: parts of the circle, in [-0.5, 0.5].

    Returns:
        An image of the input's kind; a grey image itself.

    Raises:
        TypeError: for what is no image.
        ValueError: for another factor.

    >>> import rushlight
    >>> adjust_hue(rushlight.tensor([[[1.0]], [[0.0]], [[0.0]]]), 0.5).flatten()
    tensor([0., 1., 1.])
    """
    if not -0.5 <= hue_factor <= 0.5:
        raise ArgumentError(
            explain(
                "adjust_hue(), hue_factor",
                expected="a number in [-0.5, 0.5]",
                got=hue_factor,
                do="It counts parts of a whole turn.",
            )
        )
    if not isinstance(img, Tensor):
        return _turned_image(img, hue_factor)
    check_channels(img, "adjust_hue()")
    if img.ndim == 2 or img.shape[-3] == 1:
        return img
    hue, saturation, value = _to_hsv(convert_image_dtype(img, float32))
    turned = _from_hsv((hue + hue_factor) % 1.0, saturation, value)
    return convert_image_dtype(turned, img.dtype)


def _turned_image(image, factor):
    check_pil(image, "adjust_hue()")
    if image.mode in ("L", "1", "I", "F"):
        return image
    from PIL import Image

    hue, saturation, value = image.convert("HSV").split()
    places = np.array(hue, np.uint8)
    places += np.int32(factor * 255).astype(np.uint8)
    parts = (image_of(places), saturation, value)
    return Image.merge("HSV", parts).convert(image.mode)


def _to_hsv(image):
    """Hue, saturation and value, each in [0, 1], of (..., 3, H, W)."""
    red, green, blue = image.unbind(-3)
    high, low = image.amax(-3), image.amin(-3)
    grey, spread = high == low, high - low
    one = TORCH["ones_like"](high)
    where = TORCH["where"]
    saturation = spread / where(grey, one, high)
    divisor = where(grey, one, spread)
    red_, green_, blue_ = ((high - part) / divisor for part in (red, green, blue))
    is_red, is_green = high == red, high == green
    hue = is_red * (blue_ - green_)
    hue = hue + (is_green & ~is_red) * (2.0 + red_ - blue_)
    hue = hue + (~is_green & ~is_red) * (4.0 + green_ - red_)
    return TORCH["fmod"](hue / 6.0 + 1.0, 1.0), saturation, high


def _from_hsv(hue, saturation, value):
    sector = (hue * 6.0).floor()
    rest = hue * 6.0 - sector
    low = (value * (1.0 - saturation)).clamp(0.0, 1.0)
    falling = (value * (1.0 - saturation * rest)).clamp(0.0, 1.0)
    rising = (value * (1.0 - saturation * (1.0 - rest))).clamp(0.0, 1.0)
    sector = sector.to(int32) % 6
    # Red, green and blue in each of the six sectors.
    sectors = (
        (value, rising, low),
        (falling, value, low),
        (low, value, rising),
        (low, falling, value),
        (rising, low, value),
        (value, low, falling),
    )
    result = TORCH["stack"](sectors[0], -3)
    for number in range(1, 6):
        there = (sector == number)[..., None, :, :]
        result = TORCH["where"](there, TORCH["stack"](sectors[number], -3), result)
    return result

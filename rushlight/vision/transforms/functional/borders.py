"""Borders around images: a constant, the edge again, or a mirror image."""

import numbers

import numpy as np

from rushlight._base.dtype import float32, float64
from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    OutOfRangeError,
    explain,
)
from rushlight._core.expose import FUNCTIONAL, TORCH
from rushlight._core.tensor import Tensor
from rushlight.vision._images import check_pil, image_of
from rushlight.vision.transforms.functional.sizes import (
    check_image_tensor,
    get_image_num_channels,
)

MODES = ("constant", "edge", "reflect", "symmetric")


def pad(img, padding, fill=0, padding_mode="constant"):
    """Surround an image with a border.

    Args:
        img: a Pillow image, or (..., H, W), any dtype; at most four dimensions for
            the modes that repeat the image.
        padding: the border's width in pixels: one number for all sides, (left and
            right, top and bottom), or (left, top, right, bottom); negative ones cut.
        fill: the value of a constant border; for Pillow also one for each channel.
        padding_mode: "constant", "edge" (the last pixel again), "reflect" (mirrored,
            without the last pixel) or "symmetric" (mirrored with it).

    Returns:
        An image of the input's kind.

    Raises:
        TypeError: for arguments of other types.
        ValueError: for another mode or number of widths.

    >>> import rushlight
    >>> pad(rushlight.tensor([[1, 2]]), [1, 0], fill=7)
    tensor([[7, 1, 2, 7]])
    """
    if isinstance(img, Tensor):
        check_image_tensor(img, "pad()")
        _check_fill_of_tensor(fill)
    else:
        check_pil(img, "pad()")
    check_padding("pad()", padding, 0 if fill is None else fill, padding_mode)
    sides = sides_of(padding)
    if isinstance(img, Tensor):
        return _pad_tensor(img, sides, fill or 0, padding_mode)
    if padding_mode == "constant":
        return _expand(img, sides, fill)
    return _repeat(img, sides, padding_mode)


def check_padding(who, padding, fill, padding_mode):
    """Refuse what cannot be a border.

    Raises:
        TypeError, ValueError: as `pad` says.
    """
    for name, value in (("padding", padding), ("fill", fill)):
        if not isinstance(value, (numbers.Number, tuple, list)):
            raise ArgumentTypeError(
                explain(
                    f"{who}, {name}",
                    expected="a number, a tuple or a list",
                    got=type(value).__name__,
                    do="See the docstring for what each form means.",
                )
            )
    if padding_mode not in MODES:
        kind = ArgumentError if isinstance(padding_mode, str) else ArgumentTypeError
        raise kind(
            explain(
                f"{who}, padding_mode",
                expected=f"one of {', '.join(MODES)}",
                got=repr(padding_mode),
                do="Check the spelling.",
            )
        )
    if isinstance(padding, (tuple, list)) and len(padding) not in (1, 2, 4):
        raise ArgumentError(
            explain(
                f"{who}, padding",
                expected="an int or a 1, 2, or 4 element tuple",
                got=f"a {len(padding)} element {type(padding).__name__}",
                do="Give left, top, right and bottom.",
            )
        )


def sides_of(padding):
    """The four widths, left, top, right, bottom, that a padding argument means."""
    if isinstance(padding, numbers.Number):
        padding = (int(padding),)
    padding = tuple(padding)
    return padding * (4 // len(padding))


# ---------------------------------------------------------------------- Pillow images


def _expand(image, sides, fill):
    from PIL import ImageOps

    palette = image.getpalette() if image.mode == "P" else None
    expanded = ImageOps.expand(image, border=sides, fill=fill_of(image, fill))
    if palette is not None:
        expanded.putpalette(palette)
    return expanded


def fill_of(image, fill):
    """The value of a border in the form that Pillow takes for this image."""
    channels = get_image_num_channels(image)
    number = int if image.mode != "F" else lambda value: value
    if fill is None:
        fill = 0
    values = tuple(fill) if isinstance(fill, (tuple, list)) else (fill,)
    if len(values) == 1:
        values = values * channels
    if len(values) != channels:
        raise ArgumentError(
            explain(
                "fill",
                expected=f"one number, or one for each of {channels} channels",
                got=f"{len(values)}: the number of elements in 'fill' does not match",
                do="Give one number.",
            )
        )
    if isinstance(fill, (tuple, list)) or channels > 1:
        return tuple(map(number, values))
    return number(values[0])


def _repeat(image, sides, mode):
    palette = image.getpalette() if image.mode == "P" else None
    left, top, right, bottom = (max(-side, 0) for side in sides)
    if left or top or right or bottom:
        image = image.crop((left, top, image.width - right, image.height - bottom))
    left, top, right, bottom = (max(side, 0) for side in sides)
    pixels = np.asarray(image)
    widths = ((top, bottom), (left, right), (0, 0))[: pixels.ndim]
    padded = _image_like(np.pad(pixels, widths, mode=mode))
    if palette is not None:
        padded.putpalette(palette)
    return padded


def _image_like(pixels):
    from PIL import Image

    return (
        image_of(pixels)
        if pixels.dtype == np.uint8 and pixels.ndim == 2
        else (Image.fromarray(pixels))
    )


# ----------------------------------------------------------------------------- tensors


def _check_fill_of_tensor(fill):
    if fill is not None and not isinstance(fill, (int, float)):
        raise ArgumentTypeError(
            explain(
                "fill",
                expected="a number for a tensor",
                got=f"{type(fill).__name__}",
                do="Pad a Pillow image, or each channel on its own.",
            )
        )


def _pad_tensor(image, sides, fill, mode):
    left, top, right, bottom = sides
    widths = [left, right, top, bottom]
    if mode == "constant":
        return FUNCTIONAL["pad"](image, widths, "constant", float(fill))
    if mode == "symmetric":
        return _pad_symmetric(image, sides)
    batch = image[None] if image.ndim < 4 else image
    batch = batch if image.dtype in (float32, float64) else batch.to(float32)
    padded = FUNCTIONAL["pad"](batch, widths, "replicate" if mode == "edge" else mode)
    padded = padded[0] if image.ndim < 4 else padded
    return padded if padded.dtype == image.dtype else padded.to(image.dtype)


def _pad_symmetric(image, sides):
    if image.ndim not in (3, 4):
        raise ArgumentRuntimeError(
            explain(
                "pad(), padding_mode='symmetric'",
                expected="3 or 4 dimensions",
                got=f"{image.ndim}",
                do="Add or drop dimensions.",
            )
        )
    left, top, right, bottom = sides
    height, width = image._array.shape[-2:]
    rows = _mirrored(height, top, bottom)[:, None]
    columns = _mirrored(width, left, right)[None, :]
    return image[(..., TORCH["as_tensor"](rows), TORCH["as_tensor"](columns))]


def _mirrored(size, before, after):
    """The places of a mirrored border's elements; a negative width cuts.

    Raises:
        IndexError: for a border wider than the image.
    """
    kept = np.arange(max(-before, 0), size - max(-after, 0))
    if max(before, after) > len(kept):
        raise OutOfRangeError(
            explain(
                "pad(), padding_mode='symmetric'",
                expected=f"borders of at most the image's {len(kept)} pixels",
                got=f"{max(before, after)}",
                do="Make the border narrower.",
            )
        )
    front = kept[: max(before, 0)][::-1]
    behind = kept[::-1][: max(after, 0)]
    return np.concatenate([front, kept, behind])

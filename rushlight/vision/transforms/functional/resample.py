"""Images of another size.

# Note [Resampling tensors]
# Every way of resampling is separable: each row of the result is a weighted sum of
# rows, each column of columns.  So it is two matrix products with small matrices of
# weights, and differentiable.  Shrinking without aliasing widens the filter by the
# scale (antialias=True), as Pillow does; else only the neighbours of a point count.
"""

import warnings
from enum import Enum
from functools import lru_cache

import numpy as np

from rushlight._base.dtype import float32, float64, int8, int16, int32, int64, uint8
from rushlight._base.errors import (
    ArgumentError,
    ArgumentTypeError,
    UnsupportedError,
    explain,
)
from rushlight._core.expose import TORCH
from rushlight._core.tensor import Tensor
from rushlight.vision._images import check_pil
from rushlight.vision.transforms.functional.sizes import (
    check_image_tensor,
    get_dimensions,
)


class InterpolationMode(Enum):
    """How pixels between pixels are made; box, hamming and lanczos only by Pillow."""

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"


#: Pillow's number of each mode.
_PILLOWS = {
    InterpolationMode.NEAREST: 0,
    InterpolationMode.LANCZOS: 1,
    InterpolationMode.BILINEAR: 2,
    InterpolationMode.BICUBIC: 3,
    InterpolationMode.BOX: 4,
    InterpolationMode.HAMMING: 5,
}
_BY_NUMBER = {number: mode for mode, number in _PILLOWS.items()}
_PILLOWS[InterpolationMode.NEAREST_EXACT] = 0


def as_interpolation(mode, who):
    """The InterpolationMode that a mode or Pillow's number of one means.

    Raises:
        TypeError: for something else.
        KeyError: for a number that Pillow does not have.
    """
    if isinstance(mode, InterpolationMode):
        return mode
    if isinstance(mode, int):
        return _BY_NUMBER[int(mode)]
    raise ArgumentTypeError(
        explain(
            f"{who}, interpolation",
            expected="an InterpolationMode or a corresponding Pillow integer constant",
            got=repr(mode),
            do="Use InterpolationMode.BILINEAR or another of its members.",
        )
    )


def pillow_number(mode):
    """Pillow's number of an InterpolationMode."""
    return _PILLOWS[mode]


def resize(
    img,
    size,
    interpolation=InterpolationMode.BILINEAR,
    max_size=None,
    antialias=True,
):
    """Scale an image.

    Args:
        img: a Pillow image, or (..., C, H, W), any real dtype.
        size: (height, width); or one number: the shorter side's, the other follows.
        interpolation: an InterpolationMode, or Pillow's number.
        max_size: the longer side's limit, where size is one number.
        antialias: whether a tensor is smoothed as it shrinks; Pillow always does.

    Returns:
        An image of the input's kind; the input itself where it has the size.

    Raises:
        TypeError: for what is no image or mode.
        ValueError: for a size or max_size that cannot be.
        NotImplementedError: for a tensor and a mode that is Pillow's alone.

    >>> import rushlight
    >>> resize(rushlight.tensor([[[0.0, 4.0]]]), [1, 4])
    tensor([[[0., 1., 3., 4.]]])
    """
    mode = as_interpolation(interpolation, "resize()")
    size = _as_size(size, max_size)
    _, rows, columns = get_dimensions(img)
    height, width = resized_size((rows, columns), size, max_size)
    if (rows, columns) == (height, width):
        return img
    if isinstance(img, Tensor):
        return _resize_tensor(img, height, width, mode, antialias)
    check_pil(img, "resize()")
    if antialias is False:
        warnings.warn(
            "resize(): expected antialias=True for a PIL Image, got False. Pillow "
            "always smooths; convert to a tensor first to do without.",
            stacklevel=2,
        )
    return img.resize((width, height), _PILLOWS[mode])


def _as_size(size, max_size):
    if isinstance(size, int):
        return [size]
    if not isinstance(size, (tuple, list)):
        raise ArgumentTypeError(
            explain(
                "resize(), size",
                expected="an int, a tuple or a list",
                got=type(size).__name__,
                do="Give (height, width), or the shorter side's length.",
            )
        )
    if len(size) not in (1, 2):
        raise ArgumentError(
            explain(
                "resize(), size",
                expected="an int or a 1 or 2 element tuple/list",
                got=f"{len(size)} elements",
                do="Give (height, width), or the shorter side's length.",
            )
        )
    if max_size is not None and len(size) == 2:
        raise ArgumentError(
            explain(
                "resize(), max_size",
                expected="no max_size where both sides are given",
                got=f"max_size={max_size} and size={size}",
                do="Pass max_size only with the length of the shorter side.",
            )
        )
    return size


def resized_size(image_size, size, max_size=None):
    """Height and width of the result of `resize`.

    Args:
        image_size: height and width now.
        size: [height, width], or [shorter side].
        max_size: the longer side's limit, or None.

    Returns:
        tuple of two ints.

    Raises:
        ValueError: for a limit that does not exceed the shorter side.

    >>> resized_size((20, 30), [10])
    (10, 15)
    """
    if len(size) == 2:
        return size[0], size[1]
    height, width = image_size
    short, long = size[0], int(size[0] * max(height, width) / min(height, width))
    if max_size is not None:
        if max_size <= short:
            raise ArgumentError(
                explain(
                    "resize(), max_size",
                    expected=f"more than the shorter side's size, {short}",
                    got=f"max_size = {max_size}, which must be strictly greater",
                    do="Raise max_size or lower size.",
                )
            )
        if long > max_size:
            short, long = int(max_size * short / long), max_size
    return (long, short) if width <= height else (short, long)


# ----------------------------------------------------------------------------- tensors


def _resize_tensor(image, height, width, mode, antialias):
    check_image_tensor(image, "resize()")
    if image.ndim not in (3, 4):
        raise ArgumentError(
            explain(
                "resize(), img",
                expected="3 or 4 dimensions, (C, H, W) or (N, C, H, W)",
                got=f"shape {list(image.shape)}",
                do="Add the dimension of channels, or join the leading ones.",
            )
        )
    _, rows, columns = get_dimensions(image)
    if mode in (InterpolationMode.NEAREST, InterpolationMode.NEAREST_EXACT):
        shift = 0.5 if mode is InterpolationMode.NEAREST_EXACT else 0.0
        down = TORCH["as_tensor"](_nearest(rows, height, shift)[:, None])
        across = TORCH["as_tensor"](_nearest(columns, width, shift))
        return image[(..., down, across)]
    if mode not in _FILTERS:
        lanczos = mode is InterpolationMode.LANCZOS
        raise (ArgumentError if lanczos else UnsupportedError)(
            explain(
                "resize(), interpolation",
                expected="nearest, nearest-exact, bilinear or bicubic for a tensor",
                got=f"{mode.value!r}",
                do="Resize a Pillow image, or choose another mode.",
            )
        )
    work = image if image.dtype in (float32, float64) else image.to(float32)
    kind = work._array.dtype.str
    across = _weights(columns, width, mode, bool(antialias), kind)
    down = _weights(rows, height, mode, bool(antialias), kind)
    result = TORCH["from_numpy"](down) @ (work @ TORCH["from_numpy"](across).t())
    if mode is InterpolationMode.BICUBIC and image.dtype == uint8:
        result = result.clamp(0, 255)
    if result.dtype == image.dtype:
        return result
    return (result.round() if image.dtype in _ROUNDED else result).to(image.dtype)


_ROUNDED = frozenset((uint8, int8, int16, int32, int64))


def _nearest(size, wanted, shift):
    """The place that each place of the result is taken from."""
    scale = np.float32(size) / np.float32(wanted)
    places = (np.arange(wanted, dtype=np.float32) + np.float32(shift)) * scale
    return np.minimum(np.floor(places).astype(np.int64), size - 1)


def _linear(x):
    return np.maximum(1 - np.abs(x), 0)


def _cubic(x, a):
    """The cubic convolution kernel (Keys 1981)."""
    x = np.abs(x)
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return np.where(x < 1, near, np.where(x < 2, far, 0))


#: mode -> (half the filter's width, the filter, the same for smoothed shrinking).
_FILTERS = {
    InterpolationMode.BILINEAR: (1, _linear, _linear),
    InterpolationMode.BICUBIC: (
        2,
        lambda x: _cubic(x, -0.75),
        lambda x: _cubic(x, -0.5),
    ),
}


@lru_cache(maxsize=64)
def _weights(size, wanted, mode, antialias, kind):
    """(wanted, size), float: how much each place counts in each place of the result."""
    real = np.dtype(kind).type
    half, plain, smoothed = _FILTERS[mode]
    scale = real(size) / real(wanted)
    steps = np.arange(wanted, dtype=kind) + real(0.5)
    if antialias:
        return _smoothed(size, steps * scale, scale, half, smoothed)
    # Rounded once, as a fused multiply-add does.
    points = (steps.astype("f8") * float(scale) - 0.5).astype(kind)
    return _plain(size, points, half, plain)


def _smoothed(size, centers, scale, half, function):
    """The filter widened by the scale, cut at the borders, summing to 1."""
    widen = max(scale, type(scale)(1))
    support = half * widen
    places = np.arange(size, dtype=centers.dtype)
    first = np.maximum((centers - support + 0.5).astype(np.int64), 0)
    last = np.minimum((centers + support + 0.5).astype(np.int64), size)
    inside = (places >= first[:, None]) & (places < last[:, None])
    distance = (places - centers[:, None] + type(scale)(0.5)) / widen
    weights = np.where(inside, function(distance), 0).astype(centers.dtype)
    return weights / weights.sum(1, keepdims=True)


def _plain(size, points, half, function):
    """The filter over a point's neighbours; beyond the border its last place counts."""
    if half == 1:
        points = np.maximum(points, 0)
    below = np.floor(points)
    weights = np.zeros((len(points), size), points.dtype)
    rows = np.arange(len(points))
    for offset in range(1 - half, half + 1):
        places = np.clip(below + offset, 0, size - 1).astype(np.int64)
        share = function((points - below) - offset).astype(points.dtype)
        np.add.at(weights, (rows, places), share)
    return weights

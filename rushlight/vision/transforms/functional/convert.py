"""From one kind of image to another: Pillow's, arrays, tensors, dtypes, scales."""

import sys

import numpy as np

from rushlight._base.config import default_dtype
from rushlight._base.dtype import (
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
)
from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    explain,
)
from rushlight._base.limits import iinfo
from rushlight._core.expose import TORCH
from rushlight._core.intercept import CAPTURE
from rushlight._core.tensor import Tensor, wrap
from rushlight.vision._images import image_of, is_pil, not_an_image
from rushlight.vision.transforms.functional.sizes import check_image_tensor

_255 = np.float32(255)
_SHORTS = "I;16" if sys.byteorder == "little" else "I;16B"
#: Modes whose pixels are no bytes, and the dtype that holds them.
_WIDE = {"I": np.int32, _SHORTS: np.int16, "F": np.float32}

# ------------------------------------------------------------------------- to tensors


def to_tensor(pic):
    """A Pillow image or an array as a tensor, channels first; bytes become [0, 1].

    Args:
        pic: a Pillow image, or an ndarray (H, W) or (H, W, C).

    Returns:
        Tensor (C, H, W): bytes divided by 255 in the default float dtype; other dtypes
        as they are.

    Raises:
        TypeError: for neither.
        ValueError: for an array that is not 2- or 3-dimensional.

    >>> import numpy as np
    >>> to_tensor(np.array([[0, 51], [102, 255]], np.uint8))
    tensor([[[0.0000, 0.2000],
             [0.4000, 1.0000]]])
    """
    if isinstance(pic, np.ndarray):
        pixels = _with_channels(pic, "to_tensor()")
    elif is_pil(pic):
        pixels = _pixels(pic, _WIDE.get(pic.mode, np.uint8))
        if pic.mode == "1":
            pixels = pixels * np.uint8(255)
    else:
        raise not_an_image("to_tensor()", "pic", "a PIL Image or an ndarray", pic)
    planes = pixels.transpose(2, 0, 1)
    if planes.dtype == np.uint8:
        return unit_floats(planes)
    return TORCH["from_numpy"](planes).contiguous()


def unit_floats(array):
    """Bytes divided by 255, in the default float dtype; any shape and layout."""
    dtype = default_dtype()
    if dtype is float32:  # one pass: converted and divided while in the cache
        return wrap(np.divide(array, _255, order="C"))
    return wrap(array).to(dtype).div(255).contiguous()


def pil_to_tensor(pic):
    """A Pillow image as a tensor of its own dtype, channels first, not scaled.

    Args:
        pic: a Pillow image.

    Returns:
        Tensor (C, H, W).

    Raises:
        TypeError: for anything else.

    >>> from PIL import Image
    >>> pil_to_tensor(Image.new("L", (2, 1), 7))
    tensor([[[7, 7]]], dtype=torch.uint8)
    """
    if not is_pil(pic):
        raise not_an_image("pil_to_tensor()", "pic", "a PIL Image", pic)
    return TORCH["as_tensor"](_pixels(pic, None)).permute(2, 0, 1)


def _pixels(image, dtype):
    """A copy of a Pillow image's pixels: (H, W, C)."""
    pixels = np.array(image, dtype)
    width, height = image.size
    return pixels.reshape(height, width, len(image.getbands()))


def _with_channels(array, who):
    if array.ndim not in (2, 3):
        raise ArgumentError(
            explain(
                f"{who}, pic",
                expected="2 or 3 dimensions",
                got=f"{array.ndim} dimensions",
                do="Give one picture at a time, (H, W) or (H, W, C).",
            )
        )
    return array[:, :, None] if array.ndim == 2 else array


# ------------------------------------------------------------------------- to pictures

#: By the number of channels: the modes that may be asked for, the usual one first.
_MODES = {
    2: ("LA",),
    3: ("RGB", "YCbCr", "HSV"),
    4: ("RGBA", "CMYK", "RGBX"),
}
#: With one channel the dtype decides.
_GREY = {
    np.dtype(np.uint8): "L",
    np.dtype(np.int16): _SHORTS,
    np.dtype(np.int32): "I",
    np.dtype(np.float32): "F",
}


def to_pil_image(pic, mode=None):
    """A tensor or an array as a Pillow image; floats in [0, 1] become bytes.

    Args:
        pic: Tensor (C, H, W) or (H, W), or ndarray (H, W, C) or (H, W); at most 4
            channels.
        mode: Pillow's name of the colour space; by channels and dtype if left out.

    Returns:
        A Pillow image.

    Raises:
        TypeError: for neither, or a dtype that Pillow cannot hold.
        ValueError: for wrong dimensions, channels or a mode that does not fit.

    >>> import rushlight
    >>> to_pil_image(rushlight.zeros(3, 4, 5)).mode
    'RGB'
    """
    if isinstance(pic, Tensor):
        pic = (pic.permute(1, 2, 0) if pic.ndim == 3 else pic).numpy(force=True)
    elif not isinstance(pic, np.ndarray):
        raise not_an_image("to_pil_image()", "pic", "a Tensor or an ndarray", pic)
    pixels = _with_channels(pic, "to_pil_image()")
    if pixels.shape[2] > 4:
        raise ArgumentError(
            explain(
                "to_pil_image(), pic",
                expected="at most 4 channels",
                got=f"{pixels.shape[2]} channels",
                do="A tensor's channels come first, an array's last.",
            )
        )
    if np.issubdtype(pixels.dtype, np.floating) and mode != "F":
        pixels = (pixels * 255).astype(np.uint8)
    if pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
        return image_of(pixels, _grey_mode(pixels.dtype, mode))
    return image_of(pixels, _colour_mode(pixels, mode))


def _grey_mode(dtype, mode):
    natural = _GREY.get(dtype)
    if mode is not None and mode != natural:
        raise _wrong_mode(mode, f"{natural} for one channel of {dtype}")
    if natural is None:
        raise _unknown_dtype(dtype)
    return natural


def _colour_mode(pixels, mode):
    modes = _MODES[pixels.shape[2]]
    if mode is not None and mode not in modes:
        raise _wrong_mode(mode, f"one of {modes} for {pixels.shape[2]} channels")
    if pixels.dtype != np.uint8:
        raise _unknown_dtype(pixels.dtype)
    return mode or modes[0]


def _wrong_mode(mode, expected):
    return ArgumentError(
        explain(
            "to_pil_image(), mode",
            expected=expected,
            got=repr(mode),
            do="Leave mode out to have it chosen.",
        )
    )


def _unknown_dtype(dtype):
    return ArgumentTypeError(
        explain(
            "to_pil_image(), pic",
            expected="bytes or floats; int16 and int32 in one channel",
            got=f"input type {dtype}, which is not supported",
            do="Convert it first.",
        )
    )


# -------------------------------------------------------------------- dtypes and scales


def convert_image_dtype(image, dtype=float32):
    """An image in another dtype, its values scaled from full range to full range.

    Floats range over [0, 1], integers from 0 to their largest.

    Args:
        image: Tensor, (*).
        dtype: of the result.

    Returns:
        Tensor (*), of that dtype; the input itself where it has the dtype.

    Raises:
        TypeError: for what is no tensor.
        RuntimeError: from float32 to int32 or int64, and float64 to int64: too few
            digits.

    >>> import rushlight
    >>> convert_image_dtype(rushlight.tensor([0, 255], dtype=rushlight.uint8))
    tensor([0., 1.])
    """
    if not isinstance(image, Tensor):
        raise not_an_image("convert_image_dtype()", "image", "a Tensor", image)
    if image.dtype == dtype:
        return image
    if image.is_floating_point():
        return _from_floats(image, dtype)
    largest = float(largest_value(image.dtype))
    if dtype.is_floating_point:
        return image.to(dtype) / largest
    wanted = float(largest_value(dtype))
    if largest > wanted:
        factor = int((largest + 1) // (wanted + 1))
        return TORCH["div"](image, factor, rounding_mode="floor").to(dtype)
    return image.to(dtype) * int((wanted + 1) // (largest + 1))


def _from_floats(image, dtype):
    if dtype.is_floating_point:
        return image.to(dtype)
    if (image.dtype, dtype) in ((float32, int32), (float32, int64), (float64, int64)):
        raise ArgumentRuntimeError(
            explain(
                "convert_image_dtype()",
                expected="a dtype whose whole range the input can tell apart",
                got=f"the cast from {image.dtype} to {dtype}, which cannot be "
                "performed safely",
                do="Convert to float64, or to a narrower integer dtype.",
            )
        )
    # A little less than one step beyond the range: each integer gets an equal share.
    return image.mul(float(largest_value(dtype)) + 1.0 - 1e-3).to(dtype)


_INTEGERS = frozenset((uint8, int8, int16, uint16, int32, int64))


def largest_value(dtype):
    """The value of white: 1 of floats, the largest of integers."""
    return iinfo(dtype).max if dtype in _INTEGERS else 1


def normalize(tensor, mean, std, inplace=False):
    """Shift and scale each channel.

        (tensor - mean) / std

    Args:
        tensor: (..., C, H, W), float.
        mean, std: a number for each channel.
        inplace: whether to write into the tensor.

    Returns:
        Tensor, same shape and dtype.

    Raises:
        TypeError: for what is no float tensor.
        ValueError: for fewer than three dimensions, or a std of zero.

    >>> import rushlight
    >>> normalize(rushlight.ones(1, 1, 2), [0.5], [0.25])
    tensor([[[2., 2.]]])
    """
    _check_normalizable(tensor)
    if not inplace:
        tensor = tensor.clone()
    mean, std = _per_channel(mean, tensor), _per_channel(std, tensor)
    if not std._array.all():
        raise ArgumentError(
            explain(
                "normalize(), std",
                expected="numbers that are not zero",
                got=f"std evaluated to zero in {tensor.dtype}: {std.tolist()}",
                do="Correct it, or leave the constant channel out.",
            )
        )
    return tensor.sub_(mean).div_(std)


def _per_channel(numbers, tensor):
    """A tensor that broadcasts over the image: one number for each channel."""
    array = tensor._array
    plain = numbers.__class__ in (tuple, list) and _NUMBERS.issuperset(
        map(type, numbers)
    )
    on_cpu = array.__class__ is np.ndarray or CAPTURE.get() is not None
    if plain and on_cpu and array.dtype in _EXACT:
        return wrap(np.array(numbers, array.dtype).reshape(-1, 1, 1))
    made = TORCH["as_tensor"](numbers, dtype=tensor.dtype, device=tensor.device)
    return made.view(-1, 1, 1) if made.ndim == 1 else made


_NUMBERS = frozenset((float, int))
_EXACT = frozenset(map(np.dtype, ("f4", "f8")))


def _check_normalizable(tensor):
    if not isinstance(tensor, Tensor):
        raise not_an_image("normalize()", "tensor", "a Tensor", tensor)
    check_image_tensor(tensor, "normalize()")
    if not tensor.is_floating_point():
        raise ArgumentTypeError(
            explain(
                "normalize(), tensor",
                expected="a float tensor",
                got=tensor.dtype,
                do="Put ToTensor() or ConvertImageDtype() before Normalize().",
            )
        )
    if tensor.ndim < 3:
        raise ArgumentError(
            explain(
                "normalize(), tensor",
                expected="a tensor image of size (..., C, H, W)",
                got=f"tensor.size() = {tensor.size()}",
                do="Add the dimension of channels.",
            )
        )

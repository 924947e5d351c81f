"""Values exchanged for others, whatever stands beside them."""

from rushlight._base.dtype import float32, uint8
from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight._core.expose import FUNCTIONAL, TORCH
from rushlight._core.tensor import Tensor
from rushlight.vision._images import check_pil
from rushlight.vision.transforms.functional.colours import check_channels
from rushlight.vision.transforms.functional.convert import largest_value


def _by_pillow(image, name, *args):
    check_pil(image, f"{name}()")
    from PIL import ImageOps

    return getattr(ImageOps, name)(image, *args)


def _check(image, who, only_bytes=False):
    check_channels(image, who)
    if image.ndim < 3 or (only_bytes and image.dtype != uint8):
        raise ArgumentTypeError(
            explain(
                who,
                expected="an image (..., 1 or 3, H, W)" + ", uint8" * only_bytes,
                got=f"shape {list(image.shape)}, {image.dtype}",
                do="convert_image_dtype(image, torch.uint8) makes bytes of floats.",
            )
        )


def invert(img):
    """The negative of an image.

    Args:
        img: a Pillow image, or (..., 1 or 3, H, W).

    Returns:
        An image of the input's kind.

    Raises:
        TypeError: for what is no image.

    >>> import rushlight
    >>> invert(rushlight.tensor([[[0, 55]]], dtype=rushlight.uint8))
    tensor([[[255, 200]]], dtype=torch.uint8)
    """
    if not isinstance(img, Tensor):
        return _by_pillow(img, "invert")
    _check(img, "invert()")
    return largest_value(img.dtype) - img


def posterize(img, bits):
    """Keep a few bits of each value.

    Args:
        img: a Pillow image, or (..., 1 or 3, H, W), uint8.
        bits: how many, 0 to 8.

    Returns:
        An image of the input's kind.

    Raises:
        TypeError: for what is no image of bytes.
        ValueError: for another number of bits.

    >>> import rushlight
    >>> posterize(rushlight.tensor([[[200, 55]]], dtype=rushlight.uint8), 2)
    tensor([[[192,   0]]], dtype=torch.uint8)
    """
    if not 0 <= bits <= 8:
        raise ArgumentError(
            explain(
                "posterize(), bits",
                expected="a number between 0 and 8",
                got=bits,
                do="8 keeps the image as it is.",
            )
        )
    if not isinstance(img, Tensor):
        return _by_pillow(img, "posterize", bits)
    _check(img, "posterize()", only_bytes=True)
    return img & (256 - 2 ** (8 - bits))


def solarize(img, threshold):
    """The negative of those values that are large.

    Args:
        img: a Pillow image, or (..., 1 or 3, H, W).
        threshold: the least value that is exchanged.

    Returns:
        An image of the input's kind.

    Raises:
        TypeError: for what is no image, or a threshold beyond the values' range.

    >>> import rushlight
    >>> solarize(rushlight.tensor([[[0.25, 1.0]]]), 0.5)
    tensor([[[0.2500, 0.0000]]])
    """
    if not isinstance(img, Tensor):
        return _by_pillow(img, "solarize", threshold)
    _check(img, "solarize()")
    if threshold > largest_value(img.dtype):
        raise ArgumentTypeError(
            explain(
                "solarize(), threshold",
                expected=f"at most {largest_value(img.dtype)} for {img.dtype}",
                got=threshold,
                do="Lower it.",
            )
        )
    return TORCH["where"](img >= threshold, invert(img), img)


def autocontrast(img):
    """Stretch each channel so that its values fill the range.

    Args:
        img: a Pillow image, or (..., 1 or 3, H, W).

    Returns:
        An image of the input's kind.

    Raises:
        TypeError: for what is no image.

    >>> import rushlight
    >>> autocontrast(rushlight.tensor([[[0.25, 0.5, 0.75]]]))
    tensor([[[0.0000, 0.5000, 1.0000]]])
    """
    if not isinstance(img, Tensor):
        return _by_pillow(img, "autocontrast")
    _check(img, "autocontrast()")
    bound = largest_value(img.dtype)
    dtype = img.dtype if img.is_floating_point() else float32
    low = img.amin((-2, -1), keepdim=True).to(dtype)
    high = img.amax((-2, -1), keepdim=True).to(dtype)
    scale = bound / (high - low)
    even = ~scale.isfinite()
    low, scale = low.masked_fill(even, 0), scale.masked_fill(even, 1)
    return ((img - low) * scale).clamp(0, bound).to(img.dtype)


def equalize(img):
    """Make all values of each channel about equally frequent.

    Args:
        img: a Pillow image, or (C, H, W) or (N, C, H, W), uint8, C 1 or 3.

    Returns:
        An image of the input's kind.

    Raises:
        TypeError: for what is no image of bytes.

    >>> import rushlight
    >>> image = rushlight.arange(4, dtype=rushlight.uint8).repeat(100).view(1, 20, 20)
    >>> equalize(image).unique()
    tensor([  0, 100, 200, 255], dtype=torch.uint8)
    """
    if not isinstance(img, Tensor):
        return _by_pillow(img, "equalize")
    _check(img, "equalize()", only_bytes=True)
    if img.ndim > 4:
        _check(img[0, 0, 0, 0, 0], "equalize()")
    planes = img.reshape(-1, *img.shape[-2:])
    if not len(planes):
        return img
    return TORCH["stack"]([_equalized(plane) for plane in planes]).reshape(img.shape)


def _equalized(plane):
    counts = TORCH["bincount"](plane.reshape(-1), minlength=256)
    present = counts[counts != 0]
    step = int(present[:-1].sum()) // 255
    if step == 0:
        return plane
    table = (counts.cumsum(0) + step // 2) // step
    table = FUNCTIONAL["pad"](table, [1, 0])[:-1].clamp(0, 255)
    return table[plane.long()].to(uint8)

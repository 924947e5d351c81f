"""Reading and writing pictures."""

import io
from enum import Enum

import numpy as np

from rushlight._base.dtype import uint8
from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight._core.expose import TORCH
from rushlight._core.tensor import Tensor, wrap
from rushlight.serialization.atomic import atomic_file


class ImageReadMode(Enum):
    """What colours to convert to."""

    UNCHANGED = 0
    GRAY = 1
    GRAY_ALPHA = 2
    RGB = 3
    RGB_ALPHA = 4
    RGBA = RGB_ALPHA


_MODES = {
    ImageReadMode.GRAY: "L",
    ImageReadMode.GRAY_ALPHA: "LA",
    ImageReadMode.RGB: "RGB",
    ImageReadMode.RGBA: "RGBA",
}


def read_file(path):
    """A file's bytes.

    Args:
        path: str or Path.

    Returns:
        Tensor (N,), uint8.

    Raises:
        RuntimeError: where there is no such file.
    """
    try:
        return wrap(np.fromfile(path, np.uint8))
    except OSError as error:
        raise ArgumentRuntimeError(
            explain(
                "read_file(), path",
                expected="a file that can be read",
                got=f"[Errno {error.errno}] {error.strerror}: '{path}'",
                do="Check the path.",
            )
        ) from error


def write_file(filename, data):
    """Write bytes to a file; it is there whole or not at all.

    Args:
        filename: str or Path.
        data: (N,), uint8.

    Raises:
        RuntimeError: for other data, or a place that cannot be written.
    """
    _check_bytes("write_file()", data)
    try:
        with atomic_file(filename) as file:
            file.write(data.numpy().tobytes())
    except OSError as error:
        raise ArgumentRuntimeError(
            explain(
                "write_file(), filename",
                expected="a place that can be written",
                got=f"[Errno {error.errno}] {error.strerror}: '{filename}'",
                do="Check the path.",
            )
        ) from error


def _check_bytes(who, data):
    if not isinstance(data, Tensor) or data.ndim != 1 or data.dtype != uint8:
        shown = (
            f"{list(data.shape)}, {data.dtype}" if isinstance(data, Tensor) else data
        )
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="a file's bytes, (N,), uint8",
                got=shown,
                do="Read the file with read_file().",
            )
        )


def _decoder(name, *formats):
    def decode(
        input, mode=ImageReadMode.UNCHANGED, device="cpu", apply_exif_orientation=False
    ):
        if isinstance(input, list):
            return [
                decode(item, mode, device, apply_exif_orientation) for item in input
            ]
        _check_bytes(f"{name}()", input)
        return _decoded(name, input, formats, mode, apply_exif_orientation).to(device)

    what = formats[0] if formats else "JPEG, PNG, GIF or WebP"
    decode.__name__ = decode.__qualname__ = name
    decode.__doc__ = f"""A picture from the bytes of a {what} file.

    Args:
        input: (N,), uint8: the file's bytes; or a list of such.
        mode: an `ImageReadMode` or its name.
        device: where to put the result.
        apply_exif_orientation: whether to turn it as the camera says.

    Returns:
        Tensor (C, H, W), uint8 (uint16 for PNG of that depth).

    Raises:
        RuntimeError: for other bytes.
        KeyError: for an unknown mode.
    """
    return decode


def _decoded(name, data, formats, mode, turn):
    from PIL import Image, ImageOps, UnidentifiedImageError

    if isinstance(mode, str):
        mode = ImageReadMode[mode.upper()]
    try:
        file = io.BytesIO(data.numpy().tobytes())
        image = Image.open(file, formats=formats or None)
        image.load()
    except (UnidentifiedImageError, OSError) as error:
        raise ArgumentRuntimeError(
            explain(
                f"{name}(), input",
                expected=f"a picture of the format {' or '.join(formats) or 'known'}",
                got=f"{len(data)} bytes that are none",
                do="Check that the file is whole, and use decode_image().",
            )
        ) from error
    if turn:
        image = ImageOps.exif_transpose(image)
    return _as_tensor(image, mode)


def _as_tensor(image, mode):
    if mode is not ImageReadMode.UNCHANGED:
        image = image.convert(_MODES[mode])
    elif image.mode in ("P", "1"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    pixels = np.array(image)
    if image.mode.startswith("I"):
        pixels = pixels.astype(np.uint16)
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    return wrap(np.ascontiguousarray(pixels.transpose(2, 0, 1)))


decode_image = _decoder("decode_image")
decode_png = _decoder("decode_png", "PNG")
decode_jpeg = _decoder("decode_jpeg", "JPEG")
decode_webp = _decoder("decode_webp", "WEBP")
decode_gif = _decoder("decode_gif", "GIF")


def read_image(path, mode=ImageReadMode.UNCHANGED, apply_exif_orientation=False):
    """A picture from a file.

    Args:
        path: str or Path.
        mode: an `ImageReadMode` or its name.
        apply_exif_orientation: whether to turn it as the camera says.

    Returns:
        Tensor (C, H, W), uint8.

    Raises:
        RuntimeError: for a file that is not there or no picture.
        KeyError: for an unknown mode.

    >>> import rushlight
    >>> write_png(rushlight.zeros(3, 4, 5, dtype=rushlight.uint8), "black.png")
    >>> read_image("black.png").shape
    torch.Size([3, 4, 5])
    """
    return decode_image(
        read_file(path), mode, apply_exif_orientation=apply_exif_orientation
    )


def encode_png(input, compression_level=6):
    """The bytes of a PNG file.

    Args:
        input: (1, H, W) or (3, H, W), uint8.
        compression_level: 0 to 9.

    Returns:
        Tensor (N,), uint8.

    Raises:
        RuntimeError: for other pictures or levels.
    """
    _check_range("encode_png(), compression_level", compression_level, 0, 9)
    return _encoded("encode_png()", input, "PNG", compress_level=compression_level)


def encode_jpeg(input, quality=75):
    """The bytes of a JPEG file.

    Args:
        input: (1, H, W) or (3, H, W), uint8; or a list of such.
        quality: 1 to 100.

    Returns:
        Tensor (N,), uint8; or a list of such.

    Raises:
        RuntimeError: for other pictures.
        ValueError: for another quality.
    """
    _check_range("encode_jpeg(), quality", quality, 1, 100)
    if isinstance(input, list):
        return [encode_jpeg(image, quality) for image in input]
    return _encoded("encode_jpeg()", input, "JPEG", quality=quality)


def _check_range(who, value, low, high):
    if not low <= value <= high:
        kind = ArgumentError if "quality" in who else ArgumentRuntimeError
        raise kind(
            explain(
                who,
                expected=f"a number between {low} and {high}",
                got=value,
                do="Choose one of these.",
            )
        )


def _encoded(who, image, format, **options):
    right = isinstance(image, Tensor) and image.ndim == 3 and image.dtype == uint8
    if not right or image.shape[0] not in (1, 3):
        shown = type(image)
        if isinstance(image, Tensor):
            shown = f"{list(image.shape)}, {image.dtype}"
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="a picture (1 or 3, H, W), uint8",
                got=shown,
                do="convert_image_dtype(image, torch.uint8) makes bytes of floats.",
            )
        )
    from rushlight.vision.transforms.functional import to_pil_image

    file = io.BytesIO()
    to_pil_image(image).save(file, format, **options)
    return TORCH["frombuffer"](bytearray(file.getvalue()), dtype=uint8)


def write_png(input, filename, compression_level=6):
    """Write a picture to a PNG file.

    Args:
        input, compression_level: as for `encode_png`.
        filename: str or Path.

    Raises:
        RuntimeError: as `encode_png` and `write_file` say.
    """
    write_file(filename, encode_png(input, compression_level))


def write_jpeg(input, filename, quality=75):
    """Write a picture to a JPEG file.

    Args:
        input, quality: as for `encode_jpeg`.
        filename: str or Path.

    Raises:
        RuntimeError, ValueError: as `encode_jpeg` and `write_file` say.
    """
    write_file(filename, encode_jpeg(input, quality))

"""Pictures in files as tensors, by Pillow."""

from rushlight.vision.io.image import (
    ImageReadMode,
    decode_gif,
    decode_image,
    decode_jpeg,
    decode_png,
    decode_webp,
    encode_jpeg,
    encode_png,
    read_file,
    read_image,
    write_file,
    write_jpeg,
    write_png,
)


def __getattr__(name):
    from rushlight.vision._images import missing_name

    raise missing_name("torchvision.io", name, globals())

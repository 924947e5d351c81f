"""What an image is: Pillow's images, recognised and made; torchvision's backend names.

Pillow is imported when the first image is made: who has none needs none.
"""

import sys

import numpy as np

from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain


def is_pil(thing):
    """Whether something is a Pillow image."""
    pillow = sys.modules.get("PIL.Image")
    return pillow is not None and isinstance(thing, pillow.Image)


def check_pil(image, who, name="img"):
    """Refuse what is no Pillow image.

    Raises:
        TypeError: for anything else.
    """
    if not is_pil(image):
        raise not_an_image(who, name, "PIL Image", image)


def not_an_image(who, name, wanted, got):
    """The TypeError for an argument that is not the kind of image wanted."""
    return ArgumentTypeError(
        explain(
            f"{who}, {name}",
            expected=wanted,
            got=type(got),
            do="Convert it with ToTensor() or ToPILImage() at the right place.",
        )
    )


def image_of(array, mode="L"):
    """A Pillow image over an array of pixels.

    Args:
        array: (H, W) or (H, W, C), of the dtype that the mode holds.
        mode: Pillow's.

    Raises:
        TypeError: for another dtype than bytes in the mode "L".
    """
    from PIL import Image

    if mode == "L" and array.dtype != np.uint8:
        raise ArgumentTypeError(
            explain(
                "a grey picture",
                expected="dtype uint8",
                got=array.dtype,
                do="Keep bytes in the dataset's data; convert in its transform.",
            )
        )
    height, width = array.shape[:2]
    pixels = np.ascontiguousarray(array)
    return Image.frombuffer(mode, (width, height), pixels, "raw", mode, 0, 1)


def missing_name(module, name, known):
    """The AttributeError for a name that a room of torchvision's does not have here."""
    from rushlight._doors import missing_name as missing

    return missing(module, name, known)


_BACKENDS = ("PIL",)


def get_image_backend():
    """The package that images are read with: always 'PIL'.

    >>> get_image_backend()
    'PIL'
    """
    return "PIL"


def set_image_backend(backend):
    """Choose the package that images are read with; there is one.

    Args:
        backend: 'PIL'.

    Raises:
        ValueError: for another name.

    Differs:
        'accimage', which torchvision takes, is not supported.

    >>> set_image_backend("PIL")
    """
    if backend not in _BACKENDS:
        raise ArgumentError(
            explain(
                "set_image_backend()",
                expected=f"one of {_BACKENDS}",
                got=repr(backend),
                do="Leave the call out.",
            )
        )

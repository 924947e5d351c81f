"""How large an image is."""

from rushlight._base.errors import ArgumentTypeError, explain
from rushlight._core.tensor import Tensor
from rushlight.vision._images import is_pil, not_an_image


def check_image_tensor(image, who):
    """Refuse a tensor that cannot be an image.

    Raises:
        TypeError: for fewer than two dimensions.
    """
    if image.ndim < 2:
        raise ArgumentTypeError(
            explain(
                who,
                expected="an image tensor (..., H, W)",
                got=f"shape {list(image.shape)}",
                do="Add the missing dimensions.",
            )
        )


def get_dimensions(img):
    """Channels, height and width of an image.

    Args:
        img: a Pillow image, or (..., C, H, W) or (H, W), any dtype.

    Returns:
        list of three ints.

    Raises:
        TypeError: for what is no image.

    >>> import rushlight
    >>> get_dimensions(rushlight.zeros(3, 4, 5))
    [3, 4, 5]
    """
    if isinstance(img, Tensor):
        check_image_tensor(img, "get_dimensions()")
        shape = img._array.shape
        return [1 if len(shape) == 2 else shape[-3], shape[-2], shape[-1]]
    if is_pil(img):
        width, height = img.size
        return [len(img.getbands()), height, width]
    raise not_an_image("get_dimensions()", "img", "a PIL Image or a Tensor", img)


def get_image_size(img):
    """Width and height of an image.

    Args:
        img: as for `get_dimensions`.

    Returns:
        list of two ints: the width comes first.

    Raises:
        TypeError: for what is no image.

    >>> import rushlight
    >>> get_image_size(rushlight.zeros(3, 4, 5))
    [5, 4]
    """
    _, height, width = get_dimensions(img)
    return [width, height]


def get_image_num_channels(img):
    """The number of channels of an image.

    Args:
        img: as for `get_dimensions`.

    Returns:
        int.

    Raises:
        TypeError: for what is no image.

    >>> import rushlight
    >>> get_image_num_channels(rushlight.zeros(4, 5))
    1
    """
    return get_dimensions(img)[0]

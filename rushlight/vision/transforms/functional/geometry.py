"""Where an image's pixels lie: parts cut out, sides exchanged."""

import numbers

from rushlight._base.errors import ArgumentError, explain
from rushlight._core.tensor import Tensor
from rushlight.vision._images import check_pil
from rushlight.vision.transforms.functional.borders import pad
from rushlight.vision.transforms.functional.resample import InterpolationMode, resize
from rushlight.vision.transforms.functional.sizes import (
    check_image_tensor,
    get_dimensions,
)


def crop(img, top, left, height, width):
    """Cut a rectangle out of an image; what lies outside the image is 0.

    Args:
        img: a Pillow image, or (..., H, W), any dtype.
        top, left: where the rectangle begins, in pixels.
        height, width: its size.

    Returns:
        An image of the input's kind, of that size.

    Raises:
        TypeError: for what is no image.

    >>> import rushlight
    >>> crop(rushlight.arange(6).view(2, 3), 0, 1, 1, 2)
    tensor([[1, 2]])
    """
    if not isinstance(img, Tensor):
        check_pil(img, "crop()")
        return img.crop((left, top, left + width, top + height))
    check_image_tensor(img, "crop()")
    _, rows, columns = get_dimensions(img)
    right, bottom = left + width, top + height
    inside = img[..., max(top, 0) : bottom, max(left, 0) : right]
    if left >= 0 and top >= 0 and right <= columns and bottom <= rows:
        return inside
    outside = [
        max(-left + min(0, right), 0),
        max(-top + min(0, bottom), 0),
        max(right - max(columns, left), 0),
        max(bottom - max(rows, top), 0),
    ]
    return pad(inside, outside)


def center_crop(img, output_size):
    """Cut the middle out of an image; a smaller image gets a border of 0.

    Args:
        img: a Pillow image, or (..., H, W), any dtype.
        output_size: (height, width), or one number for both.

    Returns:
        An image of the input's kind, of that size.

    Raises:
        TypeError: for what is no image.

    >>> import rushlight
    >>> center_crop(rushlight.arange(9).view(3, 3), 1)
    tensor([[4]])
    """
    if isinstance(output_size, numbers.Number):
        output_size = (int(output_size),) * 2
    elif len(output_size) == 1:
        output_size = (output_size[0],) * 2
    height, width = output_size
    _, rows, columns = get_dimensions(img)
    if width > columns or height > rows:
        more, taller = max(width - columns, 0), max(height - rows, 0)
        img = pad(img, [more // 2, taller // 2, (more + 1) // 2, (taller + 1) // 2])
        _, rows, columns = get_dimensions(img)
    # Halves round to the even number, as torchvision's do.
    top, left = round((rows - height) / 2.0), round((columns - width) / 2.0)
    return crop(img, top, left, height, width)


def resized_crop(
    img,
    top,
    left,
    height,
    width,
    size,
    interpolation=InterpolationMode.BILINEAR,
    antialias=True,
):
    """Cut a rectangle out of an image and scale it.

    Args:
        img, top, left, height, width: as for `crop`.
        size, interpolation, antialias: as for `resize`.

    Returns:
        An image of the input's kind.

    Raises:
        TypeError, ValueError: as for `resize`.

    >>> import rushlight
    >>> resized_crop(rushlight.ones(1, 4, 4), 0, 0, 2, 2, [3, 3]).shape
    torch.Size([1, 3, 3])
    """
    cut = crop(img, top, left, height, width)
    return resize(cut, size, interpolation, antialias=antialias)


def hflip(img):
    """Exchange an image's left and right.

    Args:
        img: a Pillow image, or (..., H, W), any dtype.

    Returns:
        An image of the input's kind.

    Raises:
        TypeError: for what is no image.

    >>> import rushlight
    >>> hflip(rushlight.tensor([[1, 2]]))
    tensor([[2, 1]])
    """
    return _flip(img, -1, "hflip()")


def vflip(img):
    """Turn an image upside down.

    Args:
        img: a Pillow image, or (..., H, W), any dtype.

    Returns:
        An image of the input's kind.

    Raises:
        TypeError: for what is no image.

    >>> import rushlight
    >>> vflip(rushlight.tensor([[1], [2]])).tolist()
    [[2], [1]]
    """
    return _flip(img, -2, "vflip()")


def _flip(img, dim, who):
    if isinstance(img, Tensor):
        check_image_tensor(img, who)
        return img.flip(dim)
    check_pil(img, who)
    from PIL import Image

    way = Image.Transpose
    return img.transpose(way.FLIP_LEFT_RIGHT if dim == -1 else way.FLIP_TOP_BOTTOM)


def five_crop(img, size):
    """The four corners of an image, and its middle.

    Args:
        img: a Pillow image, or (..., H, W), any dtype.
        size: (height, width) of each, or one number for both.

    Returns:
        tuple of five images: top left, top right, bottom left, bottom right, middle.

    Raises:
        TypeError: for what is no image.
        ValueError: for more than two numbers, or a size that exceeds the image's.

    >>> import rushlight
    >>> [int(part) for part in five_crop(rushlight.arange(9).view(3, 3), 1)]
    [0, 2, 6, 8, 4]
    """
    height, width = _two(size)
    _, rows, columns = get_dimensions(img)
    if width > columns or height > rows:
        raise ArgumentError(
            explain(
                "five_crop(), size",
                expected=f"at most the image's size {(rows, columns)}",
                got=f"Requested crop size {(height, width)}",
                do="Resize the image, or crop less.",
            )
        )
    corners = [(0, 0), (0, columns - width), (rows - height, 0)]
    corners.append((rows - height, columns - width))
    parts = [crop(img, top, left, height, width) for top, left in corners]
    return (*parts, center_crop(img, [height, width]))


def _two(size):
    if isinstance(size, numbers.Number):
        return int(size), int(size)
    if len(size) not in (1, 2):
        raise ArgumentError(
            explain(
                "five_crop(), size",
                expected="only two dimensions (h, w)",
                got=f"{len(size)} numbers",
                do="Give height and width.",
            )
        )
    return (size[0], size[0]) if len(size) == 1 else size


def ten_crop(img, size, vertical_flip=False):
    """`five_crop` of an image and of its mirror image.

    Args:
        img, size: as for `five_crop`.
        vertical_flip: whether to mirror up and down, not left and right.

    Returns:
        tuple of ten images.

    Raises:
        TypeError, ValueError: as for `five_crop`.

    >>> import rushlight
    >>> len(ten_crop(rushlight.zeros(1, 3, 3), 2))
    10
    """
    first = five_crop(img, _two(size))
    return first + five_crop((vflip if vertical_flip else hflip)(img), _two(size))

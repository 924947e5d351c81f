"""Images turned, moved, scaled, sheared, seen from another side.

# Note [Points of an image]
# Each pixel of the result asks where in the input it comes from.  For Pillow these maps
# go from pixel to pixel, the origin in the upper left corner; for tensors they go about
# the middle and end in [-1, 1], from one border to the other, as torch's grids do.
"""

import math
import numbers

import numpy as np

from rushlight._base.dtype import float32
from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight._core.expose import TORCH
from rushlight._core.tensor import Tensor
from rushlight.vision._images import check_pil
from rushlight.vision.transforms.functional.borders import fill_of
from rushlight.vision.transforms.functional.convert import pil_to_tensor, to_pil_image
from rushlight.vision.transforms.functional.filters import as_batch
from rushlight.vision.transforms.functional.resample import (
    InterpolationMode,
    as_interpolation,
    pillow_number,
)
from rushlight.vision.transforms.functional.sampling import bilinear, nearest
from rushlight.vision.transforms.functional.sizes import (
    check_image_tensor,
    get_dimensions,
)

_NEAREST = InterpolationMode.NEAREST


def rotate(img, angle, interpolation=_NEAREST, expand=False, center=None, fill=None):
    """Turn an image.

    Args:
        img: a Pillow image, or (..., C, H, W).
        angle: in degrees, counter-clockwise.
        interpolation: an InterpolationMode, or Pillow's number; NEAREST or BILINEAR
            for tensors.
        expand: whether the result is as large as the turned image.
        center: (x, y) that stays in its place; the middle if left out.
        fill: the value outside the image, or one for each channel; 0 if left out.

    Returns:
        An image of the input's kind.

    Raises:
        TypeError: for arguments of other types.
        ValueError: for a fill that does not fit, or another mode.

    >>> import rushlight
    >>> rotate(rushlight.tensor([[[1, 2], [3, 4]]]), 90)
    tensor([[[2, 4],
             [1, 3]]])
    """
    mode = as_interpolation(interpolation, "rotate()")
    _check_type("rotate()", "angle", angle, (int, float), "a number")
    _check_center("rotate()", center)
    if not isinstance(img, Tensor):
        check_pil(img, "rotate()")
        colour = fill_of(img, fill)
        return img.rotate(angle, pillow_number(mode), expand, center, fillcolor=colour)
    matrix = _inverse(_from_middle(img, center), -angle, (0.0, 0.0), 1.0, (0.0, 0.0))
    height, width = img.shape[-2:]
    size = _turned_size(matrix, height, width) if expand else (height, width)
    return _warped(img, _affine_grid(img, matrix, size), mode, fill, "rotate()")


def affine(
    img,
    angle,
    translate,
    scale,
    shear,
    interpolation=_NEAREST,
    fill=None,
    center=None,
):
    """Turn, move, scale and shear an image.

    Args:
        img: a Pillow image, or (..., C, H, W).
        angle: in degrees, clockwise.
        translate: (x, y), in pixels.
        scale: a positive factor.
        shear: in degrees, (x, y) or x alone.
        interpolation, fill, center: as for `rotate`.

    Returns:
        An image of the input's kind and size.

    Raises:
        TypeError: for arguments of other types.
        ValueError: for others that do not fit.

    >>> import rushlight
    >>> affine(rushlight.tensor([[[1, 2, 3]]]), 0, [1, 0], 1.0, 0.0)
    tensor([[[0, 1, 2]]])
    """
    mode = as_interpolation(interpolation, "affine()")
    _check_type("affine()", "angle", angle, (int, float), "a number")
    _check_type("affine()", "translate", translate, (list, tuple), "a sequence")
    kinds = (numbers.Number, list, tuple)
    _check_type("affine()", "shear", shear, kinds, "a number or a sequence of two")
    _check_center("affine()", center)
    shear = [shear, 0.0] if isinstance(shear, numbers.Number) else list(shear)
    shear = shear * 2 if len(shear) == 1 else shear
    if len(translate) != 2 or len(shear) != 2 or scale <= 0.0:
        raise ArgumentError(
            explain(
                "affine()",
                expected="two numbers to translate, one or two to shear, scale > 0",
                got=f"translate={translate}, shear={shear}, scale={scale}",
                do="Correct it.",
            )
        )
    if not isinstance(img, Tensor):
        check_pil(img, "affine()")
        middle = [0.5 * side for side in img.size] if center is None else center
        matrix = _inverse(middle, angle, translate, scale, shear)
        return _by_pillow(img, "AFFINE", matrix, mode, fill)
    matrix = _inverse(_from_middle(img, center), angle, translate, scale, shear)
    grid = _affine_grid(img, matrix, img.shape[-2:])
    return _warped(img, grid, mode, fill, "affine()")


def perspective(
    img, startpoints, endpoints, interpolation=InterpolationMode.BILINEAR, fill=None
):
    """See an image from another side.

    Args:
        img: a Pillow image, or (..., C, H, W).
        startpoints: four points (x, y) of the image.
        endpoints: where these are to be in the result.
        interpolation, fill: as for `rotate`.

    Returns:
        An image of the input's kind and size.

    Raises:
        TypeError: for another mode.
        ValueError: for another number of points, or a fill that does not fit.

    >>> import rushlight
    >>> corners = [[0, 0], [2, 0], [2, 1], [0, 1]]
    >>> perspective(rushlight.tensor([[[1.0, 2, 3]]]), corners, corners)
    tensor([[[1., 2., 3.]]])
    """
    mode = as_interpolation(interpolation, "perspective()")
    coefficients = _perspective(startpoints, endpoints)
    if not isinstance(img, Tensor):
        check_pil(img, "perspective()")
        return _by_pillow(img, "PERSPECTIVE", coefficients, mode, fill)
    check_image_tensor(img, "perspective()")
    grid = _perspective_grid(img, coefficients)
    return _warped(img, grid, mode, fill, "perspective()")


def elastic_transform(
    img, displacement, interpolation=InterpolationMode.BILINEAR, fill=None
):
    """Move each pixel of an image on its own.

    Args:
        img: a Pillow image, or (..., C, H, W).
        displacement: (1, H, W, 2), float: x and y; 2 is the image's whole side.
        interpolation, fill: as for `rotate`.

    Returns:
        An image of the input's kind and size.

    Raises:
        TypeError: for a displacement that is no tensor.
        ValueError: for one of another shape.

    >>> import rushlight
    >>> image = rushlight.tensor([[[1.0, 2, 3]]])
    >>> elastic_transform(image, rushlight.zeros(1, 1, 3, 2))
    tensor([[[1., 2., 3.]]])
    """
    mode = as_interpolation(interpolation, "elastic_transform()")
    _check_type("elastic_transform()", "displacement", displacement, Tensor, "a Tensor")
    _, height, width = get_dimensions(img)
    if tuple(displacement.shape) != (1, height, width, 2):
        raise ArgumentError(
            explain(
                "elastic_transform(), displacement",
                expected=f"shape {(1, height, width, 2)}",
                got=tuple(displacement.shape),
                do="Give x and y for each pixel.",
            )
        )
    image = img if isinstance(img, Tensor) else pil_to_tensor(img)
    steps = [
        TORCH["linspace"]((1 - side) / side, (side - 1) / side, side).numpy()
        for side in (height, width)
    ]
    down, across = np.meshgrid(*steps, indexing="ij")
    grid = np.stack([across, down], -1) + displacement[0].numpy(force=True)
    moved = _warped(image, grid, mode, fill, "elastic_transform()")
    return moved if isinstance(img, Tensor) else to_pil_image(moved, mode=img.mode)


# ----------------------------------------------------------------------------- checking


def _check_type(who, name, value, kinds, expected):
    if not isinstance(value, kinds):
        raise ArgumentTypeError(
            explain(
                f"{who}, {name}", expected=expected, got=type(value), do="Correct it."
            )
        )


def _check_center(who, center):
    kinds = (list, tuple, type(None))
    _check_type(who, "center", center, kinds, "a sequence of two")


def _wrong_fill(count, channels):
    return ArgumentError(
        explain(
            "fill",
            expected=f"one number, or one for each of {channels} channels",
            got=f"{count}: the number of elements in 'fill' does not match",
            do="Give one number.",
        )
    )


def _by_pillow(image, kind, data, mode, fill):
    from PIL import Image

    return image.transform(
        image.size,
        getattr(Image.Transform, kind),
        data,
        pillow_number(mode),
        fillcolor=fill_of(image, fill),
    )


# --------------------------------------------------------------------------------- maps


def _from_middle(image, center):
    check_image_tensor(image, "center")
    if center is None:
        return [0.0, 0.0]
    height, width = image.shape[-2:]
    return [c - 0.5 * side for c, side in zip(center, (width, height), strict=True)]


def _inverse(center, angle, translate, scale, shear):
    """The map from the result's points to the input's: two rows of three numbers."""
    turn, (lean_x, lean_y) = math.radians(angle), map(math.radians, shear)
    (x, y), (right, down) = center, translate
    cosine = math.cos(lean_y)
    a = math.cos(turn - lean_y) / cosine
    b = -math.cos(turn - lean_y) * math.tan(lean_x) / cosine - math.sin(turn)
    c = math.sin(turn - lean_y) / cosine
    d = -math.sin(turn - lean_y) * math.tan(lean_x) / cosine + math.cos(turn)
    m = [value / scale for value in (d, -b, 0.0, -c, a, 0.0)]
    m[2] += m[0] * (-x - right) + m[1] * (-y - down)
    m[5] += m[3] * (-x - right) + m[4] * (-y - down)
    m[2] += x
    m[5] += y
    return m


def _turned_size(matrix, height, width):
    """Height and width that hold the turned image."""
    half_x, half_y = 0.5 * width, 0.5 * height
    corners = [(x, y, 1.0) for x in (-half_x, half_x) for y in (-half_y, half_y)]
    theta = np.array(matrix, np.float32).reshape(2, 3)
    points = np.array(corners, np.float32) @ theta.T
    middle = np.array([half_x, half_y], np.float32)
    # Digits beyond 1e-4 are the angle's rounding.
    low, high = (
        np.trunc((edge + middle) / np.float32(1e-4)) * np.float32(1e-4)
        for edge in (points.min(0), points.max(0))
    )
    columns, rows = np.ceil(high) - np.floor(low)
    return int(rows), int(columns)


def _points(rows, columns, middle, dtype):
    """(rows * columns, 3): x, y and 1 of each pixel, about the middle or the corner."""
    grid = np.ones((rows, columns, 3), dtype)
    for axis, side in enumerate((columns, rows)):
        start = -side * 0.5 + 0.5 if middle else 0.5
        steps = TORCH["linspace"](start, start + side - 1, steps=side).numpy()
        grid[..., axis] = steps if axis == 0 else steps[:, None]
    return grid.reshape(-1, 3)


def _kind(image):
    """The dtype that points are computed in."""
    return image.dtype if image.is_floating_point() else float32


def _affine_grid(image, matrix, size):
    """(H, W, 2): where each pixel of the result comes from, in [-1, 1]."""
    height, width = image.shape[-2:]
    kind = np.dtype(np.float64 if image._array.dtype == np.float64 else np.float32)
    theta = np.array(matrix, kind).reshape(2, 3).T
    theta = theta / np.array([0.5 * width, 0.5 * height], kind)
    return (_points(*size, True, kind) @ theta).reshape(*size, 2)


def _perspective(startpoints, endpoints):
    """Eight numbers a to h: x = (ax + by + c) / (gx + hy + 1), y with d, e, f."""
    if len(startpoints) != 4 or len(endpoints) != 4:
        raise ArgumentError(
            explain(
                "perspective()",
                expected="exactly four startpoints and four endpoints",
                got=f"{len(startpoints)} and {len(endpoints)}",
                do="Give the corners.",
            )
        )
    rows = []
    for (x, y), (u, v) in zip(endpoints, startpoints, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    target = np.array(startpoints, np.float64).reshape(8)
    solution = np.linalg.lstsq(np.array(rows, np.float64), target, rcond=None)[0]
    return solution.astype(np.float32).tolist()


def _perspective_grid(image, coefficients):
    rows, columns = image.shape[-2:]
    kind = np.dtype(np.float64 if image._array.dtype == np.float64 else np.float32)
    a, b, c, d, e, f, g, h = coefficients
    above = np.array([[a, b, c], [d, e, f]], kind).T
    above = above / np.array([0.5 * columns, 0.5 * rows], kind)
    below = np.array([[g, h, 1.0], [g, h, 1.0]], kind).T
    points = _points(rows, columns, False, kind)
    return ((points @ above) / (points @ below) - kind.type(1)).reshape(
        rows, columns, 2
    )


# ----------------------------------------------------------------------------- sampling


def _warped(image, grid, mode, fill, who):
    """The image at the grid's points; outside it the fill."""
    if mode not in (InterpolationMode.NEAREST, InterpolationMode.BILINEAR):
        raise ArgumentError(
            explain(
                f"{who}, interpolation",
                expected="nearest or bilinear for a tensor",
                got=repr(mode.value),
                do="Choose one of them, or use a Pillow image.",
            )
        )
    check_image_tensor(image, who)
    channels = get_dimensions(image)[0]
    if isinstance(fill, (list, tuple)) and len(fill) not in (1, channels):
        raise _wrong_fill(len(fill), channels)
    image_, back = as_batch(image[None] if image.ndim == 2 else image, _kind(image))
    is_nearest = mode is InterpolationMode.NEAREST
    result, inside = (nearest if is_nearest else bilinear)(image_, grid)
    if fill is not None:
        values = fill if isinstance(fill, (list, tuple)) else [fill]
        colour = TORCH["tensor"]([float(v) for v in values], dtype=result.dtype)
        inside = TORCH["from_numpy"](inside).to(result.dtype)
        colour = colour.view(-1, 1, 1)
        if is_nearest:
            result = TORCH["where"](inside < 0.5, colour, result)
        else:
            result = result * inside + (1.0 - inside) * colour
    result = back(result)
    return result[0] if image.ndim == 2 else result

"""Images at points between their pixels."""

import numpy as np

from rushlight._core.expose import TORCH


def _places(image, grid):
    """x and y in pixels of each point of the grid."""
    rows, columns = image.shape[-2:]
    sides = np.array([columns, rows], grid.dtype)
    half, one = grid.dtype.type(0.5), grid.dtype.type(1)
    places = ((grid + one) * sides - one) * half
    return places[..., 0], places[..., 1]


def _taken(image, x, y):
    """Pixels at whole places, 0 outside; and which places are inside."""
    rows, columns = image.shape[-2:]
    inside = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
    x, y = (np.where(inside, place, 0).astype(np.int64) for place in (x, y))
    place = TORCH["from_numpy"](y), TORCH["from_numpy"](x)
    inside = inside.astype(image._array.dtype)
    return image[(..., *place)] * TORCH["from_numpy"](inside), inside


def nearest(image, grid):
    """The pixels nearest to the points, and which points are inside.

    Args:
        image: Tensor (N, C, H, W), float.
        grid: (H', W', 2) ndarray: x and y in [-1, 1], from border to border.

    Returns:
        Pair: Tensor (N, C, H', W'), 0 outside; ndarray (H', W'), 1 inside, 0 outside.
    """
    x, y = _places(image, grid)
    return _taken(image, np.rint(x), np.rint(y))


def bilinear(image, grid):
    """The weighted means of the four pixels around each point.

    Args:
        image, grid: as for `nearest`.

    Returns:
        Pair as for `nearest`; at the border the share that is inside.
    """
    x, y = _places(image, grid)
    left, top = np.floor(x), np.floor(y)
    result, inside = 0, 0
    for down in (0, 1):
        for right in (0, 1):
            share_x = (x - left) if right else (left + 1 - x)
            share_y = (y - top) if down else (top + 1 - y)
            share = share_x * share_y
            pixels, there = _taken(image, left + right, top + down)
            result = result + pixels * TORCH["from_numpy"](share)
            inside = inside + there * share
    return result, inside

"""Shared by the families: elements taken from places along a dimension.

Maxima, medians, sorted values... are elements of the input; their gradient goes back to
where they came from.
"""

import numpy

from rushlight._ops._arrays import first_integers


def take_places(np, x, places, dim, keepdim=True):
    """(values, places) of an array at places along a dim.

    Args:
        np: the array namespace.
        x: the array.
        places: int64, of x's shape but for the size of dim.
        dim: the dimension, from 0 or from the end.
        keepdim: whether dim stays; else both results lose it (its size is 1).
    """
    lanes = take_last(np, x.swapaxes(dim, -1), places.swapaxes(dim, -1))
    values = lanes.swapaxes(dim, -1)
    if keepdim:
        return values, places
    return values.squeeze(dim), places.squeeze(dim)


def take_last(np, lanes, places):
    """Elements at places along the last dimension, in few steps."""
    if lanes.ndim == 1:
        return lanes[places]
    if np is not numpy or not lanes.size:
        return np.take_along_axis(lanes, places, -1)
    rows = lanes.reshape(-1, lanes.shape[-1])
    wanted = places.reshape(len(rows), -1)
    return rows[first_integers(len(rows))[:, None], wanted].reshape(places.shape)


def places_grad(g, places, shape, dim):
    """The gradient of values that were taken from different places along dim.

    Args:
        g: the gradient of the values.
        places: int64 tensor of the same shape.
        shape: the input's.
        dim: the dimension.
    """
    return g.new_zeros(shape).scatter(dim, places, g) if shape else g


def lower_place(k, kind, x, dim, keepdim):
    """(extreme, its first place) along a dimension; the first nan is one."""
    best = k.reduce(kind, x, dim, True)
    found = k.or_(k.eq(x, best), k.ne(x, x))
    places = k.where(found, k.index(x.shape, dim % x.ndim), x.shape[dim])
    return k.reduce(kind, x, dim, keepdim), k.reduce("min", places, dim, keepdim)

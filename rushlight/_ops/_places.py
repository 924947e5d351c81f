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
    if np is numpy and x.ndim == 2 and (dim == 1 or dim == -1):
        values = x[first_integers(x.shape[0])[:, None], places]
    else:
        values = np.take_along_axis(x, places, dim)
    if keepdim:
        return values, places
    return values.squeeze(dim), places.squeeze(dim)


def places_grad(g, places, shape, dim):
    """The gradient of values that were taken from different places along dim.

    Args:
        g: the gradient of the values.
        places: int64 tensor of the same shape.
        shape: the input's.
        dim: the dimension.
    """
    return g.new_zeros(shape).scatter(dim, places, g) if shape else g

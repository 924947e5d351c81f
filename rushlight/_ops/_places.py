"""Shared by the families: elements taken from places along a dimension.

Maxima, medians, sorted values... are elements of the input; their gradient goes back to
where they came from.
"""

import numpy

from rushlight._base.sized import is_same
from rushlight._base.symint import is_symbolic
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


#: Elements that are compared at most, where places are found by comparing.
_COMPARED = 1 << 18
#: Places along a dimension, at most, that are written one after another.
_FEW = 8


def lower_scatter(k, x, index, source, dim, adds=False):
    """Few values for each line along a dimension, written or added to their places."""
    dim = dim % x.ndim if x.ndim else 0
    fits = index.ndim == x.ndim > 0 and not is_symbolic(index.shape[dim])
    fits = fits and index.shape[dim] <= _FEW
    sizes = enumerate(zip(x.shape, index.shape, strict=True)) if fits else ()
    if not fits or any(not is_same(*pair) for d, pair in sizes if d != dim):
        raise k.NotLowered
    index, here = k.cast(index, "i64"), k.index(x.shape, dim)
    k.require(k.and_(k.le(0, index), k.lt(index, x.shape[dim])))
    lead = (slice(None),) * dim
    for place in range(index.shape[dim]):
        part = *lead, slice(place, place + 1)
        value = source
        if hasattr(source, "kind"):
            cut = tuple([slice(0, size) for size in index.shape])
            value = k.slice(k.slice(source, cut), part)
        value = k.add(x, value) if adds else value
        x = k.where(k.eq(here, k.slice(index, part)), value, x)
    return x


def lower_sum_at(k, values, index, size):
    """(size, *): the sums of the rows of ``values`` that an index (n,) names for each.

    Negative places count from the end; by comparing, so that all must be few.
    """
    count, rest = index.shape[0], values.shape[1:]
    if values.size * size > _COMPARED:
        raise k.NotLowered
    index = k.where(k.lt(index, 0), k.add(index, size), index)
    place = k.index((size, count, *[1] * len(rest)), 0)
    here = k.eq(place, k.reshape(index, (count, *[1] * len(rest))))
    return k.reduce("add", k.where(here, values, 0), 1)

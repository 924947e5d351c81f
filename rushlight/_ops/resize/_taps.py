"""Resampling along one dimension: which elements make an output, with which weights.

# Note [Resampling]
# All modes work on each dimension by itself: output o is the sum over a few taps of a
# weight times an element.  The position of o among the n elements of the input is

    scale * o                    where corners are aligned, scale = (n - 1) / (out - 1)
    scale * (o + 1/2) - 1/2      else, scale = n / out or 1 / the given factor

# Backward is the product with the transposed matrix of the weights.
"""

import functools
import math

import numpy

from rushlight._base.symint import is_symbolic

#: Below this a factor's digits are so few that its products are exact.
_SHORT = 1 << 16


def scale_of(size, out, align_corners, factor):
    """How many elements of the input lie between two outputs."""
    if align_corners:
        return (size - 1) / (out - 1) if out > 1 else 0.0
    return 1 / factor if factor else size / out


@functools.lru_cache(maxsize=128)
def taps_of(mode, size, out, align_corners, factor, antialias, dtype):
    """(indices (out, taps), weights (out, taps) or None for plain choice)."""
    scale = scale_of(size, out, align_corners, factor)
    if mode in ("nearest", "nearest-exact"):
        return _nearest(mode, size, out, scale), None
    if antialias:
        return _antialiased(mode, size, out, scale, align_corners, dtype)
    position = numpy.arange(out) * scale
    if not align_corners:
        position = scale * (numpy.arange(out) + 0.5) - 0.5
    return (_cubic if mode == "cubic" else _linear)(position, size, dtype)


def _nearest(mode, size, out, scale):
    # In float32, as PyTorch computes it: it decides where positions are whole.
    scale = numpy.float32(scale)
    places = numpy.arange(out, dtype=numpy.float32)
    if mode == "nearest-exact":
        places = (places + numpy.float32(0.5)) * scale
    else:
        places = places * scale
    return numpy.minimum(numpy.floor(places).astype(numpy.int64), size - 1)[:, None]


def _linear(position, size, dtype):
    position = numpy.maximum(position, 0)
    low = numpy.minimum(position.astype(numpy.int64), size - 1)
    rest = numpy.clip(position - low, 0, 1)
    indices = numpy.stack([low, numpy.minimum(low + 1, size - 1)], 1)
    return indices, numpy.stack([1 - rest, rest], 1).astype(dtype)


def _cubic_weight(x, a=-0.75):
    """Keys' cubic convolution kernel."""
    x = numpy.abs(x)
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return numpy.where(x <= 1, near, numpy.where(x < 2, far, 0))


def _cubic(position, size, dtype):
    low = numpy.floor(position).astype(numpy.int64)
    taps = low[:, None] + numpy.arange(-1, 3)
    weights = _cubic_weight(position[:, None] - taps)
    return numpy.clip(taps, 0, size - 1), weights.astype(dtype)


def _antialiased(mode, size, out, scale, align_corners, dtype):
    """Windows that widen with the scale, so that every element counts."""
    width = 2.0 if mode == "cubic" else 1.0
    stretch = max(scale, 1.0)
    support = width * stretch
    centre = scale * (numpy.arange(out) + 0.5)
    first = numpy.maximum((centre - support + 0.5).astype(numpy.int64), 0)
    last = numpy.minimum((centre + support + 0.5).astype(numpy.int64), size)
    count = int((last - first).max())
    taps = first[:, None] + numpy.arange(count)
    distance = (taps - centre[:, None] + 0.5) / stretch
    if mode == "cubic":
        weights = _cubic_weight(distance, -0.5)
    else:
        weights = numpy.maximum(1 - numpy.abs(distance), 0)
    weights = numpy.where(taps < last[:, None], weights, 0)
    weights /= weights.sum(1, keepdims=True)
    return numpy.minimum(taps, size - 1), weights.astype(dtype)


@functools.lru_cache(maxsize=64)
def matrix_of(mode, size, out, align_corners, factor, antialias, dtype):
    """(out, size): the weights as a matrix."""
    args = mode, size, out, align_corners, factor, antialias, dtype
    indices, weights = taps_of(*args)
    found = numpy.zeros((out, size), dtype)
    rows = numpy.broadcast_to(numpy.arange(out)[:, None], indices.shape)
    numpy.add.at(found, (rows, indices), 1 if weights is None else weights)
    return found


def resample(np, x, dim, indices, weights):
    """x resampled along one dimension."""
    if weights is None:
        return np.take(x, np.asarray(indices[:, 0]), dim)
    shape = [-1 if d == dim else 1 for d in range(x.ndim)]
    total = None
    for tap in range(indices.shape[1]):
        part = np.take(x, np.asarray(indices[:, tap]), dim)
        part = part * np.asarray(weights[:, tap]).reshape(shape)
        total = part if total is None else np.add(total, part, out=total)
    return total


def transposed(np, g, dim, matrix):
    """The gradient along one dimension: the product with the transposed matrix."""
    matrix = np.asarray(matrix)
    if dim == g.ndim - 1:
        return np.matmul(g, matrix)
    return np.matmul(matrix.T, g.swapaxes(dim, -2)).swapaxes(dim, -2)


def output_size(size, factor):
    """The size that a factor makes."""
    if is_symbolic(size) and math.isfinite(factor):
        above, below = factor.as_integer_ratio()
        if above < _SHORT:  # then no product with a size is rounded
            return size * above // below
    return math.floor(size * factor)

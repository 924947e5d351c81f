"""The slots of the NumPy backend that the compiler fills: operations as routines.

Importing this costs next to nothing: what a slot needs is imported when an operation
has been used enough to be worth compiling (Note [When routines are compiled]).
"""

from functools import partial
from math import prod

import numpy as np

from rushlight._backends.numpy import NUMPY_BACKEND
from rushlight._base.sized import is_same
from rushlight._compiler import sequence_slots
from rushlight._compiler.large import routines as large
from rushlight._compiler.runtime.routine import AdaptiveRoutine

#: Planes in which a convolution's pictures lie (routines/convolution/planes.py).
_MOST_PHASES = 32
#: How long a dim is that counts as channels where windows cover it whole.
_LONG = 16
_DTYPES = {np.dtype(np.float32): "f32", np.dtype(np.float64): "f64"}


def _dtype_of(*arrays):
    """The loop language's dtype of NumPy arrays of one float dtype, or None."""
    arrays = [a for a in arrays if a is not None]
    if any(a.__class__ is not np.ndarray or a.dtype != arrays[0].dtype for a in arrays):
        return None
    return _DTYPES.get(arrays[0].dtype)


def _has_many_phases(kernel, stride):
    """Whether the machine code would be long: some is written for each phase."""
    return prod(map(min, kernel, stride)) > _MOST_PHASES


class _Conv:
    """The sizes of a convolution as its routine gets them.

    A long dim that each window covers whole, as in convolutions over the vectors of
    words, counts as channels: of all positions along it only one would be an output.

    Args:
        x_shape, w_shape: of the picture and the weight.
        out: the sizes of the result.

    Attributes:
        order: in which the dims of picture and weight lie then, or None.
    """

    def __init__(self, x_shape, w_shape, out, stride, pads, dilation):
        dims = zip(x_shape[2:], w_shape[2:], pads, dilation, strict=True)
        whole = [
            dim
            for dim, (n, k, pad, d) in enumerate(dims)
            if k >= _LONG and is_same(n, k) and not any(pad) and d == 1
        ]
        shapes, sizes = (x_shape, w_shape), (out, stride, pads, dilation)
        self.order = None
        if whole and len(out) > 1:
            dim, order = whole[0], list(range(len(x_shape)))
            self.order = (*order[:2], order.pop(dim + 2), *order[2:])
            shapes = [
                _without((s[0], s[1] * s[dim + 2], *s[2:]), dim + 2) for s in shapes
            ]
            sizes = [_without(size, dim) for size in sizes]
        self.x, self.w = map(tuple, shapes)
        self.out, stride, pads, dilation = map(tuple, sizes)
        self.attrs = {"stride": stride, "pads": pads, "dilation": dilation}
        self.has_many_phases = _has_many_phases(self.w[2:], stride)

    def ways(self, *orders):
        """How inputs lie, where it matters."""
        return None if self.order is None else list(orders)


def _without(values, dim):
    return *values[:dim], *values[dim + 1 :]


def _convolution(x, w, b, *, stride, pads, dilation, groups, out_size):
    from rushlight._compiler.routines.convolution import convolution

    dtype = _dtype_of(x, w, b)
    out = out_size or _outputs(x.shape, w.shape, stride, pads, dilation)
    conv = _Conv(x.shape, w.shape, out, stride, pads, dilation)
    if dtype is None or conv.has_many_phases:
        return None
    more = {"groups": groups, "out": conv.out, "bias": b is not None}
    routine = convolution(conv.x, conv.w, dtype, **conv.attrs, **more)
    ways = conv.ways(conv.order, conv.order, *[None] * (b is not None))
    return routine, [((x.shape[0], w.shape[0], *out), x.dtype)], ways


def _outputs(x_shape, w_shape, stride, pads, dilation):
    """The sizes of a convolution's result."""
    dims = zip(x_shape[2:], w_shape[2:], stride, pads, dilation, strict=True)
    return tuple((n + sum(p) - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in dims)


def _convolution_input(g, w, *, stride, pads, dilation, groups, size):
    from rushlight._compiler.routines.convolution import input_gradient

    dtype, x_shape = _dtype_of(g, w), (g.shape[0], w.shape[1] * groups, *size)
    conv = _Conv(x_shape, w.shape, g.shape[2:], stride, pads, dilation)
    if dtype is None or conv.has_many_phases:
        return None
    more = {"groups": groups, "size": conv.x[2:]}
    g_shape = *g.shape[:2], *conv.out
    routine = input_gradient(g_shape, conv.w, dtype, **conv.attrs, **more)
    ways = conv.ways(None, conv.order)
    return routine, [(x_shape, g.dtype, conv.order)], ways


def _convolution_transposed(spec, x, w, b, *, extra, **attrs):
    from rushlight._compiler.routines.convolution import input_gradient

    dtype = _dtype_of(x, w, b)
    if dtype is None or _has_many_phases(w.shape[2:], attrs["stride"]):
        return None
    y = spec(x, w, b, extra=extra, **attrs)
    has_bias = b is not None
    routine = input_gradient(
        x.shape, w.shape, dtype, **attrs, size=y.shape[2:], bias=has_bias
    )
    return routine, [(y.shape, x.dtype)]


def _convolution_weight(g, x, *, stride, pads, dilation, groups, shape):
    from rushlight._compiler.routines.convolution import weight_gradient

    dtype, shape = _dtype_of(g, x), tuple(shape)
    conv = _Conv(x.shape, shape, g.shape[2:], stride, pads, dilation)
    if dtype is None or conv.has_many_phases:
        return None
    more = {"groups": groups, "out": conv.out}
    routine = weight_gradient(conv.x, conv.w, dtype, **conv.attrs, **more)
    return routine, [(shape, x.dtype, conv.order)], conv.ways(None, conv.order)


def _windows(size, out, *, kernel, stride, pads, dilation=None, ceil_mode=False):
    """The Windows of planes of a size; `ceil_mode` shows in how many there are."""
    from rushlight._compiler.routines.pooling import Windows

    dilation = dilation or (1,) * len(kernel)
    return Windows(tuple(size), kernel, stride, pads, dilation, tuple(out))


def _max_pool(spec, x, *, winners, **attrs):
    from rushlight._compiler.routines.pooling import max_pool

    dtype, dims = _dtype_of(x), len(attrs["kernel"])
    if dtype is None:
        return None
    y, code = spec(x, winners=winners, **attrs)
    windows = _windows(x.shape[-dims:], y.shape[-dims:], **attrs)
    planes = prod(x.shape[: x.ndim - dims])
    routine = max_pool(planes, windows, dtype, winners=winners)
    return routine, [(y.shape, x.dtype), (code.shape, code.dtype)]


def _max_pool_backward(g, winners, *, size, **attrs):
    from rushlight._compiler.routines.pooling import max_pool_gradient

    dtype, dims = _dtype_of(g), len(attrs["kernel"])
    if dtype is None:
        return None
    windows = _windows(size[-dims:], g.shape[-dims:], **attrs)
    planes = prod(g.shape[: g.ndim - dims])
    return max_pool_gradient(planes, windows, dtype), [(tuple(size), g.dtype)]


def _average_pool(spec, x, *, count_include_pad, divisor, **attrs):
    from rushlight._compiler.routines.pooling import average_pool

    dtype, dims = _dtype_of(x), len(attrs["kernel"])
    if dtype is None:
        return None
    both = {"count_include_pad": count_include_pad, "divisor": divisor}
    y = spec(x, **both, **attrs)
    windows = _windows(x.shape[-dims:], y.shape[-dims:], **attrs)
    planes = prod(x.shape[: x.ndim - dims])
    more = {"pads_count": count_include_pad, "divisor": divisor}
    return average_pool(planes, windows, dtype, **more), [(y.shape, x.dtype)]


def _average_pool_backward(g, *, size, count_include_pad, divisor, **attrs):
    from rushlight._compiler.routines.pooling import average_pool_gradient

    dtype, dims = _dtype_of(g), len(attrs["kernel"])
    if dtype is None:
        return None
    windows = _windows(size[-dims:], g.shape[-dims:], **attrs)
    planes = prod(g.shape[: g.ndim - dims])
    more = {"pads_count": count_include_pad, "divisor": divisor}
    routine = average_pool_gradient(planes, windows, dtype, **more)
    return routine, [(tuple(size), g.dtype)]


def _adaptive(x, *, parts):
    from rushlight._compiler.routines.pooling import adaptive_average_pool

    dtype, dims = _dtype_of(x), len(parts)
    if dtype is None:
        return None
    planes = prod(x.shape[: x.ndim - dims])
    routine = adaptive_average_pool(planes, x.shape[-dims:], tuple(parts), dtype)
    return routine, [((*x.shape[: x.ndim - dims], *parts), x.dtype)]


def _adaptive_backward(g, *, size):
    from rushlight._compiler.routines.pooling import (
        adaptive_average_pool_gradient,
    )

    dtype, dims = _dtype_of(g), len(size)
    if dtype is None:
        return None
    planes, out = prod(g.shape[: g.ndim - dims]), g.shape[-dims:]
    routine = adaptive_average_pool_gradient(planes, tuple(size), out, dtype)
    return routine, [((*g.shape[: g.ndim - dims], *size), g.dtype)]


def _embedding_backward(g, indices, *, rows, padding, scale):
    return None if scale else _add_rows(g, indices, (rows, g.shape[-1]), padding)


def _put_index(g, *indices, shape, places):
    if len(indices) > 1 or len(places) > 1 or len(shape) < 2:
        return None
    return _add_rows(g, indices[0], tuple(shape), negative=True)


def _add_rows(g, index, shape, skipped=-1, negative=False):
    """Rows added to a table of zeros, in their order."""
    from rushlight._compiler.routines.rows import add_rows

    dtype, numbers = _dtype_of(g), index.size
    if dtype is None or index.dtype != np.int64:
        return None
    rows, width = shape[0], prod(shape[1:])
    attrs = {"skipped": skipped, "negative": negative}
    routine = add_rows(numbers, rows, width, dtype, **attrs)
    return routine, [(shape, g.dtype)]


#: By the op's name: the request of its routine (see `AdaptiveRoutine`).
REQUESTS = {
    "convolution": _convolution,
    "convolution_input": _convolution_input,
    "convolution_transposed": _convolution_transposed,
    "convolution_weight": _convolution_weight,
    "max_pool": _max_pool,
    "max_pool_backward": _max_pool_backward,
    "avg_pool": _average_pool,
    "avg_pool_backward": _average_pool_backward,
    "adaptive_avg_pool": _adaptive,
    "adaptive_avg_pool_backward": _adaptive_backward,
    "embedding_backward": _embedding_backward,
    "put_index": _put_index,
    **sequence_slots.REQUESTS,
}
#: Those of graphs, which have some of large calls too, for arrays of any size.
GRAPH_REQUESTS = {
    **{name: large.REQUESTS[name] for name in ("cumsum", "cumprod", "grid_sample")},
    **{name: large.REQUESTS[name] for name in ("cummax", "cummin")},
    **REQUESTS,
}
#: Of those, the ones that are given the op's spec rule first.
WITH_SPEC = {"convolution_transposed", "max_pool", "avg_pool"}
WITH_SPEC |= sequence_slots.WITH_SPEC


def _tune(op, plain):
    """What runs an op instead of its NumPy form."""
    request = REQUESTS[op.name]
    if op.name in WITH_SPEC:
        request = partial(request, op.spec)
    return AdaptiveRoutine(plain, request, op.name in sequence_slots.WITH_STRIDES)


NUMPY_BACKEND.slots.update(dict.fromkeys(REQUESTS, _tune))

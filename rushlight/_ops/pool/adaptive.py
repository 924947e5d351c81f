"""Adaptive pooling: windows that divide a plane into a given number of parts.

# Note [Adaptive windows]
# Part i of n covers the elements from floor(i size / n) to ceil((i + 1) size / n).  The
# mean over such parts is linear and works on each dimension by itself, so it is a
# product with one matrix for each dimension, and its gradient one with the transposes.
# Where the parts are equal, it is plain pooling.
"""

import functools
from math import prod

import numpy

from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import as_index
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops._arrays import wide


def _output_sizes(input, output_size, dims, who):
    """The wanted sizes; None keeps the input's."""
    require_tensor(input, who)
    x = input._array
    given_each = isinstance(output_size, (tuple, list))
    if not given_each:
        output_size = (output_size,) * dims
    if len(output_size) == 1:
        output_size = tuple(output_size) * dims
    if len(output_size) != dims or x.ndim not in (dims + 1, dims + 2):
        # Which type depends on where torch notices it: Python or C++.
        noticed = dims > 1 and x.ndim <= dims and given_each
        raise (ArgumentError if noticed else ShapeError)(
            explain(
                who,
                expected=f"output_size of {dims}, and a {dims + 1}D or {dims + 2}D "
                "tensor",
                got=f"{output_size} and size {list(x.shape)}",
                do="The input is (N, C, ...) or (C, ...).",
            )
        )
    wanted = tuple(
        n if o is None else as_index(o, who, "output_size")
        for o, n in zip(output_size, x.shape[x.ndim - dims :])
    )
    if 0 in x.shape[1 if x.ndim == dims + 2 else 0 :] or any(n < 0 for n in wanted):
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="non-empty planes and an output_size that is not negative",
                got=f"size {list(x.shape)}, output_size {wanted}",
                do="Check the sizes.",
            )
        )
    return wanted


def parts_of(size, count):
    """The (first, last) of each part (Note [Adaptive windows])."""
    return [(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]


# --------------------------------------------------------------------------- average


def adaptive_avg_pool1d(input, output_size):
    """The means of a sequence's parts.

    Args:
        input: (N, C, L) or (C, L), float.
        output_size: the number of parts.

    Returns:
        Tensor: (N, C, output_size).

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x = rushlight.tensor([[1.0, 3.0, 2.0, 0.0]])
    >>> rushlight.nn.functional.adaptive_avg_pool1d(x, 2)
    tensor([[2., 1.]])
    """
    wanted = _output_sizes(input, output_size, 1, "adaptive_avg_pool1d()")
    return ADAPTIVE_AVG.short(input.unsqueeze(-2), parts=(1, *wanted)).squeeze(-2)


def adaptive_avg_pool2d(input, output_size):
    """The means of a picture's parts.

    Args:
        input: (N, C, H, W) or (C, H, W), float.
        output_size: the numbers of rows and columns; one number, or two of which one
            may be None (as many as there are).

    Returns:
        Tensor: (N, C, *output_size).

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x = rushlight.tensor([[[1.0, 3.0], [2.0, 0.0]]])
    >>> rushlight.nn.functional.adaptive_avg_pool2d(x, 1)
    tensor([[[1.5000]]])
    """
    return _average(input, output_size, 2, "adaptive_avg_pool2d()")


def adaptive_avg_pool3d(input, output_size):
    """The means of a volume's parts.

    Args:
        input: (N, C, D, H, W) or (C, D, H, W), float.
        output_size: as for `adaptive_avg_pool2d`; one number or three.

    Returns:
        Tensor: (N, C, *output_size).

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x = rushlight.arange(8.0).view(1, 2, 2, 2)
    >>> rushlight.nn.functional.adaptive_avg_pool3d(x, 1)
    tensor([[[[3.5000]]]])
    """
    return _average(input, output_size, 3, "adaptive_avg_pool3d()")


def _average(input, output_size, dims, who):
    wanted = _output_sizes(input, output_size, dims, who)
    refuse(input._array, who, "biuUc")
    if wanted == (1,) * dims:
        return input.mean(tuple(range(-dims, 0)), keepdim=True)
    return ADAPTIVE_AVG.short(input, parts=wanted)


@functools.lru_cache(maxsize=64)
def _matrix(size, count, dtype):
    """(count, size): the shares of the elements in the parts."""
    found = numpy.zeros((count, size), dtype)
    for row, (first, last) in zip(found, parts_of(size, count)):
        row[first:last] = 1 / (last - first)
    return found


def _along_dims(np, x, out, is_back):
    """x times one matrix for each of its last dimensions."""
    dims = len(out)
    for dim, other in zip(range(x.ndim - dims, x.ndim), out):
        n = x.shape[dim]
        if n == other:
            continue
        matrix = _matrix(other, n, x.dtype).T if is_back else _matrix(n, other, x.dtype)
        matrix = np.asarray(matrix)
        if dim == x.ndim - 1:
            x = np.matmul(x, matrix.T)
        else:
            x = np.matmul(matrix, x.swapaxes(dim, -2)).swapaxes(dim, -2)
    return np.ascontiguousarray(x)


def _adaptive_spec(x, *, parts):
    refuse(x, "adaptive_avg_pool()", "biuUc")
    return Spec((*x.shape[: x.ndim - len(parts)], *parts), x.dtype)


def _adaptive_eager(backend, x, *, parts):
    _adaptive_spec(x, parts=parts)
    found = _along_dims(backend.np, wide(x), parts, False)
    return found.astype(x.dtype, copy=False)


def _adaptive_grad(g, *, x_shape, parts):
    return ADAPTIVE_AVG_BACKWARD.short(g, size=x_shape[len(x_shape) - len(parts) :])


def _adaptive_node(inputs, attrs):
    return f"AdaptiveAvgPool{len(attrs['parts'])}DBackward0"


def _adaptive_backward_spec(g, *, size):
    return Spec((*g.shape[: g.ndim - len(size)], *size), g.dtype)


def _adaptive_backward_eager(backend, g, *, size):
    found = _along_dims(backend.np, wide(g), size, True)
    return found.astype(g.dtype, copy=False)


def _adaptive_backward_grad(gg, *, g_shape, size):
    return ADAPTIVE_AVG.short(gg, parts=g_shape[len(g_shape) - len(size) :])


ADAPTIVE_AVG = define(
    "adaptive_avg_pool",
    eager=_adaptive_eager,
    spec=_adaptive_spec,
    grad=_adaptive_grad,
    node=_adaptive_node,
)
ADAPTIVE_AVG_BACKWARD = define(
    "adaptive_avg_pool_backward",
    inputs="g",
    eager=_adaptive_backward_eager,
    spec=_adaptive_backward_spec,
    grad=_adaptive_backward_grad,
)
expose(adaptive_avg_pool1d, method=False, functional=True)
expose(adaptive_avg_pool2d, torch=False, method=False, functional=True)
expose(adaptive_avg_pool3d, torch=False, method=False, functional=True)

# --------------------------------------------------------------------------- maximum


def adaptive_max_pool1d(input, output_size, return_indices=False):
    """The largest elements of a sequence's parts.

    Args:
        input: (N, C, L) or (C, L), float.
        output_size: the number of parts.
        return_indices: give the winners' places too.

    Returns:
        Tensor: (N, C, output_size); with return_indices a tuple of it and the places.

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x = rushlight.tensor([[1.0, 3.0, 2.0, 0.0]])
    >>> rushlight.nn.functional.adaptive_max_pool1d(x, 2)
    tensor([[3., 2.]])
    """
    wanted = _output_sizes(input, output_size, 1, "adaptive_max_pool1d()")
    found, places = call(ADAPTIVE_MAX, input.unsqueeze(-2), parts=(1, *wanted))
    found = found.squeeze(-2)
    return (found, places.squeeze(-2)) if return_indices else found


def adaptive_max_pool2d(input, output_size, return_indices=False):
    """The largest elements of a picture's parts.

    Args:
        input: (N, C, H, W) or (C, H, W), float.
        output_size: as for `adaptive_avg_pool2d`.
        return_indices: give the winners' places too, as ``row * W + column``.

    Returns:
        Tensor: (N, C, *output_size); with return_indices a tuple of it and the places.

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x = rushlight.tensor([[[1.0, 3.0], [2.0, 0.0]]])
    >>> rushlight.nn.functional.adaptive_max_pool2d(x, 1)
    tensor([[[3.]]])
    """
    return _largest(input, output_size, return_indices, 2, "adaptive_max_pool2d()")


def adaptive_max_pool3d(input, output_size, return_indices=False):
    """The largest elements of a volume's parts.

    Args:
        input: (N, C, D, H, W) or (C, D, H, W), float.
        output_size, return_indices: as for `adaptive_max_pool2d`.

    Returns:
        Tensor: (N, C, *output_size); with return_indices a tuple of it and the places.

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x = rushlight.arange(8.0).view(1, 2, 2, 2)
    >>> rushlight.nn.functional.adaptive_max_pool3d(x, 1)
    tensor([[[[7.]]]])
    """
    return _largest(input, output_size, return_indices, 3, "adaptive_max_pool3d()")


def _largest(input, output_size, return_indices, dims, who):
    wanted = _output_sizes(input, output_size, dims, who)
    found, places = call(ADAPTIVE_MAX, input, parts=wanted)
    return (found, places) if return_indices else found


def _max_spec(x, *, parts):
    refuse(x, "adaptive_max_pool()", "biuUc")
    shape = (*x.shape[: x.ndim - len(parts)], *parts)
    return Spec(shape, x.dtype), Spec(shape, numpy.int64)


def _max_eager(backend, x, *, parts):
    np, dims = backend.np, len(parts)
    found, _ = _max_spec(x, parts=parts)
    size = x.shape[x.ndim - dims :]
    steps = [prod(size[i + 1 :]) for i in range(dims)]
    values = np.empty(found.shape, x.dtype)
    places = np.empty(found.shape, np.int64)
    limits = [parts_of(n, count) for n, count in zip(size, parts)]
    for cell in numpy.ndindex(*parts):
        ranges = [limit[i] for limit, i in zip(limits, cell)]
        window = x[(..., *(slice(*r) for r in ranges))]
        lengths = window.shape[x.ndim - dims :]
        flat = window.reshape(*window.shape[: x.ndim - dims], prod(lengths))
        place = _last_nan_or_first_largest(np, flat)
        values[(..., *cell)] = np.take_along_axis(flat, place[..., None], -1)[..., 0]
        inside = np.unravel_index(place, lengths)
        places[(..., *cell)] = sum(
            (i + r[0]) * step for i, r, step in zip(inside, ranges, steps)
        )
    return values, places


def _last_nan_or_first_largest(np, flat):
    place = flat.argmax(-1)
    bad = np.isnan(flat)
    if bad.any():
        last = flat.shape[-1] - 1 - bad[..., ::-1].argmax(-1)
        place = np.where(bad.any(-1), last, place)
    return place


def _max_grad(g, *, out1, x_shape, parts):
    dims = len(parts)
    lead = x_shape[: len(x_shape) - dims]
    cells = prod(parts)
    flat = g[0].reshape(*lead, cells)
    whole = flat.new_zeros((*lead, prod(x_shape[len(lead) :])))
    found = whole.scatter_add(-1, out1.reshape(*lead, cells), flat)
    return found.reshape(*x_shape)


def _max_node(inputs, attrs):
    return f"AdaptiveMaxPool{len(attrs['parts'])}DBackward0"


ADAPTIVE_MAX = define(
    "adaptive_max_pool",
    eager=_max_eager,
    spec=_max_spec,
    grad=_max_grad,
    node=_max_node,
    many=True,
    fills_missing=False,
)

expose(adaptive_max_pool1d, method=False, functional=True)
expose(adaptive_max_pool2d, torch=False, method=False, functional=True)
expose(adaptive_max_pool3d, torch=False, method=False, functional=True)


def _with_indices(function):
    """``adaptive_max_pool2d_with_indices`` and its like."""

    def pool(input, output_size, return_indices=False):
        return function(input, output_size, True)

    pool.__name__ = pool.__qualname__ = f"{function.__name__}_with_indices"
    pool.__doc__ = f"""As `{function.__name__}` with return_indices=True.

    Args:
        input, output_size: as for `{function.__name__}`.

    Returns:
        tuple: the largest elements and their places.

    Raises:
        RuntimeError: for sizes that do not fit.

    >>> import rushlight
    >>> x = rushlight.ones(1, *[2] * {function.__name__[-2]})
    >>> len(rushlight.nn.functional.{pool.__name__}(x, 1))
    2
    """
    return pool


for _function in (adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d):
    expose(_with_indices(_function), torch=False, method=False, functional=True)

"""Copies side by side: repeat, tile, repeat_interleave."""

import numpy as np

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ShapeError,
    UnsupportedError,
    explain,
)
from rushlight._base.shape import as_index, as_shape, wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._core.tensor import Tensor, wrap

# ---------------------------------------------------------------------------- repeat


def repeat(input, *repeats, **named):
    """Copies of a tensor, side by side along each dimension.

    Args:
        input: (*), any dtype.
        repeats: how often, for each dimension; more than input has add dimensions.

    Returns:
        Tensor: each size times its number of repeats.

    Raises:
        RuntimeError: for fewer repeats than dimensions, or negative ones.

    >>> import rushlight
    >>> rushlight.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    repeats = (named.pop("repeats"),) if "repeats" in named else repeats
    if named:
        raise TypeError(f"repeat(): unknown arguments {', '.join(named)}. Use repeats.")
    return REPEAT.short(input, repeats=as_shape(repeats, "repeat()"))


def _repeat_layout(shape, repeats):
    """Input's shape with leading ones, and the result's."""
    if len(repeats) < len(shape):
        raise ShapeError(
            explain(
                "repeat()",
                expected=f"at least {len(shape)} repeats, one for each dimension",
                got=f"{list(repeats)}: number of dimensions of repeat dims can not be "
                "smaller than number of dimensions of tensor",
                do="Give 1 for the dimensions that stay.",
            )
        )
    if any(count < 0 for count in repeats):
        raise ArgumentRuntimeError(
            explain(
                "repeat()",
                expected="repeats of zero or more",
                got=f"{list(repeats)}, which gives a negative dimension",
                do="Check them.",
            )
        )
    old = (1,) * (len(repeats) - len(shape)) + tuple(shape)
    return old, tuple([n * s for n, s in zip(repeats, old, strict=True)])


def _repeat_spec(x, *, repeats):
    return Spec(_repeat_layout(x.shape, repeats)[1], x.dtype)


def _repeat_eager(backend, x, *, repeats):
    old, new = _repeat_layout(x.shape, repeats)
    paired = [size for pair in zip(repeats, old, strict=True) for size in pair]
    result = backend.np.empty(paired, x.dtype)
    result[...] = x.reshape([size for n in old for size in (1, n)])
    return result.reshape(new)


def _repeat_grad(g, *, x_shape, repeats):
    old = (1,) * (len(repeats) - len(x_shape)) + x_shape
    if 0 in repeats:
        return g.new_zeros(x_shape)
    paired = [size for pair in zip(repeats, old, strict=True) for size in pair]
    counts = tuple(range(0, len(paired), 2))
    return g.reshape(paired).sum(counts).reshape(x_shape) if counts else g


def _repeat_lower(k, x, *, repeats):
    old, new = _repeat_layout(x.shape, repeats)
    pairs = [(n, s) for n, s in zip(repeats, old, strict=True)]
    x = k.reshape(x, [size for s in old for size in (1, s)])
    return k.reshape(k.broadcast(x, [size for pair in pairs for size in pair]), new)


REPEAT = define(
    "repeat",
    eager=_repeat_eager,
    spec=_repeat_spec,
    grad=_repeat_grad,
    lower=_repeat_lower,
)
expose(repeat, torch=False)


def tile(input, *dims, **named):
    """As `repeat`; fewer numbers than dimensions mean the last ones.

    Args:
        input: (*), any dtype.
        dims: how often, for each dimension.

    Returns:
        Tensor: each size times its number of repeats.

    Raises:
        RuntimeError: for negative numbers.

    >>> import rushlight
    >>> rushlight.tile(rushlight.tensor([[1, 2]]), (2,))
    tensor([[1, 2, 1, 2]])
    """
    dims = as_shape((named["dims"],) if "dims" in named else dims, "tile()")
    missing = input._array.ndim - len(dims)
    return REPEAT.short(input, repeats=(1,) * max(missing, 0) + dims)


expose(tile)

# ----------------------------------------------------------------- repeat_interleave


def repeat_interleave(input, repeats=None, dim=None, *, output_size=None):
    """Each element (or slice of a dimension) several times in a row.

    Args:
        input: (*), any dtype; alone, the numbers of repeats, for which the indices
            are returned.
        repeats: how often; a number, or a tensor with one for each slice.
        dim: the dimension; all elements in one if left out.
        output_size: the size that results, to be checked.

    Returns:
        Tensor: the dimension grown by the repeats.

    Raises:
        RuntimeError: for negative repeats, or a tensor of another length.

    >>> import rushlight
    >>> rushlight.tensor([1, 2]).repeat_interleave(2)
    tensor([1, 1, 2, 2])
    """
    if repeats is None:
        return _interleaved_places(input, output_size)
    if dim is None:
        input, dim = input.reshape(input.numel()), 0
    dim = wrap_dim(dim, input._array.ndim, "repeat_interleave()")
    size = input._array.shape[dim] if input._array.ndim else 1
    if isinstance(repeats, Tensor):
        if repeats.numel() == 1:
            repeats = repeats.reshape(1).expand(size)
        if repeats.ndim != 1 or repeats.shape[0] != size:
            raise ShapeError(
                explain(
                    "repeat_interleave()",
                    expected=f"one number of repeats, or {size}, the size of dim {dim}",
                    got=f"repeats must have the same size as input along dim, but has "
                    f"shape {list(repeats.shape)}",
                    do="Give one for each slice.",
                )
            )
        return input.index_select(dim, _interleaved_places(repeats, output_size))
    return _interleave_evenly(input, repeats, dim, output_size)


def _interleave_evenly(input, repeats, dim, output_size):
    count = as_index(repeats, "repeat_interleave()", "repeats")
    if count < 0:
        raise ArgumentRuntimeError(_negative_repeats(count))
    shape = input._array.shape or (1,)
    _check_output(output_size, shape[dim] * count)
    stretched = input.reshape(shape).unsqueeze(dim + 1)
    stretched = stretched.expand(*shape[: dim + 1], count, *shape[dim + 1 :])
    return stretched.contiguous().view(
        *shape[:dim], shape[dim] * count, *shape[dim + 1 :]
    )


def _negative_repeats(count):
    return explain(
        "repeat_interleave()",
        expected="repeats to be non-negative",
        got=f"{count}: repeats can not be negative",
        do="Use 0 to leave a slice out.",
    )


def _check_output(wanted, found):
    if wanted is not None and wanted != found:
        raise ArgumentRuntimeError(
            explain(
                "repeat_interleave()",
                expected=f"output_size={found}, the sum of the repeats",
                got=wanted,
                do="Leave it out.",
            )
        )


def _interleaved_places(repeats, output_size):
    array = repeats._array
    if array.dtype.kind not in "iu":
        raise UnsupportedError(
            explain(
                "repeat_interleave()",
                expected="repeats of an integer dtype",
                got=f"{repeats.dtype}: not implemented for it",
                do="Convert them with .long().",
            )
        )
    if array.size and array.min() < 0:
        raise ArgumentRuntimeError(_negative_repeats(array.min()))
    places = np.repeat(np.arange(len(array)), array)
    _check_output(output_size, places.size)
    return wrap(places.astype(array.dtype if array.dtype == np.int32 else np.int64))


expose(repeat_interleave)

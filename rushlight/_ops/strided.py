"""Views of regular regions: as_strided, select, narrow, diagonal, unfold."""

import numpy as np

from rushlight._base.errors import (
    ArgumentRuntimeError,
    OutOfRangeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import as_index, as_shape, numel, wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call1
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._memory import memory_of_array, region
from rushlight._ops._views import inplace_view

# ------------------------------------------------------------------ select and narrow


def select(input, dim, index):
    """One slice of a dimension, which is dropped: ``input[:, ..., index]``.

    Args:
        input: (*), any dtype.
        dim: the dimension.
        index: which slice.

    Returns:
        Tensor: a view.

    Raises:
        IndexError: where dim or index is out of range.

    >>> import rushlight
    >>> rushlight.tensor([[1, 2], [3, 4]]).select(1, 0)
    tensor([1, 3])
    """
    shape = input._array.shape
    if not shape:
        raise OutOfRangeError(
            explain(
                "select()",
                expected="at least one dimension",
                got="a 0-dim tensor, to which it cannot be applied",
                do="Use .item().",
            )
        )
    dim, index = wrap_dim(dim, len(shape), "select()"), as_index(index, "select()", "index")
    if not -shape[dim] <= index < shape[dim]:
        raise OutOfRangeError(
            explain(
                "select()",
                expected=f"an index in [{-shape[dim]}, {shape[dim] - 1}]",
                got=f"index {index} out of range for tensor of size {list(shape)} at "
                f"dimension {dim}",
                do="Indices count from 0.",
            )
        )
    return input[(slice(None),) * dim + (index,)]


def narrow(input, dim, start, length):
    """A part of a dimension: ``input[:, ..., start : start + length]``.

    Args:
        input: (*), any dtype.
        dim: the dimension.
        start: where the part begins; negative ones count from the end.
        length: how long it is.

    Returns:
        Tensor: a view.

    Raises:
        RuntimeError: where the part leaves the dimension.

    >>> import rushlight
    >>> rushlight.arange(5).narrow(0, 1, 3)
    tensor([1, 2, 3])
    """
    shape = input._array.shape
    if not shape:
        raise ArgumentRuntimeError(
            explain(
                "narrow()",
                expected="at least one dimension",
                got="a 0-dim tensor, to which it cannot be applied",
                do="Use .unsqueeze(0) first.",
            )
        )
    dim = wrap_dim(dim, len(shape), "narrow()")
    size, start = shape[dim], as_index(start, "narrow()", "start")
    length = as_index(length, "narrow()", "length")
    if not -size <= start <= size:
        raise OutOfRangeError(
            explain(
                "narrow()",
                expected=f"a start in [{-size}, {size}]",
                got=start,
                do="Starts count from 0.",
            )
        )
    start = start + size if start < 0 else start
    if length < 0 or start + length > size:
        raise ArgumentRuntimeError(
            explain(
                "narrow()",
                expected="a non-negative length that stays inside the dimension",
                got=f"start ({start}) + length ({length}) exceeds dimension size ({size})",
                do="Make length smaller.",
            )
        )
    return input[(slice(None),) * dim + (slice(start, start + length),)]


def narrow_copy(input, dim, start, length):
    """As `narrow`, copied.

    Args:
        input, dim, start, length: as for `narrow`.

    Returns:
        Tensor: with memory of its own.

    Raises:
        RuntimeError: where the part leaves the dimension.

    >>> import rushlight
    >>> rushlight.arange(5).narrow_copy(0, 1, 3)
    tensor([1, 2, 3])
    """
    return narrow(input, dim, start, length).clone()


expose(select)
expose(narrow)
expose(narrow_copy)

# -------------------------------------------------------------------------- diagonal


def diagonal(input, offset=0, dim1=0, dim2=1):
    """The diagonals of matrices, as a view.

    Args:
        input: (*), at least two dimensions, any dtype.
        offset: which diagonal; 0 is the main one, positive ones lie above.
        dim1, dim2: the dimensions of the matrices.

    Returns:
        Tensor: the other dimensions, then that of the diagonal.

    Raises:
        RuntimeError: where dim1 is dim2.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([[1, 2], [3, 4]]).diagonal()
    tensor([1, 4])
    """
    return call1(DIAGONAL, input, offset=offset, dim1=dim1, dim2=dim2)


def _diagonal_layout(x, offset, dim1, dim2):
    """(shape, strides, offset in bytes) of a diagonal."""
    ndim = len(x.shape)
    i, j = wrap_dim(dim1, ndim, "diagonal()"), wrap_dim(dim2, ndim, "diagonal()")
    if i == j:
        raise ArgumentRuntimeError(
            explain(
                "diagonal()",
                expected="two different dimensions",
                got=f"diagonal dimensions cannot be identical {dim1}, {dim2}",
                do="Name two.",
            )
        )
    offset = as_index(offset, "diagonal()", "offset")
    rows, columns = x.shape[i], x.shape[j]
    length = max(min(rows, columns - offset) if offset >= 0 else
                 min(rows + offset, columns), 0)  # fmt: skip
    start = offset * x.strides[j] if offset >= 0 else -offset * x.strides[i]
    rest = [d for d in range(ndim) if d not in (i, j)]
    shape = (*[x.shape[d] for d in rest], length)
    strides = (*[x.strides[d] for d in rest], x.strides[i] + x.strides[j])
    return shape, strides, start if length else 0


def _diagonal_spec(x, *, offset, dim1, dim2):
    return Spec(_diagonal_layout(x, offset, dim1, dim2)[0], x.dtype)


def _diagonal_eager(backend, x, *, offset, dim1, dim2):
    return region(x, *_diagonal_layout(x, offset, dim1, dim2))


def _diagonal_grad(g, *, x_shape, offset, dim1, dim2):
    return call1(
        DIAGONAL_PLACE, g, shape=x_shape, offset=offset, dim1=dim1, dim2=dim2
    )


DIAGONAL = define(
    "diagonal",
    eager=_diagonal_eager,
    spec=_diagonal_spec,
    grad=_diagonal_grad,
    view=True,
)
expose(diagonal)


def _diagonal_place_spec(g, *, shape, offset, dim1, dim2):
    return Spec(shape, g.dtype)


def _diagonal_place_eager(backend, g, *, shape, offset, dim1, dim2):
    whole = backend.np.zeros(shape, g.dtype)
    region(whole, *_diagonal_layout(whole, offset, dim1, dim2))[...] = g
    return whole


def _diagonal_place_grad(g, *, offset, dim1, dim2):
    return g.diagonal(offset, dim1, dim2)


DIAGONAL_PLACE = define(
    "diagonal_place",
    inputs="g",
    eager=_diagonal_place_eager,
    spec=_diagonal_place_spec,
    grad=_diagonal_place_grad,
    node="DiagonalBackwardBackward0",
)

# ---------------------------------------------------------------------------- unfold


def unfold(input, dimension, size, step):
    """All windows of a dimension, side by side, as a view.

    Args:
        input: (*), any dtype.
        dimension: the dimension that the windows slide over.
        size: how long a window is.
        step: from one window to the next.

    Returns:
        Tensor: the dimension counts the windows; a last one of the window's size is
        added.

    Raises:
        RuntimeError: where a window is longer than the dimension.

    >>> import rushlight
    >>> rushlight.arange(4).unfold(0, 2, 1)
    tensor([[0, 1],
            [1, 2],
            [2, 3]])
    """
    return call1(UNFOLD, input, dimension=dimension, size=size, step=step)


def _unfold_layout(x, dimension, size, step):
    dim = wrap_dim(dimension, len(x.shape), "unfold()")
    have = x.shape[dim] if x.shape else 1
    if not 0 <= size <= have or step <= 0:
        raise ArgumentRuntimeError(
            explain(
                "unfold()",
                expected=f"a size of 0 to {have}, the maximum size for the tensor at "
                f"dimension {dim}, and a step > 0",
                got=f"size {size}, step {step}",
                do="Make the window shorter.",
            )
        )
    if not x.shape:
        return (size,), (x.dtype.itemsize,)
    shape, strides = list(x.shape), list(x.strides)
    shape[dim] = (have - size) // step + 1
    shape.append(size)
    strides.append(strides[dim])
    strides[dim] *= step
    return tuple(shape), tuple(strides)


def _unfold_spec(x, *, dimension, size, step):
    return Spec(_unfold_layout(x, dimension, size, step)[0], x.dtype)


def _unfold_eager(backend, x, *, dimension, size, step):
    return region(x, *_unfold_layout(x, dimension, size, step))


def _unfold_grad(g, *, x_shape, dimension, size, step):
    return call1(
        UNFOLD_PLACE, g, shape=x_shape, dimension=dimension, size=size, step=step
    )


UNFOLD = define(
    "unfold", eager=_unfold_eager, spec=_unfold_spec, grad=_unfold_grad, view=True
)
expose(unfold, torch=False)


def _unfold_place_spec(g, *, shape, dimension, size, step):
    return Spec(shape, g.dtype)


def _unfold_place_eager(backend, g, *, shape, dimension, size, step):
    whole = backend.np.zeros(shape, g.dtype)
    if not shape:
        whole[...] = g.sum()
        return whole
    dim = wrap_dim(dimension, len(shape))
    count = g.shape[dim]
    lead = (slice(None),) * dim
    for place in range(size):  # windows overlap, but not at the same place
        stop = place + (count - 1) * step + 1
        whole[(*lead, slice(place, stop, step))] += g[..., place]
    return whole


def _unfold_place_grad(g, *, dimension, size, step):
    return g.unfold(dimension, size, step)


UNFOLD_PLACE = define(
    "unfold_place",
    inputs="g",
    eager=_unfold_place_eager,
    spec=_unfold_place_spec,
    grad=_unfold_place_grad,
    node="UnfoldBackwardBackward0",
)

# ------------------------------------------------------------------------ as_strided


def as_strided(input, size, stride, storage_offset=None):
    """Any regular region of a tensor's memory.

    Args:
        input: the tensor that owns the memory (or a view of it).
        size: the sizes of the region.
        stride: for each dimension the step, in elements.
        storage_offset: where it begins, in elements from the memory's start;
            where input begins if left out.

    Returns:
        Tensor: a view.

    Raises:
        RuntimeError: where the region leaves the memory.

    >>> import rushlight
    >>> rushlight.arange(5).as_strided((2, 2), (2, 1))
    tensor([[0, 1],
            [2, 3]])
    """
    return call1(AS_STRIDED, input, **_strided_attrs(input, size, stride, storage_offset))


def as_strided_(input, size, stride, storage_offset=None):
    """In-place form of `as_strided`: changes what ``input`` shows and returns it."""
    attrs = _strided_attrs(input, size, stride, storage_offset)
    return inplace_view(AS_STRIDED, input, **attrs)


def _strided_attrs(input, size, stride, offset):
    source = None
    if input._edge is not None:  # Note [Strided gradient]
        source = (input.stride(), input.storage_offset())
    return {
        "size": as_shape((size,), "as_strided()"),
        "stride": as_shape((stride,), "as_strided()"),
        "storage_offset": offset,
        "source": source,
    }


def _as_strided_spec(x, *, size, stride, storage_offset, source):
    if len(size) != len(stride):
        raise ShapeError(
            explain(
                "as_strided()",
                expected="as many strides as sizes",
                got=f"mismatch in length of strides {list(stride)} and shape {list(size)}",
                do="Give one stride for each size.",
            )
        )
    if any(step < 0 for step in stride) or (storage_offset or 0) < 0:
        raise ArgumentRuntimeError(
            explain(
                "as_strided()",
                expected="strides and a storage offset that are not negative",
                got=f"strides {list(stride)}, offset {storage_offset}",
                do="Use .flip(dim) to reverse.",
            )
        )
    return Spec(size, x.dtype)


def _as_strided_eager(backend, x, *, size, stride, storage_offset, source):
    _as_strided_spec(
        x, size=size, stride=stride, storage_offset=storage_offset, source=None
    )
    owner, start = memory_of_array(x)
    offset = start if storage_offset is None else storage_offset * x.itemsize
    strides = tuple([step * x.itemsize for step in stride])
    last = sum([(n - 1) * s for n, s in zip(size, strides, strict=True)])
    if 0 not in size and offset + last >= owner.nbytes:
        raise ShapeError(
            explain(
                "as_strided()",
                expected=f"a region within {owner.size} elements of memory",
                got=f"size {list(size)}, stride {list(stride)}, offset "
                f"{offset // x.itemsize}, which is out of bounds",
                do="Check the strides; they are in elements.",
            )
        )
    return region(owner, size, strides, offset)


# Note [Strided gradient]
# The region is named in the memory's own terms, not in input's.  So the gradient is
# first laid over a stretch of memory that holds both (added up where elements of the
# region share memory), and then read where input lies.  An element of input that has
# its memory in common with others gets its share, as in torch.


def _as_strided_grad(g, *, x_shape, size, stride, storage_offset, source):
    return call1(
        STRIDED_PLACE,
        g,
        shape=x_shape,
        stride=stride,
        offset=source[1] if storage_offset is None else storage_offset,
        source=source,
    )


AS_STRIDED = define(
    "as_strided",
    eager=_as_strided_eager,
    spec=_as_strided_spec,
    grad=_as_strided_grad,
    view=True,
)
expose(as_strided)
expose(as_strided_)


def _places(np_, shape, stride, offset):
    """The place in memory of every element of a region."""
    where = np_.full((1,) * len(shape), offset)
    for dim, (n, step) in enumerate(zip(shape, stride, strict=True)):
        where = where + (np_.arange(n) * step).reshape((-1,) + (1,) * (len(shape) - dim - 1))
    return where


def _strided_place_spec(g, *, shape, stride, offset, source):
    return Spec(shape, g.dtype)


def _strided_place_eager(backend, g, *, shape, stride, offset, source):
    np_ = backend.np
    target = _places(np_, g.shape, stride, offset)
    origin = _places(np_, shape, *source)
    if not origin.size:
        return np_.zeros(shape, g.dtype)
    last = max(int(origin.max()), int(target.max()) if target.size else 0)
    memory = np_.zeros(last + 1, g.dtype)
    np_.add.at(memory, target, g)
    if 0 in source[0]:
        shared = np_.bincount(origin.reshape(-1), minlength=last + 1)
        memory /= np_.maximum(shared, 1).astype(g.dtype)
    return memory[origin].reshape(shape)


def _strided_place_grad(g, *, g_shape, stride, offset, source):
    return call1(
        STRIDED_PLACE,
        g,
        shape=g_shape,
        stride=source[0],
        offset=source[1],
        source=(stride, offset),
    )


STRIDED_PLACE = define(
    "strided_place",
    inputs="g",
    eager=_strided_place_eager,
    spec=_strided_place_spec,
    grad=_strided_place_grad,
)

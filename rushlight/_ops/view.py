"""Views: other shapes and orders over the same memory."""

from rushlight._backends.numpy import strided_view
from rushlight._base.errors import ShapeError, explain
from rushlight._base.shape import as_shape, broadcast_shapes, numel, wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call1
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._core.tensor import attach
from rushlight._ops._memory import memory_of_array

# ------------------------------------------------------------------------------ view


def view(input, *shape):
    """The same memory with another shape.

    Args:
        input: (*), any dtype.
        shape: sizes, one of them may be -1 (taken from the rest).

    Returns:
        Tensor: a view.

    Raises:
        RuntimeError: where the sizes do not fit or the memory cannot be viewed so.

    >>> import rushlight
    >>> rushlight.arange(4).view(2, 2)
    tensor([[0, 1],
            [2, 3]])
    """
    return call1(VIEW, input, shape=as_shape(shape, "view()"))


def resolved_shape(shape, count, who):
    """A shape with its -1 replaced, for an array of `count` elements.

    Raises:
        RuntimeError: where the sizes do not multiply to count.
    """
    known = numel(size for size in shape if size != -1)
    if shape.count(-1) == 1 and known and count % known == 0:
        return tuple(count // known if size == -1 else size for size in shape)
    if -1 not in shape and known == count and all(size >= 0 for size in shape):
        return shape
    raise ShapeError(
        explain(
            who,
            expected=f"a shape of {count} elements with at most one -1",
            got=f"shape '{list(shape)}' is invalid for input of size {count}",
            do="Make the product of the sizes equal the number of elements.",
        )
    )


def _view_spec(x, *, shape):
    return Spec(resolved_shape(shape, x.size, "view()"), x.dtype)


def _view_eager(backend, x, *, shape):
    result = x.reshape(shape)
    if result.base is None or (result.base is not x and result.base is not x.base):
        return _view_checked(backend, x, shape)
    return result


def _view_checked(backend, x, shape):
    try:
        return backend.np.reshape(x, shape, copy=False)
    except ValueError:
        raise ShapeError(
            explain(
                "view()",
                expected="memory that the new shape can be laid over",
                got=f"shape {list(x.shape)} with strides "
                f"{[s // x.itemsize for s in x.strides]}, view size is not compatible "
                "with input tensor's size and stride",
                do="Use .reshape(...) or .contiguous().view(...).",
            )
        ) from None


def _view_grad(g, *, x_shape):
    return g.reshape(x_shape)


def _view_lower(k, x, *, shape):
    return k.reshape(x, shape)


VIEW = define(
    "view",
    eager=_view_eager,
    spec=_view_spec,
    grad=_view_grad,
    lower=_view_lower,
    view=True,
)
expose(view, torch=False)

# --------------------------------------------------------------------------- reshape


def reshape(input, *shape):
    """Another shape: a view where the memory allows it, else a copy.

    Args:
        input: (*), any dtype.
        shape: sizes, one of them may be -1.

    Returns:
        Tensor: of the new shape.

    Raises:
        RuntimeError: where the sizes do not fit.

    >>> import rushlight
    >>> rushlight.arange(4).reshape(2, 2).t().reshape(-1)
    tensor([0, 2, 1, 3])
    """
    shape = as_shape(shape, "reshape()")
    try:
        return call1(VIEW, input, shape=shape)
    except ShapeError:
        if input.is_contiguous():
            raise
    return call1(VIEW, input.contiguous(), shape=shape)


expose(reshape)

# ------------------------------------------------------------------------- transpose


def transpose(input, dim0, dim1):
    """Swap two dimensions.

    Args:
        input: (*), any dtype.
        dim0, dim1: the dimensions.

    Returns:
        Tensor: a view.

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.ones(2, 3, 4).transpose(0, 2).shape
    torch.Size([4, 3, 2])
    """
    return call1(TRANSPOSE, input, dim0=dim0, dim1=dim1)


def _transpose_spec(x, *, dim0, dim1):
    shape = list(x.shape)
    if shape:
        i, j = (wrap_dim(d, len(shape), "transpose()") for d in (dim0, dim1))
        shape[i], shape[j] = shape[j], shape[i]
    return Spec(shape, x.dtype)


def _transpose_eager(backend, x, *, dim0, dim1):
    return x.swapaxes(dim0, dim1) if x.ndim else x[...]


def _transpose_grad(g, *, dim0, dim1):
    return g.transpose(dim0, dim1)


def _transpose_lower(k, x, *, dim0, dim1):
    return k.transpose(x, dim0, dim1)


TRANSPOSE = define(
    "transpose",
    eager=_transpose_eager,
    spec=_transpose_spec,
    grad=_transpose_grad,
    lower=_transpose_lower,
    view=True,
)
expose(transpose, aliases=["swapaxes", "swapdims"])

# ---------------------------------------------------------------------------- expand


def expand(input, *sizes):
    """Stretch dimensions of size 1 without copying.

    Args:
        input: (*), any dtype.
        sizes: the new sizes; -1 keeps one, leading ones may be added.

    Returns:
        Tensor: a view whose stretched elements share memory.

    Raises:
        RuntimeError: where a size other than 1 would change.

    >>> import rushlight
    >>> rushlight.tensor([[1], [2]]).expand(2, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    return call1(EXPAND, input, sizes=as_shape(sizes, "expand()"))


def _expanded_shape(x, sizes):
    added = len(sizes) - len(x.shape)
    if added < 0 or -1 in sizes[:added]:
        raise ShapeError(
            explain(
                "expand()",
                expected=f"at least {len(x.shape)} sizes, -1 only for existing ones",
                got=list(sizes),
                do="Give one size for each dimension of the result.",
            )
        )
    old = (1,) * added + tuple(x.shape)
    full = tuple(o if s == -1 else s for o, s in zip(old, sizes, strict=True))
    if any(o not in (1, s) for o, s in zip(old, full, strict=True)):
        raise ShapeError(
            explain(
                "expand()",
                expected=f"sizes that only stretch the 1s of {list(x.shape)}",
                got=list(sizes),
                do="Use .repeat(...) to copy along a larger dimension.",
            )
        )
    return full


def _expand_spec(x, *, sizes):
    return Spec(_expanded_shape(x, sizes), x.dtype)


def _expand_eager(backend, x, *, sizes):
    shape = _expanded_shape(x, sizes)
    if backend.name != "numpy" or not x.size:
        return backend.np.broadcast_to(x, shape)
    old = (0,) * (len(shape) - x.ndim) + x.strides
    added = (1,) * (len(shape) - x.ndim) + x.shape
    strides = [0 if a == 1 else s for a, s in zip(added, old, strict=True)]
    return strided_view(x, shape, strides)


def _expand_grad(g):
    return g


def _expand_lower(k, x, *, sizes):
    return k.broadcast(x, sizes)


EXPAND = define(
    "expand",
    eager=_expand_eager,
    spec=_expand_spec,
    grad=_expand_grad,
    lower=_expand_lower,
    view=True,
)
expose(expand, torch=False)


def expand_as(input, other):
    """Expand to the sizes of another tensor.

    Args:
        input: (*), any dtype.
        other: the tensor whose shape is wanted.

    Returns:
        Tensor: a view.

    >>> import rushlight
    >>> rushlight.ones(1).expand_as(rushlight.zeros(2)).shape
    torch.Size([2])
    """
    return call1(EXPAND, input, sizes=other._array.shape)


expose(expand_as, torch=False)
attach("T", property(lambda self: transpose(self, 0, 1) if self.ndim == 2 else self))
attach("mT", property(lambda self: transpose(self, -2, -1)))
attach("mH", property(lambda self: transpose(self, -2, -1)))

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
    return call1(
        AS_STRIDED,
        input,
        size=tuple(size),
        stride=tuple(stride),
        storage_offset=storage_offset,
    )


def _as_strided_spec(x, *, size, stride, storage_offset):
    return Spec(size, x.dtype)


def _as_strided_eager(backend, x, *, size, stride, storage_offset):
    owner, start = memory_of_array(x)
    offset = start if storage_offset is None else storage_offset * x.itemsize
    strides = tuple(step * x.itemsize for step in stride)
    last = sum((n - 1) * s for n, s in zip(size, strides, strict=True))
    if len(size) != len(stride) or (0 not in size and offset + last >= owner.nbytes):
        raise ShapeError(
            explain(
                "as_strided()",
                expected=f"a region within {owner.size} elements of memory",
                got=f"size {list(size)}, stride {list(stride)}, offset "
                f"{offset // x.itemsize}, which is out of bounds",
                do="Check the strides; they are in elements.",
            )
        )
    return strided_view(owner, size, strides, offset)


def _as_strided_grad(g, *, x_shape, size, stride, storage_offset):
    return call1(
        STRIDED_PLACE, g, shape=x_shape, stride=stride, offset=storage_offset or 0
    )


AS_STRIDED = define(
    "as_strided",
    eager=_as_strided_eager,
    spec=_as_strided_spec,
    grad=_as_strided_grad,
    view=True,
)
expose(as_strided)


def _strided_place_spec(g, *, shape, stride, offset):
    return Spec(shape, g.dtype)


def _strided_place_eager(backend, g, *, shape, stride, offset):
    np = backend.np
    where = sum(
        (np.arange(n) * s).reshape((-1,) + (1,) * (g.ndim - i - 1))
        for i, (n, s) in enumerate(zip(g.shape, stride, strict=True))
    )
    whole = np.zeros(numel(shape), g.dtype)
    np.add.at(whole, np.asarray(where) + offset, g)
    return whole.reshape(shape)


def _strided_place_grad(g, *, g_shape, stride, offset):
    return g.contiguous().as_strided(g_shape, stride, offset)


STRIDED_PLACE = define(
    "strided_place",
    inputs="g",
    eager=_strided_place_eager,
    spec=_strided_place_spec,
    grad=_strided_place_grad,
)

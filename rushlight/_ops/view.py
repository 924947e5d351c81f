"""Views of other shapes: view, reshape, flatten, squeeze, unsqueeze, expand."""

from rushlight._base import dtype as dtypes
from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import as_shape, numel, wrap_dim, wrap_dims
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call1
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._memory import region
from rushlight._ops._views import inplace_view

_dtype = dtypes.dtype

# ------------------------------------------------------------------------------ view


def view(input, *shape, size=None, dtype=None):
    """The same memory with another shape, or another dtype.

    Args:
        input: (*), any dtype.
        shape: sizes, one of them may be -1 (taken from the rest); or a dtype, as
            whose elements the bytes are read.

    Returns:
        Tensor: a view.

    Raises:
        RuntimeError: where the sizes do not fit or the memory cannot be viewed so.

    >>> import rushlight
    >>> rushlight.arange(4).view(2, 2)
    tensor([[0, 1],
            [2, 3]])
    """
    if size is not None:
        shape = (size,)
    elif dtype is not None:
        shape = (dtype,)
    if shape and shape[0].__class__ is _dtype:
        return _view_as_dtype(input, shape[0])
    if not shape:
        raise ArgumentTypeError(
            explain(
                "view()",
                expected="sizes or a dtype",
                got="no arguments",
                do="Use view(()) for a tensor without dimensions.",
            )
        )
    return call1(VIEW, input, shape=as_shape(shape, "view()"))


def resolved_shape(shape, count, who):
    """A shape with its -1 replaced, for an array of `count` elements.

    Raises:
        RuntimeError: where the sizes do not multiply to count.
    """
    known = numel(size for size in shape if size != -1)
    if shape.count(-1) == 1 and known > 0 and count % known == 0:
        return tuple(count // known if size == -1 else size for size in shape)
    if -1 not in shape and known == count and all(size >= 0 for size in shape):
        return shape
    got = f"shape '{list(shape)}' is invalid for input of size {count}"
    if shape.count(-1) == 1 and known == count == 0:
        got = f"shape {list(shape)} for 0 elements, so that -1 is ambiguous"
    raise ShapeError(
        explain(
            who,
            expected=f"a shape of {count} elements with at most one -1",
            got=got,
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
    if not x.size:
        resolved_shape(shape, 0, "view()")
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


def _shape_grad(g, *, x_shape):
    return g.reshape(x_shape)


def _view_lower(k, x, *, shape):
    return k.reshape(x, shape)


VIEW = define(
    "view",
    eager=_view_eager,
    spec=_view_spec,
    grad=_shape_grad,
    lower=_view_lower,
    view=True,
)
expose(view, torch=False)


def view_as(input, other):
    """The same memory with the shape of another tensor.

    Args:
        input: (*), any dtype.
        other: the tensor whose shape is wanted.

    Returns:
        Tensor: a view.

    Raises:
        RuntimeError: where the sizes do not fit or the memory cannot be viewed so.

    >>> import rushlight
    >>> rushlight.arange(4).view_as(rushlight.ones(2, 2)).shape
    torch.Size([2, 2])
    """
    return call1(VIEW, input, shape=other._array.shape)


expose(view_as, torch=False)

# ------------------------------------------------------------------------ other dtype


def _view_as_dtype(input, dtype):
    return call1(VIEW_DTYPE, input, dtype=dtype)


def _view_dtype_spec(x, *, dtype):
    old, new, shape = x.dtype.itemsize, dtype.itemsize, tuple(x.shape)
    if old == new:
        return Spec(shape, dtype.numpy)
    if not shape:
        raise _no_view_as(x, dtype, "self.dim() cannot be 0")
    if old > new:
        return Spec((*shape[:-1], shape[-1] * (old // new)), dtype.numpy)
    if shape[-1] % (new // old):
        raise _no_view_as(x, dtype, f"self.size(-1) {shape[-1]} not divisible")
    return Spec((*shape[:-1], shape[-1] // (new // old)), dtype.numpy)


def _no_view_as(x, dtype, why):
    return ArgumentRuntimeError(
        explain(
            "view()",
            expected=f"memory that can be read as {dtype}",
            got=f"{BY_NUMPY[x.dtype]} {list(x.shape)}: {why}",
            do="Use .contiguous() first, or .to(dtype) to convert the values.",
        )
    )


def _view_dtype_eager(backend, x, *, dtype):
    _view_dtype_spec(x, dtype=dtype)
    try:
        return x.view(dtype.numpy)
    except ValueError:
        why = f"self.stride(-1) must be 1, is {x.strides[-1] // x.itemsize}"
        raise _no_view_as(x, dtype, why) from None


def _view_dtype_grad(g, *, x_dtype):
    return g.view(BY_NUMPY[x_dtype])


VIEW_DTYPE = define(
    "view_dtype",
    eager=_view_dtype_eager,
    spec=_view_dtype_spec,
    grad=_view_dtype_grad,
    view=True,
    node="ViewBackward1",
)

# --------------------------------------------------------------------------- reshape


def reshape(input, *shape, **named):
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
    if named:
        shape = _named(named, "shape", "reshape()")
    shape = as_shape(shape, "reshape()")
    array = input._array
    if array.__class__ is Spec or array.flags.c_contiguous:
        return call1(VIEW, input, shape=shape)
    resolved_shape(shape, array.size, "reshape()")
    try:
        return call1(VIEW, input, shape=shape)
    except ShapeError:
        return call1(RESHAPE_COPY, input, shape=shape)


def _named(named, name, who):
    if list(named) != [name]:
        raise ArgumentTypeError(
            explain(
                who,
                expected=f"argument '{name}'",
                got=", ".join(named),
                do="Check the spelling.",
            )
        )
    return (named[name],)


def _reshape_copy_eager(backend, x, *, shape):
    return x.reshape(shape)


RESHAPE_COPY = define(
    "reshape_copy",
    eager=_reshape_copy_eager,
    spec=_view_spec,
    grad=_shape_grad,
    lower=_view_lower,
    node="UnsafeViewBackward0",
)
expose(reshape)


def reshape_as(input, other):
    """Another tensor's shape: a view where the memory allows it, else a copy.

    Args:
        input: (*), any dtype.
        other: the tensor whose shape is wanted.

    Returns:
        Tensor: of that shape.

    Raises:
        RuntimeError: where the numbers of elements differ.

    >>> import rushlight
    >>> rushlight.arange(4).reshape_as(rushlight.ones(2, 2)).shape
    torch.Size([2, 2])
    """
    return reshape(input, other._array.shape)


expose(reshape_as, torch=False)

# --------------------------------------------------------------------------- flatten


def flatten(input, start_dim=0, end_dim=-1):
    """Join neighbouring dimensions into one.

    Args:
        input: (*), any dtype.
        start_dim, end_dim: the first and last dimension to join.

    Returns:
        Tensor: input itself where nothing changes, a view or a copy.

    Raises:
        RuntimeError: where start_dim comes after end_dim.

    >>> import rushlight
    >>> rushlight.ones(2, 3, 4).flatten(1).shape
    torch.Size([2, 12])
    """
    shape = input._array.shape
    start = wrap_dim(start_dim, len(shape), "flatten()")
    end = wrap_dim(end_dim, len(shape), "flatten()")
    if start > end:
        raise ArgumentRuntimeError(
            explain(
                "flatten()",
                expected="start_dim not to come after end_dim",
                got=f"start_dim={start_dim}, end_dim={end_dim}",
                do="Swap them.",
            )
        )
    if start == end and shape:
        return input
    joined = numel(shape[start : end + 1])
    return reshape(input, (*shape[:start], joined, *shape[end + 1 :]))


def ravel(input):
    """All elements in one dimension: a view where the memory allows it, else a copy.

    Args:
        input: (*), any dtype.

    Returns:
        Tensor: (number of elements,).

    Raises:
        Nothing.

    >>> import rushlight
    >>> rushlight.ones(2, 3).ravel().shape
    torch.Size([6])
    """
    return call1(VIEW, input.contiguous(), shape=(input._array.size,))


def unflatten(input, dim, sizes):
    """Part one dimension into several.

    Args:
        input: (*), any dtype.
        dim: the dimension to part.
        sizes: sizes, one of them may be -1.

    Returns:
        Tensor: a view.

    Raises:
        RuntimeError: where the sizes do not multiply up to the dimension's.

    >>> import rushlight
    >>> rushlight.ones(2, 6).unflatten(1, (2, 3)).shape
    torch.Size([2, 2, 3])
    """
    shape = input._array.shape
    dim = wrap_dim(dim, len(shape), "unflatten()")
    sizes = as_shape((sizes,), "unflatten()")
    if not sizes:
        raise ArgumentRuntimeError(
            explain(
                "unflatten()",
                expected="sizes to be non-empty",
                got=sizes,
                do="Use .squeeze(dim) to drop a dimension.",
            )
        )
    parted = resolved_shape(sizes, shape[dim], "unflatten()")
    return call1(VIEW, input, shape=(*shape[:dim], *parted, *shape[dim + 1 :]))


expose(flatten)
expose(ravel)
expose(unflatten)

# ---------------------------------------------------------------- dimensions of size 1


def squeeze(input, *dims, dim=None):
    """Drop dimensions of size 1.

    Args:
        input: (*), any dtype.
        dim: a dimension or several, dropped where their size is 1; all if left out.

    Returns:
        Tensor: a view.

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.ones(1, 2, 1).squeeze(0).shape
    torch.Size([2, 1])
    """
    return call1(SQUEEZE, input, dims=_squeezed(input, dims, dim))


def squeeze_(input, *dims, dim=None):
    """In-place form of `squeeze`: changes ``input``'s shape and returns it."""
    return inplace_view(SQUEEZE, input, dims=_squeezed(input, dims, dim))


def _squeezed(input, dims, dim):
    """What squeeze was asked: None, an int, or a tuple of dimensions."""
    if dim is not None:
        dims = (dim,)
    if not dims:
        return None
    ndim = input._array.ndim
    if len(dims) > 1 or isinstance(dims[0], (tuple, list)):
        dims = dims if len(dims) > 1 else dims[0]
        return wrap_dims(tuple(dims), ndim, "squeeze()")
    return wrap_dim(dims[0], ndim, "squeeze()")


def _squeeze_shape(shape, dims):
    if dims is None:
        return tuple([size for size in shape if size != 1])
    dims = (dims,) if dims.__class__ is int else dims
    return tuple([s for i, s in enumerate(shape) if s != 1 or i not in dims])


def _squeeze_spec(x, *, dims):
    return Spec(_squeeze_shape(x.shape, dims), x.dtype)


def _squeeze_eager(backend, x, *, dims):
    return x.squeeze() if dims is None else x.reshape(_squeeze_shape(x.shape, dims))


def _squeeze_lower(k, x, *, dims):
    return k.reshape(x, _squeeze_shape(x.shape, dims))


def _squeeze_node(inputs, attrs):
    dims = attrs["dims"]
    form = 0 if dims is None else 1 if dims.__class__ is int else 2
    return f"SqueezeBackward{form}"


SQUEEZE = define(
    "squeeze",
    eager=_squeeze_eager,
    spec=_squeeze_spec,
    grad=_shape_grad,
    lower=_squeeze_lower,
    node=_squeeze_node,
    view=True,
)
expose(squeeze)
expose(squeeze_, torch=False)


def unsqueeze(input, dim):
    """Add a dimension of size 1.

    Args:
        input: (*), any dtype.
        dim: where, from -ndim - 1 to ndim.

    Returns:
        Tensor: a view.

    Raises:
        IndexError: where dim is out of range.

    >>> import rushlight
    >>> rushlight.ones(2, 3).unsqueeze(1).shape
    torch.Size([2, 1, 3])
    """
    return call1(UNSQUEEZE, input, dim=dim)


def unsqueeze_(input, dim):
    """In-place form of `unsqueeze`: changes ``input``'s shape and returns it."""
    return inplace_view(UNSQUEEZE, input, dim=dim)


def _unsqueezed(shape, dim):
    if dim.__class__ is not int or not 0 <= dim <= len(shape):
        dim = wrap_dim(dim, len(shape) + 1, "unsqueeze()")
    return (*shape[:dim], 1, *shape[dim:])


def _unsqueeze_spec(x, *, dim):
    return Spec(_unsqueezed(x.shape, dim), x.dtype)


def _unsqueeze_eager(backend, x, *, dim):
    return x.reshape(_unsqueezed(x.shape, dim))


def _unsqueeze_lower(k, x, *, dim):
    return k.reshape(x, _unsqueezed(x.shape, dim))


UNSQUEEZE = define(
    "unsqueeze",
    eager=_unsqueeze_eager,
    spec=_unsqueeze_spec,
    grad=_shape_grad,
    lower=_unsqueeze_lower,
    view=True,
)
expose(unsqueeze)
expose(unsqueeze_, torch=False)

# ---------------------------------------------------------------------------- expand


def expand(input, *sizes, **named):
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
    if named:
        named.pop("implicit", None)
        sizes = _named(named, "size", "expand()") if named else sizes
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
    full = tuple([o if s == -1 else s for o, s in zip(old, sizes, strict=True)])
    for have, wanted in zip(old, full, strict=True):
        if have != wanted and (have != 1 or wanted < 0):
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
    added = len(shape) - x.ndim
    strides = [0] * added
    for have, wanted, step in zip(x.shape, shape[added:], x.strides, strict=True):
        strides.append(step if have == wanted else 0)
    for dim in range(added - 1, -1, -1):
        if shape[dim] == 1:
            follows = dim + 1 < len(shape)
            strides[dim] = shape[dim + 1] * strides[dim + 1] if follows else x.itemsize
    return region(x, shape, strides)


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

    Raises:
        RuntimeError: where a size other than 1 would change.

    >>> import rushlight
    >>> rushlight.ones(1).expand_as(rushlight.zeros(2)).shape
    torch.Size([2])
    """
    return call1(EXPAND, input, sizes=other._array.shape)


def broadcast_to(input, size):
    """Expand to a shape, given as one sequence.

    Args:
        input: (*), any dtype.
        size: the new sizes.

    Returns:
        Tensor: a view.

    Raises:
        RuntimeError: where a size other than 1 would change.

    >>> import rushlight
    >>> rushlight.broadcast_to(rushlight.ones(1), (2,)).shape
    torch.Size([2])
    """
    return call1(EXPAND, input, sizes=as_shape((size,), "broadcast_to()"))


expose(expand_as, torch=False)
expose(broadcast_to)

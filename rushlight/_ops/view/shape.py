"""Views of other shapes: view, reshape, flatten, unflatten."""

import numpy

from rushlight._base import dtype as dtypes
from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import as_shape, numel, wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.intercept import CAPTURE
from rushlight._core.table import define
from rushlight._ops.view.bytes import view_as_dtype

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
    for each in shape:
        if each.__class__ is not int:
            break
    else:
        if shape:
            return VIEW.short(input, shape)
    if shape and shape[0].__class__ is _dtype:
        return view_as_dtype(input, shape[0])
    if not shape:
        raise ArgumentTypeError(
            explain(
                "view()",
                expected="sizes or a dtype",
                got="no arguments",
                do="Use view(()) for a tensor without dimensions.",
            )
        )
    return VIEW.short(input, as_shape(shape, "view()"))


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
    base = result.base
    if base is x or (base is not None and base is x.base):
        return result
    return _view_checked(backend, x, shape)


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


def shape_grad(g, *, x_shape):
    """The gradient of every view that only changes the shape."""
    return g.reshape(x_shape)


def _view_lower(k, x, *, shape):
    return k.reshape(x, shape)


VIEW = define(
    "view",
    eager=_view_eager,
    spec=_view_spec,
    grad=shape_grad,
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
    return VIEW.short(input, other._array.shape)


expose(view_as, torch=False)

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
        shape = named_sizes(named, "shape", "reshape()")
    shape = as_shape(shape, "reshape()")
    array = input._array
    if array.__class__ is Spec:
        return (VIEW if CAPTURE.get() is None else RESHAPE).short(input, shape)
    if array.flags.c_contiguous:
        return VIEW.short(input, shape)
    resolved_shape(shape, array.size, "reshape()")
    try:
        if array.__class__ is numpy.ndarray:  # asked first: a refused view has copied
            array.reshape(shape, copy=False)
        return VIEW.short(input, shape=shape)
    except (ShapeError, ValueError):
        return RESHAPE_COPY.short(input, shape=shape)


def named_sizes(named, name, who):
    """Sizes that were given by the name of the argument."""
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
    grad=shape_grad,
    lower=_view_lower,
    node="UnsafeViewBackward0",
)
#: A view or a copy, in captured functions: nobody knows yet how memory will lie.
RESHAPE = define(
    "reshape",
    eager=_reshape_copy_eager,
    spec=_view_spec,
    grad=shape_grad,
    lower=_view_lower,
    view=True,
    node="ViewBackward0",
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
    return VIEW.short(input.contiguous(), shape=(input._array.size,))


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
    return VIEW.short(input, (*shape[:dim], *parted, *shape[dim + 1 :]))


expose(flatten)
expose(ravel)
expose(unflatten)

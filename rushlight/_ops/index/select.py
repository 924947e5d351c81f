"""Slices and elements by their places: index_select, take."""

from rushlight._base.shape import wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import same_dtype_out
from rushlight._ops.index.along import (
    check_flat,
    check_places,
    check_tensor,
    check_vector,
)

# ----------------------------------------------------------------------- index_select


def index_select(input, dim, index, *, out=None):
    """Slices of a dimension, in the order of an index.

    Args:
        input: (*), any dtype.
        dim: the dimension.
        index: (n,), int64 or int32.
        out: tensor to write the result to.

    Returns:
        Tensor: input's shape with n in dim.

    Raises:
        IndexError: where index is no vector, or names a place outside dim.

    >>> import rushlight
    >>> rushlight.tensor([1, 2, 3]).index_select(0, rushlight.tensor([2, 0]))
    tensor([3, 1])
    """
    check_tensor(index, "index_select()", "index")
    result = call(INDEX_SELECT, input, index, dim=dim)
    return result if out is None else same_dtype_out(result, out, "index_select()")


def _index_select_spec(x, index, *, dim):
    dim = wrap_dim(dim, len(x.shape), "index_select()")
    check_vector(index, "index_select()")
    check_places(index, x.shape[dim] if x.shape else 1, dim, "index_select()")
    if not x.shape:
        return Spec((), x.dtype)
    return Spec((*x.shape[:dim], index.size, *x.shape[dim + 1 :]), x.dtype)


def _index_select_eager(backend, x, index, *, dim):
    _index_select_spec(x, index, dim=dim)
    return x.take(index.reshape(-1), dim) if x.ndim else x.copy()


def _index_select_grad(g, *, x_shape, index, dim):
    if not x_shape:
        return g, None
    return g.new_zeros(x_shape).index_add(dim, index, g), None


def _index_select_lower(k, x, index, *, dim):
    if not x.ndim:
        return x
    return k.take_along(x, k.reshape(index, (-1,)), wrap_dim(dim, x.ndim))


def _take_lower(k, x, index):
    return k.take(k.reshape(x, (-1,)), index, low=-x.size)


INDEX_SELECT = define(
    "index_select",
    inputs="x index",
    eager=_index_select_eager,
    spec=_index_select_spec,
    grad=_index_select_grad,
    lower=_index_select_lower,
)
expose(index_select)

# ------------------------------------------------------------------------------ take


def take(input, index, *, out=None):
    """Elements by their place, counted over all dimensions in order.

    Args:
        input: (*), any dtype.
        index: (*), int64; negative places count from the end.
        out: tensor to write the result to.

    Returns:
        Tensor: index's shape.

    Raises:
        IndexError: for a place outside the tensor.

    >>> import rushlight
    >>> rushlight.tensor([[1, 2], [3, 4]]).take(rushlight.tensor([0, -1]))
    tensor([1, 4])
    """
    check_tensor(index, "take()", "index")
    result = call(TAKE_FLAT, input, index)
    return result if out is None else same_dtype_out(result, out, "take()")


def _take_spec(x, index):
    check_flat(x, index, "take()")
    return Spec(index.shape, x.dtype)


def _take_eager(backend, x, index):
    check_flat(x, index, "take()")
    return x.reshape(-1).take(index)


def _take_grad(g, *, x_shape, index):
    return g.new_zeros(x_shape).put(index, g, accumulate=True), None


TAKE_FLAT = define(
    "take",
    inputs="x index",
    eager=_take_eager,
    spec=_take_spec,
    grad=_take_grad,
    lower=_take_lower,
)
expose(take)

"""Reading by places along a dimension: gather, take_along_dim."""

from rushlight._base.errors import ShapeError, explain
from rushlight._base.shape import broadcast_shapes, wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import same_dtype_out
from rushlight._ops.index.along import (
    check_places,
    check_tensor,
    flat_places,
)

# ---------------------------------------------------------------------------- gather


def gather(input, dim, index, *, sparse_grad=False, out=None):
    """Pick elements along a dimension: ``result[i, j] = input[i, index[i, j]]``.

    Args:
        input: (*), any dtype.
        dim: the dimension along which index counts.
        index: as many dimensions, sizes not larger but in dim; int64 or int32.
        sparse_grad: False; the gradient is dense.
        out: tensor to write the result to.

    Returns:
        Tensor: index's shape, input's dtype.

    Raises:
        RuntimeError: where index does not fit, or names a place outside dim.

    >>> import rushlight
    >>> x = rushlight.tensor([[1, 2], [3, 4]])
    >>> x.gather(1, rushlight.tensor([[0], [1]]))
    tensor([[1],
            [4]])
    """
    check_tensor(index, "gather()", "index")
    result = call(GATHER, input, index, dim=dim)
    return result if out is None else same_dtype_out(result, out, "gather()")


def _fitting_dim(x, index, dim, who):
    """The dimension, wrapped; index's shape is checked against x's."""
    dim = wrap_dim(dim, len(x.shape), who)
    if not index.size and len(index.shape) != len(x.shape):
        return dim
    if max(len(index.shape), 1) != max(len(x.shape), 1):
        raise ShapeError(
            explain(
                who,
                expected="an index tensor with the same number of dimensions as self",
                got=f"{len(index.shape)} and {len(x.shape)}",
                do="Add dimensions with .unsqueeze(dim).",
            )
        )
    for d, (have, size) in enumerate(zip(index.shape, x.shape, strict=False)):
        if d != dim and have > size:
            raise ShapeError(
                explain(
                    who,
                    expected=f"an index no larger than self {list(x.shape)} apart from "
                    f"dimension {dim}",
                    got=f"{list(index.shape)}: size does not match at dimension {d}",
                    do="Cut the index.",
                )
            )
    return dim


def _gather_spec(x, index, *, dim):
    dim = _fitting_dim(x, index, dim, "gather()")
    if index.size:  # an empty index may have any dtype
        check_places(index, x.shape[dim] if x.shape else 1, dim, "gather()")
    return Spec(index.shape, x.dtype)


def _gather_eager(backend, x, index, *, dim):
    _gather_spec(x, index, dim=dim)
    if not index.size:
        return backend.np.empty(index.shape, x.dtype)
    places = flat_places(backend.np, x.shape, index, wrap_dim(dim, x.ndim))
    return x.reshape(-1).take(places)


def _gather_grad(g, *, x_shape, index, dim):
    return g.new_zeros(x_shape).scatter_add(dim, index, g), None


def _gather_lower(k, x, index, *, dim):
    if not x.ndim or index.ndim != x.ndim:
        raise k.NotLowered
    dim, flat, step = wrap_dim(dim, x.ndim), None, x.size
    index = k.cast(index, "i64")
    k.require(k.and_(k.le(0, index), k.lt(index, x.shape[dim])))
    index = k.min(k.max(index, 0), x.shape[dim] - 1)
    for d, size in enumerate(x.shape):
        step //= size
        place = index if d == dim else k.index(index.shape, d)
        place = k.mul(place, step)
        flat = place if flat is None else k.add(flat, place)
    return k.gather(k.reshape(x, (-1,)), flat)


GATHER = define(
    "gather",
    inputs="x index",
    eager=_gather_eager,
    spec=_gather_spec,
    grad=_gather_grad,
    lower=_gather_lower,
)
expose(gather)


def take_along_dim(input, indices, dim=None, *, out=None):
    """As `gather`; sizes of input and indices broadcast, negative places count back.

    Args:
        input: (*), any dtype.
        indices: int64, as many dimensions as input.
        dim: the dimension; all elements in one row if left out.
        out: tensor to write the result to.

    Returns:
        Tensor: the broadcast shape with indices' size in dim.

    Raises:
        RuntimeError: where the numbers of dimensions differ.

    >>> import rushlight
    >>> x = rushlight.tensor([[1, 2], [3, 4]])
    >>> x.take_along_dim(rushlight.tensor([[1]]), 1)
    tensor([[2],
            [4]])
    """
    check_tensor(indices, "take_along_dim()", "indices")
    if dim is None:
        input, indices, dim = input.reshape(input.numel()), indices.flatten(), 0
    ndim = input._array.ndim
    if indices.ndim != ndim:
        raise ShapeError(
            explain(
                "take_along_dim()",
                expected="input and indices with the same number of dimensions",
                got=f"{ndim} and {indices.ndim}",
                do="Add dimensions with .unsqueeze(dim).",
            )
        )
    dim = wrap_dim(dim, ndim, "take_along_dim()")
    shapes = [list(t._array.shape) for t in (input, indices)]
    size, count = shapes[0][dim], shapes[1][dim]
    shapes[0][dim] = shapes[1][dim] = 1
    shape = list(broadcast_shapes(*map(tuple, shapes)))
    check_places(indices._array, size, dim, "take_along_dim()", negative=True)
    input = input.expand(*shape[:dim], size, *shape[dim + 1 :])
    indices = indices.expand(*shape[:dim], count, *shape[dim + 1 :])
    return gather(input, dim, indices % size if size else indices, out=out)


expose(take_along_dim)

"""Copies with a region replaced: select_scatter, slice_scatter, diagonal_scatter."""

from rushlight._base.errors import ShapeError, explain
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._core.tensor import wrap
from rushlight._ops.index.along import check_tensor

# Note [Regions]
# All of these are one thing: copy, take a view of the copy, write.  `view` is the name
# of the Tensor method that takes the view, `arguments` what it is called with; so the
# gradients are that view of g, and g with zeros there.


def _replaced(op, input, src, view, *arguments):
    check_tensor(src, f"{op.name}()", "src")
    return call(op, input, src, view=view, arguments=arguments)


def _spec(x, src, *, view, arguments):
    shown = getattr(wrap(Spec(x.shape, x.dtype)), view)(*arguments)
    if tuple(shown.shape) != tuple(src.shape):
        raise ShapeError(
            explain(
                f"{view}_scatter()",
                expected="src to have a size equal to the slice of self, "
                f"{list(shown.shape)}",
                got=list(src.shape),
                do="Reshape src.",
            )
        )
    return Spec(x.shape, x.dtype)


def _eager(backend, x, src, *, view, arguments):
    _spec(x, src, view=view, arguments=arguments)
    whole = x.copy("C")
    getattr(wrap(whole), view)(*arguments)._array[...] = src
    return whole


def _grad(g, *, view, arguments, needs):
    x = src = None
    if needs[1]:
        src = getattr(g, view)(*arguments)
    if needs[0]:
        part = getattr(g, view)(*arguments)
        zeros = g.new_zeros(part.shape)
        x = call(_OPS[view], g, zeros, view=view, arguments=arguments)
    return x, src


def _lower(k, x, src, *, view, arguments):
    if view == "select":
        dim, place = arguments
        index = (*(slice(None),) * (dim % x.ndim), place)
    elif view == "__getitem__":
        (index,) = arguments
    else:
        raise k.NotLowered
    return k.replace(x, index, k.cast(src, x.dtype))


def _define(name):
    return define(
        name, inputs="x src", eager=_eager, spec=_spec, grad=_grad, lower=_lower
    )


SELECT_SCATTER = _define("select_scatter")
SLICE_SCATTER = _define("slice_scatter")
DIAGONAL_SCATTER = _define("diagonal_scatter")
AS_STRIDED_SCATTER = _define("as_strided_scatter")
_OPS = {
    "select": SELECT_SCATTER,
    "__getitem__": SLICE_SCATTER,
    "diagonal": DIAGONAL_SCATTER,
    "as_strided": AS_STRIDED_SCATTER,
}


def select_scatter(input, src, dim, index):
    """A copy with one slice of a dimension replaced.

    Args:
        input: (*), any dtype.
        src: the new slice: input's shape without dim.
        dim: the dimension.
        index: which slice.

    Returns:
        Tensor: input's shape and dtype.

    Raises:
        RuntimeError: where src's shape does not fit.

    >>> import rushlight
    >>> rushlight.zeros(2, 2).select_scatter(rushlight.ones(2), 0, 1)
    tensor([[0., 0.],
            [1., 1.]])
    """
    return _replaced(SELECT_SCATTER, input, src, "select", dim, index)


def slice_scatter(input, src, dim=0, start=None, end=None, step=1):
    """A copy with a range of slices of a dimension replaced.

    Args:
        input: (*), any dtype.
        src: the new slices: input's shape with their number in dim.
        dim: the dimension.
        start, end, step: the range.

    Returns:
        Tensor: input's shape and dtype.

    Raises:
        RuntimeError: where src's shape does not fit.

    >>> import rushlight
    >>> rushlight.zeros(3).slice_scatter(rushlight.ones(2), 0, 1, 3)
    tensor([0., 1., 1.])
    """
    dim = dim + input._array.ndim if dim < 0 else dim
    index = (*(slice(None),) * dim, slice(start, end, step))
    return _replaced(SLICE_SCATTER, input, src, "__getitem__", index)


def diagonal_scatter(input, src, offset=0, dim1=0, dim2=1):
    """A copy with the diagonals replaced.

    Args:
        input: (*), at least two dimensions, any dtype.
        src: the new diagonals, of the shape that `diagonal` gives.
        offset, dim1, dim2: as for `diagonal`.

    Returns:
        Tensor: input's shape and dtype.

    Raises:
        RuntimeError: where src's shape does not fit.

    >>> import rushlight
    >>> rushlight.zeros(2, 2).diagonal_scatter(rushlight.ones(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    return _replaced(DIAGONAL_SCATTER, input, src, "diagonal", offset, dim1, dim2)


def as_strided_scatter(input, src, size, stride, storage_offset=None):
    """A copy with a regular region of its memory replaced.

    Args:
        input: (*), any dtype.
        src: the new region, of shape size.
        size, stride, storage_offset: as for `as_strided`.

    Returns:
        Tensor: input's shape and dtype.

    Raises:
        RuntimeError: where the region leaves the memory.

    >>> import rushlight
    >>> rushlight.zeros(3).as_strided_scatter(rushlight.ones(2), (2,), (2,))
    tensor([1., 0., 1.])
    """
    arguments = tuple(size), tuple(stride), storage_offset or 0
    return _replaced(AS_STRIDED_SCATTER, input, src, "as_strided", *arguments)


expose(select_scatter)
expose(slice_scatter)
expose(diagonal_scatter)
expose(as_strided_scatter)

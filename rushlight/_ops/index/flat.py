"""Writing elements by their place, counted over all dimensions: put."""

from rushlight._base.errors import (
    ArgumentTypeError,
    DtypeError,
    OutOfRangeError,
    explain,
)
from rushlight._base.shape import as_shape
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.inplace import inplace
from rushlight._core.table import define
from rushlight._ops.index.along import (
    check_flat,
    check_tensor,
)

# -------------------------------------------------------------------------------- put


def put(input, index, source, accumulate=False):
    """A copy with elements written by their place, counted over all dimensions.

    Args:
        input: (*), any dtype.
        index: (*), int64; negative places count from the end.
        source: as many elements as index, input's dtype.
        accumulate: add instead of writing; repeated places add up.

    Returns:
        Tensor: input's shape and dtype.

    Raises:
        IndexError: for a place outside the tensor, or another number of elements.

    >>> import rushlight
    >>> rushlight.zeros(2, 2).put(rushlight.tensor([3]), rushlight.tensor([5.0]))
    tensor([[0., 0.],
            [0., 5.]])
    """
    check_tensor(index, "put()", "index")
    check_tensor(source, "put()", "source")
    return call(PUT_FLAT, input, index, source, accumulate=accumulate)


def put_(input, index, source, accumulate=False):
    """In-place form of `put`: writes into ``input`` and returns it."""
    check_tensor(index, "put_()", "index")
    check_tensor(source, "put_()", "source")
    return inplace(PUT_FLAT, input, index, source, accumulate=accumulate)


def _put_spec(x, index, source, *, accumulate):
    check_flat(x, index, "put_()")
    if source.dtype != x.dtype:
        raise DtypeError(
            explain(
                "put_()",
                expected=f"self and source to have the same dtype, {x.dtype}",
                got=source.dtype,
                do="Convert the source with .to(x.dtype).",
            )
        )
    if source.size != index.size:
        raise OutOfRangeError(
            explain(
                "put_()",
                expected="source and index to have the same number of elements",
                got=f"{source.size} and {index.size}",
                do="Give one value for each place.",
            )
        )
    return Spec(x.shape, x.dtype)


def _put_eager(backend, x, index, source, *, accumulate):
    _put_spec(x, index, source, accumulate=accumulate)
    whole = x.copy("C")
    flat, places, values = whole.reshape(-1), index.reshape(-1), source.reshape(-1)
    if accumulate:
        backend.np.add.at(flat, places, values)
    else:
        flat[places] = values
    return whole


def _put_grad(g, *, index, source_shape, accumulate, needs):
    x = source = None
    if needs[0]:
        zeros = g.new_zeros(index.shape)
        x = g if accumulate else g.put(index, zeros)
    if needs[2]:
        source = g.take(index).reshape(source_shape)
    return x, None, source


PUT_FLAT = define(
    "put",
    inputs="x index source",
    eager=_put_eager,
    spec=_put_spec,
    grad=_put_grad,
)


def unravel_index(indices, shape):
    """The coordinates of elements that are counted over all dimensions in order.

    Args:
        indices: (*), integers, not negative.
        shape: the sizes of the tensor that they count in.

    Returns:
        tuple of Tensor: one for each dimension, int64 of indices' shape.

    Raises:
        TypeError: where indices are no integers.

    >>> import rushlight
    >>> rushlight.unravel_index(rushlight.tensor([5]), (2, 3))
    (tensor([1]), tensor([2]))
    """
    check_tensor(indices, "unravel_index()", "indices")
    if indices.dtype.category != 1:
        raise ArgumentTypeError(
            explain(
                "unravel_index()",
                expected="indices of an integer dtype",
                got=indices.dtype,
                do="Convert them with .long().",
            )
        )
    shape, found = as_shape((shape,), "unravel_index()"), []
    indices = indices.long()
    for size in reversed(shape):
        found.append(indices % size)
        indices = indices.div(size, rounding_mode="floor")
    return tuple(reversed(found))


expose(unravel_index, method=False)
expose(put)
expose(put_, torch=False)

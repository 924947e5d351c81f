"""Writing by index tensors: index_put."""

from rushlight._base.errors import (
    ArgumentTypeError,
    OutOfRangeError,
    explain,
)
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.inplace import inplace
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops.index.parse import joined_index, split_index
from rushlight._ops.index.write import (
    SETITEM,
    assign,
    dtypes_differ,
    no_broadcast,
    region,
    setitem_spec,
)

# -------------------------------------------------------------------------- index_put


def index_put(input, indices, values, accumulate=False):
    """A copy with values written (or added) at the places that index tensors name.

    Args:
        input: (*), any dtype.
        indices: a tuple of index tensors, for the first dimensions.
        values: a tensor of input's dtype that broadcasts to the indexed shape.
        accumulate: add instead of writing; repeated places add up.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        IndexError: out of range, or too many indices.
        RuntimeError: where values' shape or dtype does not fit.

    >>> import rushlight
    >>> where = (rushlight.tensor([0, 0]),)
    >>> rushlight.zeros(2).index_put(where, rushlight.tensor(1.0), accumulate=True)
    tensor([2., 0.])
    """
    tensors, attrs = _index_put_parts(input, indices, values)
    op = INDEX_ADD_AT if accumulate else SETITEM
    return call(op, input, *tensors, **attrs)


def index_put_(input, indices, values, accumulate=False):
    """In-place form of `index_put`: writes into ``input`` and returns it."""
    (values, *tensors), attrs = _index_put_parts(input, indices, values)
    if accumulate:
        return inplace(INDEX_ADD_AT, input, values, *tensors, **attrs)
    assign(input, values, attrs["index"], tensors, attrs["places"])
    return input


def _index_put_parts(input, indices, values):
    for place, value in enumerate((values, *indices)):
        if not isinstance(value, Tensor):
            name = f"index {place - 1}" if place else "values"
            raise ArgumentTypeError(
                explain(
                    "index_put()",
                    expected=f"a Tensor as {name}",
                    got=type(value).__name__,
                    do="Convert it with torch.tensor().",
                )
            )
    basic, tensors, places = split_index(input, tuple(indices))
    if values.dtype is not input.dtype:
        raise dtypes_differ(input, values)
    return (values, *tensors), {"index": basic or (), "places": places}


expose(index_put)
expose(index_put_)


def _add_at_eager(backend, x, value, *indices, index, places):
    whole = x.copy()
    target = region(whole, index)
    try:
        where = joined_index(indices, places) if indices else ...
        backend.np.add.at(target, where, value.astype(x.dtype, copy=False))
    except IndexError as error:
        raise OutOfRangeError(
            explain(
                "index_put()",
                expected=f"indices that lie inside shape {list(x.shape)}",
                got=str(error).replace("axis", "dimension"),
                do="Check the largest index.",
            )
        ) from None
    except ValueError as error:
        raise no_broadcast(target, value, error) from None
    return whole


def _add_at_grad(g, *, indices, index, places, needs):
    values = None
    if needs[1]:
        values = g[index] if index else g
        values = values[joined_index(indices, places)] if indices else values
    return (g if needs[0] else None, values, *(None,) * len(indices))


INDEX_ADD_AT = define(
    "index_add_at",
    inputs="x value *indices",
    eager=_add_at_eager,
    spec=setitem_spec,
    grad=_add_at_grad,
    node="IndexPutBackward0",
)

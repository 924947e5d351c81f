"""Reading by index: ints, slices, None, Ellipsis, masks, tensors."""

from math import prod

import numpy as np

from rushlight._base.errors import OutOfRangeError, UnsupportedError, explain
from rushlight._base.shape import broadcast_shapes
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.table import define
from rushlight._core.tensor import Tensor, attach
from rushlight._ops._places import lower_sum_at
from rushlight._ops.index.along import add_rows
from rushlight._ops.index.parse import (
    basic_index,
    basic_spec,
    check_step,
    joined_index,
    split_index,
)

_INT64, _BOOL = np.dtype(np.int64), np.dtype(np.bool_)

# --------------------------------------------------------------------- basic reading


def getitem(self, index):
    """``x[index]``: a view for basic indices, a copy for advanced ones.

    Args:
        index: an int, slice, None, Ellipsis, bool, list, array or tensor, or a tuple
            of those, with NumPy's meaning; steps must be positive.

    Returns:
        Tensor.

    Raises:
        IndexError: out of range, too many indices, or a mask of the wrong shape.
        ValueError: for a step that is not positive.
    """
    kind = index.__class__
    if kind is int:
        return INDEX.short(self, (index, Ellipsis))
    if kind is tuple:
        basic = basic_index(index)
        if basic is not None:
            return INDEX.short(self, basic)
    elif kind is slice:
        if index.step is not None:
            check_step(index)
        return INDEX.short(self, (index,))  # Note [A slice alone]
    elif kind is Tensor:
        array, mine = index._array, self._array.shape
        if array.dtype is _INT64 and array.shape and mine:
            return call(TAKE, self, index, places=(0,))
        if array.dtype is _BOOL and array.shape and array.shape == mine[: array.ndim]:
            return call(TAKE, self, index, places=(0,) * array.ndim)
    elif index is None or index is Ellipsis:
        return INDEX.short(self, (index, Ellipsis) if index is None else (index,))
    return _getitem_mixed(self, index)


# Note [A slice alone]
# torch records a slice alone as SliceBackward0 even if it is full; a full slice in a
# tuple is skipped.  A tuple always has its Ellipsis here, so one part means a slice.


def _index_eager(backend, x, *, index):
    return x[index]


def _index_grad(g, *, x_shape, index):
    return INDEX_PLACE.short(g, shape=x_shape, index=index)


def _index_node(inputs, attrs):
    """torch records the last of the select, slice and unsqueeze steps."""
    index = attrs["index"]
    if index[0].__class__ is int and len(index) == 2:
        return "SelectBackward0"
    if len(index) == 1:
        return "AliasBackward0" if index[0] is Ellipsis else "SliceBackward0"
    name, dim, shape = "AliasBackward0", 0, inputs[0]._array.shape
    for place, part in enumerate(index):
        if part is None:
            name = "UnsqueezeBackward0"
        elif part is Ellipsis:
            dim = len(shape) - sum([p is not None for p in index[place + 1 :]])
        elif isinstance(part, slice):
            start, stop, step = part.start, part.stop, part.step
            if start or (step or 1) != 1 or (stop is not None and stop < shape[dim]):
                name = "SliceBackward0"
            dim += 1
        else:
            name = "SelectBackward0"
            dim += 1
    return name


def _index_lower(k, x, *, index):
    return k.slice(x, index)


INDEX = define(
    "index",
    eager=_index_eager,
    spec=basic_spec,
    grad=_index_grad,
    lower=_index_lower,
    node=_index_node,
    view=True,
)
attach("__getitem__", getitem)

# ------------------------------------------------------- the gradient of basic reading


def _index_place_spec(g, *, shape, index):
    return Spec(shape, g.dtype)


def _index_place_eager(backend, g, *, shape, index):
    whole = backend.np.zeros(shape, g.dtype)
    whole[index] = g
    return whole


def _index_place_grad(g, *, index):
    return g[index]


def _index_place_lower(k, g, *, shape, index):
    return k.place(g, shape, index)


INDEX_PLACE = define(
    "index_place",
    inputs="g",
    eager=_index_place_eager,
    spec=_index_place_spec,
    grad=_index_place_grad,
    lower=_index_place_lower,
)

# ------------------------------------------------------------------ advanced reading


def _getitem_mixed(self, index):
    basic, indices, places = split_index(self, index)
    viewed = self if basic is None else INDEX.short(self, basic)
    if not indices:
        return viewed if basic is not None else INDEX.short(self, (Ellipsis,))
    return call(TAKE, viewed, *indices, places=places)


def _take_spec(x, *indices, places):
    counted = [_counted(index) for index in indices]
    try:
        shape = broadcast_shapes(*counted)
    except RuntimeError:
        raise OutOfRangeError(
            explain(
                "indexing",
                expected="index tensors that broadcast with each other",
                got="shape mismatch: indexing tensors could not be broadcast together "
                f"with shapes {', '.join(str(list(c)) for c in counted)}",
                do="Reshape them, or index one dimension after the other.",
            )
        ) from None
    kept = [x.shape[d] for d, place in enumerate(places) if place is None]
    advanced = [d for d, place in enumerate(places) if place is not None]
    together = advanced == list(range(advanced[0], advanced[-1] + 1))
    first = advanced[0] if together else 0
    rest = x.shape[len(places) :]
    return Spec((*kept[:first], *shape, *kept[first:], *rest), x.dtype)


def _counted(index):
    """The shape of an index tensor; of a mask, that of the indices it stands for."""
    if index.dtype.kind != "b":
        return tuple(index.shape)
    if index.__class__ is Spec:
        raise UnsupportedError(
            explain(
                "indexing",
                expected="a mask with data",
                got="a meta tensor as mask: the result's shape depends on its values",
                do="Use torch.where.",
            )
        )
    return (int(index.sum()),)


def _take_eager(backend, x, *indices, places):
    try:
        if len(indices) == 1:
            index = indices[0]
            if index.dtype.kind != "b":
                return x.take(index, len(places) - 1)
            if len(places) == index.ndim:
                return x[index]
        result = x[joined_index(indices, places)]
    except IndexError as error:
        _take_spec(x, *indices, places=places)
        raise OutOfRangeError(
            explain(
                "indexing",
                expected=f"indices that lie inside shape {list(x.shape)}",
                got=str(error).replace("axis", "dimension"),
                do="Check the largest index.",
            )
        ) from None
    return result if result.flags.c_contiguous else result.copy("C")


def _take_grad(g, *, x_shape, indices, places):
    grads = call(PUT, g, *indices, shape=x_shape, places=places)
    return (grads,) + (None,) * len(indices)


def _take_lower(k, x, *indices, places):
    """Rows of a table of all that the index tensors name together."""
    dims = [d for d, place in enumerate(places) if place is not None]
    first, last = dims[0], dims[-1]
    if dims != list(range(first, last + 1)) or len(indices) != len(dims):
        raise k.NotLowered
    if any(index.dtype not in ("i64", "i32") for index in indices):
        raise k.NotLowered
    if [places[d] for d in dims] != list(range(len(dims))):
        raise k.NotLowered
    if len(indices) == 1:
        return k.take_along(x, indices[0], first, low=-x.shape[first])
    flat = 0
    for dim, index in zip(dims, indices):
        size, index = x.shape[dim], k.cast(index, "i64")
        k.require(k.and_(k.le(-size, index), k.lt(index, size)))
        index = k.where(k.lt(index, 0), k.add(index, size), index)
        index = k.min(k.max(index, 0), size - 1)
        flat = index if dim == first else k.add(k.mul(flat, size), index)
    x = k.reshape(x, (*x.shape[:first], -1, *x.shape[last + 1 :]))
    return k.take_along(x, flat, first)


TAKE = define(
    "take_index",
    inputs="x *indices",
    eager=_take_eager,
    spec=_take_spec,
    grad=_take_grad,
    node="IndexBackward0",
    lower=_take_lower,
)

# ---------------------------------------------------- the gradient of advanced reading


def _put_spec(g, *indices, shape, places):
    return Spec(shape, g.dtype)


def _put_eager(backend, g, *indices, shape, places):
    whole = backend.np.zeros(shape, g.dtype)
    _add_at(backend, whole, indices, places, g)
    return whole


def _add_at(backend, whole, indices, places, values):
    """``whole[index] += values``, with elements that are named twice added twice."""
    if len(indices) == 1:
        index, dim = indices[0], len(places) - 1
        if index.dtype.kind == "b":
            whole[joined_index(indices, places)] += values
            return
        if whole.ndim > 1 and values.ndim == whole.ndim + index.ndim - 1:
            shape = values.shape
            lead = shape[:dim]
            flat = values.reshape(*lead, index.size, *shape[dim + index.ndim :])
            add_rows(
                backend.np,
                whole.swapaxes(0, dim),
                index.reshape(-1),
                flat.swapaxes(0, dim),
            )
            return
    backend.np.add.at(whole, joined_index(indices, places), values)


def _put_grad(g, *, indices, places):
    return (call(TAKE, g, *indices, places=places),) + (None,) * len(indices)


def _put_lower(k, g, *indices, shape, places):
    """As `_take_lower`, back; rows of one table are added by a routine."""
    dims = [d for d, place in enumerate(places) if place is not None]
    first, count = dims[0], len(dims)
    together = dims == list(range(first, first + count))
    if not together or [places[d] for d in dims] != list(range(len(indices))):
        raise k.NotLowered
    if any(index.dtype not in ("i64", "i32") for index in indices):
        raise k.NotLowered
    if places == (0,) and len(shape) > 1:
        raise k.NotLowered
    sizes, flat = shape[first : first + count], None
    for size, index in zip(sizes, indices):
        index = k.cast(index, "i64")
        index = k.where(k.lt(index, 0), k.add(index, size), index)
        flat = index if flat is None else k.add(k.mul(flat, size), index)
    lead, rest = shape[:first], shape[first + count :]
    g = k.reshape(g, (prod(lead), flat.size, prod(rest)))
    found = lower_sum_at(
        k, k.permute(g, (1, 0, 2)), k.reshape(flat, (-1,)), prod(sizes)
    )
    return k.reshape(k.permute(found, (1, 0, 2)), shape)


PUT = define(
    "put_index",
    inputs="g *indices",
    eager=_put_eager,
    spec=_put_spec,
    grad=_put_grad,
    lower=_put_lower,
)

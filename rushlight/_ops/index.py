"""Indexing: reading and writing with ints, slices, None, Ellipsis, masks, tensors.

# Note [Index]
# An index is split in two.  The basic part (ints, slices, None, Ellipsis) is a view
# and is given to the array with an Ellipsis at its end, so that even a single element
# comes back as an array over the same memory.  The advanced part (tensors, lists,
# arrays, masks) then works on that view and copies; in `places` each dimension has the
# number of the tensor that indexes it, or None.  So, as in torch and unlike NumPy, an
# int beside a tensor is applied first and does not move dimensions.
"""

import numpy as np

from rushlight._base.errors import (
    ArgumentError,
    ArgumentTypeError,
    OutOfRangeError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call, call1, record, wants_record
from rushlight._core.inplace import bump, check_writable, rewrite_history
from rushlight._core.intercept import Call, intercepted
from rushlight._core.state import STATE
from rushlight._core.table import define
from rushlight._core.tensor import Tensor, attach, wrap

_BASIC = (int, slice, type(None), type(Ellipsis))

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
    if index.__class__ is not tuple:
        index = (index,)
    for part in index:
        if part.__class__ not in _BASIC:
            return _getitem_mixed(self, index)
    return call1(INDEX, self, index=index)


def _with_ellipsis(index):
    for part in index:
        if part is Ellipsis:
            return index
    return (*index, Ellipsis)


def _index_spec(x, *, index):
    shape, dim, full = [], 0, _expand_ellipsis(index, len(x.shape))
    for part in full:
        if part is None:
            shape.append(1)
            continue
        size = x.shape[dim]
        if isinstance(part, slice):
            _check_step(part)
            shape.append(len(range(*part.indices(size))))
        elif not -size <= part < size:
            raise OutOfRangeError(
                explain(
                    "indexing",
                    expected=f"an index in [{-size}, {size - 1}] for dimension {dim}",
                    got=f"index {part} is out of bounds for dimension {dim} with size "
                    f"{size}",
                    do="Indices count from 0.",
                )
            )
        dim += 1
    return Spec((*shape, *x.shape[dim:]), x.dtype)


def _check_step(part):
    if part.step is not None and part.step.__index__() <= 0:
        raise ArgumentError(
            explain(
                "indexing",
                expected="a positive step (step must be greater than zero)",
                got=part.step,
                do="Use .flip(dim) to reverse.",
            )
        )


def _expand_ellipsis(index, ndim):
    """The index with its Ellipsis replaced by full slices (as far as needed)."""
    used = sum(_dims_used(part) for part in index)
    if used > ndim:
        raise OutOfRangeError(
            explain(
                "indexing",
                expected=f"at most {ndim} indices",
                got=f"too many indices for tensor of dimension {ndim}: {used}",
                do="Drop indices, or add dimensions with None.",
            )
        )
    dots = [i for i, part in enumerate(index) if part is Ellipsis]
    if not dots:
        return tuple(index)
    if len(dots) > 1:
        raise OutOfRangeError("indexing: expected one Ellipsis, got several. Keep one.")
    gap = (slice(None),) * (ndim - used)
    return (*index[: dots[0]], *gap, *index[dots[0] + 1 :])


def _dims_used(part):
    if part is None or part is Ellipsis or part is True or part is False:
        return 0
    array = getattr(part, "_array", None)
    if array is not None and array.dtype.kind == "b":
        return array.ndim
    return 1


def _index_eager(backend, x, *, index):
    for part in index:
        if part.__class__ is slice and part.step is not None:
            _check_step(part)
    return x[_with_ellipsis(index)]


def _index_grad(g, *, x_shape, index):
    return call1(INDEX_PLACE, g, shape=x_shape, index=index)


def _index_node(inputs, attrs):
    """torch records the last of the select, slice and unsqueeze steps."""
    name = "AliasBackward0"
    for part in attrs["index"]:
        if part is None:
            name = "UnsqueezeBackward0"
        elif isinstance(part, slice):
            name = name if part == slice(None) else "SliceBackward0"
        elif part is not Ellipsis:
            name = "SelectBackward0"
    return name


def _index_lower(k, x, *, index):
    return k.slice(x, index)


INDEX = define(
    "index",
    eager=_index_eager,
    spec=_index_spec,
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
    whole[_with_ellipsis(index)] = g
    return whole


def _index_place_grad(g, *, index):
    return g[index]


INDEX_PLACE = define(
    "index_place",
    inputs="g",
    eager=_index_place_eager,
    spec=_index_place_spec,
    grad=_index_place_grad,
)

# ------------------------------------------------------------------ advanced reading


def _getitem_mixed(self, index):
    basic, indices, places = split_index(self, index)
    viewed = self if basic is None else call1(INDEX, self, index=basic)
    if not indices:
        return viewed
    return call(TAKE, viewed, *indices, places=places)


def split_index(x, index):
    """An index as (basic part or None, index tensors, places): Note [Index]."""
    parts = [_as_part(part, x) for part in index]
    parts = _expand_ellipsis(parts, x._array.ndim)
    basic, indices, places, dim = [], [], [], 0
    for part in parts:
        if isinstance(part, Tensor):
            size = part._array.ndim if part._array.dtype.kind == "b" else 1
            _check_mask(part, x, dim)
            basic += [slice(None)] * size if size else [None]
            places += [len(indices)] * max(size, 1)
            indices.append(part)
            dim += size
            continue
        basic.append(part)
        if part is None or isinstance(part, slice):
            places.append(None)
        dim += part is not None
    plain = all(part == slice(None) for part in basic if part is not None)
    if plain and None not in basic:
        return None, indices, tuple(places)
    return tuple(basic), indices, tuple(places)


def _as_part(part, x):
    """One index as an int, slice, None, Ellipsis or an index tensor."""
    if part is True or part is False:
        return wrap(np.asarray(part))
    if part.__class__ in _BASIC:
        return part
    if isinstance(part, Tensor):
        array = part._array
    elif isinstance(part, (list, tuple, range, np.ndarray)):
        array = np.asarray(
            [p.item() if isinstance(p, Tensor) else p for p in part]
            if isinstance(part, (list, tuple))
            and any(isinstance(p, Tensor) and p.ndim == 0 for p in part)
            else part
        )
        array = array.astype(np.int64) if array.size == 0 else array
        part = wrap(array)
    else:
        return _as_int(part)
    if array.dtype == np.uint8:
        return wrap(array.astype(bool))
    if array.dtype.kind not in "bi":
        raise OutOfRangeError(
            explain(
                "indexing",
                expected="tensors used as indices to be long, int, byte or bool",
                got=part.dtype,
                do="Convert the index with .long() or compare to make a mask.",
            )
        )
    if array.ndim == 0 and array.dtype.kind == "i" and array.__class__ is np.ndarray:
        return int(array)
    return part


def _as_int(part):
    try:
        return part.__index__()
    except (AttributeError, TypeError):
        raise ArgumentTypeError(
            explain(
                "indexing",
                expected="int, slice, None, Ellipsis, bool, list or tensor",
                got=f"{part!r} ({type(part).__name__})",
                do="Convert it with int() or torch.tensor().",
            )
        ) from None


def _check_mask(part, x, dim):
    array = part._array
    if array.dtype.kind != "b":
        return
    wanted = x._array.shape[dim : dim + array.ndim]
    if array.shape != wanted:
        raise OutOfRangeError(
            explain(
                "indexing",
                expected=f"a mask of shape {list(wanted)}, as the dimensions it indexes",
                got=f"the shape of the mask {list(array.shape)} at index 0 does not "
                f"match the shape of the indexed tensor {list(x._array.shape)}",
                do="Compute the mask from this tensor.",
            )
        )


def _array_index(indices, places):
    """The tuple to index an array with; a mask over n dimensions stands once."""
    result, last = [], None
    for place in places:
        if place is None:
            result.append(slice(None))
        elif place != last or indices[place].dtype.kind != "b":
            result.append(indices[place])
        last = place
    return tuple(result)


def _take_spec(x, *indices, places):
    from rushlight._base.shape import broadcast_shapes

    shape = broadcast_shapes(*(i.shape for i in indices))
    kept = [x.shape[d] for d, place in enumerate(places) if place is None]
    advanced = [d for d, place in enumerate(places) if place is not None]
    together = advanced == list(range(advanced[0], advanced[-1] + 1))
    first = advanced[0] if together else 0
    rest = x.shape[len(places) :]
    return Spec((*kept[:first], *shape, *kept[first:], *rest), x.dtype)


def _take_eager(backend, x, *indices, places):
    try:
        return x[_array_index(indices, places)]
    except IndexError as error:
        raise OutOfRangeError(
            explain(
                "indexing",
                expected=f"index tensors that fit shape {list(x.shape)} and each other",
                got=str(error),
                do="Check the largest index and the tensors' shapes.",
            )
        ) from None


def _take_grad(g, *, x_shape, indices, places):
    grads = call(PUT, g, *indices, shape=x_shape, places=places)
    return (grads,) + (None,) * len(indices)


TAKE = define(
    "take_index",
    inputs="x *indices",
    eager=_take_eager,
    spec=_take_spec,
    grad=_take_grad,
    node="IndexBackward0",
)

# ---------------------------------------------------- the gradient of advanced reading


def _put_spec(g, *indices, shape, places):
    return Spec(shape, g.dtype)


def _put_eager(backend, g, *indices, shape, places):
    whole = backend.np.zeros(shape, g.dtype)
    if len(indices) == 1 and indices[0].dtype.kind == "b":
        whole[_array_index(indices, places)] = g
    elif places == (0,) and g.ndim > indices[0].ndim:
        add_rows(backend, whole, indices[0].reshape(-1), g.reshape(-1, *shape[1:]))
    else:
        backend.np.add.at(whole, _array_index(indices, places), g)
    return whole


def add_rows(backend, whole, rows, values):
    """``whole[rows[i]] += values[i]`` with repeated rows added up, in row order."""
    np_ = backend.np
    if not rows.size:
        return
    rows = np_.where(rows < 0, rows + whole.shape[0], rows)
    order = np_.argsort(rows, kind="stable")
    ordered = rows[order]
    starts = np_.flatnonzero(np_.concatenate([[True], ordered[1:] != ordered[:-1]]))
    whole[ordered[starts]] += np_.add.reduceat(values[order], starts, axis=0)


def _put_grad(g, *, indices, places):
    return (call(TAKE, g, *indices, places=places),) + (None,) * len(indices)


PUT = define(
    "put_index",
    inputs="g *indices",
    eager=_put_eager,
    spec=_put_spec,
    grad=_put_grad,
)

# --------------------------------------------------------------------------- writing


def setitem(self, index, value):
    """``x[index] = value``: write into x's memory, recorded where a gradient is wanted.

    Args:
        index: as for reading.
        value: a tensor or number that broadcasts to the indexed shape.

    Raises:
        IndexError: as for reading.
        RuntimeError: where the value's shape does not fit.
    """
    if index.__class__ is not tuple:
        index = (index,)
    if all(part.__class__ in _BASIC for part in index):
        basic, indices, places = index, (), ()
    else:
        basic, indices, places = split_index(self, index)
        basic = () if basic is None else basic
    if not isinstance(value, Tensor):
        value = _value_tensor(value, self)
    attrs = {"index": basic, "places": places}
    call_ = Call(SETITEM, (self, value, *indices), attrs, self)
    return intercepted(call_, _set) if STATE.special else _set(call_)


def _value_tensor(value, x):
    array = np.asarray(value)
    if array.dtype.kind not in "biufcV":
        raise ArgumentTypeError(
            explain(
                "assignment by index",
                expected="a tensor or number as value",
                got=type(value).__name__,
                do="Convert it with torch.tensor().",
            )
        )
    return wrap(array.astype(x._array.dtype))


def _set(call_):
    self, value, *indices = call_.inputs
    recording = wants_record((self, value))
    if recording:
        check_writable(self, "assignment by index")
    old = wrap(self._array)
    old._edge = self._edge
    value = _drop_leading_ones(value, self, call_.attrs, indices)
    _write_region(self._array, value._array, indices, **call_.attrs)
    bump(self)
    if recording:
        written = wrap(self._array)
        record(SETITEM, written, (old, value, *indices), call_.attrs)
        rewrite_history(self, written._edge)


def _drop_leading_ones(value, x, attrs, indices):
    """A value with more dimensions than its place may have leading sizes of 1."""
    spec = _index_spec(x._array, index=attrs["index"])
    if indices and value._array.ndim > spec.ndim:
        return value
    extra = 0 if indices else value._array.ndim - spec.ndim
    shape = value._array.shape
    if extra > 0 and set(shape[:extra]) == {1}:
        return value.reshape(shape[extra:])
    return value


def _write_region(array, value, indices, *, index, places):
    try:
        target = array[_with_ellipsis(index)] if index else array
        where = _array_index([i._array for i in indices], places) if indices else ...
        with np.errstate(all="ignore"):
            target[where] = value if value.dtype == array.dtype else (
                value.astype(array.dtype)
            )
    except IndexError as error:
        _index_spec(array, index=index)
        raise OutOfRangeError(
            explain(
                "assignment by index",
                expected=f"indices within {list(array.shape)}",
                got=str(error),
                do="Check the largest index.",
            )
        ) from None
    except ValueError as error:
        from rushlight._base.errors import ShapeError

        raise ShapeError(
            explain(
                "assignment by index",
                expected="a value that broadcasts to the indexed region",
                got=f"shape mismatch: value of shape {list(value.shape)} ({error})",
                do="Reshape the value or the index.",
            )
        ) from None


def _setitem_spec(x, value, *indices, index, places):
    return Spec(x.shape, x.dtype)


def _setitem_eager(backend, x, value, *indices, index, places):
    whole = x.copy()
    target = whole[_with_ellipsis(index)] if index else whole
    target[_array_index(indices, places) if indices else ...] = value
    return whole


def _setitem_grad(g, *, indices, index, places, needs):
    rest = (None,) * len(indices)
    region = g[index] if index else g
    taken = call(TAKE, region, *indices, places=places) if indices else region
    others = None
    if needs[0]:
        zero = wrap(np.zeros((), g._array.dtype))
        others = call(SETITEM, g, zero, *indices, index=index, places=places)
    return (others, taken.clone() if needs[1] else None, *rest)


SETITEM = define(
    "setitem",
    inputs="x value *indices",
    eager=_setitem_eager,
    spec=_setitem_spec,
    grad=_setitem_grad,
    node=lambda inputs, attrs: "IndexPutBackward0" if inputs[2:] else "CopySlices",
)
attach("__setitem__", setitem)

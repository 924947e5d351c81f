"""Writing by index: ``x[index] = value``, recorded where need be."""

import numpy as np

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    DtypeError,
    OutOfRangeError,
    ShapeError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call, edges_of, record, wants_record
from rushlight._core.guarding import GUARDS
from rushlight._core.inplace import bump, check_no_overlap, check_writable
from rushlight._core.intercept import Call, intercepted
from rushlight._core.rewriting import rewrite_history
from rushlight._core.state import STATE
from rushlight._core.table import define
from rushlight._core.tensor import Tensor, attach, wrap
from rushlight._ops._memory import real_part
from rushlight._ops._values import as_number, element
from rushlight._ops.index.parse import (
    basic_index,
    basic_spec,
    expand_ellipsis,
    is_full,
    joined_index,
    split_index,
)

_INT64, _BOOL = np.dtype(np.int64), np.dtype(np.bool_)

# --------------------------------------------------------------------------- writing


def setitem(self, index, value):
    """``x[index] = value``: write into x's memory, recorded where a gradient is wanted.

    Args:
        index: as for reading.
        value: a tensor or number that broadcasts to the indexed shape.

    Raises:
        IndexError: as for reading.
        RuntimeError: where the value's shape does not fit, or its dtype beside an
            index tensor.
        TypeError: for a value that is no tensor or number.
    """
    if index.__class__ is Tensor:
        basic, where = None, index._array
    else:
        basic = where = basic_index(index if index.__class__ is tuple else (index,))
    if self._edge is None and where is not None and not STATE.special:
        if _quick(self, where, value):
            return
    if GUARDS.on and self._array.dtype.kind == "i":
        GUARDS.see.writing(self, value)
    if basic is not None:
        indices, places = (), ()
        if _is_whole(basic, self._array.shape):
            _write_whole(self, value)
            return
    else:
        basic, indices, places = split_index(self, index)
        basic = () if basic is None else basic
    assign(self, value, basic, indices, places)


# Note [Quick writes]
# Most writes are of a number or a fitting tensor of the same dtype, and nothing is
# recorded.  NumPy then does as torch does; what it refuses goes the careful way.


def _quick(self, where, value):
    """Write where nothing can differ from torch; False where care is needed."""
    array, kind = self._array, value.__class__
    if array.__class__ is not np.ndarray:
        return False
    if kind is Tensor:
        source = value._array
        if value._edge is not None or source.dtype is not array.dtype:
            return False
        value = source
    elif not _is_plain(array, value, kind):
        return False
    try:
        if where.__class__ is np.ndarray:
            if (
                where.dtype is not _BOOL and where.dtype is not _INT64
            ) or not where.ndim:
                return False
            array[where] = value
        else:
            region = array[where]
            if 0 in region.strides or getattr(value, "ndim", 0) > region.ndim:
                return False
            region[...] = value
    except (IndexError, TypeError, ValueError, OverflowError):
        return False
    bump(self)
    return True


def _is_plain(array, value, kind):
    """Whether a number needs no check before it becomes an element."""
    if array.itemsize < 4:
        return False
    if kind is float:
        return array.dtype.kind == "f" and (-3e38 < value < 3e38 or value != value)
    return kind is int and array.dtype.kind in "fi"


def _is_whole(index, shape):
    """Whether a basic index shows all of a tensor as it is."""
    for part in index:
        if part is None or part.__class__ is int:
            return False
    if len(index) > len(shape) + 1:
        return False
    parts = expand_ellipsis(index, len(shape))
    return all(is_full(part, size) for part, size in zip(parts, shape, strict=False))


def _write_whole(self, value):
    if not isinstance(value, Tensor):
        value = _number_tensor(value, self)
    shape = self._array.shape
    if value._array.shape or not shape:
        self.copy_(_fit_value(value, len(shape)))
        return
    check_no_overlap(self._array, "assignment by index")
    self.fill_(value)


def _number_tensor(value, x):
    """A number as a tensor without dimensions, of x's dtype and device."""
    number = as_number(_checked_value(value, x), "assignment by index")
    value = wrap(element(number, x._array.dtype, "assignment by index"))
    return value if x._array.__class__ is np.ndarray else value.to(x.device)


def assign(self, value, index, indices, places):
    """Write a value where a split index points (Note [Index])."""
    if isinstance(value, Tensor):
        if indices and value._array.shape and value.dtype is not self.dtype:
            raise dtypes_differ(self, value)
    else:
        value = _number_tensor(value, self)
    attrs = {"index": index, "places": places}
    call_ = Call(SETITEM, (self, value, *indices), attrs, self)
    intercepted(call_, _set) if STATE.special else _set(call_)


def _checked_value(value, x):
    if isinstance(value, (bool, int, float, complex, np.generic)):
        return value
    raise ArgumentTypeError(
        explain(
            "assignment by index",
            expected="a tensor or a number",
            got=f"{type(value).__name__}: can't assign it to a {x.dtype} tensor",
            do="Convert it with torch.tensor().",
        )
    )


def dtypes_differ(x, value):
    """The error for a value of another dtype beside an index tensor."""
    return DtypeError(
        explain(
            "assignment by index",
            expected=f"{x.dtype}, as index put requires the source and destination "
            "dtypes to match",
            got=value.dtype,
            do="Convert the value with .to(x.dtype).",
        )
    )


def _set(call_):
    self, value, *indices = call_.inputs
    recording = wants_record((self, value))
    if recording:
        check_writable(self, "assignment by index")
    old = wrap(self._array)
    old._edge = self._edge
    if not indices or value._array.ndim:
        shown = basic_spec(self._array, index=call_.attrs["index"])
        value = _fit_value(value, len(shown.shape) if not indices else None)
    _write_region(self._array, value._array, [i._array for i in indices], **call_.attrs)
    bump(self)
    if recording:
        written = wrap(self._array)
        inputs = old, value, *indices
        record(SETITEM, written, inputs, call_.attrs, edges_of(inputs))
        rewrite_history(self, written._edge)


def _fit_value(value, ndim):
    """A value without the leading sizes of 1 that its place has no dimensions for."""
    shape = value._array.shape
    extra = len(shape) - ndim if ndim is not None else 0
    if ndim is None:
        extra = next((i for i, size in enumerate(shape) if size != 1), len(shape))
    if extra > 0 and set(shape[:extra]) <= {1}:
        return value.reshape(shape[extra:])
    return value


def _write_region(array, value, indices, *, index, places):
    if array.__class__ is Spec:
        return
    target = region(array, index)
    if value.dtype != array.dtype:
        with np.errstate(all="ignore"):
            if value.dtype.kind == "c" and array.dtype.kind not in "cb":
                value = real_part(value)
            value = value.astype(array.dtype)
    if not indices and 0 in target.strides:
        check_no_overlap(target, "assignment by index")
    try:
        target[joined_index(indices, places) if indices else ...] = value
    except IndexError as error:
        raise OutOfRangeError(
            explain(
                "assignment by index",
                expected=f"indices that lie inside shape {list(array.shape)}",
                got=str(error).replace("axis", "dimension"),
                do="Check the largest index.",
            )
        ) from None
    except ValueError as error:
        raise no_broadcast(target, value, error) from None


def region(array, index):
    """The part of an array that a basic index shows."""
    try:
        return array[index] if index else array
    except IndexError:
        basic_spec(array, index=index)
        raise


def no_broadcast(target, value, error):
    """The error for a value that could not be written."""
    if not target.flags.writeable:
        return ArgumentRuntimeError(
            explain(
                "assignment by index",
                expected="memory that can be written",
                got="a tensor over a read-only array or buffer",
                do="Call .clone() first.",
            )
        )
    return ShapeError(
        explain(
            "assignment by index",
            expected="a value that broadcasts to the indexed region",
            got=f"shape mismatch: value of shape {list(value.shape)} ({error})",
            do="Reshape the value or the index.",
        )
    )


def setitem_spec(x, value, *indices, index, places):
    """X's shape and dtype, after the index was checked."""
    basic_spec(x, index=index)
    return Spec(x.shape, x.dtype)


def _setitem_eager(backend, x, value, *indices, index, places):
    whole = x.copy()
    _write_region(whole, value, indices, index=index, places=places)
    return whole


def _setitem_grad(g, *, indices, index, places, needs):
    rest = (None,) * len(indices)
    others = values = None
    if needs[0]:
        zero = g.new_zeros(())
        others = call(SETITEM, g, zero, *indices, index=index, places=places)
    if needs[1]:
        values = g[index] if index else g
        if indices:
            values = values[joined_index(indices, places)]
    return (others, values, *rest)


def _setitem_node(inputs, attrs):
    return "IndexPutBackward0" if inputs[2:] and not attrs["index"] else "CopySlices"


def _setitem_lower(k, x, value, *indices, index, places):
    if indices:
        raise k.NotLowered
    return k.replace(x, index or (Ellipsis,), k.cast(value, x.dtype))


SETITEM = define(
    "setitem",
    inputs="x value *indices",
    eager=_setitem_eager,
    spec=setitem_spec,
    grad=_setitem_grad,
    node=_setitem_node,
    lower=_setitem_lower,
)
attach("__setitem__", setitem)

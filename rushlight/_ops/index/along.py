"""Shared by gather, scatter and their like: checked indices along one dimension."""

import numpy as np

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    OutOfRangeError,
    UnsupportedError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.tensor import Tensor


class PlaceError(OutOfRangeError, RuntimeError):
    """A place outside a dimension, where torch raises now this, now that type."""


def check_tensor(value, who, name):
    """Refuse an argument that is no tensor."""
    if not isinstance(value, Tensor):
        raise ArgumentTypeError(
            explain(
                who,
                expected=f"argument '{name}' to be a Tensor",
                got=type(value).__name__,
                do="Convert it with torch.tensor.",
            )
        )


def check_places(index, size, dim, who, negative=False):
    """Refuse index arrays that are no integers, or that lie outside a dimension."""
    if not index.size:
        return
    if index.dtype.kind != "i" or index.dtype.itemsize < 4:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="an index of dtype int32 or int64",
                got=index.dtype,
                do="Convert it with .long().",
            )
        )
    if index.__class__ is Spec:
        return
    if not negative and index.__class__ is np.ndarray:
        unsigned = index.view(f"u{index.dtype.itemsize}")  # negatives become huge
        if np.maximum.reduce(unsigned, None) < size:
            return
    low, high = index.min(), index.max()
    if low < (-size if negative else 0) or high >= size:
        raise PlaceError(
            explain(
                who,
                expected=f"places from {-size if negative else 0} to {size - 1}",
                got=f"index {high if high >= size else low} is out of bounds for "
                f"dimension {dim} with size {size}",
                do="Check the index tensor.",
            )
        )


def check_vector(index, who):
    """Refuse an index of more than one dimension."""
    if len(index.shape) > 1:
        raise OutOfRangeError(
            explain(
                who,
                expected="index to be a vector",
                got=f"{len(index.shape)} dimensions",
                do="Flatten it.",
            )
        )


def check_flat(x, index, who):
    """Refuse indices that are not int64, or that name no element."""
    if index.dtype.kind != "i" or index.dtype.itemsize != 8:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="a long tensor for index",
                got=index.dtype,
                do="Convert it with .long().",
            )
        )
    check_places(index, x.size, 0, who, negative=True)


def flat_places(np_, shape, index, dim):
    """Where gather's elements lie in a contiguous array of a shape, counted flat."""
    steps, step = [0] * len(shape), 1
    for d in range(len(shape) - 1, -1, -1):
        steps[d], step = step, step * shape[d]
    places = index.astype(np_.int64, copy=False)
    if steps and steps[dim] != 1:
        places = places * steps[dim]
    for d, size in enumerate(index.shape):
        if d != dim and size > 1:
            line = np_.arange(size) * steps[d]
            places = places + line.reshape((-1,) + (1,) * (index.ndim - d - 1))
    return places


#: Elements that are quicker added one after another than sorted.
_FEW = 1024
#: Rows of one number, on average, that are quicker summed number by number.
_OFTEN = 16


def add_rows(np_, whole, rows, values):
    """``whole[rows[i]] += values[i]`` with repeated rows added up, in row order."""
    if not rows.size:
        return
    rows = np_.where(rows < 0, rows + whole.shape[0], rows)
    if values.size <= _FEW:
        np_.add.at(whole, rows, values)
        return
    order = np_.argsort(rows, kind="stable")
    ordered = rows[order]
    starts = np_.flatnonzero(np_.concatenate([[True], ordered[1:] != ordered[:-1]]))
    if starts.size == rows.size:
        whole[rows] += values
        return
    values = values[order]
    if rows.size < _OFTEN * starts.size:
        whole[ordered[starts]] += np_.add.reduceat(values, starts, axis=0)
        return
    edges = [*starts.tolist(), rows.size]
    for row, first, last in zip(ordered[starts].tolist(), edges, edges[1:]):
        whole[row] += np_.add.reduce(values[first:last], 0)


def check_reduce(reduce, known, who):
    """Refuse a way to reduce that is not known."""
    if reduce not in known:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected=f"reduce argument to be one of {', '.join(known)}",
                got=reduce,
                do="Check the spelling.",
            )
        )


def combine_at(np_, whole, places, values, reduce, include_self):
    """Combine values into whole at places along its first dimension."""
    if not include_self:
        whole[places] = _neutral(reduce, whole.dtype)
    ufunc = _UFUNCS[reduce]
    getattr(np_, ufunc).at(whole, places, values)
    if reduce == "mean":
        counts = np_.bincount(places, minlength=len(whole)) + bool(include_self)
        counts = np_.maximum(counts, 1).reshape((-1,) + (1,) * (whole.ndim - 1))
        if whole.dtype.kind in "iu":
            whole[...] = whole // counts
        else:
            whole[...] = whole / counts.astype(whole.dtype)


_UFUNCS = {
    "sum": "add",
    "mean": "add",
    "prod": "multiply",
    "amax": "maximum",
    "amin": "minimum",
}


def _neutral(reduce, dtype):
    if reduce in ("sum", "mean"):
        return 0
    if reduce == "prod":
        return 1
    if dtype.kind == "b":
        return reduce == "amin"
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return info.min if reduce == "amax" else info.max
    return -np.inf if reduce == "amax" else np.inf


def depends_on_values(who):
    """The error for a result whose shape a meta tensor does not tell."""
    return UnsupportedError(
        explain(
            who,
            expected="a tensor with data",
            got="a meta tensor: the result's shape depends on its values",
            do="Use torch.where.",
        )
    )

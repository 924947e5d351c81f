"""Searching in order: searchsorted, bucketize."""

import numpy

from rushlight._base import dtype as dtypes
from rushlight._base.errors import (
    ArgumentRuntimeError,
    DtypeError,
    ShapeError,
    explain,
)
from rushlight._base.promote import result_dtype
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._core.tensor import Tensor, wrap
from rushlight._ops._arguments import refuse, require_tensor, same_dtype_out
from rushlight._ops._arrays import wide

_WHO = "searchsorted()"


def searchsorted(
    sorted_sequence,
    input,
    *,
    out_int32=False,
    right=False,
    side=None,
    out=None,
    sorter=None,
):
    """Where to put values into a sequence so that it stays in order.

    Args:
        sorted_sequence: (n,), or (*, n) with rows in order; integers or float.
        input: a number or (*); where sorted_sequence has more dimensions than one,
            with the same leading sizes.
        out_int32: give int32 instead of int64.
        right: behind equal elements instead of before them.
        side: "left" or "right", the same by name.
        out: tensor to write the result to.
        sorter: int64 of sorted_sequence's shape: the order in which it is sorted.

    Returns:
        Tensor: input's shape, int64 or int32.

    Raises:
        RuntimeError: where shapes do not fit, or side and right contradict each other.
        NotImplementedError: for bool and complex tensors.

    >>> import rushlight
    >>> rushlight.searchsorted(rushlight.tensor([1, 3, 5]), rushlight.tensor([3, 6]))
    tensor([1, 3])
    """
    require_tensor(sorted_sequence, _WHO, "sorted_sequence")
    if side is not None:
        right = _checked_side(side, right)
    if not isinstance(input, Tensor):
        input = _as_scalar(input, sorted_sequence)
    attrs = {"right": bool(right), "int32": bool(out_int32)}
    result = call(SEARCHSORTED, sorted_sequence, input, sorter, **attrs)
    return result if out is None else same_dtype_out(result, out, _WHO)


def bucketize(input, boundaries, *, out_int32=False, right=False, out=None):
    """Which of the intervals between boundaries each value lies in.

    Args:
        input: a number or (*), integers or float.
        boundaries: (n,), in order.
        out_int32, right, out: as for `searchsorted`.

    Returns:
        Tensor: input's shape, int64 or int32, from 0 to n.

    Raises:
        RuntimeError: for boundaries that have not one dimension.
        NotImplementedError: for bool and complex tensors.

    >>> import rushlight
    >>> rushlight.bucketize(rushlight.tensor([0, 4]), rushlight.tensor([1, 3, 5]))
    tensor([0, 2])
    """
    require_tensor(boundaries, "bucketize()", "boundaries")
    if boundaries.ndim != 1:
        raise ShapeError(
            explain(
                "bucketize()",
                expected="boundaries tensor must be 1 dimension",
                got=f"dim({boundaries.ndim})",
                do="torch.searchsorted takes one sequence for each row.",
            )
        )
    return searchsorted(boundaries, input, out_int32=out_int32, right=right, out=out)


def _checked_side(side, right):
    if side not in ("left", "right"):
        raise ArgumentRuntimeError(
            explain(
                _WHO,
                expected="side can only be 'left' or 'right'",
                got=repr(side),
                do="Pass side='right' for the place behind equal elements.",
            )
        )
    if side == "left" and right:
        raise ArgumentRuntimeError(
            explain(
                _WHO,
                expected="side and right not to be opposites",
                got="side='left' with right=True",
                do="Leave one of them away.",
            )
        )
    return side == "right"


def _as_scalar(value, like):
    dtype = result_dtype([like._array, value])
    return wrap(numpy.asarray(value, dtype.numpy))


def _spec(sequence, values, sorter, *, right, int32):
    for array in (sequence, values):
        refuse(array, _WHO, "bcU")
    _check_shapes(sequence, values)
    if sorter is not None:
        _check_sorter(sequence, sorter)
    return Spec(values.shape, "int32" if int32 else "int64")


def _check_shapes(sequence, values):
    rank = len(sequence.shape)
    rows = tuple(sequence.shape[:-1])
    if rank == 0 or (
        rank > 1 and (len(values.shape) != rank or tuple(values.shape[:-1]) != rows)
    ):
        raise ShapeError(
            explain(
                _WHO,
                expected="boundaries of 1 dimension, or the first N-1 dimensions of "
                "boundaries tensor and input value tensor to match",
                got=f"boundaries tensor {list(sequence.shape)} and input value tensor "
                f"{list(values.shape)}",
                do="Expand the values to the rows of the boundaries.",
            )
        )


def _check_sorter(sequence, sorter):
    if tuple(sorter.shape) != tuple(sequence.shape):
        raise ShapeError(
            explain(
                _WHO,
                expected="boundary and sorter to have the same size",
                got=f"{list(sequence.shape)} and {list(sorter.shape)}",
                do="Pass the indices of torch.sort.",
            )
        )
    if sorter.dtype != dtypes.int64.numpy:
        raise DtypeError(
            explain(
                _WHO,
                expected="sorter to be a tensor of long dtype",
                got=sorter.dtype,
                do="Pass the indices of torch.sort.",
            )
        )


def _eager(backend, sequence, values, sorter, *, right, int32):
    np = backend.np
    dtype = _spec(sequence, values, sorter, right=right, int32=int32).dtype
    if sorter is not None:
        sequence = _in_order(np, sequence, sorter)
    common = result_dtype([sequence, values]).numpy
    sequence = wide(sequence.astype(common, copy=False))
    values = wide(values.astype(common, copy=False))
    if sequence.ndim > 1 or (
        sequence.dtype.kind == "f" and np.isnan(sequence[-1:]).any()
    ):
        sequence = np.broadcast_to(sequence, values.shape[:-1] + sequence.shape[-1:])
        return _search_rows(np, sequence, values, right).astype(dtype)
    places = np.asarray(sequence.searchsorted(values, "right" if right else "left"))
    if common.kind in "fV":  # nan is behind everything, itself as well
        places = np.where(np.isnan(values), len(sequence), places)
    return places.astype(dtype)


def _in_order(np, sequence, sorter):
    size = sequence.shape[-1]
    if sorter.size and not (0 <= sorter.min() and sorter.max() < size):
        raise ArgumentRuntimeError(
            explain(
                _WHO,
                expected=f"sorter indices from 0 to {size - 1}",
                got="sorter index out of range",
                do="Pass the indices of torch.sort.",
            )
        )
    return np.take_along_axis(sequence, sorter, -1)


def _search_rows(np, sequence, values, right):
    """Halve the interval of every value at once."""
    low = np.zeros(values.shape, "int64")
    high = np.full(values.shape, sequence.shape[-1], "int64")
    for _ in range(sequence.shape[-1].bit_length()):
        middle = (low + high) // 2
        found = np.take_along_axis(sequence, np.minimum(middle, high - 1), -1)
        behind = ~(found > values) if right else ~(found >= values)
        behind &= low < high
        low = np.where(behind, middle + 1, low)
        high = np.where(behind, high, middle)
    return low


SEARCHSORTED = define(
    "searchsorted", inputs="sequence values sorter", eager=_eager, spec=_spec
)
expose(searchsorted, method=False)
expose(bucketize, method=False)

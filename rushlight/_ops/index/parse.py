"""Shared by reading and writing by index: what an index means.

# Note [Index]
# An index is split in two.  The basic part (ints, slices, None, Ellipsis) is a view
# and is given to the array with an Ellipsis at its end, so that even a single element
# comes back as an array over the same memory.  The advanced part (tensors, lists,
# arrays, masks) then works on that view and copies; in `places` each dimension has the
# number of the tensor that indexes it, or None.  So, as in torch and unlike NumPy, an
# int beside a tensor is applied first and does not move dimensions.
"""

import warnings

import numpy as np

from rushlight._base.errors import (
    ArgumentError,
    ArgumentTypeError,
    OutOfRangeError,
    explain,
)
from rushlight._base.sized import range_length, slice_indices
from rushlight._base.spec import Spec
from rushlight._core.tensor import Tensor, wrap

_ELLIPSIS = type(Ellipsis)
_NONE = type(None)


def basic_index(index):
    """The index as the array takes it, or None where it has an advanced part.

    Raises:
        ValueError: for a step that is not positive.
    """
    dots = False
    for part in index:
        kind = part.__class__
        if kind is slice:
            if part.step is not None:
                check_step(part)
        elif kind is _ELLIPSIS:
            if dots:
                return None
            dots = True
        elif kind is not int and kind is not _NONE:
            return None
    return index if dots else (*index, Ellipsis)


def check_step(part):
    """Refuse a slice whose step is not positive."""
    try:
        step = part.step.__index__()
    except AttributeError:
        return  # the array words it
    if step <= 0:
        raise ArgumentError(
            explain(
                "indexing",
                expected="a positive step (step must be greater than zero)",
                got=part.step,
                do="Use .flip(dim) to reverse.",
            )
        )


def as_tuple(index):
    """The index as a tuple; a list that holds more than numbers is one too."""
    if index.__class__ is tuple:
        return index
    if isinstance(index, list) and len(index) < 32:
        for part in index:
            if part is None or isinstance(
                part, (Tensor, list, tuple, range, np.ndarray, slice, _ELLIPSIS)
            ):
                _warn_once(
                    "a list with more than numbers as index means a tuple here; write "
                    "x[tuple(index)], or x[torch.tensor(index)]."
                )
                return tuple(index)
    return tuple(index) if isinstance(index, tuple) else (index,)


_warned = set()


def _warn_once(text):
    if text not in _warned:
        _warned.add(text)
        warnings.warn(text, UserWarning, stacklevel=5)


def split_index(x, index):
    """An index as (basic part or None, index tensors, places): Note [Index]."""
    parts = expand_ellipsis([_as_part(part) for part in as_tuple(index)], x._array.ndim)
    basic, indices, places, dim, plain = [], [], [], 0, True
    for part in parts:
        if isinstance(part, Tensor):
            size = _dims_used(part)
            if size == 0:  # True or False: a new dimension of size 1 or 0
                part = wrap(np.flatnonzero(part._array))
                basic.append(None)
                plain = False
            else:
                _check_mask(part, x, dim, len(indices))
                basic += [slice(None)] * size
            places += [len(indices)] * max(size, 1)
            indices.append(part)
            dim += size
            continue
        basic.append(part)
        if part is None:
            places.append(None)
            plain = False
        elif isinstance(part, slice):
            places.append(None)
            if part.step is not None:
                check_step(part)
            plain = plain and is_full(part, x._array.shape[dim])
            dim += 1
        else:
            plain = False
            dim += 1
    while places and places[-1] is None:
        places.pop()
    return None if plain else (*basic, Ellipsis), indices, tuple(places)


def is_full(part, size):
    """Whether torch skips this slice of a dimension, for it takes all."""
    return (
        (part.start is None or part.start == 0)
        and (part.stop is None or part.stop >= size)
        and (part.step is None or part.step == 1)
    )


def expand_ellipsis(index, ndim):
    """The index with its Ellipsis replaced by full slices (as far as needed).

    Raises:
        IndexError: for too many indices.
    """
    used = sum([_dims_used(part) for part in index])
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
    first, rest = dots[0], list(index[dots[0] + 1 :])
    while rest and rest[-1] is Ellipsis:
        rest.pop()
    if Ellipsis in [part for part in rest if part is Ellipsis]:
        raise OutOfRangeError("indexing: expected one Ellipsis, got several. Keep one.")
    return (*index[:first], *[slice(None)] * (ndim - used), *rest)


def _dims_used(part):
    if part is None or part is Ellipsis or part is True or part is False:
        return 0
    array = getattr(part, "_array", None)
    if array is not None and array.dtype.kind == "b":
        return len(array.shape)
    return 1


def _as_part(part):
    """One index as an int, slice, None, Ellipsis or an index tensor."""
    kind = part.__class__
    if kind is int or kind is slice or part is None or part is Ellipsis:
        return part
    if kind is bool:
        return wrap(np.asarray(part))
    if isinstance(part, Tensor):
        return _tensor_part(part, "tensors")
    if isinstance(part, np.ndarray):
        part = part.astype(np.int64) if not part.size else part
        return _tensor_part(wrap(part), "arrays")
    if isinstance(part, (list, tuple, range)):
        return _tensor_part(wrap(_list_array(part)), "lists")
    return _as_int(part)


def _list_array(part):
    array = np.asarray(_without_tensors(part) if not isinstance(part, range) else part)
    if array.dtype.kind == "f" or not array.size:
        return array.astype(np.int64)
    return array


def _without_tensors(part):
    return [
        p.tolist()
        if isinstance(p, Tensor)
        else _without_tensors(p)
        if isinstance(p, (list, tuple))
        else p
        for p in part
    ]


def _tensor_part(part, what):
    array = part._array
    kind, ndim = array.dtype.kind, len(array.shape)
    if kind == "b":
        return part
    if array.dtype == np.uint8:
        if ndim:
            _warn_once("uint8 tensors as masks are an old form; use bool instead.")
        return wrap(array.astype(bool))
    if ndim == 0 and kind == "i":
        return part if array.__class__ is Spec else int(array)
    if kind != "i" or array.dtype.itemsize < 4:
        raise OutOfRangeError(
            explain(
                "indexing",
                expected=f"{what} used as indices to be long, int, byte or bool",
                got=part.dtype,
                do="Convert the index with .long() or compare to make a mask.",
            )
        )
    return part


def _as_int(part):
    if isinstance(part, (str, bytes)):
        error = ArgumentTypeError
    else:
        error = OutOfRangeError
        if not isinstance(part, np.bool_) and hasattr(part, "__index__"):
            return part.__index__()
    raise error(
        explain(
            "indexing",
            expected="only integers, slices, Ellipsis, None, bools, lists or tensors "
            "of integers or bools",
            got=f"{part!r} ({type(part).__name__}), which is no valid index",
            do="Convert it with int() or torch.tensor().",
        )
    )


def _check_mask(part, x, dim, number):
    array = part._array
    if array.dtype.kind != "b":
        return
    wanted = x._array.shape[dim : dim + len(array.shape)]
    if array.shape != wanted:
        raise OutOfRangeError(
            explain(
                "indexing",
                expected=f"a mask of shape {list(wanted)}, as what it indexes",
                got=f"the shape of the mask {list(array.shape)} at index {number} does "
                f"not match the shape of the indexed tensor {list(x._array.shape)}",
                do="Compute the mask from this tensor.",
            )
        )


def joined_index(indices, places):
    """The tuple to index with; a mask over n dimensions stands there once."""
    result, last = [], None
    for place in places:
        if place is None:
            result.append(slice(None))
        elif place != last or not _is_mask(indices[place]):
            result.append(indices[place])
        last = place
    return tuple(result)


def _is_mask(index):
    return getattr(index, "_array", index).dtype.kind == "b"


def basic_spec(x, *, index):
    """The spec of what a basic index shows of x.

    Raises:
        IndexError: out of range, or too many indices.
    """
    if not x.shape and any(part.__class__ in (int, slice) for part in index):
        raise OutOfRangeError(
            explain(
                "indexing",
                expected="at least one dimension",
                got="invalid index of a 0-dim tensor",
                do="Use .item() to get the number.",
            )
        )
    shape, dim = [], 0
    for part in expand_ellipsis(index, len(x.shape)):
        if part is None:
            shape.append(1)
            continue
        size = x.shape[dim]
        if isinstance(part, slice):
            shape.append(range_length(*_slice_indices(part, size)))
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


def _slice_indices(part, size):
    try:
        return slice_indices(part, size)
    except TypeError:
        raise ArgumentTypeError(
            explain(
                "indexing",
                expected="slice indices to be integers or None, or to have __index__",
                got=part,
                do="Convert them with int().",
            )
        ) from None

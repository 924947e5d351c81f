"""Collation: from a list of items to a batch."""

import collections.abc
import copy
import re

import numpy as np

from rushlight._base.dtype import float64
from rushlight._base.errors import ArgumentRuntimeError, ArgumentTypeError, explain
from rushlight._core.expose import TORCH
from rushlight._core.tensor import Tensor, wrap

_TEXT = re.compile("[SaUO]")


def default_collate(batch):
    """Stack the items of a batch, part by part.

    Args:
        batch: a non-empty list of tensors, arrays, numbers, texts, or of tuples, lists,
            named tuples or mappings of those, nested as you like.

    Returns:
        Tensors with a new first dimension in place of tensors, arrays and numbers; the
        containers and texts as they are (tuples become lists).

    Raises:
        TypeError: for other items.
        RuntimeError: for items of unequal sizes.

    >>> default_collate([{"x": 1}, {"x": 2}])
    {'x': tensor([1, 2])}
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return _stack(batch)
    if isinstance(first, np.ndarray):
        if _TEXT.search(first.dtype.str):
            raise _cannot_collate(first.dtype)
        return _stack_arrays(batch)
    if isinstance(first, np.generic):
        return TORCH["as_tensor"](np.asarray(batch))
    if isinstance(first, float):
        return TORCH["tensor"](batch, dtype=float64)
    if isinstance(first, int):
        return TORCH["tensor"](batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, collections.abc.Mapping):
        return _like_mapping(
            first, {key: default_collate([d[key] for d in batch]) for key in first}
        )
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*map(default_collate, zip(*batch, strict=True)))
    if isinstance(first, collections.abc.Sequence):
        return _collate_sequences(batch, first)
    raise _cannot_collate(type(first))


def _stack(batch):
    """The items side by side: copied once, recorded where a gradient is wanted."""
    if any(t._edge is not None for t in batch):
        return TORCH["stack"](list(batch), 0)
    return _stack_arrays([t._array for t in batch])


def _stack_arrays(arrays):
    first = arrays[0]
    if any(a.shape != first.shape for a in arrays):
        raise ArgumentRuntimeError(
            explain(
                "default_collate()",
                expected="items of equal size (stack expects each tensor to be equal "
                "size)",
                got=" and ".join(sorted({str(list(a.shape)) for a in arrays})),
                do="Pad or crop the items, or pass your own collate_fn.",
            )
        )
    if not isinstance(first, np.ndarray):
        return TORCH["stack"]([wrap(a) for a in arrays], 0)
    joined = np.concatenate([a.reshape(1) if a.ndim == 0 else a for a in arrays])
    return TORCH["as_tensor"](joined.reshape(len(arrays), *first.shape))


def _collate_sequences(batch, first):
    if any(len(item) != len(first) for item in batch):
        raise ArgumentRuntimeError(
            explain(
                "default_collate()",
                expected="each element in list of batch should be of equal size",
                got=f"lengths {sorted({len(item) for item in batch})}",
                do="Pad the items, or pass your own collate_fn.",
            )
        )
    parts = [default_collate(list(part)) for part in zip(*batch, strict=True)]
    if isinstance(first, (tuple, list)):
        return parts
    try:
        result = copy.copy(first)
        for place, part in enumerate(parts):
            result[place] = part
        return result
    except TypeError:
        return parts


def _like_mapping(first, values):
    """A mapping of the first item's own type, where that can be made."""
    try:
        if isinstance(first, collections.abc.MutableMapping):
            result = copy.copy(first)
            result.update(values)
            return result
        return type(first)(values)
    except TypeError:
        return values


def _cannot_collate(kind):
    return ArgumentTypeError(
        explain(
            "default_collate()",
            expected="batch must contain tensors, numpy arrays, numbers, dicts or "
            "lists",
            got=f"found {kind}",
            do="Return one of those from the dataset, or pass your own collate_fn.",
        )
    )


def default_convert(data):
    """Arrays and numbers of NumPy as tensors, containers kept; what loads unbatched.

    >>> default_convert([1, np.array([2])])
    [1, tensor([2])]
    """
    if isinstance(data, Tensor):
        return data
    if isinstance(data, (np.ndarray, np.generic)):
        text = isinstance(data, np.ndarray) and _TEXT.search(data.dtype.str)
        return data if text else TORCH["as_tensor"](data)
    if isinstance(data, collections.abc.Mapping):
        return _like_mapping(data, {key: default_convert(data[key]) for key in data})
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*map(default_convert, data))
    if isinstance(data, (tuple, list)):
        return [default_convert(item) for item in data]
    return data

"""Slices of one dimension: select, narrow."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    OutOfRangeError,
    explain,
)
from rushlight._base.shape import as_index, wrap_dim
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor

# ------------------------------------------------------------------ select and narrow


def select(input, dim, index):
    """One slice of a dimension, which is dropped: ``input[:, ..., index]``.

    Args:
        input: (*), any dtype.
        dim: the dimension.
        index: which slice.

    Returns:
        Tensor: a view.

    Raises:
        IndexError: where dim or index is out of range.

    >>> import rushlight
    >>> rushlight.tensor([[1, 2], [3, 4]]).select(1, 0)
    tensor([1, 3])
    """
    shape = input._array.shape
    if not shape:
        raise OutOfRangeError(
            explain(
                "select()",
                expected="at least one dimension",
                got="a 0-dim tensor, to which it cannot be applied",
                do="Use .item().",
            )
        )
    dim, index = (
        wrap_dim(dim, len(shape), "select()"),
        as_index(index, "select()", "index"),
    )
    if not -shape[dim] <= index < shape[dim]:
        raise OutOfRangeError(
            explain(
                "select()",
                expected=f"an index in [{-shape[dim]}, {shape[dim] - 1}]",
                got=f"index {index} out of range for tensor of size {list(shape)} at "
                f"dimension {dim}",
                do="Indices count from 0.",
            )
        )
    return input[(slice(None),) * dim + (index,)]


def narrow(input, dim, start, length):
    """A part of a dimension: ``input[:, ..., start : start + length]``.

    Args:
        input: (*), any dtype.
        dim: the dimension.
        start: where the part begins; negative ones count from the end.
        length: how long it is.

    Returns:
        Tensor: a view.

    Raises:
        RuntimeError: where the part leaves the dimension.

    >>> import rushlight
    >>> rushlight.arange(5).narrow(0, 1, 3)
    tensor([1, 2, 3])
    """
    shape = input._array.shape
    if not shape:
        raise ArgumentRuntimeError(
            explain(
                "narrow()",
                expected="at least one dimension",
                got="a 0-dim tensor, to which it cannot be applied",
                do="Use .unsqueeze(0) first.",
            )
        )
    if isinstance(start, Tensor) and (start._array.shape or start.dtype.category != 1):
        raise ArgumentRuntimeError(
            explain(
                "narrow()",
                expected="start to be an int or a 0-dim integral Tensor",
                got=f"{start.dtype} {list(start.shape)}",
                do="Convert it with int().",
            )
        )
    dim = wrap_dim(dim, len(shape), "narrow()")
    size, start = shape[dim], as_index(start, "narrow()", "start")
    length = as_index(length, "narrow()", "length")
    if not -size <= start <= size:
        raise OutOfRangeError(
            explain(
                "narrow()",
                expected=f"a start in [{-size}, {size}]",
                got=start,
                do="Starts count from 0.",
            )
        )
    start = start + size if start < 0 else start
    if length < 0 or start + length > size:
        raise ArgumentRuntimeError(
            explain(
                "narrow()",
                expected="a non-negative length that stays inside the dimension",
                got=f"start ({start}) + length ({length}) exceeds the size ({size})",
                do="Make length smaller.",
            )
        )
    return input[(slice(None),) * dim + (slice(start, start + length),)]


def narrow_copy(input, dim, start, length):
    """As `narrow`, copied.

    Args:
        input, dim, start, length: as for `narrow`.

    Returns:
        Tensor: with memory of its own.

    Raises:
        RuntimeError: where the part leaves the dimension.

    >>> import rushlight
    >>> rushlight.arange(5).narrow_copy(0, 1, 3)
    tensor([1, 2, 3])
    """
    return narrow(input, dim, start, length).clone()


expose(select)
expose(narrow)
expose(narrow_copy)

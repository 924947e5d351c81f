"""Joining along a named direction: hstack, vstack, dstack, column_stack."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
)
from rushlight._core.expose import expose
from rushlight._ops.join.cat import as_sequence, cat, check_tensors, no_tensors
from rushlight._ops.join.dimensions import atleast_1d, atleast_2d, atleast_3d


def hstack(tensors, *, out=None):
    """Join tensors side by side: along the second dimension, vectors along the first.

    Args:
        tensors: a sequence of tensors.
        out: tensor to write the result to.

    Returns:
        Tensor: of the promoted dtype.

    Raises:
        RuntimeError: where the shapes do not fit.

    >>> import rushlight
    >>> rushlight.hstack([rushlight.tensor([1]), rushlight.tensor([2])])
    tensor([1, 2])
    """
    tensors = _at_least(1, tensors, "hstack()")
    return cat(tensors, 0 if tensors[0]._array.ndim == 1 else 1, out=out)


def vstack(tensors, *, out=None):
    """Join tensors one below the other: along the first dimension, vectors as rows.

    Args:
        tensors: a sequence of tensors.
        out: tensor to write the result to.

    Returns:
        Tensor: of the promoted dtype.

    Raises:
        RuntimeError: where the shapes do not fit.

    >>> import rushlight
    >>> rushlight.vstack([rushlight.tensor([1]), rushlight.tensor([2])])
    tensor([[1],
            [2]])
    """
    return cat(_at_least(2, tensors, "vstack()"), 0, out=out)


def dstack(tensors, *, out=None):
    """Join tensors along the third dimension.

    Args:
        tensors: a sequence of tensors.
        out: tensor to write the result to.

    Returns:
        Tensor: of the promoted dtype.

    Raises:
        RuntimeError: where the shapes do not fit.

    >>> import rushlight
    >>> rushlight.dstack([rushlight.tensor([1]), rushlight.tensor([2])])
    tensor([[[1, 2]]])
    """
    return cat(_at_least(3, tensors, "dstack()"), 2, out=out)


def column_stack(tensors, *, out=None):
    """Join tensors side by side; vectors and numbers as columns.

    Args:
        tensors: a sequence of tensors.
        out: tensor to write the result to.

    Returns:
        Tensor: of the promoted dtype.

    Raises:
        RuntimeError: where the shapes do not fit.

    >>> import rushlight
    >>> rushlight.column_stack([rushlight.tensor([1, 2]), rushlight.tensor([3, 4])])
    tensor([[1, 3],
            [2, 4]])
    """
    tensors = _given(tensors, "column_stack()")
    columns = [t.reshape(t.numel(), 1) if t._array.ndim < 2 else t for t in tensors]
    return cat(columns, 1, out=out)


def _given(tensors, who):
    tensors = as_sequence(tensors, who)
    if not tensors:
        raise ArgumentRuntimeError(no_tensors(who))
    check_tensors(tensors, who)
    return tensors


def _at_least(count, tensors, who):
    raised = (atleast_1d, atleast_2d, atleast_3d)[count - 1]
    return [raised(tensor) for tensor in _given(tensors, who)]


expose(hstack, method=False)
expose(vstack, method=False, aliases=["row_stack"])
expose(dstack, method=False)
expose(column_stack, method=False)

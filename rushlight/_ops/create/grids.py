"""Grids, products and choices of vectors: meshgrid, cartesian_prod, combinations."""

import itertools
import warnings

import numpy as np

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    ShapeError,
    explain,
)
from rushlight._core.expose import TORCH, expose
from rushlight._core.tensor import Tensor, wrap

# ----------------------------------------------------------------------------- grids


def _as_list(tensors, who):
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tensors[0]
    for tensor in tensors:
        if not isinstance(tensor, Tensor):
            raise ArgumentTypeError(
                explain(
                    who,
                    expected="tensors",
                    got=type(tensor).__name__,
                    do="Convert it with torch.tensor.",
                )
            )
    return list(tensors)


def meshgrid(*tensors, indexing=None):
    """The coordinates of a grid, one tensor for each of its dimensions.

    Args:
        tensors: (n_i,) each, the coordinates along one dimension.
        indexing: "ij" (matrix order, the default) or "xy" (the first two dimensions
            swapped).

    Returns:
        tuple of Tensor: (n_0, n_1, ...) each, views.

    Raises:
        RuntimeError: for tensors of several dimensions or different dtypes.

    >>> import rushlight
    >>> x, y = rushlight.meshgrid(
    ...     rushlight.arange(2), rushlight.arange(3), indexing="ij"
    ... )
    >>> x
    tensor([[0, 0, 0],
            [1, 1, 1]])
    """
    tensors = _as_list(tensors, "meshgrid()")
    _check_grid(tensors, indexing)
    if indexing is None and not _warned:
        _warned.append(True)
        warnings.warn(
            "meshgrid is called without indexing=; it means 'ij', where NumPy's means "
            "'xy'. Say which.",
            stacklevel=2,
        )
    swap = indexing == "xy" and len(tensors) > 1
    if swap:
        tensors[:2] = tensors[1::-1]
    shape = [t.numel() for t in tensors]
    grids = [
        t.view([-1 if i == j else 1 for j in range(len(shape))]).expand(shape)
        for i, t in enumerate(tensors)
    ]
    if swap:
        grids[:2] = grids[1::-1]
    return tuple(grids)


_warned = []


def _check_grid(tensors, indexing):
    problem = None
    if not tensors:
        problem = "a non-empty list of tensors", "none"
    elif indexing not in (None, "ij", "xy"):
        problem = 'indexing to be one of "xy" or "ij"', repr(indexing)
    elif any(t.ndim > 1 for t in tensors):
        problem = "0D or 1D tensors", f"shapes {[list(t.shape) for t in tensors]}"
    elif len({t.dtype for t in tensors}) > 1:
        problem = "all tensors to have the same dtype", [t.dtype for t in tensors]
    if problem:
        raise ArgumentRuntimeError(
            explain(
                "meshgrid()",
                expected=problem[0],
                got=problem[1],
                do="Check the arguments.",
            )
        )


expose(meshgrid, method=False)


def cartesian_prod(*tensors):
    """Every combination of one element from each tensor.

    Args:
        tensors: (n_i,) each.

    Returns:
        Tensor: (n_0 * n_1 * ..., number of tensors); for one tensor itself.

    Raises:
        RuntimeError: for tensors of other than one dimension.

    >>> import rushlight
    >>> rushlight.cartesian_prod(rushlight.tensor([1, 2]), rushlight.tensor([3, 4]))
    tensor([[1, 3],
            [1, 4],
            [2, 3],
            [2, 4]])
    """
    tensors = _as_list(tensors, "cartesian_prod()")
    for tensor in tensors:
        _check_vector(tensor, "cartesian_prod()")
    if len(tensors) == 1:
        return tensors[0]
    grids = meshgrid(*tensors, indexing="ij")
    return TORCH["stack"]([grid.flatten() for grid in grids], 1)


def _check_vector(tensor, who):
    if tensor.ndim != 1:
        raise ShapeError(
            explain(
                who,
                expected="a 1D vector",
                got=f"shape {list(tensor.shape)}",
                do="Flatten it first.",
            )
        )


def combinations(input, r=2, with_replacement=False):
    """Every choice of r elements, in order.

    Args:
        input: (n,), any dtype.
        r: how many elements are chosen.
        with_replacement: whether an element may be chosen again.

    Returns:
        Tensor: (number of choices, r).

    Raises:
        RuntimeError: for other than one dimension, and for a negative r.

    >>> import rushlight
    >>> rushlight.combinations(rushlight.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    _check_vector(input, "combinations()")
    if r < 0:
        raise ArgumentRuntimeError(
            explain(
                "combinations()",
                expected="a non-negative number r",
                got=r,
                do="Choose at least 0.",
            )
        )
    if r == 0:
        return input.new_empty(0)
    choose = (
        itertools.combinations_with_replacement
        if with_replacement
        else itertools.combinations
    )
    chosen = list(choose(range(input.numel()), r))
    where = np.asarray(chosen, np.int64).reshape(-1, r)
    return input[wrap(where)]


expose(cartesian_prod, method=False)
expose(combinations)


def vander(x, N=None, increasing=False):
    """The powers of a vector's elements, one row for each element.

    Args:
        x: (n,), any dtype.
        N: how many powers; n if left out.
        increasing: whether the powers rise from left to right.

    Returns:
        Tensor: (n, N).

    Raises:
        RuntimeError: for other than one dimension.

    >>> import rushlight
    >>> rushlight.vander(rushlight.tensor([1, 2, 3]))
    tensor([[1, 1, 1],
            [4, 2, 1],
            [9, 3, 1]])
    """
    _check_vector(x, "vander()")
    count = x.numel() if N is None else N
    if count < 0:
        raise ArgumentRuntimeError(
            explain("vander()", expected="N to be non-negative", got=N, do="Check N.")
        )
    powers = x.unsqueeze(-1) ** TORCH["arange"](count, device=x.device)
    return powers if increasing else powers.flip(-1)


expose(vander, method=False)

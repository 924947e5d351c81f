"""Products made of products: tensordot, kron, chain_matmul, multi_dot."""

import warnings

from rushlight._base.errors import ArgumentRuntimeError, ShapeError, explain
from rushlight._base.shape import numel, wrap_dim
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor
from rushlight._ops._arguments import require_tensor, to_out
from rushlight._ops.matmul.product import matmul

# --------------------------------------------------------------------------- tensordot


def tensordot(a, b, dims=2, out=None):
    """Sum products over pairs of dimensions.

    Args:
        a, b: tensors of one dtype.
        dims: how many of a's last and b's first dimensions; or two lists of
            dimensions, a's and b's; or a tensor that holds either.
        out: tensor to write the result to.

    Returns:
        Tensor: a's other dimensions, then b's.

    Raises:
        RuntimeError: where the sizes or dtypes do not fit, or dims is too large.

    >>> import rushlight
    >>> rushlight.tensordot(rushlight.ones(2, 3, 4), rushlight.ones(3, 4, 5)).shape
    torch.Size([2, 5])
    """
    require_tensor(a, "tensordot()", "a")
    require_tensor(b, "tensordot()", "b")
    mine, theirs = _pairs(a, b, dims)
    _check_pairs(a, b, mine, theirs)
    a, b = _of_equal_sizes(a, b, mine, theirs)
    rows = [d for d in range(a.ndim) if d not in mine]
    columns = [d for d in range(b.ndim) if d not in theirs]
    inner = numel([a.shape[d] for d in mine])
    left = a.permute(rows + mine).reshape(-1, inner) if inner else _empty(a, rows, 0)
    right = b.permute(theirs + columns)
    right = right.reshape(inner, -1) if inner else _empty(b, columns, 1)
    shape = [a.shape[d] for d in rows] + [b.shape[d] for d in columns]
    result = matmul(left, right).reshape(shape)
    return result if out is None else to_out(result, out, "tensordot()")


def _empty(tensor, others, place):
    """A matrix without elements for summed dimensions of size 0."""
    shape = [0, numel([tensor.shape[d] for d in others])]
    return tensor.reshape(shape if place else shape[::-1])


def _pairs(a, b, dims):
    """The dimensions to sum, of a and of b."""
    if isinstance(dims, Tensor):
        dims = dims.tolist()
    if not isinstance(dims, int):
        mine, theirs = ([d] if isinstance(d, int) else list(d) for d in dims)
        return (
            [wrap_dim(d, a.ndim, "tensordot()") for d in mine],
            [wrap_dim(d, b.ndim, "tensordot()") for d in theirs],
        )
    if not 0 <= dims <= min(a.ndim, b.ndim):
        raise ArgumentRuntimeError(
            explain(
                "tensordot()",
                expected=f"dims from 0 to {min(a.ndim, b.ndim)}",
                got=f"dims={dims}",
                do="Name the dimensions of both in two lists.",
            )
        )
    return list(range(a.ndim - dims, a.ndim)), list(range(dims))


def _check_pairs(a, b, mine, theirs):
    sizes = [a.shape[d] for d in mine], [b.shape[d] for d in theirs]
    fits = len(mine) == len(theirs) and all(
        m == t or 1 in (m, t) for m, t in zip(*sizes, strict=True)
    )
    if not fits or len(set(mine)) < len(mine) or len(set(theirs)) < len(theirs):
        raise ShapeError(
            explain(
                "tensordot()",
                expected="contracted dimensions to match, each once",
                got=f"dims {mine} of sizes {sizes[0]} and dims {theirs} of sizes "
                f"{sizes[1]}",
                do="Check the order of the dimensions.",
            )
        )


def _of_equal_sizes(a, b, mine, theirs):
    """Where one of a pair has size 1 it broadcasts: the other is summed first."""
    for m, t in zip(mine, theirs, strict=True):
        if a.shape[m] == 1 != b.shape[t]:
            b = b.sum(t, True, dtype=b.dtype)
        elif b.shape[t] == 1 != a.shape[m]:
            a = a.sum(m, True, dtype=a.dtype)
    return a, b


expose(tensordot, method=False)

# -------------------------------------------------------------------------------- kron


def kron(input, other, *, out=None):
    """The Kronecker product: every element of input times all of other.

    Args:
        input: (a0, ..., an), any dtype.
        other: (b0, ..., bn), any dtype; the one of fewer dimensions gets leading ones.
        out: tensor to write the result to.

    Returns:
        Tensor: (a0 * b0, ..., an * bn), of the promoted dtype.

    Raises:
        TypeError: for operands that are no tensors.

    >>> import rushlight
    >>> rushlight.kron(rushlight.tensor([1, 2]), rushlight.tensor([1, 10]))
    tensor([ 1, 10,  2, 20])
    """
    require_tensor(input, "kron()")
    require_tensor(other, "kron()", "other")
    rank = max(input.ndim, other.ndim)
    mine = (1,) * (rank - input.ndim) + tuple(input.shape)
    theirs = (1,) * (rank - other.ndim) + tuple(other.shape)
    left = input.reshape([n for size in mine for n in (size, 1)])
    right = other.reshape([n for size in theirs for n in (1, size)])
    shape = [m * t for m, t in zip(mine, theirs, strict=True)]
    result = (left * right).reshape(shape)
    return result if out is None else to_out(result, out, "kron()")


expose(kron)

# ------------------------------------------------------------------------------ chains


def multi_dot(tensors, *, out=None):
    """The product of two or more matrices, in the order that costs least.

    Args:
        tensors: matrices of one dtype; the first and the last may be vectors.
        out: tensor to write the result to.

    Returns:
        Tensor: (n, m), without n or m where that end is a vector.

    Raises:
        RuntimeError: for fewer than two, other ranks, or sizes that do not fit.
    See:
        Cormen et al., Introduction to Algorithms, matrix-chain multiplication.

    >>> import rushlight
    >>> from rushlight.linalg import multi_dot
    >>> multi_dot([rushlight.ones(1, 2), rushlight.ones(2, 3), rushlight.ones(3, 1)])
    tensor([[6.]])
    """
    tensors = list(tensors)
    _check_chain(tensors)
    first = tensors[0].ndim == 1
    last = tensors[-1].ndim == 1
    if first:
        tensors[0] = tensors[0].unsqueeze(0)
    if last:
        tensors[-1] = tensors[-1].unsqueeze(1)
    sizes = [t.shape[0] for t in tensors] + [tensors[-1].shape[1]]
    result = _multiplied(tensors, _splits(sizes), 0, len(tensors) - 1)
    shape = ([] if first else [sizes[0]]) + ([] if last else [sizes[-1]])
    result = result.reshape(shape) if first or last else result
    return result if out is None else to_out(result, out, "multi_dot()")


def _check_chain(tensors):
    for tensor in tensors:
        require_tensor(tensor, "multi_dot()", "tensors")
    ranks = [t.ndim for t in tensors]
    ends = ranks[:1] + ranks[-1:]
    if len(tensors) < 2 or set(ranks[1:-1]) - {2} or set(ends) - {1, 2}:
        raise ShapeError(
            explain(
                "multi_dot()",
                expected="at least 2 tensors, all 2D, the first and the last 1D or 2D",
                got=f"{len(tensors)} tensors of {ranks} dimensions",
                do="Use torch.matmul for stacks of matrices.",
            )
        )


def _splits(sizes):
    """For each run of matrices, after which one to split it."""
    count = len(sizes) - 1
    costs = {(i, i): 0 for i in range(count)}
    splits = {}
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            costs[i, j], splits[i, j] = min(
                (
                    costs[i, k]
                    + costs[k + 1, j]
                    + sizes[i] * sizes[k + 1] * sizes[j + 1],
                    k,
                )
                for k in range(i, j)
            )
    return splits


def _multiplied(tensors, splits, i, j):
    if i == j:
        return tensors[i]
    k = splits[i, j]
    left = _multiplied(tensors, splits, i, k)
    return matmul(left, _multiplied(tensors, splits, k + 1, j))


def chain_matmul(*matrices, out=None):
    """The product of matrices; torch's old name for `multi_dot`, with its warning.

    Args:
        matrices: (n, k) each, of one dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: (n, m).

    Raises:
        RuntimeError: as for `multi_dot`.

    >>> import rushlight
    >>> rushlight.chain_matmul(rushlight.ones(1, 2))
    tensor([[1., 1.]])
    """
    if len(matrices) == 1:
        return (
            matrices[0] if out is None else to_out(matrices[0], out, "chain_matmul()")
        )
    warnings.warn(
        "torch.chain_matmul is deprecated; use torch.linalg.multi_dot with a list.",
        UserWarning,
        stacklevel=2,
    )
    return multi_dot(matrices, out=out)


expose(chain_matmul, method=False)

"""Norms of vectors and matrices: torch.linalg's norm, vector_norm, matrix_norm."""

import math

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    DtypeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import wrap_dim
from rushlight._ops._arguments import refuse, require_tensor, to_out
from rushlight._ops.linalg.svd import svdvals

# ------------------------------------------------------------------------------- norms


def vector_norm(x, ord=2, dim=None, keepdim=False, *, dtype=None, out=None):
    """The norm of the elements as one vector, or of vectors along dimensions.

        sum(abs(x)**ord)**(1/ord)

    Args:
        x: (*), float or complex.
        ord: a number, inf or -inf; 0 counts the elements that are not zero.
        dim: int or tuple of ints; all dimensions if left out.
        keepdim: keep the reduced dimensions with size 1.
        dtype: to convert to before the norm is computed.
        out: tensor to write the result to.

    Returns:
        Tensor: the reduced shape, real.

    Raises:
        RuntimeError: for bool and integers, or where no elements have no such norm.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.linalg.vector_norm(rushlight.tensor([3.0, 4.0]))
    tensor(5.)
    """
    require_tensor(x, "linalg.vector_norm()", "x")
    if isinstance(ord, str) or ord is None:
        raise ArgumentTypeError(
            explain(
                "linalg.vector_norm()",
                expected="argument 'ord' to be a number",
                got=repr(ord),
                do="torch.linalg.matrix_norm has the norms with names.",
            )
        )
    return x.norm(ord, dim, keepdim, out=out, dtype=dtype)


def matrix_norm(A, ord="fro", dim=(-2, -1), keepdim=False, *, dtype=None, out=None):
    """The norms of matrices.

    Args:
        A: (*, n, m), float or complex.
        ord: "fro" (square root of the sum of squares), "nuc" (sum of the singular
            values), 2 or -2 (the largest or smallest of them), inf or -inf (the
            largest or smallest sum of a row), 1 or -1 (of a column).
        dim: the two dimensions of the matrices.
        keepdim: keep the reduced dimensions with size 1.
        dtype: to convert to before the norm is computed.
        out: tensor to write the result to.

    Returns:
        Tensor: the shape without dim, real.

    Raises:
        RuntimeError: for fewer dimensions than two, bool and integers, or another ord.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.linalg.matrix_norm(rushlight.ones(2, 2), ord=1)
    tensor(2.)
    """
    who = "linalg.matrix_norm()"
    require_tensor(A, who, "A")
    _check_matrix(A, dim, ord)
    rows, columns = (wrap_dim(d, A.ndim, who) for d in dim)
    if ord == "fro":
        return A.norm(2, (rows, columns), keepdim, out=out, dtype=dtype)
    if ord in ("nuc", 2, -2):
        result = _of_singular_values(A, ord, rows, columns, keepdim, dtype)
        return result if out is None else to_out(result, out, who)
    summed, kept = (rows, columns) if abs(ord) == 1 else (columns, rows)
    sums = A.norm(1, summed, keepdim, dtype=dtype)
    kept -= not keepdim and summed < kept
    result = sums.amax(kept, keepdim) if ord > 0 else sums.amin(kept, keepdim)
    return result if out is None else to_out(result, out, who)


def _of_singular_values(A, ord, rows, columns, keepdim, dtype):
    """The norms from singular values: their sum, the largest, the smallest."""
    A = A if dtype is None else A.to(dtype)
    others = [d for d in range(A.ndim) if d not in (rows, columns)]
    values = svdvals(A.permute(*others, rows, columns))
    if ord == "nuc":
        result = values.sum(-1)
    else:
        result = values.amax(-1) if ord > 0 else values.amin(-1)
    if keepdim:
        for d in sorted((rows, columns)):
            result = result.unsqueeze(d)
    return result


def _check_matrix(A, dim, ord):
    who = "linalg.matrix_norm()"
    refuse(A._array, who, "biuU", DtypeError)
    if not isinstance(dim, (tuple, list)) or len(dim) != 2:
        raise ArgumentTypeError(
            explain(who, expected="dim to be two ints", got=dim, do="Name both.")
        )
    if A.ndim < 2 or wrap_dim(dim[0], A.ndim, who) == wrap_dim(dim[1], A.ndim, who):
        raise ShapeError(
            explain(
                who,
                expected="at least 2 dimensions and two different dims",
                got=f"{A.ndim} dimensions and dim={tuple(dim)}",
                do="torch.linalg.vector_norm takes tensors of any rank.",
            )
        )
    named = ord in ("fro", "nuc")
    if not named and (isinstance(ord, str) or abs(ord) not in (1, 2, math.inf)):
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="ord to be 'fro', 'nuc', inf, -inf, 1, -1, 2 or -2",
                got=f"{ord!r}: Order {ord} not supported",
                do="torch.linalg.vector_norm takes any number.",
            )
        )


def norm(A, ord=None, dim=None, keepdim=False, *, out=None, dtype=None):
    """A norm of vectors or of matrices, by the number of dimensions.

    Args:
        A: (*), float or complex.
        ord: as for `vector_norm` where dim is one dimension, as for `matrix_norm`
            where it is two; left out, the 2-norm of all elements along dim.
        dim: int or tuple of ints; left out, A is a vector or a matrix (with ord).
        keepdim, out, dtype: as for `vector_norm`.

    Returns:
        Tensor: the reduced shape, real.

    Raises:
        RuntimeError: as `vector_norm` and `matrix_norm` do, or where ord is given and
            A or dim has more than two dimensions.

    >>> import rushlight
    >>> rushlight.linalg.norm(rushlight.ones(2, 2), ord=1)
    tensor(2.)
    """
    who, options = "linalg.norm()", {"dtype": dtype, "out": out}
    require_tensor(A, who, "A")
    if ord is None:
        return vector_norm(A, 2, dim, keepdim, **options)
    dims = (dim,) if isinstance(dim, int) else dim
    rank = A.ndim if dims is None else len(dims)
    if rank not in (1, 2):
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="an input of 1 or 2 dimensions, or a dim of length 1 or 2, "
                "where ord is given",
                got=f"{A.ndim}D and dim={dim}",
                do="Leave ord away for the norm of all elements.",
            )
        )
    if rank == 2 or isinstance(ord, str):
        return matrix_norm(A, ord, dims or (-2, -1), keepdim, **options)
    return vector_norm(A, ord, dims, keepdim, **options)

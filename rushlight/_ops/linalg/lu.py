"""LU factors with row exchanges, and systems that are solved with them."""

from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._core.tensor import wrap
from rushlight._ops._arguments import require_tensor, to_out
from rushlight._ops._results import named_result
from rushlight._ops.linalg._lu import factor, row_order
from rushlight._ops.linalg._matrices import check_matrices, eye_like, failed
from rushlight._ops.linalg.solve import solve_triangular

_Factors = named_result("linalg_lu_factor", "LU", "pivots")
_FactorsEx = named_result("linalg_lu_factor_ex", "LU", "pivots", "info")
_Parts = named_result("linalg_lu", "P", "L", "U")
_Unpacked = named_result("lu_unpack", "P", "L", "U")


def lu_factor(A, *, pivot=True, out=None):
    """Triangular factors of matrices whose rows were exchanged, in one matrix.

    Args:
        A: (*, m, n), float or complex.
        pivot: must be True; the CPU always exchanges rows.
        out: two tensors to write the results to.

    Returns:
        (LU, pivots): U and, below the diagonal, L; the row from 1 with which each row
            was exchanged, int32.

    Raises:
        RuntimeError: for other shapes or dtypes, or without pivot.
        torch.linalg.LinAlgError: where a pivot is zero.
    """
    found = lu_factor_ex(A, pivot=pivot, check_errors=True)
    result = _Factors((found.LU, found.pivots))
    return result if out is None else to_out(result, out, "linalg.lu_factor()")


def lu_factor_ex(A, *, pivot=True, check_errors=False, out=None):
    """As `lu_factor`, with an info for each matrix instead of an error.

    Returns:
        (LU, pivots, info): info is 0, or tells which pivot is zero.

    Raises:
        RuntimeError: for other shapes or dtypes, or without pivot.
    """
    who = "linalg.lu_factor_ex()"
    require_tensor(A, who, "A")
    check_matrices(A._array, who)
    if not pivot:
        raise failed(who, "pivot=False, which needs a GPU", "Leave pivot away.")
    packed, pivots = call(LU, A)
    info = _zero_pivots(packed._array)
    if check_errors and info.any():
        raise failed(
            "linalg.lu_factor()",
            f"U[{info.max()},{info.max()}] is zero, and using it to solve would divide "
            "by zero",
            "Use lu_factor_ex() to go on.",
        )
    result = _FactorsEx((packed, pivots, wrap(info)))
    return result if out is None else to_out(result, out, who)


def _zero_pivots(packed):
    import numpy as np

    zero = np.diagonal(packed, axis1=-2, axis2=-1) == 0
    if not zero.shape[-1]:
        return np.zeros(zero.shape[:-1], np.int32)
    return np.where(zero.any(-1), zero.argmax(-1) + 1, 0).astype(np.int32)


def lu(A, *, pivot=True, out=None):
    """A permutation P, unit lower L and upper U with ``A == P @ L @ U``.

    Args:
        A, pivot: as for `lu_factor`.
        out: three tensors to write the results to.

    Returns:
        (P, L, U): (*, m, m), (*, m, k) and (*, k, n) with k = min(m, n).

    Raises:
        RuntimeError: as `lu_factor`; a zero pivot is none.
    """
    packed, pivots, _ = lu_factor_ex(A, pivot=pivot)
    result = _Parts(tuple(lu_unpack(packed, pivots)))
    return result if out is None else to_out(result, out, "linalg.lu()")


def lu_unpack(LU_data, LU_pivots, unpack_data=True, unpack_pivots=True, *, out=None):
    """The parts P, L and U of what `lu_factor` returned.

    Args:
        LU_data: (*, m, n), float or complex.
        LU_pivots: (*, min(m, n)), int32.
        unpack_data, unpack_pivots: False leaves L and U, or P, empty.
        out: three tensors to write the results to.

    Returns:
        (P, L, U): (*, m, m), (*, m, k) and (*, k, n).

    Raises:
        RuntimeError: for other shapes or dtypes.

    >>> import rushlight
    >>> x = rushlight.tensor([[0.0, 1.0], [2.0, 3.0]])
    >>> P, L, U = rushlight.lu_unpack(*rushlight.linalg.lu_factor(x))
    >>> P @ L @ U
    tensor([[0., 1.],
            [2., 3.]])
    """
    require_tensor(LU_data, "lu_unpack()", "LU_data")
    require_tensor(LU_pivots, "lu_unpack()", "LU_pivots")
    check_matrices(LU_data._array, "lu_unpack()", name="LU_data")
    empty = LU_data.new_empty(0)
    m, n = LU_data.shape[-2:]
    k = min(m, n)
    lower = upper = permutation = empty
    if unpack_data:
        lower = LU_data[..., :k].tril(-1) + eye_like(LU_data, m)[:, :k]
        upper = LU_data[..., :k, :].triu()
    if unpack_pivots:
        permutation = permutation_of(LU_data, LU_pivots)
    result = _Unpacked((permutation, lower, upper))
    return result if out is None else to_out(result, out, "lu_unpack()")


def permutation_of(packed, pivots):
    """The matrices P of exchanges, with packed's dtype."""
    import numpy as np

    rows = packed.shape[-2]
    order = row_order(np, pivots._array, rows)
    unit = np.eye(rows, dtype=packed._array.dtype)
    return wrap(np.swapaxes(unit[order], -1, -2).copy())


def linalg_lu_solve(LU, pivots, B, *, left=True, adjoint=False, out=None):
    """The X with ``A @ X == B``, from what `lu_factor` made of A.

    Args:
        LU: (*, n, n), float or complex.
        pivots: (*, n), int32.
        B: (*, n, k).
        left: False for ``X @ A == B``.
        adjoint: solve with A's adjoint.
        out: tensor to write the result to.

    Returns:
        Tensor: B's shape, leading dimensions broadcast.

    Raises:
        RuntimeError: for shapes or dtypes that do not fit.
    """
    who = "linalg.lu_solve()"
    require_tensor(LU, who, "LU")
    check_matrices(LU._array, who, square=True, name="LU")
    permutation, lower, upper = lu_unpack(LU, pivots)
    if not left:
        found = linalg_lu_solve(LU, pivots, B.mH, adjoint=not adjoint).mH
    elif adjoint:
        half = solve_triangular(upper.mH, B, upper=False)
        found = permutation @ solve_triangular(
            lower.mH, half, upper=True, unitriangular=True
        )
    else:
        half = solve_triangular(
            lower, permutation.mT @ B, upper=False, unitriangular=True
        )
        found = solve_triangular(upper, half, upper=True)
    return found if out is None else to_out(found, out, who)


def lu_solve(b, LU_data, LU_pivots, *, out=None):
    """The older form of `linalg.lu_solve`.

    Args:
        b: (*, n, k), float or complex.
        LU_data, LU_pivots: what `linalg.lu_factor` returned.
        out: tensor to write the result to.

    Returns:
        Tensor: (*, n, k).

    Raises:
        RuntimeError: for shapes or dtypes that do not fit.

    >>> import rushlight
    >>> x = rushlight.tensor([[2.0]])
    >>> rushlight.lu_solve(x, *rushlight.linalg.lu_factor(x))
    tensor([[1.]])
    """
    return linalg_lu_solve(LU_data, LU_pivots, b, out=out)


def _lu_spec(x):
    check_matrices(x, "linalg.lu_factor()")
    count = (*x.shape[:-2], min(x.shape[-2:]))
    return Spec(x.shape, x.dtype), Spec(count, "int32")


def _lu_eager(backend, x):
    check_matrices(x, "linalg.lu_factor()")
    return factor(backend.np, x)


def _lu_grad(g, *, out):
    packed, pivots = out
    g = g[0]
    m, n = packed.shape[-2:]
    k = min(m, n)
    permutation = permutation_of(packed, pivots)
    square, g_square = packed[..., :k, :k], g[..., :k, :k]
    lower = square.tril(-1) + eye_like(packed, k)
    upper = square.triu()
    g_lower, g_upper = g_square.tril(-1), g_square.triu()
    rest = None
    if n > k:
        rest = solve_triangular(lower.mH, g[..., k:], upper=True, unitriangular=True)
        g_lower = g_lower - (rest @ packed[..., k:].mH).tril(-1)
    elif m > k:
        below = packed[..., k:, :]
        rest = solve_triangular(upper.mH, g[..., k:, :], upper=False, left=False)
        g_upper = g_upper - (below.mH @ rest).triu()
    inner = (lower.mH @ g_lower).tril(-1) + (g_upper @ upper.mH).triu()
    found = solve_triangular(lower.mH, inner, upper=True, unitriangular=True)
    found = solve_triangular(upper.mH, found, upper=False, left=False)
    if rest is not None:
        whole = packed.new_zeros(packed.shape)
        whole = whole.slice_scatter(found, -1 if n > k else -2, 0, k)
        found = whole.slice_scatter(rest, -1 if n > k else -2, k, max(m, n))
    return permutation @ found


LU = define(
    "linalg_lu_factor",
    eager=_lu_eager,
    spec=_lu_spec,
    grad=_lu_grad,
    many=True,
    node="LinalgLuFactorExBackward0",
)


def _lu_method(self, pivot=True, get_infos=False):
    """LU factors of matrices, as for `linalg.lu_factor_ex`.

    Args:
        pivot: must be True.
        get_infos: also return the infos.

    Returns:
        (LU, pivots), and infos where asked.

    Raises:
        RuntimeError: for other shapes or dtypes.

    >>> import rushlight
    >>> rushlight.tensor([[2.0]]).lu()[1]
    tensor([1], dtype=torch.int32)
    """
    found = lu_factor_ex(self, pivot=pivot, check_errors=not get_infos)
    return tuple(found) if get_infos else tuple(found)[:2]


expose(lu_solve)
expose(lu_unpack, method=False)
expose(_lu_method, name="lu")

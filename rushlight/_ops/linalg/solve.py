"""Systems of equations: solve, inv, and systems with triangular matrices."""

from rushlight._base.errors import ShapeError, explain
from rushlight._base.shape import broadcast_shapes
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._core.tensor import wrap
from rushlight._ops._arguments import require_tensor, to_out
from rushlight._ops._results import named_result
from rushlight._ops.linalg._matrices import (
    check_matrices,
    check_same_dtype,
    failed,
)

_InvEx = named_result("linalg_inv_ex", "inverse", "info")
_SolveEx = named_result("linalg_solve_ex", "result", "info")

# ----------------------------------------------------------------------------- inverse


def inv(A, *, out=None):
    """The inverse of square matrices.

    Args:
        A: (*, n, n), float or complex.
        out: tensor to write the result to.

    Returns:
        Tensor: (*, n, n).

    Raises:
        torch.linalg.LinAlgError: for a singular matrix.
        RuntimeError: for other shapes or dtypes.

    >>> import rushlight
    >>> rushlight.linalg.inv(rushlight.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    require_tensor(A, "linalg.inv()", "A")
    result = INV.short(A)
    return result if out is None else to_out(result, out, "linalg.inv()")


def inverse(input, *, out=None):
    """The inverse of square matrices, as for `linalg.inv`.

    Returns:
        Tensor: (*, n, n).

    >>> import rushlight
    >>> rushlight.inverse(rushlight.tensor([[2.0]]))
    tensor([[0.5000]])
    """
    return inv(input, out=out)


def inv_ex(A, *, check_errors=False, out=None):
    """As `inv`, with an info for each matrix instead of an error.

    Returns:
        (inverse, info): info is 0, or tells which pivot is zero.

    Raises:
        RuntimeError: for other shapes or dtypes; with check_errors, for singular ones.
    """
    require_tensor(A, "linalg.inv_ex()", "A")
    array = A._array
    check_matrices(array, "linalg.inv_ex()", square=True)
    info = singular_pivots(array)
    if check_errors or not info.any():
        return _InvEx((inv(A, out=out), wrap(info)))
    bad = wrap((info != 0)[..., None, None])
    safe = (
        A.masked_fill(bad, 0) + bad.to(A.dtype) * A.new_ones(A.shape[-1]).diag_embed()
    )
    found = inv(safe).masked_fill(bad, float("nan"))
    return _InvEx((found, wrap(info)))


def singular_pivots(array):
    """For each matrix 0, or the number from 1 of the first zero on U's diagonal."""
    import numpy as np

    from rushlight._ops.linalg._lu import factor

    packed, _ = factor(np, array)
    zero = np.diagonal(packed, axis1=-2, axis2=-1) == 0
    first = zero.argmax(-1) + 1 if zero.shape[-1] else np.zeros(zero.shape[:-1])
    return np.where(zero.any(-1), first, 0).astype(np.int32)


def _inv_spec(x):
    check_matrices(x, "linalg.inv()", square=True)
    return Spec(x.shape, x.dtype)


def _inv_eager(backend, x):
    check_matrices(x, "linalg.inv()", square=True)
    np = backend.np
    try:
        return np.linalg.inv(x)
    except np.linalg.LinAlgError:
        raise _singular("linalg.inv()", "invert") from None


def _singular(who, what):
    return failed(
        who,
        "a matrix that cannot be inverted: a diagonal element is zero, the input "
        "matrix is singular",
        f"Use pinv or lstsq, which {what} it in the sense of least squares.",
    )


def _inv_grad(g, *, out):
    adjoint = out.mH
    return -(adjoint @ g @ adjoint)


INV = define(
    "linalg_inv",
    eager=_inv_eager,
    spec=_inv_spec,
    grad=_inv_grad,
    node="LinalgInvExBackward0",
)
expose(inverse)

# ------------------------------------------------------------------------------- solve


def solve(A, B, *, left=True, out=None):
    """The X with ``A @ X == B`` (or ``X @ A == B`` where left is False).

    Args:
        A: (*, n, n), float or complex.
        B: (*, n, k), or vectors (*, n) where its shape is A's without the last.
        left: on which side of X the matrix stands.
        out: tensor to write the result to.

    Returns:
        Tensor: B's shape, leading dimensions broadcast.

    Raises:
        torch.linalg.LinAlgError: for a singular matrix.
        RuntimeError: for shapes or dtypes that do not fit.

    >>> import rushlight
    >>> A = rushlight.tensor([[2.0, 0.0], [0.0, 4.0]])
    >>> rushlight.linalg.solve(A, rushlight.tensor([1.0, 1.0]))
    tensor([0.5000, 0.2500])
    """
    who = "linalg.solve()"
    require_tensor(A, who, "A")
    require_tensor(B, who, "B")
    check_matrices(A._array, who, square=True)
    check_same_dtype(A._array, B._array, who)
    is_vector = B.ndim == 1 or (
        B.ndim == A.ndim - 1 and tuple(B.shape) == tuple(A.shape[:-1])
    )
    right = B.unsqueeze(-1) if is_vector else B
    if left:
        result = call(SOLVE, A, right)
    else:
        result = call(SOLVE, A.mT, right if is_vector else right.mT)
        result = result if is_vector else result.mT
    result = result.squeeze(-1) if is_vector else result
    return result if out is None else to_out(result, out, who)


def solve_ex(A, B, *, left=True, check_errors=False, out=None):
    """As `solve`, with an info for each matrix instead of an error.

    Returns:
        (result, info): info is 0, or tells which pivot is zero.

    Raises:
        RuntimeError: as `solve`; for singular matrices only with check_errors.
    """
    require_tensor(A, "linalg.solve_ex()", "A")
    check_matrices(A._array, "linalg.solve_ex()", square=True)
    info = singular_pivots(A._array)
    if check_errors or not info.any():
        return _SolveEx((solve(A, B, left=left, out=out), wrap(info)))
    return _SolveEx((inv_ex(A).inverse @ B, wrap(info)))


def _check_solve(a, b):
    who = "linalg.solve()"
    if len(b.shape) < 2 or a.shape[-1] != b.shape[-2]:
        raise ShapeError(
            explain(
                who,
                expected=f"B with {a.shape[-1]} rows, as many as A has columns",
                got=f"incompatible shapes of A and B for the equation AX = B, "
                f"{list(a.shape)} and {list(b.shape)}",
                do="Transpose B, or set left=False.",
            )
        )
    return broadcast_shapes(a.shape[:-2], b.shape[:-2])


def _solve_spec(a, b):
    return Spec((*_check_solve(a, b), *b.shape[-2:]), a.dtype)


def _solve_eager(backend, a, b):
    np = backend.np
    batch = _check_solve(a, b)
    try:
        found = np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        raise _singular("linalg.solve()", "solve") from None
    return found.reshape(*batch, *b.shape[-2:])


def _solve_grad(g, *, a, out, needs):
    g_b = solve(a.mH, g)
    return -(g_b @ out.mH) if needs[0] else None, g_b


SOLVE = define(
    "linalg_solve",
    inputs="a b",
    eager=_solve_eager,
    spec=_solve_spec,
    grad=_solve_grad,
    node="LinalgSolveExBackward0",
)

# -------------------------------------------------------------------------- triangular


def solve_triangular(A, B, *, upper, left=True, unitriangular=False, out=None):
    """The X with ``A @ X == B`` for triangular A; its other half is not looked at.

    Args:
        A: (*, n, n), float or complex.
        B: (*, n, k).
        upper: whether A is upper triangular, else lower.
        left: False for ``X @ A == B``.
        unitriangular: take A's diagonal for ones.
        out: tensor to write the result to.

    Returns:
        Tensor: B's shape, leading dimensions broadcast; zeros on the diagonal give
            inf and nan, not an error.

    Raises:
        RuntimeError: for shapes or dtypes that do not fit.

    >>> import rushlight
    >>> A = rushlight.tensor([[1.0, 0.0], [1.0, 2.0]])
    >>> B = rushlight.tensor([[1.0], [3.0]])
    >>> rushlight.linalg.solve_triangular(A, B, upper=False)
    tensor([[1.],
            [1.]])
    """
    who = "linalg.solve_triangular()"
    require_tensor(A, who, "A")
    require_tensor(B, who, "B")
    check_matrices(A._array, who, square=True)
    check_matrices(B._array, who, name="B")
    check_same_dtype(A._array, B._array, who)
    attrs = {"unitriangular": bool(unitriangular)}
    if left:
        result = call(TRIANGULAR, A, B, upper=bool(upper), **attrs)
    else:
        result = call(TRIANGULAR, A.mT, B.mT, upper=not upper, **attrs).mT
    return result if out is None else to_out(result, out, who)


def _triangular_spec(a, b, *, upper, unitriangular):
    return Spec((*_check_solve(a, b), *b.shape[-2:]), a.dtype)


def _triangular_eager(backend, a, b, *, upper, unitriangular):
    np, batch = backend.np, _check_solve(a, b)
    rows = b.shape[-2]
    x = np.empty((*batch, *b.shape[-2:]), b.dtype)
    order = range(rows - 1, -1, -1) if upper else range(rows)
    for i in order:
        done = slice(i + 1, rows) if upper else slice(0, i)
        known = np.matmul(a[..., i : i + 1, done], x[..., done, :])
        row = b[..., i : i + 1, :] - known
        if not unitriangular:
            row = row / a[..., i : i + 1, i : i + 1]
        x[..., i : i + 1, :] = row
    return x


def _triangular_grad(g, *, a, out, upper, unitriangular, needs):
    options = {"upper": not upper, "unitriangular": unitriangular}
    g_b = call(TRIANGULAR, a.mH, g, **options)
    g_a = None
    if needs[0]:
        g_a = -(g_b @ out.mH)
        offset = int(unitriangular)
        g_a = g_a.triu(offset) if upper else g_a.tril(-offset)
    return g_a, g_b


TRIANGULAR = define(
    "linalg_solve_triangular",
    inputs="a b",
    eager=_triangular_eager,
    spec=_triangular_spec,
    grad=_triangular_grad,
)

"""Least squares, pseudo-inverses, ranks and condition numbers."""

from rushlight._base.errors import ArgumentRuntimeError, ShapeError, explain
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._core.tensor import Tensor, wrap
from rushlight._ops._arguments import require_tensor, to_out
from rushlight._ops._results import named_result
from rushlight._ops.linalg._matrices import (
    check_matrices,
    check_same_dtype,
    eye_like,
)
from rushlight._ops.linalg.eigen import eigvalsh
from rushlight._ops.linalg.norms import norm
from rushlight._ops.linalg.solve import inv
from rushlight._ops.linalg.svd import svdvals

_Lstsq = named_result(
    "linalg_lstsq", "solution", "residuals", "rank", "singular_values"
)
_DRIVERS = ("gels", "gelsy", "gelsd", "gelss")


def _tolerance(A, atol, rtol):
    """(atol, rtol) as numbers or tensors, with torch's defaults."""
    if rtol is None:
        import numpy as np

        size = max(A.shape[-2:])
        exact = atol is None or (not isinstance(atol, Tensor) and atol == 0)
        rtol = size * float(np.finfo(A._array.dtype).eps) if exact else 0.0
    return 0.0 if atol is None else atol, rtol


def _real(tolerance):
    is_complex = isinstance(tolerance, Tensor) and tolerance.is_complex()
    return tolerance.real if is_complex else tolerance


def _threshold(values, atol, rtol):
    """(*): below this singular values count as zero."""
    largest = values.amax(-1) if values.shape[-1] else values.sum(-1)
    relative = _real(rtol) * largest
    if isinstance(atol, Tensor):
        return relative.maximum(_real(atol).to(relative.dtype))
    return relative.clamp(min=atol)


def matrix_rank(A, tol=None, hermitian=False, *, atol=None, rtol=None, out=None, **old):
    """How many singular values of matrices are not zero.

    Args:
        A: (*, m, n), float or complex.
        tol: an absolute tolerance; atol, rtol: those above ``max(atol, s_max * rtol)``
            count; left out, rtol is the dtype's precision times max(m, n).
        hermitian: use eigenvalues, of the lower half.
        out: tensor to write the result to.

    Returns:
        Tensor: (*), int64.

    Raises:
        RuntimeError: for other shapes or dtypes.

    >>> import rushlight
    >>> rushlight.linalg.matrix_rank(rushlight.ones(3, 3))
    tensor(1)
    """
    who = "linalg.matrix_rank()"
    A = old.pop("input", A)
    require_tensor(A, who, "A")
    check_matrices(A._array, who, square=hermitian)
    if tol is not None:
        atol, rtol = tol, 0.0
    atol, rtol = _tolerance(A, atol, rtol)
    values = eigvalsh(A).abs() if hermitian else svdvals(A)
    result = (values > _threshold(values, atol, rtol).unsqueeze(-1)).sum(-1)
    return result if out is None else to_out(result, out, who)


# -------------------------------------------------------------------------------- pinv


def pinv(A, rcond=None, hermitian=False, *, atol=None, rtol=None, out=None):
    """The pseudo-inverse (Moore and Penrose) of matrices.

    Args:
        A: (*, m, n), float or complex.
        rcond: the older name of rtol.
        hermitian: use eigenvalues, of the lower half.
        atol, rtol: as for `matrix_rank`.
        out: tensor to write the result to.

    Returns:
        Tensor: (*, n, m).

    Raises:
        RuntimeError: for other shapes or dtypes.

    >>> import rushlight
    >>> rushlight.linalg.pinv(rushlight.tensor([[2.0, 0.0], [0.0, 0.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.0000]])
    """
    who = "linalg.pinv()"
    require_tensor(A, who, "A")
    check_matrices(A._array, who, square=hermitian)
    rtol = rcond if rtol is None else rtol
    atol, rtol = _tolerance(A, atol, rtol)
    limits = [getattr(_real(limit), "_array", limit) for limit in (atol, rtol)]
    result = PINV.short(A, limits=limits, hermitian=bool(hermitian))
    return result if out is None else to_out(result, out, who)


def pinverse(input, rcond=1e-15):
    """The pseudo-inverse of matrices, as for `linalg.pinv`.

    Returns:
        Tensor: (*, n, m).

    >>> import rushlight
    >>> rushlight.pinverse(rushlight.tensor([[2.0]]))
    tensor([[0.5000]])
    """
    return pinv(input, rcond)


def _pinv_spec(x, *, limits, hermitian):
    check_matrices(x, "linalg.pinv()")
    return Spec((*x.shape[:-2], x.shape[-1], x.shape[-2]), x.dtype)


def _pinv_eager(backend, x, *, limits, hermitian):
    np = backend.np
    if hermitian:
        values, right = np.linalg.eigh(x)
        left = right
    else:
        left, values, right = np.linalg.svd(x, full_matrices=False)
        right = np.conjugate(np.swapaxes(right, -1, -2))
    sizes, (atol, rtol) = np.abs(values), limits
    threshold = np.maximum(atol, rtol * sizes.max(-1, initial=0))
    kept = sizes > np.asarray(threshold)[..., None]
    inverse = np.where(kept, 1 / np.where(kept, values, 1), 0).astype(values.dtype)
    return np.matmul(right * inverse[..., None, :], np.conjugate(left.swapaxes(-1, -2)))


def _pinv_grad(g, *, x, out):
    adjoint, g_adjoint = out.mH, g.mH
    m, n = x.shape[-2:]
    found = -(adjoint @ g @ adjoint)
    inner = g_adjoint @ out @ adjoint
    found = found + inner - x @ (out @ inner)
    inner = adjoint @ out @ g_adjoint
    return found + inner - (inner @ out) @ x


PINV = define(
    "linalg_pinv",
    eager=_pinv_eager,
    spec=_pinv_spec,
    grad=_pinv_grad,
    node="LinalgPinvBackward0",
)

# ------------------------------------------------------------------------------- lstsq


def lstsq(A, B, rcond=None, *, driver=None):
    """The X that makes ``|A @ X - B|`` smallest.

    Args:
        A: (*, m, n), float or complex.
        B: (*, m, k), or vectors (*, m).
        rcond: singular values below ``rcond * s_max`` count as zero; the dtype's
            precision times max(m, n) if left out.
        driver: "gels", "gelsy", "gelsd" or "gelss", LAPACK's names; what is computed
            is the same, it tells which of rank and singular values are returned.

    Returns:
        (solution, residuals, rank, singular_values): (*, n, k); the sums of squared
            errors (*, k) where m > n and A has full rank, else empty; the rank, but
            for "gels"; the singular values for "gelsd" and "gelss".

    Raises:
        RuntimeError: for shapes or dtypes that do not fit, or another driver.

    >>> import rushlight
    >>> A = rushlight.tensor([[1.0], [1.0]])
    >>> rushlight.linalg.lstsq(A, rushlight.tensor([[1.0], [3.0]])).solution.round()
    tensor([[2.]])
    """
    who = "linalg.lstsq()"
    driver = driver or "gelsy"
    _check_lstsq(A, B, driver, who)
    is_vector = B.ndim < A.ndim
    right = B.unsqueeze(-1) if is_vector else B
    atol, rtol = _tolerance(A, None, rcond)
    values = svdvals(A.detach())
    full = driver == "gels"
    solution = (pinv(A, rtol=0.0) if full else pinv(A, atol=atol, rtol=rtol)) @ right
    solution = solution.squeeze(-1) if is_vector else solution
    rank = (values > _threshold(values, atol, rtol).unsqueeze(-1)).sum(-1)
    residuals = (solution.real if A.is_complex() else solution).reshape(-1)[:0]
    m, n = A.shape[-2:]
    if m > n and bool((rank == n).all()) and driver != "gelsy":
        errors = A @ solution.view(*right.shape[:-2], n, -1) - right
        residuals = (errors * errors.conj()).sum(-2)
        residuals = residuals.real if residuals.is_complex() else residuals
    empty = rank.new_empty(0)
    shown = values if driver in ("gelsd", "gelss") else values.new_empty(0)
    return _Lstsq((solution, residuals, empty if full else rank, shown))


def _check_lstsq(A, B, driver, who):
    require_tensor(A, who, "A")
    require_tensor(B, who, "B")
    check_matrices(A._array, who)
    check_same_dtype(A._array, B._array, who)
    if driver not in _DRIVERS:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected=f"driver to be one of {_DRIVERS}",
                got=repr(driver),
                do="Leave it away.",
            )
        )
    rows = B.shape[-1] if B.ndim == A.ndim - 1 else B.shape[-2] if B.ndim > 1 else None
    if rows != A.shape[-2]:
        raise ShapeError(
            explain(
                who,
                expected=f"B with {A.shape[-2]} rows, as many as A",
                got=f"shape {list(B.shape)}",
                do="Transpose one of them.",
            )
        )


# -------------------------------------------------------------------------------- cond


def cond(A, p=None, *, out=None):
    """The condition number of matrices, ``norm(A, p) * norm(inv(A), p)``.

    Args:
        A: (*, m, n), float or complex; square unless p is None, 2 or -2.
        p: which norm, as for `matrix_norm`; None is 2.
        out: tensor to write the result to.

    Returns:
        Tensor: (*), real; inf for singular matrices.

    Raises:
        RuntimeError: for other shapes or dtypes.

    >>> import rushlight
    >>> rushlight.linalg.cond(rushlight.tensor([[1.0, 0.0], [0.0, 4.0]]))
    tensor(4.)
    """
    who = "linalg.cond()"
    require_tensor(A, who, "A")
    check_matrices(A._array, who, square=p not in (None, 2, -2))
    if p in (None, 2, -2):
        values = svdvals(A)
        result = values[..., 0] / values[..., -1]
        result = 1 / result if p == -2 else result
    elif not A.shape[-1]:
        result = norm(A, p, (-2, -1))
    else:
        result = _cond_by_inverse(A, p)
    return result if out is None else to_out(result, out, who)


def _cond_by_inverse(A, p):
    from rushlight._ops.linalg.solve import singular_pivots

    bad = wrap(singular_pivots(A._array)) != 0
    full = bad[..., None, None]
    safe = A.masked_fill(full, 0) + full.to(A.dtype) * eye_like(A, A.shape[-1])
    found = norm(A, p, (-2, -1)) * norm(inv(safe), p, (-2, -1))
    return found.masked_fill(bad, float("inf"))


expose(pinverse)

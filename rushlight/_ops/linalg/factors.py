"""Factors of matrices: cholesky and qr."""

from rushlight._base.errors import ArgumentRuntimeError, GraphError, explain
from rushlight._base.shape import broadcast_shapes
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._core.tensor import wrap
from rushlight._ops._arguments import require_tensor, to_out
from rushlight._ops._results import named_result
from rushlight._ops.linalg._matrices import check_matrices, eye_like, failed
from rushlight._ops.linalg.solve import solve_triangular

_CholeskyEx = named_result("linalg_cholesky_ex", "L", "info")
_Qr = named_result("linalg_qr", "Q", "R")
_OldQr = named_result("qr", "Q", "R")

# ---------------------------------------------------------------------------- cholesky


def linalg_cholesky(A, *, upper=False, out=None):
    """The lower triangular L with ``A == L @ L.mH``.

    Args:
        A: (*, n, n), float or complex, Hermitian and positive definite; only its
            lower half is looked at.
        upper: give ``L.mH``.
        out: tensor to write the result to.

    Returns:
        Tensor: (*, n, n).

    Raises:
        torch.linalg.LinAlgError: where A is not positive definite.
        RuntimeError: for other shapes or dtypes.

    >>> import rushlight
    >>> rushlight.linalg.cholesky(rushlight.tensor([[4.0, 2.0], [2.0, 5.0]]))
    tensor([[2., 0.],
            [1., 2.]])
    """
    who = "linalg.cholesky()"
    require_tensor(A, who, "A")
    result = CHOLESKY.short(A.mH if upper else A)
    result = result.mH if upper else result
    return result if out is None else to_out(result, out, who)


def linalg_cholesky_ex(A, *, upper=False, check_errors=False, out=None):
    """As `linalg.cholesky`, with an info for each matrix instead of an error.

    Returns:
        (L, info): info is 0, or tells which leading minor is not positive.

    Raises:
        RuntimeError: for other shapes or dtypes; with check_errors as `cholesky`.
    """
    who = "linalg.cholesky_ex()"
    require_tensor(A, who, "A")
    check_matrices(A._array, who, square=True)
    info = _bad_minors(A._array)
    if check_errors or not info.any():
        return _CholeskyEx((linalg_cholesky(A, upper=upper, out=out), wrap(info)))
    bad = wrap((info != 0)[..., None, None])
    safe = A.masked_fill(bad, 0) + bad.to(A.dtype) * eye_like(A, A.shape[-1])
    found = linalg_cholesky(safe, upper=upper).masked_fill(bad, float("nan"))
    return _CholeskyEx((found, wrap(info)))


def _bad_minors(array):
    import numpy as np

    *batch, n, _ = array.shape
    info = np.zeros(batch, np.int32)
    for place in np.ndindex(*batch):
        for k in range(1, n + 1):
            try:
                np.linalg.cholesky(array[place][:k, :k])
            except np.linalg.LinAlgError:
                info[place] = k
                break
    return info


def cholesky(input, upper=False, *, out=None):
    """The triangular factor of matrices, as for `linalg.cholesky`.

    Returns:
        Tensor: (*, n, n), lower triangular, or upper where asked.

    >>> import rushlight
    >>> rushlight.cholesky(rushlight.tensor([[4.0]]))
    tensor([[2.]])
    """
    return linalg_cholesky(input, upper=upper, out=out)


def cholesky_solve(input, L, upper=False, *, out=None):
    """The X with ``A @ X == input``, from A's Cholesky factor.

    Args:
        input: (*, n, k), float or complex.
        L: (*, n, n), the factor; its other half is not looked at.
        upper: whether L is the upper factor.
        out: tensor to write the result to.

    Returns:
        Tensor: (*, n, k).

    Raises:
        RuntimeError: for shapes or dtypes that do not fit.

    >>> import rushlight
    >>> rushlight.cholesky_solve(rushlight.tensor([[8.0]]), rushlight.tensor([[2.0]]))
    tensor([[2.]])
    """
    require_tensor(L, "cholesky_solve()", "L")
    require_tensor(input, "cholesky_solve()")
    check_matrices(L._array, "cholesky_solve()", square=True, name="L")
    check_matrices(input._array, "cholesky_solve()", name="input")
    result = call(CHOLESKY_SOLVE, input, L, upper=bool(upper))
    return result if out is None else to_out(result, out, "cholesky_solve()")


def cholesky_inverse(L, upper=False, *, out=None):
    """The inverse of a matrix, from its Cholesky factor.

    Args:
        L: (*, n, n), float or complex.
        upper, out: as for `cholesky_solve`.

    Returns:
        Tensor: (*, n, n).

    >>> import rushlight
    >>> rushlight.cholesky_inverse(rushlight.tensor([[2.0]]))
    tensor([[0.2500]])
    """
    require_tensor(L, "cholesky_inverse()", "L")
    check_matrices(L._array, "cholesky_inverse()", square=True)
    result = CHOLESKY_INVERSE.short(L, upper=bool(upper))
    return result if out is None else to_out(result, out, "cholesky_inverse()")


def _solved(x, factor, upper):
    """The solution of two triangular systems."""
    first, last = (factor.mH, factor) if upper else (factor, factor.mH)
    half = solve_triangular(first, x, upper=False)
    return solve_triangular(last, half, upper=True)


def _cholesky_solve_spec(b, factor, *, upper):
    batch = broadcast_shapes(b.shape[:-2], factor.shape[:-2])
    return Spec((*batch, *b.shape[-2:]), b.dtype)


def _cholesky_solve_eager(backend, b, factor, *, upper):
    return _solved(wrap(b), wrap(factor), upper)._array


def _cholesky_solve_grad(g, *, factor, out, upper, needs):
    g_b = call(CHOLESKY_SOLVE, g, factor, upper=upper)
    if not needs[1]:
        return g_b, None
    common = g_b @ out.mH
    common = common + common.mH
    return g_b, -(factor @ common) if upper else -(common @ factor)


CHOLESKY_SOLVE = define(
    "cholesky_solve",
    inputs="b factor",
    eager=_cholesky_solve_eager,
    spec=_cholesky_solve_spec,
    grad=_cholesky_solve_grad,
)


def _cholesky_inverse_spec(x, *, upper):
    return Spec(x.shape, x.dtype)


def _cholesky_inverse_eager(backend, x, *, upper):
    unit = backend.np.broadcast_to(backend.np.eye(x.shape[-1], dtype=x.dtype), x.shape)
    return _solved(wrap(unit), wrap(x), upper)._array


def _cholesky_inverse_grad(g, *, x, out, upper):
    common = out @ (g + g.mH) @ out
    return -(x @ common) if upper else -(common @ x)


CHOLESKY_INVERSE = define(
    "cholesky_inverse",
    eager=_cholesky_inverse_eager,
    spec=_cholesky_inverse_spec,
    grad=_cholesky_inverse_grad,
)


def _cholesky_spec(x):
    check_matrices(x, "linalg.cholesky()", square=True)
    return Spec(x.shape, x.dtype)


def _cholesky_eager(backend, x):
    check_matrices(x, "linalg.cholesky()", square=True)
    np = backend.np
    try:
        return np.linalg.cholesky(x)
    except np.linalg.LinAlgError:
        info = _bad_minors(x)
        raise failed(
            "linalg.cholesky()",
            "a factorization that could not be completed: the leading minor of order "
            f"{int(info.max(initial=0))} is not positive-definite",
            "Add a little to the diagonal.",
        ) from None


def _cholesky_grad(g, *, out):
    inner = (out.mH @ g).tril()
    inner = inner + inner.tril(-1).mH
    if inner.is_complex():  # only real parts count on the diagonal
        inner = inner - (1j * inner.diagonal(0, -2, -1).imag).diag_embed()
    half = solve_triangular(out.mH, inner / 2, upper=True)
    return solve_triangular(out, half, upper=False, left=False)


CHOLESKY = define(
    "linalg_cholesky",
    eager=_cholesky_eager,
    spec=_cholesky_spec,
    grad=_cholesky_grad,
    node="LinalgCholeskyExBackward0",
)
for _function in (cholesky, cholesky_solve, cholesky_inverse):
    expose(_function)

# ---------------------------------------------------------------------------------- qr


def linalg_qr(A, mode="reduced", *, out=None):
    """Orthonormal Q and upper triangular R with ``A == Q @ R``.

    Args:
        A: (*, m, n), float or complex.
        mode: "reduced": Q is (*, m, k) and R (*, k, n) with k = min(m, n);
            "complete": Q is square; "r": Q is empty.
        out: two tensors to write the results to.

    Returns:
        (Q, R): a named tuple.

    Raises:
        RuntimeError: for another mode, shape or dtype; on differentiating what is
            not unique.

    >>> import rushlight
    >>> rushlight.linalg.qr(rushlight.tensor([[3.0], [4.0]])).R.abs()
    tensor([[5.]])
    """
    who = "linalg.qr()"
    require_tensor(A, who, "A")
    check_matrices(A._array, who)
    if mode not in ("reduced", "complete", "r"):
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="mode to be 'reduced', 'complete' or 'r'",
                got=f"qr received unrecognized mode '{mode}'",
                do="Correct the spelling.",
            )
        )
    q, r = call(QR, A, mode=mode)
    result = _Qr((q, r))
    return result if out is None else to_out(result, out, who)


def qr(input, some=True, *, out=None):
    """The older form of `linalg.qr`.

    Args:
        input: (*, m, n), float or complex.
        some: the reduced factors, else the complete ones.
        out: two tensors to write the results to.

    Returns:
        (Q, R): a named tuple.

    Raises:
        RuntimeError: as `linalg.qr`.

    >>> import rushlight
    >>> rushlight.qr(rushlight.tensor([[3.0], [4.0]])).R.abs()
    tensor([[5.]])
    """
    q, r = linalg_qr(input, "reduced" if some else "complete")
    result = _OldQr((q, r))
    return result if out is None else to_out(result, out, "qr()")


def _qr_spec(x, *, mode):
    check_matrices(x, "linalg.qr()")
    *batch, m, n = x.shape
    k = m if mode == "complete" else min(m, n)
    q = Spec((0,) if mode == "r" else (*batch, m, k), x.dtype)
    return q, Spec((*batch, k, n), x.dtype)


def _qr_eager(backend, x, *, mode):
    np = backend.np
    check_matrices(x, "linalg.qr()")
    if mode == "r":
        return np.empty(0, x.dtype), np.linalg.qr(x, "r")
    q, r = np.linalg.qr(x, mode)
    return q, r


def _qr_grad(g, *, out, mode):
    q, r = out
    g_q, g_r = g
    rows, columns = q.shape[-2] if q.ndim > 1 else 0, r.shape[-1]
    if mode == "r" or (mode == "complete" and rows > columns):
        raise GraphError(
            explain(
                "backward through linalg.qr()",
                expected="mode='reduced', or 'complete' of no more rows than columns",
                got=f"mode='{mode}', for which the derivative is not defined",
                do="Use the reduced factors.",
            )
        )
    if rows >= columns:
        return _qr_grad_tall(q, r, g_q, g_r)
    square, rest = r[..., :rows], g_r[..., rows:]
    right = q @ r[..., rows:]
    g_left = _qr_grad_tall(q, square, g_q + right @ rest.mH, g_r[..., :rows])
    return _side_by_side(g_left, q @ rest)


def _side_by_side(left, right):
    """Join two tensors along the last dimension."""
    pad = left.new_zeros((*left.shape[:-1], left.shape[-1] + right.shape[-1]))
    pad = pad.slice_scatter(left, -1, 0, left.shape[-1])
    return pad.slice_scatter(right, -1, left.shape[-1], pad.shape[-1])


def _qr_grad_tall(q, r, g_q, g_r):
    middle = (g_r @ r.mH - q.mH @ g_q).triu()
    middle = middle + middle.triu(1).mH
    if middle.is_complex():
        middle = middle - (1j * middle.diagonal(0, -2, -1).imag).diag_embed()
    return solve_triangular(r.mH, g_q + q @ middle, upper=False, left=False)


QR = define("linalg_qr", eager=_qr_eager, spec=_qr_spec, grad=_qr_grad, many=True)
expose(qr)

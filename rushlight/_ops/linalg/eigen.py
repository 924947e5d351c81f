"""Eigenvalues and eigenvectors, of Hermitian matrices and of any square ones."""

from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.table import define
from rushlight._ops._arguments import require_tensor, to_out
from rushlight._ops._results import named_result
from rushlight._ops.linalg._matrices import check_matrices, failed, real_dtype

_Eig = named_result("linalg_eig", "eigenvalues", "eigenvectors")
_Eigh = named_result("linalg_eigh", "eigenvalues", "eigenvectors")

# --------------------------------------------------------------------------- Hermitian


def eigh(A, UPLO="L", *, out=None):
    """Eigenvalues, rising, and orthonormal eigenvectors of Hermitian matrices.

    Args:
        A: (*, n, n), float or complex; only one half is looked at.
        UPLO: which: "L" the lower, "U" the upper.
        out: two tensors to write the results to.

    Returns:
        (eigenvalues, eigenvectors): (*, n), real, and (*, n, n), in columns.

    Raises:
        RuntimeError: for another shape, dtype or UPLO.

    >>> import rushlight
    >>> A = rushlight.tensor([[2.0, 1.0], [1.0, 2.0]])
    >>> rushlight.linalg.eigh(A).eigenvalues.round()
    tensor([1., 3.])
    """
    require_tensor(A, "linalg.eigh()", "A")
    result = _Eigh(call(EIGH, _half(A, UPLO, "linalg.eigh()")))
    return result if out is None else to_out(result, out, "linalg.eigh()")


def eigvalsh(A, UPLO="L", *, out=None):
    """The eigenvalues of Hermitian matrices, rising.

    Args:
        A, UPLO: as for `eigh`.
        out: tensor to write the result to.

    Returns:
        Tensor: (*, n), real.

    Raises:
        RuntimeError: as `eigh`.
    """
    require_tensor(A, "linalg.eigvalsh()", "A")
    result = EIGVALSH.short(_half(A, UPLO, "linalg.eigvalsh()"))
    return result if out is None else to_out(result, out, "linalg.eigvalsh()")


def _half(A, uplo, who):
    if str(uplo).upper() not in ("L", "U"):
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="UPLO argument to be 'L' or 'U'",
                got=repr(uplo),
                do="Name the half that is filled.",
            )
        )
    check_matrices(A._array, who, square=True)
    return A if str(uplo).upper() == "L" else A.mH


def _eigh_spec(x):
    check_matrices(x, "linalg.eigh()", square=True)
    return Spec(x.shape[:-1], real_dtype(x)), Spec(x.shape, x.dtype)


def _eigvalsh_spec(x):
    return _eigh_spec(x)[0]


def _eigh_eager(backend, x):
    return tuple(_run(backend.np, "eigh", x, "linalg.eigh()"))


def _eigvalsh_eager(backend, x):
    return _run(backend.np, "eigvalsh", x, "linalg.eigvalsh()")


def _run(np, name, x, who):
    check_matrices(x, who, square=True)
    try:
        return getattr(np.linalg, name)(x)
    except np.linalg.LinAlgError as error:
        raise failed(
            who, f"{error}: it failed to converge", "Look for nan and inf in the input."
        ) from None


def _gaps(values):
    """Differences of eigenvalues, columns minus rows, with ones on the diagonal."""
    gaps = values.unsqueeze(-2) - values.unsqueeze(-1)
    return gaps + gaps.new_ones(values.shape).diag_embed()


def _eigh_grad(g, *, out):
    values, vectors = out
    g_values, g_vectors = g
    turn = vectors.mH @ g_vectors / _gaps(values)
    turn = turn - turn.diagonal(0, -2, -1).diag_embed()
    return vectors @ (turn + g_values.diag_embed()) @ vectors.mH


def _eigvalsh_grad(g, *, x):
    _, vectors = call(EIGH, x)
    return (vectors * g.unsqueeze(-2)) @ vectors.mH


EIGH = define(
    "linalg_eigh", eager=_eigh_eager, spec=_eigh_spec, grad=_eigh_grad, many=True
)
EIGVALSH = define(
    "linalg_eigvalsh",
    eager=_eigvalsh_eager,
    spec=_eigvalsh_spec,
    grad=_eigvalsh_grad,
    node="LinalgEighBackward0",
)

# -------------------------------------------------------------------------- any square


def eig(A, *, out=None):
    """Eigenvalues and eigenvectors of square matrices, complex, in no order.

    Args:
        A: (*, n, n), float or complex.
        out: two tensors to write the results to.

    Returns:
        (eigenvalues, eigenvectors): (*, n) and (*, n, n), complex; the vectors are
            columns of length 1.

    Raises:
        RuntimeError: for another shape or dtype.

    >>> import rushlight
    >>> rushlight.linalg.eig(rushlight.tensor([[2.0]])).eigenvalues
    tensor([2.+0.j])
    """
    require_tensor(A, "linalg.eig()", "A")
    result = _Eig(call(EIG, A))
    return result if out is None else to_out(result, out, "linalg.eig()")


def eigvals(A, *, out=None):
    """The eigenvalues of square matrices, complex, in no order.

    Args:
        A, out: as for `eig`.

    Returns:
        Tensor: (*, n), complex.

    Raises:
        RuntimeError: as `eig`.
    """
    require_tensor(A, "linalg.eigvals()", "A")
    result = call(EIG, A)[0]
    return result if out is None else to_out(result, out, "linalg.eigvals()")


def _complex_dtype(x):
    return BY_NUMPY[x.dtype].to_complex().numpy


def _eig_spec(x):
    check_matrices(x, "linalg.eig()", square=True)
    dtype = _complex_dtype(x)
    return Spec(x.shape[:-1], dtype), Spec(x.shape, dtype)


def _eig_eager(backend, x):
    values, vectors = _run(backend.np, "eig", x, "linalg.eig()")
    dtype = _complex_dtype(x)
    return values.astype(dtype), vectors.astype(dtype)


def _eig_grad(g, *, x_dtype, out):
    values, vectors = out
    g_values, g_vectors = g
    turn = vectors.mH @ g_vectors
    lengths = turn.diagonal(0, -2, -1).real
    turn = turn - (vectors.mH @ vectors) * lengths.unsqueeze(-2)
    turn = turn / _gaps(values).conj()
    turn = turn - turn.diagonal(0, -2, -1).diag_embed()
    inner = (turn + g_values.diag_embed()) @ vectors.mH
    found = vectors.mH.inverse() @ inner
    return found if x_dtype.kind == "c" else found.real


EIG = define("linalg_eig", eager=_eig_eager, spec=_eig_spec, grad=_eig_grad, many=True)

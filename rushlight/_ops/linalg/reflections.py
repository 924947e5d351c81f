"""Products of reflections, in which LAPACK keeps Q; and an older form of solving."""

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import require_tensor, to_out
from rushlight._ops._results import named_result
from rushlight._ops.linalg._matrices import check_matrices, eye_like
from rushlight._ops.linalg.solve import solve_triangular

_Geqrf = named_result("geqrf", "a", "tau")
_TriangularSolve = named_result("triangular_solve", "solution", "cloned_coefficient")


def geqrf(input, *, out=None):
    """The factors of `qr` as LAPACK keeps them: R, and reflections below it.

    Args:
        input: (*, m, n), float or complex.
        out: two tensors to write the results to.

    Returns:
        (a, tau): (*, m, n) and (*, min(m, n)).

    Raises:
        RuntimeError: for other shapes or dtypes.

    >>> import rushlight
    >>> rushlight.geqrf(rushlight.tensor([[3.0], [4.0]])).a[0].abs()
    tensor([5.])
    """
    require_tensor(input, "geqrf()")
    result = _Geqrf(call(GEQRF, input))
    return result if out is None else to_out(result, out, "geqrf()")


def _geqrf_spec(x):
    check_matrices(x, "geqrf()")
    return Spec(x.shape, x.dtype), Spec((*x.shape[:-2], min(x.shape[-2:])), x.dtype)


def _geqrf_eager(backend, x):
    check_matrices(x, "geqrf()")
    np = backend.np
    packed, tau = np.linalg.qr(x, "raw")
    return np.swapaxes(packed, -1, -2).copy(), tau


GEQRF = define("geqrf", eager=_geqrf_eager, spec=_geqrf_spec, many=True)


def householder_product(input, tau, *, out=None):
    """The first columns of a product of reflections ``I - tau_i v_i v_i^H``.

    Args:
        input: (*, m, n), m >= n: column i holds v_i below its diagonal one.
        tau: (*, k), k <= n, the same dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: (*, m, n).

    Raises:
        RuntimeError: for shapes or dtypes that do not fit.
    """
    who = "linalg.householder_product()"
    require_tensor(input, who)
    require_tensor(tau, who, "tau")
    check_matrices(input._array, who, name="input")
    m, n = input.shape[-2:]
    if m < n or tau.shape[-1] > n or tau.dtype != input.dtype:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="input (*, m, n) with m >= n, and tau (*, k) of its dtype "
                "with k <= n",
                got=f"{list(input.shape)} and {list(tau.shape)}",
                do="Pass what geqrf() returned.",
            )
        )
    result = _reflected(input, tau, eye_like(input, m)[:, :n])
    return result if out is None else to_out(result, out, who)


def _reflected(input, tau, result):
    """Apply reflections to a matrix from the left, the last one first."""
    m, count = input.shape[-2], tau.shape[-1]
    vectors = input[..., :count].tril(-1) + eye_like(input, m)[:, :count]
    if not count:  # so that the result is recorded all the same
        result = result + vectors.sum((-2, -1), keepdim=True)
    for i in range(count - 1, -1, -1):
        v = vectors[..., i : i + 1]
        result = result - tau[..., i, None, None] * (v @ (v.mH @ result))
    return result


def orgqr(input, input2, *, out=None):
    """The older name of `linalg.householder_product`.

    Args:
        input: (*, m, n), float or complex.
        input2: (*, k), the same dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: (*, m, n).

    Raises:
        RuntimeError: for shapes or dtypes that do not fit.

    >>> import rushlight
    >>> a, tau = rushlight.geqrf(rushlight.tensor([[3.0], [4.0]]))
    >>> rushlight.orgqr(a, tau).abs()
    tensor([[0.6000],
            [0.8000]])
    """
    return householder_product(input, input2, out=out)


def ormqr(input, tau, other, left=True, transpose=False, *, out=None):
    """The product of `geqrf`'s square Q (or its adjoint) and a matrix.

    Args:
        input: (*, m, k), the reflections.
        tau: (*, k).
        other: (*, m, n); (*, n, m) where left is False.
        left: whether Q stands on the left.
        transpose: use Q's adjoint.
        out: tensor to write the result to.

    Returns:
        Tensor: other's shape.

    Raises:
        RuntimeError: for shapes or dtypes that do not fit.

    >>> import rushlight
    >>> a, tau = rushlight.geqrf(rushlight.tensor([[3.0], [4.0]]))
    >>> rushlight.ormqr(a, tau, rushlight.eye(2), transpose=True).shape
    torch.Size([2, 2])
    """
    require_tensor(input, "ormqr()")
    check_matrices(input._array, "ormqr()", name="input")
    m = input.shape[-2]
    rows = other.shape[-2] if left else other.shape[-1]
    if rows != m or tau.shape[-1] > m:
        raise ArgumentRuntimeError(
            explain(
                "ormqr()",
                expected=f"other with {m} {'rows' if left else 'columns'}",
                got=f"shape {list(other.shape)}",
                do="Set left= to the side of Q.",
            )
        )
    unit = eye_like(input, m)
    q = _reflected(input, tau, unit.expand(*input.shape[:-2], m, m))
    q = q.mH if transpose else q
    result = q @ other if left else other @ q
    return result if out is None else to_out(result, out, "ormqr()")


def triangular_solve(b, A, upper=True, transpose=False, unitriangular=False):
    """The older form of `linalg.solve_triangular`.

    Args:
        b: (*, n, k), float or complex.
        A: (*, n, n).
        upper, unitriangular: as for `linalg.solve_triangular`.
        transpose: solve with A's transpose.

    Returns:
        (solution, cloned_coefficient): the second is a copy of A.

    Raises:
        RuntimeError: for shapes or dtypes that do not fit.

    >>> import rushlight
    >>> one = rushlight.ones(1, 1)
    >>> rushlight.triangular_solve(one, 2 * one).solution
    tensor([[0.5000]])
    """
    require_tensor(A, "triangular_solve()", "A")
    options = {"upper": upper != transpose, "unitriangular": unitriangular}
    found = solve_triangular(A.mT if transpose else A, b, **options)
    return _TriangularSolve((found, A.clone()))


for _function in (geqrf, orgqr, ormqr, triangular_solve):
    expose(_function)

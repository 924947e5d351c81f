"""Singular values: svdvals, and the decomposition behind their gradient.

# Note [Gradient of svdvals]
# The gradient of the singular values needs the singular vectors: U diag(g) V^H.  They
# come from a record of their own, whose rule makes the second derivative; the first
# one is right where singular values are equal, the second then does not exist.
"""

from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import (
    LinAlgError,
    ShapeError,
    UnsupportedDtypeError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, require_tensor, to_out
from rushlight._ops._arrays import is_half
from rushlight._ops._results import named_result


def svdvals(A, *, driver=None, out=None):
    """The singular values of matrices, the largest first.

    Args:
        A: (*, n, m), float or complex, not half precision.
        driver: for CUDA only, where it names the library's algorithm.
        out: tensor to write the result to.

    Returns:
        Tensor: (*, min(n, m)), real.

    Raises:
        RuntimeError: for fewer dimensions than two, or values that are not finite.
        NotImplementedError: for bool, integers and half precision.
    See:
        Townsend, Differentiating the singular value decomposition, 2016.

    >>> import rushlight
    >>> rushlight.linalg.svdvals(rushlight.tensor([[0.0, 3.0], [2.0, 0.0]]))
    tensor([3., 2.])
    """
    require_tensor(A, "linalg.svdvals()", "A")
    result = SVDVALS.short(A)
    return result if out is None else to_out(result, out, "linalg.svdvals()")


def _check_matrices(x):
    who = "linalg.svdvals()"
    if len(x.shape) < 2:
        raise ShapeError(
            explain(
                who,
                expected="a tensor of at least 2 dimensions",
                got=f"shape {list(x.shape)}",
                do="Add a dimension with None.",
            )
        )
    refuse(x, who, "biuU")
    if is_half(x):
        raise UnsupportedDtypeError(
            explain(
                who,
                expected="float32, float64 or complex",
                got=f"{BY_NUMPY[x.dtype]}: not implemented for it",
                do="Convert it with .float().",
            )
        )


def _svdvals_spec(x):
    _check_matrices(x)
    real = BY_NUMPY[x.dtype].to_real().numpy
    return Spec((*x.shape[:-2], min(x.shape[-2:])), real)


def _svdvals_eager(backend, x):
    _check_matrices(x)
    return _decomposed(backend.np, x, compute_uv=False)


def _decomposed(np, x, **options):
    try:
        return np.linalg.svd(x, full_matrices=False, **options)
    except np.linalg.LinAlgError as error:
        raise LinAlgError(
            explain(
                "linalg.svdvals()",
                expected="matrices of finite values",
                got=f"{error}: the algorithm failed to converge",
                do="Look for nan and inf in the input.",
            )
        ) from None


def _svdvals_grad(g, *, x):
    left, _, right = call(SVD, x)
    return (left * g.unsqueeze(-2)) @ right


SVDVALS = define(
    "linalg_svdvals",
    eager=_svdvals_eager,
    spec=_svdvals_spec,
    grad=_svdvals_grad,
    node="LinalgSvdBackward0",
)

# ------------------------------------------------------------------ the decomposition


def _svd_spec(x):
    values = _svdvals_spec(x)
    count, batch = values.shape[-1], x.shape[:-2]
    left = Spec((*batch, x.shape[-2], count), x.dtype)
    return left, values, Spec((*batch, count, x.shape[-1]), x.dtype)


def _svd_eager(backend, x):
    return tuple(_decomposed(backend.np, x))


def _skew(x):
    return x - x.mH


def _svd_grad(g, *, out):
    left, values, right = out
    g_left, g_values, g_right = g
    rows, columns = values.unsqueeze(-1), values.unsqueeze(-2)
    gaps = columns.square() - rows.square()
    gaps = gaps + gaps.new_ones(values.shape).diag_embed()
    turn_left = left.mH @ g_left
    turn_right = right @ g_right.mH
    inner = _skew(turn_left) / gaps * columns + rows * (_skew(turn_right) / gaps)
    inner = inner + g_values.diag_embed()
    if left.is_complex():  # the phase, which only both vectors together fix
        phase = turn_left.diagonal(0, -2, -1).imag / values
        inner = inner + (phase * 1j).diag_embed()
    found = left @ inner @ right
    count = values.shape[-1]
    if left.shape[-2] > count:
        rest = g_left / columns
        found = found + (rest - left @ (left.mH @ rest)) @ right
    if right.shape[-1] > count:
        rest = g_right / rows
        found = found + left @ (rest - (rest @ right.mH) @ right)
    return found


SVD = define("linalg_svd", eager=_svd_eager, spec=_svd_spec, grad=_svd_grad, many=True)

_Svd = named_result("linalg_svd", "U", "S", "Vh")
_OldSvd = named_result("svd", "U", "S", "V")


def linalg_svd(A, full_matrices=True, *, driver=None, out=None):
    """Singular values and vectors: ``A == U @ diag(S) @ Vh``.

    Args:
        A: (*, m, n), float or complex.
        full_matrices: make U and Vh square, else (*, m, k) and (*, k, n).
        driver: for CUDA only, where it names the library's algorithm.
        out: three tensors to write the results to.

    Returns:
        (U, S, Vh): S is real and falling.

    Raises:
        RuntimeError: for other shapes or dtypes.
    """
    require_tensor(A, "linalg.svd()", "A")
    square = len(A.shape) > 1 and A.shape[-1] == A.shape[-2]
    result = _Svd(call(SVD if square or not full_matrices else FULL_SVD, A))
    return result if out is None else to_out(result, out, "linalg.svd()")


def svd(input, some=True, compute_uv=True, *, out=None):
    """The older form of `linalg.svd`: ``input == U @ diag(S) @ V.mH``.

    Args:
        input: (*, m, n), float or complex.
        some: the reduced factors, else square ones.
        compute_uv: False gives zeros for U and V.
        out: three tensors to write the results to.

    Returns:
        (U, S, V): a named tuple.

    Raises:
        RuntimeError: as `linalg.svd`.

    >>> import rushlight
    >>> rushlight.svd(rushlight.tensor([[3.0, 0.0], [0.0, 2.0]])).S
    tensor([3., 2.])
    """
    require_tensor(input, "svd()")
    if compute_uv:
        left, values, right = linalg_svd(input, not some)
        right = right.mH
    else:
        values, (m, n) = svdvals(input), input.shape[-2:]
        left = input.new_zeros((*input.shape[:-2], m, m))
        right = input.new_zeros((*input.shape[:-2], n, n))
    result = _OldSvd((left, values, right))
    return result if out is None else to_out(result, out, "svd()")


def _full_spec(x):
    left, values, right = _svd_spec(x)
    m, n = x.shape[-2:]
    batch = left.shape[:-2]
    return Spec((*batch, m, m), x.dtype), values, Spec((*batch, n, n), x.dtype)


def _full_eager(backend, x):
    _check_matrices(x)
    return tuple(backend.np.linalg.svd(x))


def _full_grad(g, *, out):
    """As of the reduced factors; the vectors that were added are not unique."""
    left, values, right = out
    count = values.shape[-1]
    reduced = left[..., :count], values, right[..., :count, :]
    return _svd_grad((g[0][..., :count], g[1], g[2][..., :count, :]), out=reduced)


FULL_SVD = define(
    "linalg_svd_full",
    eager=_full_eager,
    spec=_full_spec,
    grad=_full_grad,
    many=True,
    node="LinalgSvdBackward0",
)
expose(svd)

"""Determinants, and their logarithms."""

from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import require_tensor, to_out
from rushlight._ops._results import named_result
from rushlight._ops.linalg._matrices import check_matrices, real_dtype
from rushlight._ops.linalg.svd import SVD

_Slogdet = named_result("linalg_slogdet", "sign", "logabsdet")
_OldSlogdet = named_result("slogdet", "sign", "logabsdet")


def det(A, *, out=None):
    """The determinants of square matrices.

    Args:
        A: (*, n, n), float or complex.
        out: tensor to write the result to.

    Returns:
        Tensor: (*).

    Raises:
        RuntimeError: for other shapes or dtypes.

    >>> import rushlight
    >>> rushlight.det(rushlight.tensor([[1.0, 2.0], [3.0, 5.0]])).round()
    tensor(-1.)
    """
    require_tensor(A, "linalg.det()", "A")
    result = DET.short(A)
    return result if out is None else to_out(result, out, "linalg.det()")


def linalg_slogdet(A, *, out=None):
    """The signs of determinants, and the logarithms of their sizes.

    Args:
        A: (*, n, n), float or complex.
        out: two tensors to write the results to.

    Returns:
        (sign, logabsdet): (*) and (*), real; 0 and -inf for singular matrices.

    Raises:
        RuntimeError: for other shapes or dtypes.
    """
    require_tensor(A, "linalg.slogdet()", "A")
    result = _Slogdet(call(SLOGDET, A))
    return result if out is None else to_out(result, out, "linalg.slogdet()")


def slogdet(input, *, out=None):
    """Signs and logarithms of determinants, as for `linalg.slogdet`.

    Returns:
        (sign, logabsdet): (*) and (*), real.

    >>> import rushlight
    >>> rushlight.slogdet(rushlight.tensor([[-1.0]])).sign
    tensor(-1.)
    """
    return _OldSlogdet(linalg_slogdet(input, out=out))


def logdet(input):
    """The logarithm of determinants; nan where they are negative.

    Args:
        input: (*, n, n), float or complex.

    Returns:
        Tensor: (*).

    Raises:
        RuntimeError: for other shapes or dtypes.

    >>> import rushlight
    >>> rushlight.logdet(rushlight.eye(3))
    tensor(0.)
    """
    sign, size = linalg_slogdet(input)
    return sign.log() + size


def _det_spec(x):
    check_matrices(x, "linalg.det()", square=True)
    return Spec(x.shape[:-2], x.dtype)


def _det_eager(backend, x):
    check_matrices(x, "linalg.det()", square=True)
    return backend.np.linalg.det(x)


def _det_grad(g, *, x, out):
    if not x.shape[-1]:
        return x.new_zeros(x.shape)
    if bool((out == 0).any()):
        return g[..., None, None] * _cofactors(x)
    return (g * out.conj())[..., None, None] * x.inverse().mH


def _cofactors(x):
    """The conjugate cofactors, which singular matrices have too.

    With x = U S V^H they are det(U V^H) U diag(products of the other s) V^H.
    """
    left, values, right = call(SVD, x)
    n = values.shape[-1]
    rest = values.unsqueeze(-2).expand(*values.shape, n)
    rest = rest - rest * _unit(rest, n) + _unit(rest, n)
    turn = det(left @ right).conj()[..., None, None]
    return turn * ((left * rest.prod(-1).unsqueeze(-2)) @ right)


def _unit(like, n):
    return like.new_ones(n).diag_embed()


def _slogdet_spec(x):
    check_matrices(x, "linalg.slogdet()", square=True)
    return Spec(x.shape[:-2], x.dtype), Spec(x.shape[:-2], real_dtype(x))


def _slogdet_eager(backend, x):
    check_matrices(x, "linalg.slogdet()", square=True)
    np = backend.np
    sign, size = np.linalg.slogdet(x)
    return np.asarray(sign), np.asarray(size)


def _slogdet_grad(g, *, x, out0):
    g_sign, g_size = g
    if x.is_complex():
        g_size = g_size - 1j * (g_sign.conj() * out0).imag
    return g_size[..., None, None] * x.inverse().mH


DET = define(
    "linalg_det",
    eager=_det_eager,
    spec=_det_spec,
    grad=_det_grad,
)
SLOGDET = define(
    "linalg_slogdet",
    eager=_slogdet_eager,
    spec=_slogdet_spec,
    grad=_slogdet_grad,
    many=True,
)
for _function in (det, slogdet, logdet):
    expose(_function)

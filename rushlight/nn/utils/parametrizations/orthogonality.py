"""Matrices that stay orthogonal (or unitary)."""

from enum import Enum, auto

from rushlight._base.errors import ArgumentError, UnsupportedError, explain
from rushlight._base.limits import finfo
from rushlight._core.expose import TORCH
from rushlight._core.grad_mode import no_grad
from rushlight.nn.modules.module import Module
from rushlight.nn.utils import parametrize
from rushlight.nn.utils.parametrizations.norms import weight_of


class _OrthMaps(Enum):
    matrix_exp = auto()
    cayley = auto()
    householder = auto()


def _linalg():
    from rushlight import linalg

    return linalg


def _is_orthogonal(matrix):
    rows, columns = matrix.size(-2), matrix.size(-1)
    unit = TORCH["eye"](columns, dtype=matrix.dtype, device=matrix.device)
    close = 10.0 * rows * finfo(matrix.dtype).eps
    return TORCH["allclose"](matrix.mH @ matrix, unit, atol=close)


def _made_orthogonal(matrix):
    """The orthogonal factor of QR whose triangular factor's diagonal is positive."""
    factors, tau = TORCH["geqrf"](matrix)
    q = _linalg().householder_product(factors, tau)
    return q * factors.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)


def _refuse(expected, got, do="See the arguments of orthogonal().", kind=ArgumentError):
    raise kind(explain("orthogonal()", expected=expected, got=got, do=do))


class _Orthogonal(Module):
    """Any matrix -> an orthogonal one, by one of three maps."""

    def __init__(self, weight, orthogonal_map, *, use_trivialization=True):
        super().__init__()
        if weight.is_complex() and orthogonal_map == _OrthMaps.householder:
            _refuse(
                "a real tensor",
                "The householder parametrization does not support complex tensors",
                "Use matrix_exp or cayley.",
            )
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X):
        is_wide = X.size(-2) < X.size(-1)
        matrix = X.mT if is_wide else X
        if self.orthogonal_map == _OrthMaps.householder:
            q = self._reflections(matrix)
        else:
            q = self._rotation(matrix)
        if hasattr(self, "base"):
            q = self.base @ q
        return q.mT if is_wide else q

    def _rotation(self, matrix):
        """The exponential or Cayley's transform of a skew matrix."""
        rows, columns = matrix.size(-2), matrix.size(-1)
        lower = matrix.tril()
        if rows != columns:
            gap = matrix.new_zeros(*matrix.shape[:-1], rows - columns)
            lower = TORCH["cat"]([lower, gap], dim=-1)
        skew = lower - lower.mH
        if self.orthogonal_map == _OrthMaps.matrix_exp:
            q = TORCH["matrix_exp"](skew)
        else:
            unit = TORCH["eye"](rows, dtype=skew.dtype, device=skew.device)
            q = _linalg().solve(unit - 0.5 * skew, unit + 0.5 * skew)
        return q[..., :columns] if rows != columns else q

    def _reflections(self, matrix):
        """A product of Householder's reflections, with the diagonal's signs."""
        below = matrix.tril(diagonal=-1)
        tau = 2.0 / (1.0 + (below * below).sum(dim=-2))
        q = _linalg().householder_product(below, tau)
        signs = matrix.detach().diagonal(dim1=-2, dim2=-1).int()
        return q * signs.unsqueeze(-2)

    @no_grad()
    def right_inverse(self, Q):
        if Q.shape != self.shape:
            _refuse(f"a matrix or batch of matrices of shape {self.shape}", Q.shape)
        is_wide = Q.size(-2) < Q.size(-1)
        matrix = Q.mT if is_wide else Q
        if hasattr(self, "base"):
            self.base = self._completed(matrix)
            start = TORCH["zeros_like"](Q)
            start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
            return start
        if self.orthogonal_map != _OrthMaps.householder:
            _refuse(
                "use_trivialization=True",
                "It is not possible to assign to the matrix exponential or the Cayley "
                "parametrizations when use_trivialization=False",
                "Leave use_trivialization out.",
                UnsupportedError,
            )
        factors, tau = TORCH["geqrf"](matrix)
        diagonal = factors.diagonal(dim1=-2, dim2=-1)
        signs = diagonal.sign()
        diagonal.copy_(TORCH["where"](tau == 0.0, -signs, signs))
        return factors.mT if is_wide else factors

    def _completed(self, matrix):
        """An orthogonal square matrix that begins with these columns, made so."""
        rows, columns = matrix.size(-2), matrix.size(-1)
        if rows != columns:
            shape = (*matrix.shape[:-2], rows, rows - columns)
            more = TORCH["randn"](*shape, dtype=matrix.dtype, device=matrix.device)
            return _made_orthogonal(TORCH["cat"]([matrix, more], dim=-1))
        return matrix.clone() if _is_orthogonal(matrix) else _made_orthogonal(matrix)


def orthogonal(module, name="weight", orthogonal_map=None, *, use_trivialization=True):
    """Keep a weight's matrices orthogonal: rows or columns, the fewer, orthonormal.

    Args:
        module: Module.
        name: of the weight, (*, m, n).
        orthogonal_map: "matrix_exp", "cayley" or "householder"; left out, the first
            for square and complex matrices, the last for others.
        use_trivialization: start from the weight, made orthogonal, and multiply from
            there; needed to assign to the weight, but for "householder".

    Returns:
        Module: the same.

    Raises:
        ValueError: for a missing weight, a vector, or an unknown map.

    Source: Lezcano-Casado, Trivializations for gradient-based optimization on
    manifolds, 2019.

    >>> import rushlight
    >>> layer = orthogonal(rushlight.nn.Linear(4, 3))
    >>> q = layer.weight
    >>> rushlight.allclose(q @ q.t(), rushlight.eye(3), atol=1e-5)
    True
    """
    weight = weight_of(module, name)
    if weight.ndim < 2:
        _refuse(
            "a matrix or batch of matrices", f"a tensor of {weight.ndim} dimensions"
        )
    if orthogonal_map is None:
        square = weight.size(-2) == weight.size(-1)
        orthogonal_map = (
            "matrix_exp" if square or weight.is_complex() else "householder"
        )
    kind = getattr(_OrthMaps, orthogonal_map, None)
    if kind is None:
        _refuse('one of "matrix_exp", "cayley", "householder"', orthogonal_map)
    own = _Orthogonal(weight, kind, use_trivialization=use_trivialization)
    return parametrize.register_parametrization(module, name, own, unsafe=True)

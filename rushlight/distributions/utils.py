"""What the laws share: broadcasting of parameters, logits, values made when asked."""

from numbers import Number

from rushlight._base import config
from rushlight._base.errors import ArgumentError, explain
from rushlight._base.limits import finfo
from rushlight._core.expose import FUNCTIONAL, TORCH
from rushlight._core.tensor import Tensor

euler_constant = 0.57721566490153286060  # Euler's and Mascheroni's


def broadcast_all(*values):
    """Parameters as tensors of one shape; numbers take the tensors' dtype.

    Raises:
        ValueError: for what is neither a tensor nor a number.

    >>> import rushlight
    >>> broadcast_all(1.0, rushlight.zeros(2))
    (tensor([1., 1.]), tensor([0., 0.]))
    """
    if not all(isinstance(v, (Tensor, Number)) for v in values):
        raise ArgumentError(
            explain(
                "distributions",
                expected="parameters that are numbers or tensors",
                got=", ".join(type(v).__name__ for v in values),
                do="Convert them with torch.tensor.",
            )
        )
    options = {"dtype": config.default_dtype()}
    for value in values:
        if isinstance(value, Tensor):
            options = {"dtype": value.dtype, "device": value.device}
            break
    tensors = [
        v if isinstance(v, Tensor) else TORCH["tensor"](v, **options) for v in values
    ]
    return tuple(TORCH["broadcast_tensors"](*tensors))


def logits_to_probs(logits, is_binary=False):
    """Probabilities of logits: of one event each, or of the last dimension's."""
    if is_binary:
        return logits.sigmoid()
    return FUNCTIONAL["softmax"](logits, -1)


def clamp_probs(probs):
    """Probabilities kept away from 0 and 1 by the dtype's precision."""
    eps = finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


def probs_to_logits(probs, is_binary=False):
    """Logits of probabilities."""
    clamped = clamp_probs(probs)
    if is_binary:
        return clamped.log() - (-clamped).log1p()
    return clamped.log()


class lazy_property:  # noqa: N801 - torch's public name
    """A property that is computed when it is first asked for, and then kept."""

    def __init__(self, wrapped):
        self.wrapped = wrapped
        self.__doc__ = wrapped.__doc__

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        value = self.wrapped(instance)
        setattr(instance, self.wrapped.__name__, value)
        return value


def tril_matrix_to_vec(mat, diag=0):
    """The lower triangles of matrices as vectors, row by row.

    Raises:
        ValueError: for a diagonal outside the matrix.
    """
    n = mat.shape[-1]
    if not -n <= diag < n:
        raise ArgumentError(
            explain(
                "tril_matrix_to_vec()",
                expected=f"diag in [{-n}, {n})",
                got=diag,
                do="Name a diagonal of the matrix.",
            )
        )
    rows, columns = TORCH["tril_indices"](n, n, diag)
    return mat[..., rows, columns]


def vec_to_tril_matrix(vec, diag=0):
    """The inverse of `tril_matrix_to_vec`.

    Raises:
        ValueError: for a length that no triangle has.
    """
    count = vec.shape[-1]
    root = ((1 + 2 * diag) ** 2 + 8 * count + 4 * abs(diag) * (diag + 1)) ** 0.5
    n = (root - (1 + 2 * diag)) / 2
    if n != round(n):
        raise ArgumentError(
            explain(
                "vec_to_tril_matrix()",
                expected="as many numbers as a lower triangle has",
                got=f"size {count}: the last dimension cannot be expressed as the "
                "lower triangular part of a square matrix",
                do="Use 1, 3, 6, 10, ...",
            )
        )
    n = int(n)
    rows, columns = TORCH["tril_indices"](n, n, diag)
    flat = vec.new_zeros((*vec.shape[:-1], n * n))
    flat = flat.index_add(-1, rows * n + columns, vec)
    return flat.reshape(*vec.shape[:-1], n, n)


def check_one(probs, logits):
    """Refuse both, or neither, of two ways to give a parameter.

    Raises:
        ValueError: where not exactly one is given.
    """
    if (probs is None) == (logits is None):
        raise ArgumentError(
            explain(
                "distributions",
                expected="either `probs` or `logits`",
                got="but not both must be specified" if probs is not None else "none",
                do="Give one of them.",
            )
        )

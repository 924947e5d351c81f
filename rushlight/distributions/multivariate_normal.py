"""MultivariateNormal: normal vectors."""

import math

from rushlight import linalg
from rushlight._base.errors import ArgumentError, explain
from rushlight._base.shape import broadcast_shapes
from rushlight._core.expose import TORCH
from rushlight.distributions import constraints
from rushlight.distributions.distribution import Distribution
from rushlight.distributions.utils import lazy_property


def _batch_mv(matrices, vectors):
    """Matrices times vectors."""
    return (matrices @ vectors.unsqueeze(-1)).squeeze(-1)


def _batch_mahalanobis(factor, x):
    """``x^T (L L^T)^-1 x`` for a Cholesky factor L."""
    shape = broadcast_shapes(factor.shape[:-2], x.shape[:-1])
    n = factor.shape[-1]
    factor, x = factor.expand(*shape, n, n), x.expand(*shape, n)
    found = linalg.solve_triangular(factor, x.unsqueeze(-1), upper=False)
    return found.squeeze(-1).pow(2).sum(-1)


def _precision_to_scale_tril(precision):
    """The Cholesky factor of the inverse, without inverting."""
    flipped = linalg.cholesky(precision.flip(-2, -1))
    inverse = flipped.flip(-2, -1).transpose(-2, -1)
    unit = precision.new_ones(precision.shape[-1]).diag_embed().expand(inverse.shape)
    return linalg.solve_triangular(inverse, unit, upper=False)


class MultivariateNormal(Distribution):
    """The normal law of vectors.

    Args:
        loc: the mean, (*, n).
        covariance_matrix: (*, n, n), positive definite; or
        precision_matrix: its inverse; or
        scale_tril: its lower Cholesky factor.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: for a loc without dimensions, or not exactly one of the matrices.
    """

    arg_constraints = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self,
        loc,
        covariance_matrix=None,
        precision_matrix=None,
        scale_tril=None,
        validate_args=None,
    ):
        given = {
            "covariance_matrix": covariance_matrix,
            "precision_matrix": precision_matrix,
            "scale_tril": scale_tril,
        }
        given = {name: value for name, value in given.items() if value is not None}
        if loc.dim() < 1 or len(given) != 1:
            raise ArgumentError(
                explain(
                    "MultivariateNormal()",
                    expected="loc of at least one dimension, and exactly one of "
                    "covariance_matrix or precision_matrix or scale_tril",
                    got=f"{loc.dim()} dimensions and {list(given)}",
                    do="Specify one of them.",
                )
            )
        ((name, matrix),) = given.items()
        if matrix.dim() < 2:
            raise ArgumentError(
                explain(
                    "MultivariateNormal()",
                    expected=f"{name} to be at least two-dimensional",
                    got=matrix.dim(),
                    do="Its last two dimensions are the matrix's.",
                )
            )
        batch = broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        setattr(self, name, matrix.expand((*batch, *matrix.shape[-2:])))
        self.loc = loc.expand((*batch, loc.shape[-1]))
        super().__init__(batch, self.loc.shape[-1:], validate_args=validate_args)
        if scale_tril is not None:
            self._unbroadcasted_scale_tril = scale_tril
        elif covariance_matrix is not None:
            self._unbroadcasted_scale_tril = linalg.cholesky(covariance_matrix)
        else:
            self._unbroadcasted_scale_tril = _precision_to_scale_tril(precision_matrix)

    def expand(self, batch_shape, _instance=None):
        n = self._event_shape
        matrix = (*n, *n)
        names = dict.fromkeys(
            ("covariance_matrix", "precision_matrix", "scale_tril"), matrix
        )
        new = self._expanded(MultivariateNormal, batch_shape, _instance, loc=n, **names)
        new._unbroadcasted_scale_tril = self._unbroadcasted_scale_tril
        return new

    def _matrix(self, value):
        return value.expand(self._batch_shape + self._event_shape + self._event_shape)

    @lazy_property
    def scale_tril(self):
        """The Cholesky factor of the covariance."""
        return self._matrix(self._unbroadcasted_scale_tril)

    @lazy_property
    def covariance_matrix(self):
        """The covariance."""
        factor = self._unbroadcasted_scale_tril
        return self._matrix(factor @ factor.mT)

    @lazy_property
    def precision_matrix(self):
        """The inverse of the covariance."""
        return self._matrix(TORCH["cholesky_inverse"](self._unbroadcasted_scale_tril))

    @property
    def mean(self):
        return self.loc

    @property
    def mode(self):
        return self.loc

    @property
    def variance(self):
        found = self._unbroadcasted_scale_tril.pow(2).sum(-1)
        return found.expand(self._batch_shape + self._event_shape)

    def rsample(self, sample_shape=()):
        shape = self._extended_shape(sample_shape)
        eps = self.loc.new_empty(shape).normal_()
        return self.loc + _batch_mv(self._unbroadcasted_scale_tril, eps)

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        factor = self._unbroadcasted_scale_tril
        distance = _batch_mahalanobis(factor, value - self.loc)
        half_log_det = factor.diagonal(0, -2, -1).log().sum(-1)
        n = self._event_shape[0]
        return -0.5 * (n * math.log(2 * math.pi) + distance) - half_log_det

    def entropy(self):
        diagonal = self._unbroadcasted_scale_tril.diagonal(0, -2, -1)
        n = self._event_shape[0]
        found = 0.5 * n * (1.0 + math.log(2 * math.pi)) + diagonal.log().sum(-1)
        return found.expand(self._batch_shape) if self._batch_shape else found

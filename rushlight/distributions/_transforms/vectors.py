"""Transforms of vectors and matrices, and of parts of tensors."""

import math

from rushlight._base.errors import ArgumentError, explain
from rushlight._base.limits import finfo
from rushlight._base.shape import Size
from rushlight._core.expose import FUNCTIONAL, TORCH
from rushlight.distributions import constraints
from rushlight.distributions._transforms.base import Transform, sum_rightmost
from rushlight.distributions.utils import tril_matrix_to_vec, vec_to_tril_matrix


class SoftmaxTransform(Transform):
    """``y = softmax(x)``; going back gives ``log(y)``."""

    domain = constraints.real_vector
    codomain = constraints.simplex

    def __eq__(self, other):
        return isinstance(other, SoftmaxTransform)

    __hash__ = Transform.__hash__

    def _call(self, x):
        return FUNCTIONAL["softmax"](x, -1)

    def _inverse(self, y):
        return y.log()


class StickBreakingTransform(Transform):
    """A vector to probabilities: each takes a share of what is left."""

    domain = constraints.real_vector
    codomain = constraints.simplex
    bijective = True

    def __eq__(self, other):
        return isinstance(other, StickBreakingTransform)

    __hash__ = Transform.__hash__

    def _offset(self, x):
        count = x.shape[-1]
        return count + 1 - x.new_ones(count).cumsum(-1)

    def _call(self, x):
        z = (x - self._offset(x).log()).sigmoid()
        left = (1 - z).cumprod(-1)
        pad = FUNCTIONAL["pad"]
        return pad(z, [0, 1], value=1) * pad(left, [1, 0], value=1)

    def _inverse(self, y):
        shares = y[..., :-1]
        left = (1 - shares.cumsum(-1)).clamp(min=finfo(y.dtype).tiny)
        return shares.log() - left.log() + self._offset(shares).log()

    def log_abs_det_jacobian(self, x, y):
        x = x - self._offset(x).log()
        return (-x + FUNCTIONAL["logsigmoid"](x) + y[..., :-1].log()).sum(-1)

    def forward_shape(self, shape):
        return Size((*shape[:-1], shape[-1] + 1))

    def inverse_shape(self, shape):
        return Size((*shape[:-1], shape[-1] - 1))


class LowerCholeskyTransform(Transform):
    """A square matrix to a lower triangular one with a positive diagonal."""

    domain = constraints.independent(constraints.real, 2)
    codomain = constraints.lower_cholesky

    def __eq__(self, other):
        return isinstance(other, LowerCholeskyTransform)

    __hash__ = Transform.__hash__

    def _call(self, x):
        return x.tril(-1) + x.diagonal(0, -2, -1).exp().diag_embed()

    def _inverse(self, y):
        return y.tril(-1) + y.diagonal(0, -2, -1).log().diag_embed()


class PositiveDefiniteTransform(Transform):
    """A square matrix to a positive definite one."""

    domain = constraints.independent(constraints.real, 2)
    codomain = constraints.positive_definite

    def __eq__(self, other):
        return isinstance(other, PositiveDefiniteTransform)

    __hash__ = Transform.__hash__

    def _call(self, x):
        x = LowerCholeskyTransform()(x)
        return x @ x.mT

    def _inverse(self, y):
        return LowerCholeskyTransform().inv(TORCH["cholesky"](y))


class CorrCholeskyTransform(Transform):
    """A vector to the Cholesky factor of a correlation matrix, row by row."""

    domain = constraints.real_vector
    codomain = constraints.corr_cholesky
    bijective = True

    def _call(self, x):
        eps = finfo(x.dtype).eps
        r = vec_to_tril_matrix(x.tanh().clamp(min=-1 + eps, max=1 - eps), diag=-1)
        left = (1 - r * r).sqrt().cumprod(-1)
        r = r + r.new_ones(r.shape[-1]).diag_embed()
        return r * FUNCTIONAL["pad"](left[..., :-1], [1, 0], value=1)

    def _inverse(self, y):
        left = 1 - (y * y).cumsum(-1)
        left = FUNCTIONAL["pad"](left[..., :-1], [1, 0], value=1)
        t = tril_matrix_to_vec(y, diag=-1) / tril_matrix_to_vec(left, diag=-1).sqrt()
        return (t.log1p() - t.neg().log1p()) / 2

    def log_abs_det_jacobian(self, x, y):
        left = tril_matrix_to_vec(1 - (y * y).cumsum(-1), diag=-2)
        slopes = x + FUNCTIONAL["softplus"](-2 * x) - math.log(2.0)
        return 0.5 * left.log().sum(-1) - 2 * slopes.sum(-1)

    def forward_shape(self, shape):
        n = round((0.25 + 2 * shape[-1]) ** 0.5 + 0.5)
        if n * (n - 1) // 2 != shape[-1]:
            raise ArgumentError(
                explain(
                    "CorrCholeskyTransform",
                    expected="as many numbers as lie below a diagonal",
                    got=shape[-1],
                    do="Use 1, 3, 6, 10, ...",
                )
            )
        return Size((*shape[:-1], n, n))

    def inverse_shape(self, shape):
        n = shape[-1]
        return Size((*shape[:-2], n * (n - 1) // 2))


class CatTransform(Transform):
    """Several transforms, each of its own part of a dimension.

    Args:
        tseq: the transforms.
        dim: the dimension.
        lengths: the parts' sizes; 1 each if left out.
        cache_size: as for `Transform`.
    """

    def __init__(self, tseq, dim=0, lengths=None, cache_size=0):
        if cache_size:
            tseq = [t.with_cache(cache_size) for t in tseq]
        super().__init__(cache_size=cache_size)
        self.transforms, self.dim = list(tseq), dim
        self.lengths = [1] * len(self.transforms) if lengths is None else list(lengths)

    @property
    def event_dim(self):
        return max(t.event_dim for t in self.transforms)

    @property
    def length(self):
        """The size of the dimension."""
        return sum(self.lengths)

    def with_cache(self, cache_size=1):
        if self._cache_size == cache_size:
            return self
        return CatTransform(self.transforms, self.dim, self.lengths, cache_size)

    def _parts(self, value):
        return value.split(self.lengths, self.dim)

    def _call(self, x):
        pairs = zip(self.transforms, self._parts(x), strict=True)
        return TORCH["cat"]([t(part) for t, part in pairs], self.dim)

    def _inverse(self, y):
        pairs = zip(self.transforms, self._parts(y), strict=True)
        return TORCH["cat"]([t.inv(part) for t, part in pairs], self.dim)

    def log_abs_det_jacobian(self, x, y):
        found = []
        for t, a, b in zip(
            self.transforms, self._parts(x), self._parts(y), strict=True
        ):
            slope = t.log_abs_det_jacobian(a, b)
            found.append(sum_rightmost(slope, self.event_dim - t.event_dim))
        dim = self.dim - x.dim() if self.dim >= 0 else self.dim
        dim += self.event_dim
        return TORCH["cat"](found, dim) if dim < 0 else sum(found)

    @property
    def bijective(self):
        """Whether all are."""
        return all(t.bijective for t in self.transforms)

    @property
    def domain(self):
        """The parts' domains, side by side."""
        domains = [t.domain for t in self.transforms]
        return constraints.cat(domains, self.dim, self.lengths)

    @property
    def codomain(self):
        """The parts' codomains, side by side."""
        codomains = [t.codomain for t in self.transforms]
        return constraints.cat(codomains, self.dim, self.lengths)


class StackTransform(Transform):
    """Several transforms, each of its own slice of a dimension.

    Args:
        tseq: the transforms.
        dim: the dimension.
        cache_size: as for `Transform`.
    """

    def __init__(self, tseq, dim=0, cache_size=0):
        if cache_size:
            tseq = [t.with_cache(cache_size) for t in tseq]
        super().__init__(cache_size=cache_size)
        self.transforms, self.dim = list(tseq), dim

    def with_cache(self, cache_size=1):
        if self._cache_size == cache_size:
            return self
        return StackTransform(self.transforms, self.dim, cache_size)

    def _call(self, x):
        pairs = zip(self.transforms, x.unbind(self.dim), strict=True)
        return TORCH["stack"]([t(part) for t, part in pairs], self.dim)

    def _inverse(self, y):
        pairs = zip(self.transforms, y.unbind(self.dim), strict=True)
        return TORCH["stack"]([t.inv(part) for t, part in pairs], self.dim)

    def log_abs_det_jacobian(self, x, y):
        parts = zip(
            self.transforms, x.unbind(self.dim), y.unbind(self.dim), strict=True
        )
        slopes = [t.log_abs_det_jacobian(a, b) for t, a, b in parts]
        return TORCH["stack"](slopes, self.dim)

    @property
    def bijective(self):
        """Whether all are."""
        return all(t.bijective for t in self.transforms)

    @property
    def domain(self):
        """The slices' domains."""
        return constraints.stack([t.domain for t in self.transforms], self.dim)

    @property
    def codomain(self):
        """The slices' codomains."""
        return constraints.stack([t.codomain for t in self.transforms], self.dim)

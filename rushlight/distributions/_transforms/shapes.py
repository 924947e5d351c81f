"""Transforms of a tensor's shape, and of how many dimensions belong together."""

from rushlight._base.errors import ArgumentError, explain
from rushlight._base.shape import Size
from rushlight.distributions import constraints
from rushlight.distributions._transforms.base import Transform, sum_rightmost


class IndependentTransform(Transform):
    """A transform whose last batch dimensions belong to the event.

    Args:
        base_transform: the transform.
        reinterpreted_batch_ndims: how many dimensions.
        cache_size: as for `Transform`.
    """

    def __init__(self, base_transform, reinterpreted_batch_ndims, cache_size=0):
        super().__init__(cache_size=cache_size)
        self.base_transform = base_transform.with_cache(cache_size)
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims

    def with_cache(self, cache_size=1):
        if self._cache_size == cache_size:
            return self
        return IndependentTransform(
            self.base_transform, self.reinterpreted_batch_ndims, cache_size
        )

    @property
    def domain(self):
        """The base's, of larger events."""
        return constraints.independent(
            self.base_transform.domain, self.reinterpreted_batch_ndims
        )

    @property
    def codomain(self):
        """The base's, of larger events."""
        return constraints.independent(
            self.base_transform.codomain, self.reinterpreted_batch_ndims
        )

    @property
    def bijective(self):
        """As the base."""
        return self.base_transform.bijective

    @property
    def sign(self):
        return self.base_transform.sign

    def _call(self, x):
        return self.base_transform(x)

    def _inverse(self, y):
        return self.base_transform.inv(y)

    def log_abs_det_jacobian(self, x, y):
        found = self.base_transform.log_abs_det_jacobian(x, y)
        return sum_rightmost(found, self.reinterpreted_batch_ndims)

    def __repr__(self):
        return (
            f"{type(self).__name__}({self.base_transform!r}, "
            f"{self.reinterpreted_batch_ndims})"
        )


class ReshapeTransform(Transform):
    """Another shape of the last dimensions.

    Args:
        in_shape, out_shape: of as many elements.
        cache_size: as for `Transform`.

    Raises:
        ValueError: for different numbers of elements.
    """

    bijective = True

    def __init__(self, in_shape, out_shape, cache_size=0):
        self.in_shape, self.out_shape = Size(in_shape), Size(out_shape)
        if self.in_shape.numel() != self.out_shape.numel():
            raise ArgumentError(
                explain(
                    "ReshapeTransform()",
                    expected="in_shape and out_shape of as many elements",
                    got=f"different numbers of elements: {in_shape}, {out_shape}",
                    do="Check the sizes.",
                )
            )
        super().__init__(cache_size=cache_size)

    @property
    def domain(self):
        """All reals of the one shape."""
        return constraints.independent(constraints.real, len(self.in_shape))

    @property
    def codomain(self):
        """All reals of the other shape."""
        return constraints.independent(constraints.real, len(self.out_shape))

    def with_cache(self, cache_size=1):
        if self._cache_size == cache_size:
            return self
        return ReshapeTransform(self.in_shape, self.out_shape, cache_size)

    def _call(self, x):
        batch = x.shape[: x.dim() - len(self.in_shape)]
        return x.reshape((*batch, *self.out_shape))

    def _inverse(self, y):
        batch = y.shape[: y.dim() - len(self.out_shape)]
        return y.reshape((*batch, *self.in_shape))

    def log_abs_det_jacobian(self, x, y):
        return x.new_zeros(x.shape[: x.dim() - len(self.in_shape)])

    def forward_shape(self, shape):
        return Size((*shape[: len(shape) - len(self.in_shape)], *self.out_shape))

    def inverse_shape(self, shape):
        return Size((*shape[: len(shape) - len(self.out_shape)], *self.in_shape))

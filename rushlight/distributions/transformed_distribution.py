"""TransformedDistribution: a law seen through transforms."""

from rushlight._base.errors import ArgumentError, explain
from rushlight._core.grad_mode import no_grad
from rushlight.distributions import constraints
from rushlight.distributions._transforms.base import (
    ComposeTransform,
    Transform,
    sum_rightmost,
)
from rushlight.distributions.distribution import Distribution
from rushlight.distributions.independent import Independent


class TransformedDistribution(Distribution):
    """The law of ``f(x)`` for x of another law.

        log_prob(y) = base.log_prob(x) - log(abs(dy / dx)),  y = f(x)

    Args:
        base_distribution: the law of x.
        transforms: one transform, or several, the first one first.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: where the shapes do not fit, or transforms are none.
    """

    arg_constraints: dict = {}

    def __init__(self, base_distribution, transforms, validate_args=None):
        if isinstance(transforms, Transform):
            transforms = [transforms]
        if not isinstance(transforms, list) or not all(
            isinstance(t, Transform) for t in transforms
        ):
            raise ArgumentError(
                explain(
                    "TransformedDistribution()",
                    expected="transforms to be a Transform or a list of Transforms",
                    got=transforms,
                    do="Make them of rushlight.distributions.transforms.",
                )
            )
        self.transforms = transforms
        whole = ComposeTransform(self.transforms)
        base_shape = base_distribution.batch_shape + base_distribution.event_shape
        base_rank = len(base_distribution.event_shape)
        if len(base_shape) < whole.domain.event_dim:
            raise ArgumentError(
                explain(
                    "TransformedDistribution()",
                    expected="a base_distribution whose shape has at least "
                    f"{whole.domain.event_dim} dimensions",
                    got=list(base_shape),
                    do="Expand it.",
                )
            )
        shape = whole.forward_shape(base_shape)
        expanded = whole.inverse_shape(shape)
        if tuple(base_shape) != tuple(expanded):
            batch = expanded[: len(expanded) - base_rank]
            base_distribution = base_distribution.expand(batch)
        more = whole.domain.event_dim - base_rank
        if more > 0:
            base_distribution = Independent(base_distribution, more)
        self.base_dist = base_distribution
        change = whole.codomain.event_dim - whole.domain.event_dim
        rank = max(whole.codomain.event_dim, base_rank + change)
        cut = len(shape) - rank
        super().__init__(shape[:cut], shape[cut:], validate_args=validate_args)

    def expand(self, batch_shape, _instance=None):
        new = self._expanded(TransformedDistribution, batch_shape, _instance)
        new.transforms = self.transforms
        shape = (*batch_shape, *self.event_shape)
        for transform in reversed(self.transforms):
            shape = transform.inverse_shape(shape)
        rank = len(self.base_dist.event_shape)
        new.base_dist = self.base_dist.expand(shape[: len(shape) - rank])
        return new

    @constraints.dependent_property(is_discrete=False)
    def support(self):
        """The codomain of the last transform."""
        if not self.transforms:
            return self.base_dist.support
        region = self.transforms[-1].codomain
        more = len(self.event_shape) - region.event_dim
        return constraints.independent(region, more) if more > 0 else region

    @property
    def has_rsample(self):
        """As the base."""
        return self.base_dist.has_rsample

    def sample(self, sample_shape=()):
        with no_grad():
            x = self.base_dist.sample(sample_shape)
            for transform in self.transforms:
                x = transform(x)
            return x

    def rsample(self, sample_shape=()):
        x = self.base_dist.rsample(sample_shape)
        for transform in self.transforms:
            x = transform(x)
        return x

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        rank, total, y = len(self.event_shape), 0.0, value
        for transform in reversed(self.transforms):
            x = transform.inv(y)
            rank += transform.domain.event_dim - transform.codomain.event_dim
            slope = transform.log_abs_det_jacobian(x, y)
            total = total - sum_rightmost(slope, rank - transform.domain.event_dim)
            y = x
        base_rank = len(self.base_dist.event_shape)
        return total + sum_rightmost(self.base_dist.log_prob(y), rank - base_rank)

    def _monotonize_cdf(self, value):
        """F of a falling transform is one minus that of a rising one."""
        sign = 1
        for transform in self.transforms:
            sign = sign * transform.sign
        if isinstance(sign, int) and sign == 1:
            return value
        return sign * (value - 0.5) + 0.5

    def cdf(self, value):
        for transform in reversed(self.transforms):
            value = transform.inv(value)
        if self._validate_args:
            self.base_dist._validate_sample(value)
        return self._monotonize_cdf(self.base_dist.cdf(value))

    def icdf(self, value):
        value = self.base_dist.icdf(self._monotonize_cdf(value))
        for transform in self.transforms:
            value = transform(value)
        return value

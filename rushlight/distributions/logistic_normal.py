"""LogisticNormal: probabilities of normal numbers."""

from rushlight.distributions import constraints
from rushlight.distributions._transforms.vectors import StickBreakingTransform
from rushlight.distributions.normal import Normal
from rushlight.distributions.transformed_distribution import TransformedDistribution


class LogisticNormal(TransformedDistribution):
    """Normal vectors, turned into probabilities by breaking a stick.

    Args:
        loc, scale: of the normal numbers, (*, K - 1).
        validate_args: whether arguments are checked.
    """

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.simplex
    has_rsample = True

    def __init__(self, loc, scale, validate_args=None):
        base = Normal(loc, scale, validate_args=validate_args)
        base = base if base.batch_shape else base.expand((1,))
        super().__init__(base, StickBreakingTransform(), validate_args=validate_args)

    def expand(self, batch_shape, _instance=None):
        new = self._get_checked_instance(LogisticNormal, _instance)
        return super().expand(batch_shape, _instance=new)

    @property
    def loc(self):
        """The means."""
        return self.base_dist.base_dist.loc

    @property
    def scale(self):
        """The standard deviations."""
        return self.base_dist.base_dist.scale

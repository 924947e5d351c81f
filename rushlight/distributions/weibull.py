"""Weibull: lifetimes."""

from rushlight._core.expose import TORCH
from rushlight.distributions import constraints
from rushlight.distributions._transforms.pointwise import (
    AffineTransform,
    PowerTransform,
)
from rushlight.distributions.exponential import Exponential
from rushlight.distributions.transformed_distribution import TransformedDistribution
from rushlight.distributions.utils import broadcast_all, euler_constant


class Weibull(TransformedDistribution):
    """The Weibull law: ``scale * x**(1 / concentration)`` for exponential x.

    Args:
        scale, concentration: > 0.
        validate_args: whether arguments are checked.
    """

    arg_constraints = {
        "scale": constraints.positive,
        "concentration": constraints.positive,
    }
    support = constraints.positive

    def __init__(self, scale, concentration, validate_args=None):
        self.scale, self.concentration = broadcast_all(scale, concentration)
        self.concentration_reciprocal = self.concentration.reciprocal()
        one = TORCH["ones_like"](self.scale)
        base = Exponential(one, validate_args=validate_args)
        parts = [
            PowerTransform(exponent=self.concentration_reciprocal),
            AffineTransform(0, self.scale),
        ]
        super().__init__(base, parts, validate_args=validate_args)

    def expand(self, batch_shape, _instance=None):
        new = self._get_checked_instance(Weibull, _instance)
        new.scale = self.scale.expand(batch_shape)
        new.concentration = self.concentration.expand(batch_shape)
        new.concentration_reciprocal = new.concentration.reciprocal()
        return super().expand(batch_shape, _instance=new)

    @property
    def mean(self):
        return self.scale * (1 + self.concentration_reciprocal).lgamma().exp()

    @property
    def mode(self):
        k = self.concentration
        return self.scale * ((k - 1) / k) ** k.reciprocal()

    @property
    def variance(self):
        second = (1 + 2 * self.concentration_reciprocal).lgamma().exp()
        first = (2 * (1 + self.concentration_reciprocal).lgamma()).exp()
        return self.scale.pow(2) * (second - first)

    def entropy(self):
        share = euler_constant * (1 - self.concentration_reciprocal)
        return share + (self.scale * self.concentration_reciprocal).log() + 1

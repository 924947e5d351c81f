"""Kumaraswamy: much like Beta, with a plain distribution function."""

import math

from rushlight._core.expose import TORCH
from rushlight.distributions import constraints
from rushlight.distributions._transforms.pointwise import (
    AffineTransform,
    PowerTransform,
)
from rushlight.distributions.transformed_distribution import TransformedDistribution
from rushlight.distributions.uniform import Uniform
from rushlight.distributions.utils import broadcast_all, euler_constant


class Kumaraswamy(TransformedDistribution):
    """The Kumaraswamy law: ``1 - F = (1 - x**a)**b``.

    Args:
        concentration1, concentration0: a and b, > 0.
        validate_args: whether arguments are checked.
    """

    arg_constraints = {
        "concentration1": constraints.positive,
        "concentration0": constraints.positive,
    }
    support = constraints.unit_interval
    has_rsample = True

    def __init__(self, concentration1, concentration0, validate_args=None):
        self.concentration1, self.concentration0 = broadcast_all(
            concentration1, concentration0
        )
        one = TORCH["full_like"](self.concentration0, 1)
        base = Uniform(one * 0, one, validate_args=validate_args)
        parts = [
            PowerTransform(exponent=self.concentration0.reciprocal()),
            AffineTransform(1.0, -1.0),
            PowerTransform(exponent=self.concentration1.reciprocal()),
        ]
        super().__init__(base, parts, validate_args=validate_args)

    def expand(self, batch_shape, _instance=None):
        new = self._get_checked_instance(Kumaraswamy, _instance)
        new.concentration1 = self.concentration1.expand(batch_shape)
        new.concentration0 = self.concentration0.expand(batch_shape)
        return super().expand(batch_shape, _instance=new)

    def _moment(self, n):
        b, value = self.concentration0, 1 + n / self.concentration1
        return b * (value.lgamma() + b.lgamma() - (value + b).lgamma()).exp()

    @property
    def mean(self):
        return self._moment(1)

    @property
    def mode(self):
        a, b = self.concentration1, self.concentration0
        found = a.reciprocal() * ((a - 1) / (a * b - 1)).log()
        return found.exp().masked_fill((a < 1) | (b < 1), math.nan)

    @property
    def variance(self):
        return self._moment(2) - self.mean.pow(2)

    def entropy(self):
        a, b = self.concentration1, self.concentration0
        harmonic = (b + 1).digamma() + euler_constant
        return 1 - b.reciprocal() + (1 - a.reciprocal()) * harmonic - a.log() - b.log()

"""Gumbel: the largest of many."""

import math

from rushlight._base.limits import finfo
from rushlight._core.expose import TORCH
from rushlight.distributions import constraints
from rushlight.distributions._transforms.pointwise import AffineTransform, ExpTransform
from rushlight.distributions.transformed_distribution import TransformedDistribution
from rushlight.distributions.uniform import Uniform
from rushlight.distributions.utils import broadcast_all, euler_constant


class Gumbel(TransformedDistribution):
    """The Gumbel law: ``loc - scale * log(-log(u))`` for uniform u.

    Args:
        loc: the mode.
        scale: > 0.
        validate_args: whether arguments are checked.
    """

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real

    def __init__(self, loc, scale, validate_args=None):
        self.loc, self.scale = broadcast_all(loc, scale)
        limits = finfo(self.loc.dtype)
        low, high = TORCH["full_like"](self.loc, limits.tiny), 1 - limits.eps
        base = Uniform(low, high, validate_args=validate_args)
        parts = [
            ExpTransform().inv,
            AffineTransform(0, -TORCH["ones_like"](self.scale)),
            ExpTransform().inv,
            AffineTransform(loc, -self.scale),
        ]
        super().__init__(base, parts, validate_args=validate_args)

    def expand(self, batch_shape, _instance=None):
        new = self._get_checked_instance(Gumbel, _instance)
        new.loc, new.scale = (
            self.loc.expand(batch_shape),
            self.scale.expand(batch_shape),
        )
        return super().expand(batch_shape, _instance=new)

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        y = (self.loc - value) / self.scale
        return (y - y.exp()) - self.scale.log()

    @property
    def mean(self):
        return self.loc + self.scale * euler_constant

    @property
    def mode(self):
        return self.loc

    @property
    def stddev(self):
        return math.pi / math.sqrt(6) * self.scale

    @property
    def variance(self):
        return self.stddev.pow(2)

    def entropy(self):
        return self.scale.log() + (1 + euler_constant)

"""StudentT: a normal number whose scale is uncertain."""

import math

from rushlight.distributions import constraints
from rushlight.distributions.chi2 import Chi2
from rushlight.distributions.distribution import Distribution
from rushlight.distributions.utils import broadcast_all


class StudentT(Distribution):
    """Student's t law with ``df`` degrees of freedom, shifted and scaled.

    Args:
        df: degrees of freedom, > 0.
        loc, scale: shift and scale, scale > 0.
        validate_args: whether arguments are checked.
    """

    arg_constraints = {
        "df": constraints.positive,
        "loc": constraints.real,
        "scale": constraints.positive,
    }
    support = constraints.real
    has_rsample = True

    def __init__(self, df, loc=0.0, scale=1.0, validate_args=None):
        self.df, self.loc, self.scale = broadcast_all(df, loc, scale)
        self._chi2 = Chi2(self.df)
        super().__init__(self.df.shape, validate_args=validate_args)

    @property
    def mean(self):
        return self.loc.masked_fill(self.df <= 1, math.nan)

    @property
    def mode(self):
        return self.loc

    @property
    def variance(self):
        found = self.scale.pow(2) * self.df / (self.df - 2)
        found = found.masked_fill(self.df <= 2, math.inf)
        return found.masked_fill(self.df <= 1, math.nan)

    def expand(self, batch_shape, _instance=None):
        names = {"df": (), "loc": (), "scale": ()}
        new = self._expanded(StudentT, batch_shape, _instance, **names)
        new._chi2 = self._chi2.expand(batch_shape)
        return new

    def rsample(self, sample_shape=()):
        shape = self._extended_shape(sample_shape)
        x = self.df.new_empty(shape).normal_()
        z = self._chi2.rsample(sample_shape)
        return self.loc + self.scale * (x * (z / self.df).rsqrt())

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        y, half = (value - self.loc) / self.scale, 0.5 * self.df
        front = self.scale.log() + 0.5 * self.df.log() + 0.5 * math.log(math.pi)
        front = front + half.lgamma() - (0.5 * (self.df + 1.0)).lgamma()
        return -0.5 * (self.df + 1.0) * (y**2.0 / self.df).log1p() - front

    def entropy(self):
        half, more = 0.5 * self.df, 0.5 * (self.df + 1)
        beta = half.lgamma() + math.lgamma(0.5) - more.lgamma()
        inner = more * (more.digamma() - half.digamma())
        return self.scale.log() + inner + 0.5 * self.df.log() + beta

"""Gamma: the wait for several events."""

from rushlight._base.limits import finfo
from rushlight._core.expose import TORCH
from rushlight.distributions import constraints
from rushlight.distributions.exp_family import ExponentialFamily
from rushlight.distributions.utils import broadcast_all


class Gamma(ExponentialFamily):
    """The gamma law: density ``rate**a * x**(a - 1) * exp(-rate * x) / Gamma(a)``.

    Args:
        concentration: a, > 0.
        rate: the inverse of the scale, > 0.
        validate_args: whether arguments are checked.
    """

    arg_constraints = {
        "concentration": constraints.positive,
        "rate": constraints.positive,
    }
    support = constraints.nonnegative
    has_rsample = True
    _mean_carrier_measure = 0

    def __init__(self, concentration, rate, validate_args=None):
        self.concentration, self.rate = broadcast_all(concentration, rate)
        super().__init__(self.concentration.shape, validate_args=validate_args)

    @property
    def mean(self):
        return self.concentration / self.rate

    @property
    def mode(self):
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    @property
    def variance(self):
        return self.concentration / self.rate.pow(2)

    def expand(self, batch_shape, _instance=None):
        names = {"concentration": (), "rate": ()}
        return self._expanded(Gamma, batch_shape, _instance, **names)

    def rsample(self, sample_shape=()):
        shape = self._extended_shape(sample_shape)
        value = TORCH["_standard_gamma"](self.concentration.expand(shape))
        value = value / self.rate.expand(shape)
        value.detach().clamp_(min=finfo(value.dtype).tiny)
        return value

    def log_prob(self, value):
        (value,) = broadcast_all(value)
        if self._validate_args:
            self._validate_sample(value)
        a = self.concentration
        kernel = a.xlogy(self.rate) + (a - 1).xlogy(value)
        return kernel - self.rate * value - a.lgamma()

    def entropy(self):
        a = self.concentration
        return a - self.rate.log() + a.lgamma() + (1.0 - a) * a.digamma()

    def cdf(self, value):
        if self._validate_args:
            self._validate_sample(value)
        return TORCH["igamma"](self.concentration, self.rate * value)

    @property
    def _natural_params(self):
        return self.concentration - 1, -self.rate

    def _log_normalizer(self, x, y):
        return (x + 1).lgamma() + (x + 1) * (-y.reciprocal()).log()

"""RelaxedBernoulli: coins that may stand on their edge."""

import math

from rushlight.distributions import constraints
from rushlight.distributions._odds import Odds
from rushlight.distributions._transforms.pointwise import SigmoidTransform
from rushlight.distributions.distribution import Distribution
from rushlight.distributions.transformed_distribution import TransformedDistribution
from rushlight.distributions.utils import (
    broadcast_all,
    check_one,
    clamp_probs,
)


class LogitRelaxedBernoulli(Odds, Distribution):
    """The logit of a `RelaxedBernoulli` number.

    Args:
        temperature: how far from 0 and 1 draws are, > 0.
        probs, logits: as for `Bernoulli`.
        validate_args: whether arguments are checked.
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.real

    def __init__(self, temperature, probs=None, logits=None, validate_args=None):
        self.temperature = temperature
        check_one(probs, logits)
        if probs is not None:
            (self.probs,) = broadcast_all(probs)
        else:
            (self.logits,) = broadcast_all(logits)
        self._param = self.logits if probs is None else self.probs
        super().__init__(self._param.shape, validate_args=validate_args)

    def expand(self, batch_shape, _instance=None):
        names = {"probs": (), "logits": (), "_param": ()}
        new = self._expanded(LogitRelaxedBernoulli, batch_shape, _instance, **names)
        new.temperature = self.temperature
        return new

    @property
    def param_shape(self):
        """The shape of the parameter."""
        return self._param.size()

    def rsample(self, sample_shape=()):
        shape = self._extended_shape(sample_shape)
        probs = clamp_probs(self.probs.expand(shape))
        u = clamp_probs(probs.new_empty(shape).uniform_())
        odds = u.log() - (-u).log1p() + probs.log() - (-probs).log1p()
        return odds / self.temperature

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        gap = logits - value.mul(self.temperature)
        log = getattr(self.temperature, "log", None)
        front = log() if log else math.log(self.temperature)
        return front + gap - 2 * gap.exp().log1p()


class RelaxedBernoulli(TransformedDistribution):
    """A number between 0 and 1 that is mostly near one of them.

    Args:
        temperature, probs, logits, validate_args: as for `LogitRelaxedBernoulli`.
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.unit_interval
    has_rsample = True

    def __init__(self, temperature, probs=None, logits=None, validate_args=None):
        base = LogitRelaxedBernoulli(temperature, probs, logits)
        super().__init__(base, SigmoidTransform(), validate_args=validate_args)

    def expand(self, batch_shape, _instance=None):
        new = self._get_checked_instance(RelaxedBernoulli, _instance)
        return super().expand(batch_shape, _instance=new)

    @property
    def temperature(self):
        """How far from 0 and 1 draws are."""
        return self.base_dist.temperature

    @property
    def logits(self):
        """The logarithms of the odds."""
        return self.base_dist.logits

    @property
    def probs(self):
        """The probabilities of 1."""
        return self.base_dist.probs

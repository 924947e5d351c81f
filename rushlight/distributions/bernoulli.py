"""Bernoulli: a coin."""

import math

from rushlight._core.expose import FUNCTIONAL, TORCH
from rushlight._core.grad_mode import no_grad
from rushlight.distributions import constraints
from rushlight.distributions._odds import Odds
from rushlight.distributions.exp_family import ExponentialFamily
from rushlight.distributions.utils import (
    broadcast_all,
    check_one,
)


class Bernoulli(Odds, ExponentialFamily):
    """1 with probability ``probs``, else 0.

    Args:
        probs: the probability of 1; or
        logits: the logarithm of its odds.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: for both, or neither, of probs and logits.

    >>> import rushlight
    >>> Bernoulli(0.25).log_prob(rushlight.tensor(1.0)).exp()
    tensor(0.2500)
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.boolean
    has_enumerate_support = True
    _mean_carrier_measure = 0

    def __init__(self, probs=None, logits=None, validate_args=None):
        check_one(probs, logits)
        if probs is not None:
            (self.probs,) = broadcast_all(probs)
        else:
            (self.logits,) = broadcast_all(logits)
        self._param = self.probs if probs is not None else self.logits
        super().__init__(self._param.shape, validate_args=validate_args)

    def expand(self, batch_shape, _instance=None):
        names = {"probs": (), "logits": (), "_param": ()}
        return self._expanded(Bernoulli, batch_shape, _instance, **names)

    @property
    def mean(self):
        return self.probs

    @property
    def mode(self):
        mode = (self.probs >= 0.5).to(self.probs)
        return mode.masked_fill(self.probs == 0.5, math.nan)

    @property
    def variance(self):
        return self.probs * (1 - self.probs)

    @property
    def param_shape(self):
        """The shape of the parameter."""
        return self._param.size()

    def sample(self, sample_shape=()):
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return TORCH["bernoulli"](self.probs.expand(shape))

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -FUNCTIONAL["binary_cross_entropy_with_logits"](
            logits, value, reduction="none"
        )

    def entropy(self):
        return FUNCTIONAL["binary_cross_entropy_with_logits"](
            self.logits, self.probs, reduction="none"
        )

    def enumerate_support(self, expand=True):
        values = self._param.new_tensor([0.0, 1.0])
        values = values.view(-1, *[1] * len(self._batch_shape))
        return values.expand(-1, *self._batch_shape) if expand else values

    @property
    def _natural_params(self):
        return (self.probs.logit(),)

    def _log_normalizer(self, x):
        return x.exp().log1p()

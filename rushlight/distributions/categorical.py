"""Categorical: one of several classes."""

import math

from rushlight._base.errors import ArgumentError, explain
from rushlight._base.limits import finfo
from rushlight._base.shape import Size
from rushlight._core.expose import TORCH
from rushlight.distributions import constraints
from rushlight.distributions.distribution import Distribution
from rushlight.distributions.utils import (
    check_one,
    lazy_property,
    logits_to_probs,
    probs_to_logits,
)


class Categorical(Distribution):
    """A class from 0 to K - 1, with given probabilities.

    Args:
        probs: (*, K), not negative; divided by their sum; or
        logits: (*, K), their logarithms up to a constant.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: for both, or neither, of probs and logits, or without dimensions.

    >>> import rushlight
    >>> Categorical(rushlight.tensor([1.0, 3.0])).log_prob(rushlight.tensor(1)).exp()
    tensor(0.7500)
    """

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    has_enumerate_support = True

    def __init__(self, probs=None, logits=None, validate_args=None):
        check_one(probs, logits)
        given = logits if probs is None else probs
        if given.dim() < 1:
            raise ArgumentError(
                explain(
                    "Categorical()",
                    expected="a parameter that is at least one-dimensional",
                    got="no dimensions",
                    do="The last dimension holds the classes.",
                )
            )
        if probs is not None:
            self.probs = probs / probs.sum(-1, keepdim=True)
        else:
            self.logits = logits - logits.logsumexp(-1, keepdim=True)
        self._param = self.logits if probs is None else self.probs
        self._num_events = self._param.size()[-1]
        super().__init__(self._param.size()[:-1], validate_args=validate_args)

    def expand(self, batch_shape, _instance=None):
        event = (self._num_events,)
        names = {"probs": event, "logits": event, "_param": event}
        new = self._expanded(Categorical, batch_shape, _instance, **names)
        new._num_events = self._num_events
        return new

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self):
        """The classes."""
        return constraints.integer_interval(0, self._num_events - 1)

    @lazy_property
    def logits(self):
        """The logarithms of the probabilities."""
        return probs_to_logits(self.probs)

    @lazy_property
    def probs(self):
        """The probabilities."""
        return logits_to_probs(self.logits)

    @property
    def param_shape(self):
        """The shape of the parameter."""
        return self._param.size()

    @property
    def mean(self):
        return self.probs.new_full(self._batch_shape, math.nan)

    @property
    def mode(self):
        return self.probs.argmax(-1)

    @property
    def variance(self):
        return self.probs.new_full(self._batch_shape, math.nan)

    def sample(self, sample_shape=()):
        shape = Size(sample_shape)
        probs = self.probs.detach().reshape(-1, self._num_events)
        found = TORCH["multinomial"](probs, shape.numel(), True).T
        return found.reshape(self._extended_shape(shape))

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        value = value.long().unsqueeze(-1)
        value, logits = TORCH["broadcast_tensors"](value, self.logits)
        return logits.gather(-1, value[..., :1]).squeeze(-1)

    def entropy(self):
        logits = self.logits.clamp(min=finfo(self.logits.dtype).min)
        return -(logits * self.probs).sum(-1)

    def enumerate_support(self, expand=True):
        values = TORCH["arange"](self._num_events, device=self._param.device)
        values = values.view(-1, *[1] * len(self._batch_shape))
        return values.expand(-1, *self._batch_shape) if expand else values

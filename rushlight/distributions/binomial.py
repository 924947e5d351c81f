"""Binomial: how many of so many tosses are heads."""

from rushlight._base.errors import UnsupportedError, explain
from rushlight._core.expose import TORCH
from rushlight._core.grad_mode import no_grad
from rushlight.distributions import constraints
from rushlight.distributions._odds import Odds
from rushlight.distributions.distribution import Distribution
from rushlight.distributions.utils import (
    broadcast_all,
    check_one,
)


def _clamp_by_zero(x):
    """``max(x, 0)`` whose slope at 0 is a half."""
    return (x.clamp(min=0) + x - x.clamp(max=0)) / 2


class Binomial(Odds, Distribution):
    """The binomial law: ``total_count`` tosses, each with probability ``probs``.

    Args:
        total_count: how many tosses, an int or a tensor.
        probs: the probability of heads; or
        logits: the logarithm of its odds.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: for both, or neither, of probs and logits.
    """

    arg_constraints = {
        "total_count": constraints.nonnegative_integer,
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    has_enumerate_support = True

    def __init__(self, total_count=1, probs=None, logits=None, validate_args=None):
        check_one(probs, logits)
        if probs is not None:
            self.total_count, self.probs = broadcast_all(total_count, probs)
            self._param = self.probs
        else:
            self.total_count, self.logits = broadcast_all(total_count, logits)
            self._param = self.logits
        self.total_count = self.total_count.type_as(self._param)
        super().__init__(self._param.shape, validate_args=validate_args)

    def expand(self, batch_shape, _instance=None):
        names = {"total_count": (), "probs": (), "logits": (), "_param": ()}
        return self._expanded(Binomial, batch_shape, _instance, **names)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self):
        """0 to total_count."""
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self):
        return self.total_count * self.probs

    @property
    def mode(self):
        found = ((self.total_count + 1) * self.probs).floor()
        return found.minimum(self.total_count)

    @property
    def variance(self):
        return self.total_count * self.probs * (1 - self.probs)

    @property
    def param_shape(self):
        """The shape of the parameter."""
        return self._param.size()

    def sample(self, sample_shape=()):
        shape = self._extended_shape(sample_shape)
        with no_grad():
            count, probs = self.total_count.expand(shape), self.probs.expand(shape)
            return TORCH["binomial"](count, probs)

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        n, logits = self.total_count, self.logits
        ways = (n + 1).lgamma() - (value + 1).lgamma() - (n - value + 1).lgamma()
        odds = n * _clamp_by_zero(logits) + n * (-logits.abs()).exp().log1p()
        return value * logits - odds + ways

    def entropy(self):
        count = int(self.total_count.max())
        if not bool((self.total_count == count).all()):
            raise UnsupportedError(
                explain(
                    "Binomial.entropy()",
                    expected="one total_count for the whole batch",
                    got="inhomogeneous total count",
                    do="Compute it for each.",
                )
            )
        log_prob = self.log_prob(self.enumerate_support(False))
        return -(log_prob.exp() * log_prob).sum(0)

    def enumerate_support(self, expand=True):
        count = int(self.total_count.max())
        if not bool((self.total_count == count).all()):
            raise UnsupportedError(
                explain(
                    "Binomial.enumerate_support()",
                    expected="one total_count for the whole batch",
                    got="inhomogeneous total count",
                    do="List each support by itself.",
                )
            )
        values = TORCH["arange"](1 + count, dtype=self._param.dtype)
        values = values.view(-1, *[1] * len(self._batch_shape))
        return values.expand(-1, *self._batch_shape) if expand else values

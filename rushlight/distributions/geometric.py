"""Geometric: how many failures come before the first success."""

from rushlight._base.errors import ArgumentError, explain
from rushlight._base.limits import finfo
from rushlight._core.expose import FUNCTIONAL
from rushlight._core.grad_mode import no_grad
from rushlight.distributions import constraints
from rushlight.distributions._odds import Odds
from rushlight.distributions.distribution import Distribution
from rushlight.distributions.utils import (
    broadcast_all,
    check_one,
)


class Geometric(Odds, Distribution):
    """The geometric law: probability ``(1 - probs)**k * probs``.

    Args:
        probs: the probability of success, in (0, 1]; or
        logits: the logarithm of its odds.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: for both, or neither, of probs and logits.
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.nonnegative_integer

    def __init__(self, probs=None, logits=None, validate_args=None):
        check_one(probs, logits)
        if probs is not None:
            (self.probs,) = broadcast_all(probs)
        else:
            (self.logits,) = broadcast_all(logits)
        shape = (self.logits if probs is None else self.probs).shape
        super().__init__(shape, validate_args=validate_args)
        if (
            self._validate_args
            and probs is not None
            and not bool((self.probs > 0).all())
        ):
            raise ArgumentError(
                explain(
                    "Geometric()",
                    expected="parameter probs to be positive",
                    got="invalid values: 0 among them",
                    do="Clamp it.",
                )
            )

    def expand(self, batch_shape, _instance=None):
        return self._expanded(Geometric, batch_shape, _instance, probs=(), logits=())

    @property
    def mean(self):
        return 1.0 / self.probs - 1.0

    @property
    def mode(self):
        return self.probs * 0

    @property
    def variance(self):
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape=()):
        shape, tiny = self._extended_shape(sample_shape), finfo(self.probs.dtype).tiny
        with no_grad():
            u = self.probs.new_empty(shape).uniform_(tiny, 1)
            return (u.log() / (-self.probs).log1p()).floor()

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        value, probs = broadcast_all(value, self.probs)
        probs = probs.masked_fill((probs == 1) & (value == 0), 0)
        return value * (-probs).log1p() + self.probs.log()

    def entropy(self):
        loss = FUNCTIONAL["binary_cross_entropy_with_logits"]
        return loss(self.logits, self.probs, reduction="none") / self.probs

"""NegativeBinomial: successes before so many failures."""

from rushlight._core.expose import FUNCTIONAL, TORCH
from rushlight._core.grad_mode import no_grad
from rushlight.distributions import constraints
from rushlight.distributions._odds import Odds
from rushlight.distributions.distribution import Distribution
from rushlight.distributions.gamma import Gamma
from rushlight.distributions.utils import (
    broadcast_all,
    check_one,
    lazy_property,
)


class NegativeBinomial(Odds, Distribution):
    """How many successes come before ``total_count`` failures.

    Args:
        total_count: > 0 (need not be whole).
        probs: the probability of success, in [0, 1); or
        logits: the logarithm of its odds.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: for both, or neither, of probs and logits.
    """

    arg_constraints = {
        "total_count": constraints.greater_than_eq(0),
        "probs": constraints.half_open_interval(0.0, 1.0),
        "logits": constraints.real,
    }
    support = constraints.nonnegative_integer

    def __init__(self, total_count, probs=None, logits=None, validate_args=None):
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
        return self._expanded(NegativeBinomial, batch_shape, _instance, **names)

    @property
    def mean(self):
        return self.total_count * self.logits.exp()

    @property
    def mode(self):
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0)

    @property
    def variance(self):
        return self.mean / (-self.logits).sigmoid()

    @property
    def param_shape(self):
        """The shape of the parameter."""
        return self._param.size()

    @lazy_property
    def _gamma(self):
        rate = (-self.logits).exp()
        return Gamma(self.total_count, rate, validate_args=False)

    def sample(self, sample_shape=()):
        with no_grad():
            return TORCH["poisson"](self._gamma.sample(sample_shape))

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        log_sigmoid = FUNCTIONAL["logsigmoid"]
        n = self.total_count
        kernel = n * log_sigmoid(-self.logits) + value * log_sigmoid(self.logits)
        ways = (1.0 + value).lgamma() + n.lgamma() - (n + value).lgamma()
        return kernel - ways.masked_fill(n + value == 0.0, 0.0)

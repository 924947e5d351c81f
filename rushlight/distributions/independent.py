"""Independent: batch dimensions that belong to the event."""

from rushlight._base.errors import ArgumentError, explain
from rushlight.distributions import constraints
from rushlight.distributions._transforms.base import sum_rightmost
from rushlight.distributions.distribution import Distribution


class Independent(Distribution):
    """A law whose last batch dimensions are parts of one event.

    Args:
        base_distribution: the law.
        reinterpreted_batch_ndims: how many dimensions.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: for more dimensions than the batch has.

    >>> import rushlight
    >>> from rushlight.distributions import Normal
    >>> law = Independent(Normal(rushlight.zeros(2), 1.0), 1)
    >>> law.log_prob(rushlight.zeros(2))
    tensor(-1.8379)
    """

    arg_constraints: dict = {}

    def __init__(
        self, base_distribution, reinterpreted_batch_ndims, validate_args=None
    ):
        batch = base_distribution.batch_shape
        if reinterpreted_batch_ndims > len(batch):
            raise ArgumentError(
                explain(
                    "Independent()",
                    expected="reinterpreted_batch_ndims <= "
                    f"len(base_distribution.batch_shape) = {len(batch)}",
                    got=reinterpreted_batch_ndims,
                    do="Take fewer.",
                )
            )
        shape = batch + base_distribution.event_shape
        rank = reinterpreted_batch_ndims + len(base_distribution.event_shape)
        cut = len(shape) - rank
        self.base_dist = base_distribution
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims
        super().__init__(shape[:cut], shape[cut:], validate_args=validate_args)

    def expand(self, batch_shape, _instance=None):
        new = self._expanded(Independent, batch_shape, _instance)
        inner = self.event_shape[: self.reinterpreted_batch_ndims]
        new.base_dist = self.base_dist.expand((*batch_shape, *inner))
        new.reinterpreted_batch_ndims = self.reinterpreted_batch_ndims
        return new

    @property
    def has_rsample(self):
        """As the base."""
        return self.base_dist.has_rsample

    @property
    def has_enumerate_support(self):
        """Only where nothing is reinterpreted."""
        return not self.reinterpreted_batch_ndims and (
            self.base_dist.has_enumerate_support
        )

    @constraints.dependent_property
    def support(self):
        """The base's, of larger events."""
        result = self.base_dist.support
        count = self.reinterpreted_batch_ndims
        return constraints.independent(result, count) if count else result

    @property
    def mean(self):
        return self.base_dist.mean

    @property
    def mode(self):
        return self.base_dist.mode

    @property
    def variance(self):
        return self.base_dist.variance

    def sample(self, sample_shape=()):
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape=()):
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value):
        found = self.base_dist.log_prob(value)
        return sum_rightmost(found, self.reinterpreted_batch_ndims)

    def entropy(self):
        return sum_rightmost(self.base_dist.entropy(), self.reinterpreted_batch_ndims)

    def enumerate_support(self, expand=True):
        if self.reinterpreted_batch_ndims > 0:
            raise NotImplementedError(
                explain(
                    "Independent.enumerate_support()",
                    expected="no reinterpreted dimensions",
                    got=self.reinterpreted_batch_ndims,
                    do="Enumerating would multiply the parts' values.",
                )
            )
        return self.base_dist.enumerate_support(expand)

    def __repr__(self):
        return f"Independent({self.base_dist}, {self.reinterpreted_batch_ndims})"

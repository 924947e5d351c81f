"""MixtureSameFamily: one of several laws of a kind, chosen at random."""

from rushlight._base.errors import ArgumentError, explain
from rushlight._core.expose import FUNCTIONAL
from rushlight._core.grad_mode import no_grad
from rushlight.distributions import constraints
from rushlight.distributions.categorical import Categorical
from rushlight.distributions.distribution import Distribution


class MixtureSameFamily(Distribution):
    """A mixture whose components are the last batch dimension of a law.

    Args:
        mixture_distribution: a Categorical over the components.
        component_distribution: the law; its last batch dimension are the components.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: where the two do not fit each other.
    """

    arg_constraints: dict = {}
    has_rsample = False

    def __init__(
        self, mixture_distribution, component_distribution, validate_args=None
    ):
        self._mixture_distribution = mixture_distribution
        self._component_distribution = component_distribution
        self._check()
        components = component_distribution.batch_shape
        self._num_component = components[-1]
        self._event_ndims = len(component_distribution.event_shape)
        super().__init__(
            components[:-1],
            component_distribution.event_shape,
            validate_args=validate_args,
        )

    def _check(self):
        mixture, law = self._mixture_distribution, self._component_distribution
        if not isinstance(mixture, Categorical) or not isinstance(law, Distribution):
            self._refuse("a Categorical and a Distribution", f"{mixture} and {law}")
        if not law.batch_shape:
            self._refuse("components with a batch dimension", "none")
        for mine, other in zip(mixture.batch_shape[::-1], law.batch_shape[-2::-1]):
            if 1 not in (mine, other) and mine != other:
                self._refuse(
                    "the mixture's batch_shape to be compatible with the components'",
                    f"{list(mixture.batch_shape)} and {list(law.batch_shape)}",
                )
        if mixture.probs.shape[-1] != law.batch_shape[-1]:
            self._refuse(
                "as many classes as components",
                f"{mixture.probs.shape[-1]} and {law.batch_shape[-1]}",
            )

    def _refuse(self, expected, got):
        raise ArgumentError(
            explain(
                "MixtureSameFamily()",
                expected=expected,
                got=got,
                do="The last batch dimension holds the components.",
            )
        )

    def expand(self, batch_shape, _instance=None):
        new = self._expanded(MixtureSameFamily, batch_shape, _instance)
        shape = (*batch_shape, self._num_component)
        new._component_distribution = self._component_distribution.expand(shape)
        new._mixture_distribution = self._mixture_distribution.expand(batch_shape)
        new._num_component, new._event_ndims = self._num_component, self._event_ndims
        return new

    @constraints.dependent_property
    def support(self):
        """The components'."""
        return constraints.MixtureSameFamilyConstraint(
            self._component_distribution.support
        )

    @property
    def mixture_distribution(self):
        """The law of the choice."""
        return self._mixture_distribution

    @property
    def component_distribution(self):
        """The components."""
        return self._component_distribution

    def _weights(self):
        probs = self._mixture_distribution.probs
        return probs.reshape(*probs.shape, *[1] * self._event_ndims)

    @property
    def mean(self):
        dim = -1 - self._event_ndims
        return (self._weights() * self._component_distribution.mean).sum(dim)

    @property
    def variance(self):
        dim, law = -1 - self._event_ndims, self._component_distribution
        inside = (self._weights() * law.variance).sum(dim)
        gap = law.mean - self.mean.unsqueeze(dim)
        return inside + (self._weights() * gap.pow(2.0)).sum(dim)

    def cdf(self, value):
        found = self._component_distribution.cdf(self._pad(value))
        return (found * self._mixture_distribution.probs).sum(-1)

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        found = self._component_distribution.log_prob(self._pad(value))
        weights = FUNCTIONAL["log_softmax"](self._mixture_distribution.logits, -1)
        return (found + weights).logsumexp(-1)

    def sample(self, sample_shape=()):
        with no_grad():
            dim = len(sample_shape) + len(self._batch_shape)
            choice = self._mixture_distribution.sample(sample_shape)
            drawn = self._component_distribution.sample(sample_shape)
            place = choice.reshape(*choice.shape, *[1] * (self._event_ndims + 1))
            ones = [1] * (len(choice.shape) + 1)
            place = place.repeat(*ones, *self._event_shape)
            return drawn.gather(dim, place).squeeze(dim)

    def _pad(self, value):
        return value.unsqueeze(-1 - self._event_ndims)

    def __repr__(self):
        return (
            f"MixtureSameFamily(\n  {self._mixture_distribution},\n  "
            f"{self._component_distribution})"
        )

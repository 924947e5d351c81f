"""Dirichlet: random probabilities."""

from rushlight._base.errors import ArgumentError, explain
from rushlight._core.expose import FUNCTIONAL, TORCH
from rushlight.autograd.function import Function, once_differentiable
from rushlight.distributions import constraints
from rushlight.distributions.exp_family import ExponentialFamily


class _Draw(Function):
    """A draw whose gradient is the implicit one (Note [Implicit slopes])."""

    @staticmethod
    def forward(ctx, concentration):
        x = TORCH["_sample_dirichlet"](concentration)
        ctx.save_for_backward(x, concentration)
        return x

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_output):
        x, concentration = ctx.saved_tensors
        total = concentration.sum(-1, True).expand_as(concentration)
        slope = TORCH["_dirichlet_grad"](x, concentration, total)
        return slope * (grad_output - (x * grad_output).sum(-1, True))


class Dirichlet(ExponentialFamily):
    """The Dirichlet law: density proportional to ``prod(x_i**(a_i - 1))``.

    Args:
        concentration: (*, K), a, > 0.
        validate_args: whether arguments are checked.

    Raises:
        ValueError: for a concentration without dimensions.
    """

    arg_constraints = {
        "concentration": constraints.independent(constraints.positive, 1)
    }
    support = constraints.simplex
    has_rsample = True
    _mean_carrier_measure = 0

    def __init__(self, concentration, validate_args=None):
        if concentration.dim() < 1:
            raise ArgumentError(
                explain(
                    "Dirichlet()",
                    expected="`concentration` to be at least one-dimensional",
                    got="no dimensions",
                    do="The last dimension holds the classes.",
                )
            )
        self.concentration = concentration
        shape = concentration.shape
        super().__init__(shape[:-1], shape[-1:], validate_args=validate_args)

    def expand(self, batch_shape, _instance=None):
        event = self._event_shape
        return self._expanded(Dirichlet, batch_shape, _instance, concentration=event)

    def rsample(self, sample_shape=()):
        shape = self._extended_shape(sample_shape)
        return _Draw.apply(self.concentration.expand(shape))

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        a = self.concentration
        kernel = (a - 1.0).xlogy(value).sum(-1)
        return kernel + a.sum(-1).lgamma() - a.lgamma().sum(-1)

    @property
    def mean(self):
        return self.concentration / self.concentration.sum(-1, True)

    @property
    def mode(self):
        a = (self.concentration - 1).clamp(min=0.0)
        mode = a / a.sum(-1, True)
        flat = (self.concentration < 1).all(-1)
        place = FUNCTIONAL["one_hot"](mode[flat].argmax(-1), a.shape[-1])
        mode[flat] = place.to(mode)
        return mode

    @property
    def variance(self):
        total, a = self.concentration.sum(-1, True), self.concentration
        return a * (total - a) / (total.pow(2) * (total + 1))

    def entropy(self):
        k, a = self.concentration.size(-1), self.concentration
        total = a.sum(-1)
        inner = ((a - 1.0) * a.digamma()).sum(-1)
        return (
            a.lgamma().sum(-1) - total.lgamma() - (k - total) * total.digamma() - inner
        )

    @property
    def _natural_params(self):
        return (self.concentration,)

    def _log_normalizer(self, x):
        return x.lgamma().sum(-1) - x.sum(-1).lgamma()

"""kl_divergence: how far one law is from another."""

import math

from rushlight import linalg
from rushlight._base.errors import ArgumentTypeError, explain
from rushlight._base.shape import broadcast_shapes
from rushlight._core.expose import FUNCTIONAL
from rushlight.distributions import _kl_pairs
from rushlight.distributions import _laws as laws
from rushlight.distributions._transforms.base import sum_rightmost
from rushlight.distributions.distribution import Distribution
from rushlight.distributions.multivariate_normal import _batch_mahalanobis
from rushlight.distributions.utils import euler_constant

_REGISTRY = {}


def register_kl(type_p, type_q):
    """A decorator that enters ``f(p, q)`` for laws of two classes.

    Raises:
        TypeError: for what is no class of laws.
    """
    for kind in (type_p, type_q):
        if not (isinstance(kind, type) and issubclass(kind, Distribution)):
            raise ArgumentTypeError(
                explain(
                    "register_kl()",
                    expected="type to be a Distribution subclass",
                    got=kind,
                    do="Pass two classes.",
                )
            )

    def enter(function):
        _REGISTRY[type_p, type_q] = function
        return function

    return enter


def kl_divergence(p, q):
    """The expectation of ``log(p(x) / q(x))`` for x of p.

    Args:
        p, q: laws of the same values.

    Returns:
        Tensor: of the batch's shape.

    Raises:
        NotImplementedError: for a pair without a formula.

    >>> from rushlight.distributions import Normal
    >>> kl_divergence(Normal(0.0, 1.0), Normal(1.0, 1.0))
    tensor(0.5000)
    """
    found = [(a, b) for a, b in _REGISTRY if isinstance(p, a) and isinstance(q, b)]
    if not found:
        raise NotImplementedError(
            explain(
                "kl_divergence()",
                expected="a pair with a formula",
                got=f"no KL(p || q) is implemented for p type {type(p).__name__} and "
                f"q type {type(q).__name__}",
                do="Estimate it from samples, or register_kl() one.",
            )
        )
    best = min(
        found,
        key=lambda pair: (
            type(p).__mro__.index(pair[0]),
            type(q).__mro__.index(pair[1]),
        ),
    )
    return _REGISTRY[best](p, q)


@register_kl(laws.Bernoulli, laws.Bernoulli)
def _bernoulli(p, q):
    softplus = FUNCTIONAL["softplus"]
    up = p.probs * (softplus(-q.logits) - softplus(-p.logits))
    up = up.masked_fill(q.probs == 0, math.inf).masked_fill(p.probs == 0, 0)
    down = (1 - p.probs) * (softplus(q.logits) - softplus(p.logits))
    down = down.masked_fill(q.probs == 1, math.inf).masked_fill(p.probs == 1, 0)
    return up + down


@register_kl(laws.Beta, laws.Beta)
def _beta(p, q):
    a, b, c, d = (
        p.concentration1,
        p.concentration0,
        q.concentration1,
        q.concentration0,
    )
    front = c.lgamma() + d.lgamma() + (a + b).lgamma()
    front = front - a.lgamma() - b.lgamma() - (c + d).lgamma()
    inner = (a - c) * a.digamma() + (b - d) * b.digamma()
    return front + inner + (c + d - a - b) * (a + b).digamma()


@register_kl(laws.Binomial, laws.Binomial)
def _binomial(p, q):
    odds = p.probs * (p.logits - q.logits) + (-p.probs).log1p() - (-q.probs).log1p()
    more = p.total_count > q.total_count
    return (p.total_count * odds).masked_fill(more, math.inf)


@register_kl(laws.Categorical, laws.Categorical)
def _categorical(p, q):
    t = p.probs * (p.logits - q.logits)
    t = t.masked_fill((q.probs == 0).expand_as(t), math.inf)
    return t.masked_fill((p.probs == 0).expand_as(t), 0).sum(-1)


@register_kl(laws.OneHotCategorical, laws.OneHotCategorical)
def _one_hot(p, q):
    return _categorical(p._categorical, q._categorical)


@register_kl(laws.Cauchy, laws.Cauchy)
def _cauchy(p, q):
    top = ((p.scale + q.scale).pow(2) + (p.loc - q.loc).pow(2)).log()
    return top - (4 * p.scale * q.scale).log()


@register_kl(laws.Dirichlet, laws.Dirichlet)
def _dirichlet(p, q):
    a, b = p.concentration, q.concentration
    total = a.sum(-1)
    front = total.lgamma() - b.sum(-1).lgamma()
    front = front - (a.lgamma() - b.lgamma()).sum(-1)
    return front + ((a - b) * (a.digamma() - total.digamma().unsqueeze(-1))).sum(-1)


@register_kl(laws.Exponential, laws.Exponential)
def _exponential(p, q):
    ratio = q.rate / p.rate
    return -ratio.log() + ratio - 1


@register_kl(laws.Gamma, laws.Gamma)
def _gamma(p, q):
    a, b = p.concentration, q.concentration
    front = b * (p.rate / q.rate).log() + b.lgamma() - a.lgamma()
    return front + (a - b) * a.digamma() + (q.rate - p.rate) * (a / p.rate)


@register_kl(laws.Gumbel, laws.Gumbel)
def _gumbel(p, q):
    ratio, gap = p.scale / q.scale, (p.loc - q.loc) / q.scale
    other = (-gap + (1 + ratio).lgamma()).exp()
    return gap - ratio.log() + ratio * euler_constant + other - (1 + euler_constant)


@register_kl(laws.Geometric, laws.Geometric)
def _geometric(p, q):
    return -p.entropy() - (-q.probs).log1p() / p.probs - q.logits


@register_kl(laws.HalfNormal, laws.HalfNormal)
def _half_normal(p, q):
    return _normal(p.base_dist, q.base_dist)


@register_kl(laws.Laplace, laws.Laplace)
def _laplace(p, q):
    ratio, gap = p.scale / q.scale, (p.loc - q.loc).abs()
    return -ratio.log() + gap / q.scale + ratio * (-gap / p.scale).exp() - 1


@register_kl(laws.Normal, laws.Normal)
def _normal(p, q):
    ratio = (p.scale / q.scale).pow(2)
    gap = ((p.loc - q.loc) / q.scale).pow(2)
    return 0.5 * (ratio + gap - 1 - ratio.log())


@register_kl(laws.MultivariateNormal, laws.MultivariateNormal)
def _multivariate_normal(p, q):
    one, two = p._unbroadcasted_scale_tril, q._unbroadcasted_scale_tril
    if p.event_shape != q.event_shape:
        raise ValueError(
            explain(
                "kl_divergence()",
                expected="MultivariateNormals of the same event shape",
                got=f"different event shapes {p.event_shape} and {q.event_shape}",
                do="Compare laws of the same vectors.",
            )
        )
    half = two.diagonal(0, -2, -1).log().sum(-1) - one.diagonal(0, -2, -1).log().sum(-1)
    n = p.event_shape[0]
    shape = broadcast_shapes(one.shape[:-2], two.shape[:-2])
    one, two = one.expand((*shape, n, n)), two.expand((*shape, n, n))
    trace = linalg.solve_triangular(two, one, upper=False).pow(2).sum([-2, -1])
    distance = _batch_mahalanobis(q._unbroadcasted_scale_tril, q.loc - p.loc)
    return half + 0.5 * (trace + distance - n)


@register_kl(laws.Pareto, laws.Pareto)
def _pareto(p, q):
    ratio, share = p.scale / q.scale, q.alpha / p.alpha
    result = q.alpha * ratio.log() - share.log() + share - 1
    return result.masked_fill(p.support.lower_bound < q.support.lower_bound, math.inf)


@register_kl(laws.Poisson, laws.Poisson)
def _poisson(p, q):
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


@register_kl(laws.Uniform, laws.Uniform)
def _uniform(p, q):
    result = ((q.high - q.low) / (p.high - p.low)).log()
    return result.masked_fill((q.low > p.low) | (q.high < p.high), math.inf)


@register_kl(laws.Independent, laws.Independent)
def _independent(p, q):
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError(f"KL of {p} and {q}")
    found = kl_divergence(p.base_dist, q.base_dist)
    return sum_rightmost(found, p.reinterpreted_batch_ndims)


@register_kl(laws.TransformedDistribution, laws.TransformedDistribution)
def _transformed(p, q):
    if p.transforms != q.transforms or p.event_shape != q.event_shape:
        raise NotImplementedError(f"KL of {p} and {q}")
    return kl_divergence(p.base_dist, q.base_dist)


@register_kl(laws.Uniform, laws.Normal)
def _uniform_normal(p, q):
    width = p.high - p.low
    front = (math.sqrt(math.pi * 2) * q.scale / width).log()
    middle = ((p.high + p.low - 2 * q.loc) / 2).pow(2)
    return front + (width.pow(2) / 12 + middle) / (2 * q.scale.pow(2))


@register_kl(laws.Exponential, laws.Gamma)
def _exponential_gamma(p, q):
    ratio = q.rate / p.rate
    front = -q.concentration * ratio.log() + ratio + q.concentration.lgamma()
    return front + q.concentration * euler_constant - (1 + euler_constant)


@register_kl(laws.Gamma, laws.Exponential)
def _gamma_exponential(p, q):
    return -p.entropy() - q.rate.log() + q.rate * p.concentration / p.rate


@register_kl(laws.Laplace, laws.Normal)
def _laplace_normal(p, q):
    square = q.scale.pow(2)
    ratio = p.scale.pow(2) / square
    front = 0.5 * (2 * ratio / math.pi).log()
    gap = 0.5 * p.loc.pow(2) - p.loc * q.loc + 0.5 * q.loc.pow(2)
    return -front + ratio + gap / square - 1


@register_kl(laws.Normal, laws.Gumbel)
def _normal_gumbel(p, q):
    ratio, square = p.loc / q.scale, (p.scale / q.scale).pow(2)
    shift = q.loc / q.scale
    front = -ratio + shift + (-ratio + 0.5 * square + shift).exp()
    return front - (p.scale / q.scale).log() - 0.5 * (1 + math.log(2 * math.pi))


for (_p, _q), _formula in _kl_pairs.PAIRS.items():
    register_kl(getattr(laws, _p), getattr(laws, _q))(_formula)

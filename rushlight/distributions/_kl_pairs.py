"""Divergences between laws of different kinds: ``-entropy(p) - E_p[log q]``."""

import math

from rushlight._core.expose import TORCH
from rushlight.distributions import _laws as laws

_ROOT_2_PI_LOG = 0.5 * math.log(2 * math.pi)


def _log_mean(p):
    """The expectation of ``log(x)``."""
    if isinstance(p, laws.Beta):
        total = p.concentration1 + p.concentration0
        return p.concentration1.digamma() - total.digamma()
    if isinstance(p, laws.Pareto):
        return p.scale.log() + p.alpha.reciprocal()
    return (p.high.xlogy(p.high) - p.low.xlogy(p.low)) / (p.high - p.low) - 1


def _decay_mean(p, rate):
    """The expectation of ``exp(-rate * x)``."""
    if isinstance(p, laws.Uniform):
        ends = (-rate * p.low).exp() - (-rate * p.high).exp()
        return ends / (rate * (p.high - p.low))
    shape = p.concentration if isinstance(p, laws.Gamma) else 1
    return (1 + rate / p.rate) ** -shape


def _outside(p, low, high=math.inf):
    """Where p has values outside of [low, high]."""
    if isinstance(p, laws.Uniform):
        return (p.low < low) | (p.high > high)
    if isinstance(p, laws.Beta):
        return (low > 0 * p.mean) | (high < 0 * p.mean + 1)
    if isinstance(p, laws.Pareto):
        return p.scale < low
    return p.mean != p.mean


def to_normal(p, q):
    """KL of a law with mean and variance to Normal."""
    square = (p.mean - q.loc).pow(2) + p.variance
    found = -p.entropy() + q.scale.log() + _ROOT_2_PI_LOG
    found = found + square / (2 * q.scale.pow(2))
    if isinstance(p, laws.Pareto):
        return found.masked_fill(p.alpha <= 2, math.inf)
    return found


def to_exponential(p, q):
    """KL of Beta, Pareto or Uniform to Exponential."""
    found = -p.entropy() - q.rate.log() + q.rate * p.mean
    if isinstance(p, laws.Pareto):
        return found.masked_fill(p.alpha <= 1, math.inf)
    return found.masked_fill(_outside(p, 0), math.inf)


def to_gamma(p, q):
    """KL of Beta, Pareto or Uniform to Gamma."""
    a = q.concentration
    found = -p.entropy() - a * q.rate.log() + a.lgamma()
    found = found - (a - 1) * _log_mean(p) + q.rate * p.mean
    if isinstance(p, laws.Pareto):
        return found.masked_fill(p.alpha <= 1, math.inf)
    return found.masked_fill(_outside(p, 0), math.inf)


def to_gumbel(p, q):
    """KL of Exponential, Gamma or Uniform to Gumbel."""
    decay = _decay_mean(p, q.scale.reciprocal()) * (q.loc / q.scale).exp()
    return -p.entropy() + q.scale.log() + (p.mean - q.loc) / q.scale + decay


def to_pareto(p, q):
    """KL of Uniform to Pareto."""
    found = -p.entropy() - q.alpha.log() - q.alpha * q.scale.log()
    found = found + (q.alpha + 1) * _log_mean(p)
    return found.masked_fill(_outside(p, q.scale), math.inf)


def to_uniform(p, q):
    """KL of Beta to Uniform."""
    found = -p.entropy() + (q.high - q.low).log()
    return found.masked_fill(_outside(p, q.low, q.high), math.inf)


def uniform_to_beta(p, q):
    """KL of Uniform to Beta."""
    a, b = q.concentration1, q.concentration0
    rest = laws.Uniform(1 - p.high, 1 - p.low, validate_args=False)
    found = -p.entropy() + a.lgamma() + b.lgamma() - (a + b).lgamma()
    found = found - (a - 1) * _log_mean(p) - (b - 1) * _log_mean(rest)
    return found.masked_fill(_outside(p, 0, 1), math.inf)


def normal_to_laplace(p, q):
    """KL of Normal to Laplace."""
    gap = (p.loc - q.loc) / p.scale
    near = math.sqrt(2 / math.pi) * (-0.5 * gap.pow(2)).exp()
    distance = p.scale * (near + gap * (math.sqrt(0.5) * gap).erf())
    return -p.entropy() + (2 * q.scale).log() + distance / q.scale


def bernoulli_to_poisson(p, q):
    """KL of Bernoulli to Poisson."""
    return -p.entropy() - (p.probs * q.rate.log() - q.rate)


def _infinite(p, q):
    value = p.mean + 0 * q.mean
    return TORCH["full_like"](value, math.inf)


FINITE = {
    to_normal: [(p, "Normal") for p in "Exponential Gamma Gumbel Pareto Beta".split()],
    to_exponential: [(p, "Exponential") for p in "Beta Pareto Uniform".split()],
    to_gamma: [(p, "Gamma") for p in "Beta Pareto Uniform".split()],
    to_gumbel: [(p, "Gumbel") for p in "Exponential Gamma Uniform".split()],
    to_pareto: [("Uniform", "Pareto")],
    to_uniform: [("Beta", "Uniform")],
    uniform_to_beta: [("Uniform", "Beta")],
    normal_to_laplace: [("Normal", "Laplace")],
    bernoulli_to_poisson: [("Bernoulli", "Poisson")],
}
#: Laws with values that the second one excludes.
_WIDER = {
    "Beta": "Pareto",
    "Exponential": "Beta Pareto Uniform",
    "Gamma": "Beta Pareto Uniform",
    "Gumbel": "Beta Exponential Gamma Pareto Uniform",
    "Laplace": "Beta Exponential Gamma Pareto Uniform",
    "Normal": "Beta Exponential Gamma Pareto Uniform",
    "Pareto": "Beta Uniform",
    "Poisson": "Bernoulli Binomial",
}
INFINITE = [(p, q) for p, others in _WIDER.items() for q in others.split()]
PAIRS = {
    **{pair: formula for formula, pairs in FINITE.items() for pair in pairs},
    **dict.fromkeys(INFINITE, _infinite),
}

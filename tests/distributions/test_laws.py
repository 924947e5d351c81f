"""Every law against PyTorch's recorded numbers, its gradients and its shapes."""

import json
from pathlib import Path

import numpy as np
import pytest

import rushlight
from rushlight import distributions
from tests.distributions.recorded.cases import divergences, laws, numbers

RECORDED = json.loads(
    Path(__file__).with_name("recorded").joinpath("torch.json").read_text()
)
LAWS = laws(rushlight)


@pytest.mark.parametrize("name", list(LAWS))
def test_numbers_are_those_of_pytorch(name):
    found, expected = numbers(rushlight, LAWS[name]), RECORDED["laws"][name]
    for what, value in expected.items():
        assert (found[what] is None) == (value is None), what
        if value is not None:
            np.testing.assert_allclose(found[what], value, rtol=1e-6, atol=1e-7)


def test_divergences_are_those_of_pytorch():
    found = divergences(rushlight)
    assert found.keys() == RECORDED["divergences"].keys()
    for pair, value in RECORDED["divergences"].items():
        np.testing.assert_allclose(found[pair], value, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", list(LAWS))
def test_expand(name):
    law = LAWS[name]
    wide = law.expand((4, *law.batch_shape))
    assert wide.batch_shape == (4, *law.batch_shape)
    assert type(wide) is type(law)
    x = law.sample()
    expected = law.log_prob(x).expand(wide.batch_shape)
    np.testing.assert_allclose(wide.log_prob(x).numpy(), expected.numpy())
    assert wide.sample((2,)).shape == (2, 4, *law.batch_shape, *law.event_shape)


@pytest.mark.parametrize("name", [n for n in LAWS if LAWS[n].support.event_dim == 0])
def test_samples_are_in_the_support(name):
    law = LAWS[name]
    assert law.support.check(law.sample((100,))).all()


NORMALS = ["Normal", "Laplace", "Cauchy", "Gumbel", "Exponential", "Uniform", "Weibull"]


@pytest.mark.parametrize("name", NORMALS)
def test_reparametrised_samples_have_gradients(name):
    kind = getattr(distributions, name)
    count = 1 if name == "Exponential" else 2
    values = [0.8, 1.5, 1.2][:count]
    params = [
        rushlight.tensor(v, dtype=rushlight.float64, requires_grad=True) for v in values
    ]

    def draw(*params):
        rushlight.manual_seed(5)
        return kind(*params, validate_args=False).rsample((3,))

    assert rushlight.autograd.gradcheck(draw, params)


def test_beta_slopes_are_implicit():
    scipy = pytest.importorskip("scipy.special")
    a = rushlight.tensor([1.5, 4.0], dtype=rushlight.float64, requires_grad=True)
    x = distributions.Dirichlet(a).rsample()
    (slope,) = rushlight.autograd.grad(x[0], a)
    first, a, b, h = x[0].item(), 1.5, 4.0, 1e-6
    density = scipy.betainc(a, b, first + h) - scipy.betainc(a, b, first - h)
    by_a = scipy.betainc(a + h, b, first) - scipy.betainc(a - h, b, first)
    assert slope[0].item() == pytest.approx(-by_a / density, rel=1e-5)


def test_gamma_slopes_are_implicit():
    scipy = pytest.importorskip("scipy.special")
    values = [0.05, 0.5, 1.0, 4.0, 200.0]
    a = rushlight.tensor(values, dtype=rushlight.float64, requires_grad=True)
    x = distributions.Gamma(a, 1.0).rsample()
    (slopes,) = rushlight.autograd.grad(x.sum(), a)
    x, a = x.detach().numpy(), a.detach().numpy()
    h, k = 1e-5 * a, 1e-5 * x
    by_a = (scipy.gammainc(a + h, x) - scipy.gammainc(a - h, x)) / h
    by_x = (scipy.gammainc(a, x + k) - scipy.gammainc(a, x - k)) / k
    np.testing.assert_allclose(slopes.numpy(), -by_a / by_x, rtol=1e-4)


def test_printing():
    assert repr(LAWS["Normal"]) == (
        "Normal(loc: torch.Size([3]), scale: torch.Size([3]))"
    )
    assert repr(distributions.Uniform(0, 1)) == "Uniform(low: 0.0, high: 1.0)"


def test_bad_parameters_and_values_are_named():
    with pytest.raises(ValueError, match="parameter scale"):
        distributions.Normal(0.0, -1.0)
    with pytest.raises(ValueError, match="within the support"):
        distributions.Bernoulli(0.5).log_prob(rushlight.tensor(2.0))
    with pytest.raises(ValueError, match="probs"):
        distributions.Categorical()
    with pytest.raises(ValueError, match="value argument to be a Tensor"):
        distributions.Normal(0.0, 1.0).log_prob(1.0)
    law = distributions.Normal(0.0, -1.0, validate_args=False)
    assert law.log_prob(rushlight.tensor(0.0)).isnan()


def test_policy_gradient_through_log_prob():
    logits = rushlight.zeros(3, requires_grad=True)
    law = distributions.Categorical(logits=logits)
    (-law.log_prob(rushlight.tensor(1))).backward()
    np.testing.assert_allclose(logits.grad.numpy(), [1 / 3, -2 / 3, 1 / 3], rtol=1e-6)


def test_default_of_validation():
    kind = distributions.Distribution
    kind.set_default_validate_args(False)
    try:
        distributions.Normal(0.0, -1.0)
    finally:
        kind.set_default_validate_args(True)


def test_register_kl():
    class Mine(distributions.Normal):
        pass

    @distributions.register_kl(Mine, Mine)
    def _mine(p, q):
        return "mine"

    assert distributions.kl_divergence(Mine(0.0, 1.0), Mine(0.0, 1.0)) == "mine"
    with pytest.raises(NotImplementedError, match="no KL"):
        distributions.kl_divergence(LAWS["Cauchy"], LAWS["Normal"])

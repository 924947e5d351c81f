"""Poisson, binomial, gamma and Dirichlet numbers: PyTorch's, for the same seed."""

import numpy as np
import pytest

import rushlight

RECORDED = {
    "gamma": [
        1.1754943508222875e-38,
        0.21590623259544373,
        0.24387645721435547,
        0.9819415807723999,
        4.682042598724365,
        53.43738555908203,
    ],
    "dirichlet": [
        0.0036249510012567043,
        0.004094555974006653,
        0.01648627780377865,
        0.07860899716615677,
        0.897185206413269,
    ],
    "poisson": [0.0, 0.0, 0.0, 1.0, 3.0, 48.0],
    "binomial": [0.0, 0.0, 7.0, 34.0, 689.0, 40.0],
}
SHAPES = [0.0, 0.05, 0.5, 1.0, 3.0, 50.0]
DRAWS = {
    "gamma": lambda t: rushlight._standard_gamma(t(SHAPES)),
    "dirichlet": lambda t: rushlight._sample_dirichlet(t(SHAPES[1:])),
    "poisson": lambda t: rushlight.poisson(t(SHAPES)),
    "binomial": lambda t: rushlight.binomial(
        t([0.0, 5.0, 7.0, 100.0, 1000.0, 40.0]), t([0.5, 0.1, 0.9, 0.3, 0.7, 1.0])
    ),
}


@pytest.mark.parametrize("name", list(DRAWS))
def test_numbers_are_those_of_pytorch(name):
    rushlight.manual_seed(3)
    found = DRAWS[name](rushlight.tensor)
    np.testing.assert_allclose(found.tolist(), RECORDED[name], rtol=1e-6)


@pytest.mark.parametrize("name", list(DRAWS))
def test_a_generator_may_be_named(name):
    generator = rushlight.Generator().manual_seed(3)
    options = {"generator": generator}
    x = rushlight.tensor(SHAPES[1:])
    if name == "binomial":
        found = rushlight.binomial(x.floor(), x / 100, **options)
    else:
        functions = {
            "gamma": rushlight._standard_gamma,
            "dirichlet": rushlight._sample_dirichlet,
            "poisson": rushlight.poisson,
        }
        found = functions[name](x, **options)
    assert found.shape == x.shape


def test_means():
    rushlight.manual_seed(0)
    many = rushlight.full((4000,), 12.0)
    assert abs(rushlight.poisson(many).mean().item() - 12) < 0.3
    assert abs(rushlight._standard_gamma(many).mean().item() - 12) < 0.3
    counts = rushlight.binomial(many * 10, many / 40)
    assert abs(counts.mean().item() - 36) < 0.5


def test_refusals():
    with pytest.raises(RuntimeError, match="rates >= 0"):
        rushlight.poisson(-rushlight.ones(2))
    with pytest.raises(RuntimeError, match="probabilities in"):
        rushlight.binomial(rushlight.ones(2), 2 * rushlight.ones(2))
    with pytest.raises(TypeError, match="Generator"):
        rushlight.poisson(rushlight.ones(2), generator=3)


def test_counts_have_no_slope():
    x = rushlight.ones(3, requires_grad=True)
    rushlight.poisson(x).sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.0]

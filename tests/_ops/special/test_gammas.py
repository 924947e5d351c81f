"""Incomplete gamma functions, zeta and the multivariate gamma function."""

import math

import numpy as np
import pytest

import rushlight
from rushlight import special
from rushlight.autograd import gradcheck

scipy = pytest.importorskip("scipy.special")


def _pairs():
    rng = np.random.default_rng(0)
    a = 10 ** rng.uniform(-2, 4, 300)
    return a, a * rng.uniform(0.2, 2, 300)


@pytest.mark.parametrize("name", ["gammainc", "gammaincc"])
def test_incomplete_gamma(name):
    a, x = _pairs()
    found = getattr(special, name)(rushlight.tensor(a), rushlight.tensor(x)).numpy()
    np.testing.assert_allclose(
        found, getattr(scipy, name)(a, x), rtol=1e-10, atol=1e-14
    )


def test_edges_of_the_domain():
    inf, nan = math.inf, math.nan
    a = rushlight.tensor([0.0, 0.0, 1.0, 2.0, -1.0, inf, inf, nan])
    x = rushlight.tensor([0.0, 2.0, 0.0, inf, 1.0, 1.0, inf, 1.0])
    expected = [nan, 1.0, 0.0, 1.0, nan, 0.0, nan, nan]
    np.testing.assert_array_equal(rushlight.igamma(a, x).numpy(), expected)
    expected = [nan, 0.0, 1.0, 0.0, nan, 1.0, nan, nan]
    np.testing.assert_array_equal(rushlight.igammac(a, x).numpy(), expected)


def test_gradients_are_by_the_second():
    x = rushlight.tensor([0.5, 2.0], dtype=rushlight.float64, requires_grad=True)
    a = rushlight.tensor([1.5, 1.0], dtype=rushlight.float64)
    assert gradcheck(lambda x: rushlight.igamma(a, x), (x,))
    assert gradcheck(lambda x: rushlight.igammac(a, x), (x,))
    assert gradcheck(lambda x: special.zeta(a + 1, x), (x,))
    with pytest.raises(NotImplementedError, match="derivative by 'input'"):
        rushlight.igamma(x, a).sum().backward()


def test_in_place():
    x = rushlight.tensor([1.0])
    assert x.igamma_(rushlight.tensor([1.0])) is x
    assert x.item() == pytest.approx(1 - math.exp(-1))


def test_zeta():
    s = np.array([1.5, 2.0, 3.5, 10.0])
    for q in (0.3, 1.0, 7.0, 100.0, -0.5):
        whole = s if q > 0 else s[[1, 3]]
        found = special.zeta(rushlight.tensor(whole), q).numpy()
        expected = (
            scipy.zeta(whole, q)
            if q > 0
            else scipy.zeta(whole, q + 1) + (np.abs(q) ** -whole)
        )
        np.testing.assert_allclose(found, expected, rtol=1e-10)
    edges = special.zeta(rushlight.tensor([1.0, 0.5, 2.0]), 0.0)
    assert edges[0].item() == math.inf
    assert math.isnan(edges[1].item())
    assert edges[2].item() == math.inf


def test_multivariate():
    x = rushlight.tensor([2.0, 3.5], dtype=rushlight.float64, requires_grad=True)
    expected = [scipy.multigammaln(v, 3) for v in x.tolist()]
    np.testing.assert_allclose(x.mvlgamma(3).detach().numpy(), expected)
    assert gradcheck(lambda x: special.multigammaln(x, 2), (x,))
    with pytest.raises(RuntimeError, match="greater than or equal to 1"):
        x.mvlgamma(0)

"""Poisson numbers: the law, what is drawn ahead, refusals."""

import numpy as np
import pytest
from scipy import stats

from rushlight._base.errors import ArgumentRuntimeError, UnsupportedError
from rushlight._core.generator import Generator
from rushlight._core.sampling import poisson


@pytest.mark.parametrize("rate", [0.3, 4.0, 10.0, 60.0])
def test_the_law_is_poissons(rate):
    found = poisson(Generator().manual_seed(0), np.full(20_000, rate))
    values = np.arange(int(found.max()) + 1)
    wanted = stats.poisson(rate).pmf(values) * found.size
    counted = np.bincount(found.astype(int), minlength=values.size)
    often = wanted > 10
    distance = ((counted - wanted)[often] ** 2 / wanted[often]).sum()
    assert stats.chi2(often.sum()).sf(distance) > 1e-3


def test_one_call_draws_as_many_calls_do():
    rates = np.linspace(0, 30, 2000)
    together, alone = Generator().manual_seed(1), Generator().manual_seed(1)
    found = poisson(together, rates)
    singles = [poisson(alone, rates[i : i + 1]).item() for i in range(rates.size)]
    assert found.tolist() == singles
    assert np.array_equal(together.state_bytes(), alone.state_bytes())


def test_nothing_is_drawn_for_rates_of_zero():
    g = Generator().manual_seed(1)
    before = g.state_bytes()
    assert (poisson(g, np.zeros((2, 3), np.float32)) == np.zeros((2, 3))).all()
    assert np.array_equal(g.state_bytes(), before)


@pytest.mark.parametrize("rate", [-1.0, float("nan"), float("inf")])
def test_rates_are_checked(rate):
    with pytest.raises(ArgumentRuntimeError, match=f"finite rates >= 0, got {rate}"):
        poisson(None, np.array([1.0, rate]))


def test_integers_are_refused():
    with pytest.raises(UnsupportedError, match="input: a real floating-point dtype"):
        poisson(None, np.array([1]))

"""Exponential, Cauchy, geometric and log-normal numbers."""

import numpy as np
import pytest
from scipy import stats

from rushlight._base.errors import ArgumentRuntimeError, UnsupportedError
from rushlight._core.generator import Generator
from rushlight._core.sampling import cauchy, exponential, geometric, log_normal

F8 = np.dtype("f8")


def generator(seed=0):
    return Generator().manual_seed(seed)


@pytest.mark.parametrize(
    "draw, law",
    [
        (lambda g, n: exponential(g, n, F8, 2.0), stats.expon(scale=0.5)),
        (lambda g, n: cauchy(g, n, F8, 1.0, 2.0), stats.cauchy(1, 2)),
        (
            lambda g, n: log_normal(g, n, F8, 0.5, 0.3),
            stats.lognorm(0.3, 0, np.exp(0.5)),
        ),
    ],
    ids=["exponential", "cauchy", "log_normal"],
)
def test_the_law_is_the_one_named(draw, law):
    assert stats.kstest(draw(generator(), (20_000,)), law.cdf).pvalue > 1e-3


def test_geometric_counts_the_tosses():
    found = geometric(generator(), (100_000,), np.dtype("i8"), 0.25)
    assert found.min() == 1
    assert found.mean() == pytest.approx(4, rel=0.02)
    assert (found == 1).mean() == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize(
    "law, settings, words",
    [
        (exponential, {"rate": 0}, r"exponential_\(\): expected lambd > 0, got 0"),
        (exponential, {"rate": float("nan")}, "got nan"),
        (cauchy, {"sigma": -1}, r"cauchy_\(\): expected sigma > 0, got -1"),
        (geometric, {"p": 1.0}, r"geometric_\(\): expected p in \(0, 1\), got 1.0"),
        (geometric, {"p": 0}, "got 0"),
        (log_normal, {"std": 0}, r"log_normal_\(\): expected std > 0, got 0"),
    ],
)
def test_parameters_are_checked(law, settings, words):
    with pytest.raises(ArgumentRuntimeError, match=words):
        law(None, (3,), np.dtype("f4"), **settings)


@pytest.mark.parametrize(
    "law, settings, dtype, error",
    [
        (exponential, {}, "i8", ArgumentRuntimeError),
        (cauchy, {}, "i4", ArgumentRuntimeError),
        (log_normal, {}, "i8", UnsupportedError),
        (geometric, {"p": 0.5}, "?", UnsupportedError),
        (geometric, {"p": 0.5}, "c8", UnsupportedError),
    ],
)
def test_dtypes_are_checked(law, settings, dtype, error):
    with pytest.raises(error, match=f"got {np.dtype(dtype)}"):
        law(None, (3,), np.dtype(dtype), **settings)


def test_overflow_is_silent():
    assert np.isinf(log_normal(generator(), (50,), np.dtype("f4"), 200.0, 1.0)).all()

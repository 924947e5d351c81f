"""exp, log, tanh, erf of machine code: within 2 units in the last place of float64."""

import math

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.runtime.kernel import native_kernel

REFERENCE = {
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "erf": np.vectorize(math.erf),
}


def run(name, x, dtype="f32"):
    k = Builder(f"only_{name}")
    n = k.size("n")
    source, out = k.buffer("x", dtype, n), k.buffer("out", dtype, n, written=True)
    with k.loop("i", n, vector=True):
        k.store(out, getattr(k, name)(k.load(source, i=1)), i=1)
    result = np.empty_like(x)
    native_kernel(k.kernel())((x.size,), (x, result))
    return result


def points(size):
    rng = np.random.default_rng(0)
    wide = np.exp(rng.uniform(-100, 88, size))
    values = [rng.normal(size=size) * 3, rng.uniform(-110, 95, size), wide, -wide]
    return np.concatenate(values).astype(np.float32)


@pytest.mark.parametrize("name", REFERENCE)
@pytest.mark.parametrize(
    "size", [5_000, pytest.param(1_000_000, marks=pytest.mark.slow)]
)
def test_within_two_units(name, size):
    x = points(size if name != "erf" else min(size, 100_000))
    with np.errstate(all="ignore"):
        exact = REFERENCE[name](x.astype(np.float64))
        rounded = exact.astype(np.float32)
    got = run(name, x)
    finite = np.isfinite(rounded)
    np.testing.assert_array_equal(got[~finite], rounded[~finite])
    unit = np.spacing(np.abs(rounded[finite])).astype(np.float64)
    error = np.abs(got[finite].astype(np.float64) - exact[finite]) / unit
    assert error.max() <= 2, x[finite][error.argmax()]


@pytest.mark.parametrize("name", REFERENCE)
def test_special_values(name):
    x = np.float32([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 1e-39, 1.0] * 3)
    with np.errstate(all="ignore"):
        wanted = REFERENCE[name](x.astype(np.float64)).astype(np.float32)
    got = run(name, x)
    np.testing.assert_allclose(got, wanted, rtol=3e-7, atol=2e-45)
    known = ~np.isnan(wanted)
    np.testing.assert_array_equal(np.signbit(got[known]), np.signbit(wanted[known]))


@pytest.mark.parametrize("name", ["exp", "log", "tanh"])
def test_float64(name):
    x = np.random.default_rng(0).uniform(0.1, 5, 100)
    np.testing.assert_allclose(run(name, x, "f64"), REFERENCE[name](x), rtol=1e-14)

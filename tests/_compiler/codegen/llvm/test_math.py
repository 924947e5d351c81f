"""The functions of machine code: within 2 units in the last place of float64."""

import math

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.runtime.kernel import native_kernel

REFERENCE = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "erf": np.vectorize(math.erf),
    "sin": np.sin,
    "cos": np.cos,
}
SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 1e-39, 1.0, -1.0]


def run(name, *args, dtype="f32", lanes=16):
    k = Builder(f"only_{name}")
    n = k.size("n")
    sources = [k.buffer(f"x{i}", dtype, n) for i in range(len(args))]
    out = k.buffer("out", dtype, n, written=True)
    with k.loop("i", n, vector=True, lanes=lanes):
        k.store(out, getattr(k, name)(*[k.load(x, i=1) for x in sources]), i=1)
    result = np.empty_like(args[0])
    native_kernel(k.kernel())((result.size,), (*args, result))
    return result


def points(size):
    rng = np.random.default_rng(0)
    wide = np.exp(rng.uniform(-100, 88, size))
    values = [rng.normal(size=size) * 3, rng.uniform(-110, 95, size), wide, -wide]
    values += [rng.uniform(-1, 1, size) ** 5, rng.uniform(-1e5, 1e5, size)]
    # next to the multiples of pi/2, where sine and cosine vanish
    values.append(rng.integers(-(10**5), 10**5, size) * (np.pi / 2))
    return np.concatenate(values).astype(np.float32)


def check_units(got, exact, where, most=2):
    """At most so many units in the last place from a float64 result."""
    with np.errstate(all="ignore"):
        rounded = exact.astype(np.float32)
    finite = np.isfinite(rounded)
    np.testing.assert_array_equal(got[~finite], rounded[~finite])
    unit = np.spacing(np.abs(rounded[finite])).astype(np.float64)
    error = np.abs(got[finite].astype(np.float64) - exact[finite]) / unit
    worst = error.argmax()
    assert error[worst] <= most, (error[worst], [x[finite][worst] for x in where])


@pytest.mark.parametrize("name", REFERENCE)
@pytest.mark.parametrize(
    "size", [5_000, pytest.param(1_000_000, marks=pytest.mark.slow)]
)
def test_within_two_units(name, size):
    x = points(size if name != "erf" else min(size, 100_000))
    with np.errstate(all="ignore"):
        exact = REFERENCE[name](x.astype(np.float64))
    check_units(run(name, x), exact, [x])


@pytest.mark.parametrize("name", REFERENCE)
def test_special_values(name):
    x = np.float32(SPECIAL * 3)
    with np.errstate(all="ignore"):
        wanted = np.float32([_special(name, value) for value in x])
    got = run(name, x)
    np.testing.assert_allclose(got, wanted, rtol=3e-7, atol=2e-45)
    known = ~np.isnan(wanted)
    np.testing.assert_array_equal(np.signbit(got[known]), np.signbit(wanted[known]))


def _special(name, value):
    return np.float32(REFERENCE[name](np.float64(value)))


@pytest.mark.parametrize("name", REFERENCE)
def test_every_lane_and_width_agree(name):
    x = points(300)
    np.testing.assert_array_equal(run(name, x), run(name, x, lanes=2))


@pytest.mark.parametrize("name", REFERENCE)
def test_float64(name):
    x = np.random.default_rng(0).uniform(0.1, 5, 100)
    wanted = REFERENCE[name](x)
    np.testing.assert_allclose(run(name, x, dtype="f64"), wanted, rtol=1e-14)


def test_large_angles():
    x = np.float32([1.1e9, -3e10, 2.5e20, 3.4e38, 7.0, 0.1, 5e-9, 2.0**30])
    for name in ("sin", "cos"):
        check_units(run(name, x), REFERENCE[name](x.astype(np.float64)), [x])


@pytest.mark.parametrize(
    "size", [20_000, pytest.param(2_000_000, marks=pytest.mark.slow)]
)
def test_powers(size):
    rng = np.random.default_rng(0)
    x = np.exp(rng.uniform(-100, 88, size))
    y = rng.uniform(-1, 1, size) * 95 / np.abs(np.log(x))
    x[::3], y[::3] = rng.uniform(0.5, 2, size)[::3], rng.normal(size=size)[::3] * 40
    x[::5], y[::5] = rng.normal(size=size)[::5], rng.integers(-9, 10, size)[::5]
    x, y = x.astype(np.float32), y.astype(np.float32)
    with np.errstate(all="ignore"):
        exact = np.power(x.astype(np.float64), y.astype(np.float64))
    check_units(run("pow", x, y), exact, [x, y], most=1)


def test_special_powers():
    values = [*SPECIAL, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0, 1e30, -1e30, 2.0**24, 3e38]
    x, y = (g.ravel() for g in np.meshgrid(np.float32(values), np.float32(values)))
    with np.errstate(all="ignore"):
        wanted = np.power(x.astype(np.float64), y.astype(np.float64)).astype("f4")
    got = run("pow", x, y)
    np.testing.assert_allclose(got, wanted, rtol=3e-7, atol=2e-45)
    known = ~np.isnan(wanted)
    np.testing.assert_array_equal(np.signbit(got[known]), np.signbit(wanted[known]))
    x, y = x.astype(np.float64), y.astype(np.float64)
    with np.errstate(all="ignore"):
        wanted = np.power(x, y)
    np.testing.assert_allclose(run("pow", x, y, dtype="f64"), wanted, rtol=1e-15)

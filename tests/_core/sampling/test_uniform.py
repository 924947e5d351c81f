"""Uniform numbers and coin tosses: bounds, roundings, refusals."""

from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest

from rushlight._base.errors import ArgumentRuntimeError, UnsupportedError
from rushlight._core.generator import Generator
from rushlight._core.sampling import bernoulli, bernoulli_of, uniform
from rushlight._core.sampling.chunks import CHUNK, scale_and_shift

FLOATS = [np.dtype(t) for t in ("f2", "f4", "f8", ml_dtypes.bfloat16)]
F4 = np.dtype("f4")


def generator(seed=0):
    return Generator().manual_seed(seed)


@pytest.mark.parametrize("size", [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5])
@pytest.mark.parametrize("dtype", FLOATS, ids=str)
def test_pieces_do_not_show(size, dtype):
    found = uniform(generator(), (size,), dtype)
    raw = generator().draw64(size) if dtype == "f8" else generator().draw32(size)
    digits = 53 if dtype == "f8" else 24
    wanted = (raw & np.array(2**digits - 1, raw.dtype)) * 2.0**-digits
    wanted = wanted.astype(dtype)
    wanted[wanted == 1] = 0
    assert np.array_equal(found, wanted)


@pytest.mark.parametrize("low, high", [(0, 1), (-2.5, 7), (0.1, 0.3), (-5, -1)])
@pytest.mark.parametrize("dtype", FLOATS, ids=str)
def test_the_upper_bound_is_never_reached(dtype, low, high):
    found = uniform(generator(), (50_000,), dtype, low, high)
    assert found.min() >= dtype.type(low)
    assert (found < dtype.type(high)).all()


def test_equal_bounds_give_that_number():
    assert (uniform(generator(), (5,), F4, 3.0, 3.0) == 3).all()


@pytest.mark.parametrize("factor, term", [(9.4, -2.3), (1e300, -1e299), (1e-3, 5.0)])
def test_doubles_are_scaled_with_one_rounding(factor, term):
    values = uniform(generator(), (200,), np.dtype("f8"))
    exact = [Fraction(v) * Fraction(factor) + Fraction(term) for v in values.tolist()]
    scale_and_shift(values, factor, term)
    assert values.tolist() == [float(number) for number in exact]


def test_singles_are_scaled_with_one_rounding():
    factor, term = np.float32(9.4), np.float32(-2.3)
    values = uniform(generator(), (200,), F4)
    exact = values.astype("f8") * np.float64(factor) + np.float64(term)
    scale_and_shift(values, factor, term)
    assert np.array_equal(values, exact.astype("f4"))


def test_singles_that_come_near_a_tie_are_rounded_once():
    # 2**36 + 1 = 1774001 * 38737: one plus a bit more (or less) than half a unit
    value, factor = np.float32(1774001 * 2.0**-30), np.float32(38737 * 2.0**-30)
    values = np.array([value, -value, 0.5], F4)
    scale_and_shift(values, factor, np.float32(1))
    half = np.float32(0.5 * float(factor) + 1)
    assert values.tolist() == [1 + 2.0**-23, 1 - 2.0**-24, half]
    values = np.array([value, -value], F4)
    scale_and_shift(values, factor, np.float32(1 + 2.0**-23))
    assert values.tolist() == [1 + 2.0**-22, 1.0]


@pytest.mark.parametrize(
    "dtype, low, high",
    [
        (F4, 2, 1),
        (F4, float("nan"), 1),
        (F4, 0, float("inf")),
        (F4, -3e38, 3e38),
        (np.dtype("f2"), 0, 1e5),
    ],
)
def test_bounds_are_checked(dtype, low, high):
    before = (g := generator()).state_bytes()
    with pytest.raises(
        ArgumentRuntimeError, match=r"uniform_\(\): expected from <= to"
    ):
        uniform(g, (3,), dtype, low, high)
    assert np.array_equal(g.state_bytes(), before)


@pytest.mark.parametrize("dtype", ["i8", "?", "u1"])
def test_uniform_integers_are_refused(dtype):
    with pytest.raises(NotImplementedError, match="a real floating-point dtype"):
        uniform(None, (3,), np.dtype(dtype))


def test_a_probability_is_exact_to_53_bits():
    # u * 2**-53 < p for p one step above a draw, and not for p equal to it.
    unit = uniform(generator(), (), np.dtype("f8")).item()
    for p, wanted in [(unit, 0), (np.nextafter(unit, 1), 1)]:
        assert bernoulli(generator(), (), F4, p).item() == wanted


def test_narrow_probabilities_take_one_draw_and_wide_ones_two():
    for dtype, draws in [("f2", 10), ("f4", 10), (ml_dtypes.bfloat16, 10), ("f8", 20)]:
        g, other = generator(), generator()
        bernoulli_of(g, np.full(10, 0.5, dtype), np.dtype(bool))
        other.draw32(draws)
        assert np.array_equal(g.state_bytes(), other.state_bytes())


def test_probabilities_broadcast():
    found = bernoulli_of(None, np.array([0.0, 1.0]), np.dtype("i4"), shape=(3, 2))
    assert found.tolist() == [[0, 1]] * 3


@pytest.mark.parametrize("p", [1.5, -0.1, float("nan")])
def test_a_probability_is_checked(p):
    with pytest.raises(
        ArgumentRuntimeError, match=r"p: a probability in \[0, 1\], got"
    ):
        bernoulli(None, (3,), F4, p)
    with pytest.raises(ArgumentRuntimeError, match=f"got {p}"):
        bernoulli_of(None, np.array([0.5, p]), F4)


@pytest.mark.parametrize("dtype", ["c8", "u2", "u4", "u8"])
def test_dtypes_of_coins_are_checked(dtype):
    with pytest.raises(UnsupportedError, match=f"got {np.dtype(dtype)}"):
        bernoulli(None, (3,), np.dtype(dtype), 0.5)
    with pytest.raises(UnsupportedError, match="p: a real floating-point dtype"):
        bernoulli_of(None, np.array([1, 0]), F4)

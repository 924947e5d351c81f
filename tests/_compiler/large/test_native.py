"""Machine code of formulas: the values of the eager rules, for every op and layout."""

import itertools

import numpy as np
import pytest

import rushlight
from rushlight._base import threads
from rushlight._compiler.large.formulas import formula_of
from rushlight._compiler.large.native import Native
from rushlight._compiler.large.walks import walk_of
from rushlight._core.table import TABLE

pytest.importorskip("llvmlite")

SPECIAL = [0.0, -0.0, 1, -1, np.inf, -np.inf, np.nan, 0.5, -0.5, 2, -2, 1.5, 2.5]
SPECIAL += [1e-40, -1e-40, 3e38, -3e38, 1e-30, 7, -7, 0.2, 0.8, 3, -3, 6]
HALF = rushlight.bfloat16.numpy
FLOATS, REALS = "fd", ["f", "d", "l", "i"]
#: op -> (number of operands, dtypes, attributes).
EXACT = {
    "add": (2, [*REALS, "B", "e", HALF], {}),
    "sub": (2, [*REALS, "e", HALF], {}),
    "mul": (2, [*REALS, "e", HALF], {}),
    "div": (2, FLOATS, {}),
    "neg": (1, [*REALS, HALF], {}),
    "abs": (1, [*REALS, HALF], {}),
    "sign": (1, REALS, {}),
    "sqrt": (1, FLOATS, {}),
    "reciprocal": (1, FLOATS, {}),
    "maximum": (2, REALS, {}),
    "minimum": (2, REALS, {}),
    "fmax": (2, FLOATS, {}),
    "fmin": (2, FLOATS, {}),
    "lt": (2, [*REALS, HALF], {}),
    "eq": (2, [*REALS, "?", HALF], {}),
    "isnan": (1, FLOATS, {}),
    "isfinite": (1, FLOATS, {}),
    "logical_and": (2, [*REALS, "?"], {}),
    "logical_not": (1, [*REALS, "?"], {}),
    "floor": (1, FLOATS, {}),
    "round": (1, FLOATS, {}),
    "trunc": (1, FLOATS, {}),
    "frac": (1, FLOATS, {}),
    "angle": (1, FLOATS, {}),
    "clamp": (1, FLOATS, {"min": -0.5, "max": 0.5}),
    "clamp_min": (1, FLOATS, {"bound": 0.3}),
    "clamp_tensors": (3, FLOATS, {}),
    "relu": (1, FLOATS, {}),
    "leaky_relu": (1, FLOATS, {"slope": 0.1}),
    "prelu": (2, FLOATS, {}),
    "threshold": (1, FLOATS, {"threshold": 0.4, "value": -1.0}),
    "hardshrink": (1, FLOATS, {"lambd": 0.5}),
    "softshrink": (1, FLOATS, {"lambd": 0.5}),
    "hardtanh": (1, FLOATS, {"low": -0.3, "high": 0.3}),
    "nan_to_num": (1, FLOATS, {"nan": 0.0, "posinf": None, "neginf": None}),
    "to": (1, ["d", "l", "i", "B", "?"], {"dtype": rushlight.float32}),
}
#: op -> (number of operands, dtypes, most units in the last place).
ROUNDED = {
    "rsqrt": (1, FLOATS, 2),
    "logaddexp": (2, FLOATS, 16),
    "hypot": (2, "f", 1),
    "pow": (2, FLOATS, 2),
    "erf": (1, "f", 4),
    "erfc": (1, FLOATS, 8),
    "erfinv": (1, "f", 1),
    "lgamma": (1, "f", 1),
    "digamma": (1, "f", 1),
    "special_i0": (1, "f", 1),
    "special_i1": (1, "f", 1),
    "special_ndtr": (1, "f", 1),
    "special_log_ndtr": (1, "f", 1),
    "special_entr": (1, FLOATS, 4),
}
EXACT_CASES = [(name, dtype) for name, row in EXACT.items() for dtype in row[1]]
ROUNDED_CASES = [(name, dtype) for name, row in ROUNDED.items() for dtype in row[1]]


def operand(dtype, number, size=3001):
    """Numbers of a dtype: each special one beside each, then random ones."""
    dtype, rng = np.dtype(dtype), np.random.default_rng(number)
    if dtype.kind == "b":
        return rng.random(size) < 0.5
    if dtype.kind in "iu":
        return rng.integers(0 if dtype.kind == "u" else -100, 100, size).astype(dtype)
    values = rng.standard_normal(size) * 3
    pairs = np.array(list(itertools.product(SPECIAL, SPECIAL)))
    values[: len(pairs)] = pairs[:, number % 2]
    with np.errstate(all="ignore"):
        return values.astype(dtype)


def both(name, count, dtype, attrs):
    """The results of the kernel and of the eager rule."""
    op, arrays = TABLE[name], [operand(dtype, i) for i in range(count)]
    formula = formula_of(op, [a.dtype for a in arrays], attrs)
    native = Native(formula, "1" * count, True, 256)
    plain = op.kernels[np.ndarray]
    with np.errstate(all="ignore"):
        want = np.asarray(getattr(plain, "plain", plain)(*arrays, **attrs))
    got = native.run(arrays, None, walk_of(arrays))
    assert got.dtype == want.dtype
    return got, want, formula


@pytest.mark.parametrize("name, dtype", EXACT_CASES)
def test_an_exact_kernel_gives_the_bits_of_the_eager_rule(name, dtype):
    count, _, attrs = EXACT[name]
    got, want, formula = both(name, count, dtype, attrs)
    assert formula.is_exact
    if want.dtype.kind in "fV":
        got, want = got.astype("f8"), want.astype("f8")
        zeros = (want == 0) & (got == 0)
        np.testing.assert_array_equal(np.signbit(got[zeros]), np.signbit(want[zeros]))
    np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("name, dtype", ROUNDED_CASES)
def test_other_kernels_differ_by_few_units(name, dtype):
    count, _, most = ROUNDED[name]
    got, want, _ = both(name, count, dtype, {})
    finite = np.isfinite(want)
    np.testing.assert_array_equal(got[~finite], want[~finite])
    unit = np.spacing(np.abs(want[finite])).astype("f8")
    assert np.max(np.abs(got[finite].astype("f8") - want[finite]) / unit) <= most


@pytest.mark.parametrize("name", ["fmod", "remainder", "floor_divide", "div_floor"])
def test_remainders_of_usual_sizes_are_exact(name):
    rng, op = np.random.default_rng(0), TABLE[name]
    x = np.concatenate([operand("f", 0)[700:], rng.integers(-50, 50, 3000)])
    y = np.concatenate([operand("f", 1)[700:], rng.integers(-7, 7, 3000)])
    x[:30], y[:30] = np.repeat(SPECIAL[:6], 5), SPECIAL[4:9] * 6
    x, y = x.astype("f4"), y.astype("f4")
    formula = formula_of(op, [x.dtype, y.dtype], {})
    got = Native(formula, "11", True, 256).run([x, y], None, walk_of([x, y]))
    with np.errstate(all="ignore"):
        want = op.kernels[np.ndarray](x, y)
    np.testing.assert_array_equal(got, want)
    zeros = want == 0
    np.testing.assert_array_equal(np.signbit(got[zeros]), np.signbit(want[zeros]))


def test_quotients_that_are_too_large_are_left_to_the_eager_rule():
    x, y = np.full(64, 1e30, "f4"), np.full(64, 3.0, "f4")
    formula = formula_of(TABLE["fmod"], [x.dtype, y.dtype], {})
    native = Native(formula, "11", True, 256)
    assert native.run([x, y], None, walk_of([x, y])) is None
    assert native.run([y, y], None, walk_of([y, y])).tolist() == [0.0] * 64


LAYOUTS = {
    "row": (lambda x: x, lambda x: x[0]),
    "column": (lambda x: x, lambda x: x[:, :1]),
    "transposed": (lambda x: x.T, lambda x: x.T),
    "part": (lambda x: x[3:, 5:], lambda x: x[3:, 5:]),
    "number": (lambda x: x, lambda x: x[0, 0]),
    "channels": (
        lambda x: x.reshape(10, 10, 1000),
        lambda x: x[0, :10].reshape(10, 1),
    ),
    "long rows": (lambda x: x.reshape(2, -1), lambda x: x.reshape(2, -1)[0]),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_regular_layout_is_walked(layout):
    x = np.random.default_rng(0).standard_normal((100, 1000))
    first, second = [np.asarray(take(x)) for take in LAYOUTS[layout]]
    walk = walk_of([first, second])
    formula = formula_of(TABLE["sub"], [x.dtype] * 2, {})
    native = Native(formula, walk.pattern, walk.steps is None, 2048)
    want = first - second
    got = native.run([first, second], None, walk)
    np.testing.assert_array_equal(got, want)
    assert got.strides == want.strides
    target = first.copy(order="K")
    native.run([target, second], target, walk_of([target, second], target))
    np.testing.assert_array_equal(target, want)


def test_the_number_of_threads_changes_nothing():
    x = np.random.default_rng(0).standard_normal(200_000).astype("f4")
    formula = formula_of(TABLE["lgamma"], [x.dtype], {})
    native, before = Native(formula, "1", True, 2048), threads.get_num_threads()
    found = []
    try:
        for count in (1, 2, 8):
            threads.set_num_threads(count)
            found.append(native.run([x], None, walk_of([x])).tobytes())
    finally:
        threads.set_num_threads(before)
    assert len(set(found)) == 1

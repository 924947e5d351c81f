"""The interpreter against NumPy."""

import numpy as np
import pytest

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.checker import LoopError
from rushlight._compiler.loops.interpreter import run_kernel
from rushlight._compiler.loops.meaning import meaning
from tests._compiler.loops import samples


def test_pointwise():
    x, out = np.arange(5, dtype="f4"), np.empty(5, "f4")
    run_kernel(samples.scale(), [5], [x, out], [2.0])
    np.testing.assert_array_equal(out, 2 * x + 1)


@pytest.mark.parametrize("width", [1, 16, 37])
def test_rows(width):
    x = np.random.default_rng(0).normal(size=(3, width)).astype("f4")
    out = np.empty_like(x)
    run_kernel(samples.softmax(width=width), [3, x.size], [x.ravel(), out.reshape(-1)])
    wanted = np.exp(x - x.max(1, keepdims=True))
    np.testing.assert_allclose(out, wanted / wanted.sum(1, keepdims=True), rtol=1e-6)


def test_a_load_keeps_its_value():
    x, y = np.arange(20, dtype="f4"), np.ones(20, "f4")
    run_kernel(samples.swap(), [20], [x, y])
    np.testing.assert_array_equal(x, np.ones(20))
    np.testing.assert_array_equal(y, np.arange(20))


def test_nan_wins_in_max():
    x = np.float32([1, np.nan, 3])
    out = np.empty(3, "f4")
    run_kernel(samples.softmax(width=3), [1, 3], [x, out])
    assert np.isnan(out).all()


def test_blocks_in_any_order():
    x = np.random.default_rng(0).normal(size=740).astype("f4")
    in_order, turned = np.zeros(37, "f4"), np.zeros(37, "f4")
    run_kernel(samples.columns(), [], [x, in_order])
    run_kernel(samples.columns(), [], [x, turned], blocks=[2, 0, 1])
    np.testing.assert_array_equal(in_order, turned)
    np.testing.assert_allclose(in_order, x.reshape(20, 37).sum(0), rtol=1e-4)


def test_a_place_outside_is_refused():
    k = Builder("outside")
    x, out = k.buffer("x", "i64", 4), k.buffer("out", "i64", 4, written=True)
    with k.loop("i", 4, vector=True):
        k.store(out, k.load(x, at=k.load(x, i=1)), i=1)
    places = np.array([0, 1, 2, 3])
    run_kernel(k.kernel(), [], [places, np.zeros(4, int)])
    places[2] = 4
    with pytest.raises(LoopError, match=r"x\[4\] is outside its 4 elements"):
        run_kernel(k.kernel(), [], [places, np.zeros(4, int)])
    places[2] = -1
    with pytest.raises(LoopError, match=r"x\[-1\] is outside"):
        run_kernel(k.kernel(), [], [places, np.zeros(4, int)])


def test_a_block_finds_nonsense_in_its_memory():
    k = Builder("unwritten")
    out, own = k.buffer("out", "f32", 2, written=True), k.local("own", "f32", 1)
    with k.loop("b", 2, parallel=True):
        k.store(out, k.load(own), b=1)
        k.store(own, k.const(1.0))
    out = np.zeros(2, "f4")
    run_kernel(k.kernel(), [], [out])
    assert np.isnan(out).all()


def test_a_product_reads_what_it_adds_to_only_then():
    for beta in (0.0, 1.0):
        k = Builder("product")
        x, out = k.buffer("x", "f64", 6), k.buffer("out", "f64", 9, written=True)
        a, c = k.place(x, 3), k.place(out, 3)
        k.product("f64", 3, 3, 2, a, a, c, transpose_a=True, alpha=0.5, beta=beta)
        matrix, out = np.arange(6.0), np.full(9, 1.0 if beta else np.nan)
        run_kernel(k.kernel(), [], [matrix, out])
        matrix = matrix.reshape(2, 3)
        wanted = 0.5 * matrix.T @ matrix + beta
        np.testing.assert_array_equal(out.reshape(3, 3), wanted)


@pytest.mark.parametrize(
    "x, y, quotient, rest",
    [(7, 3, 2, 1), (-7, 3, -3, 2), (7, -3, -3, -2), (5, 0, 0, 0), (-(2**63), -1, 0, 0)],
)
def test_integers(x, y, quotient, rest):
    x, y = np.int64(x), np.int64(y)
    with np.errstate(all="ignore"):
        assert y == -1 or meaning("floordiv", "i64", (x, y)) == quotient
        assert meaning("remainder", "i64", (x, y)) == rest


def test_casts_of_what_is_no_integer():
    for value in (np.nan, np.inf, -np.inf, 1e30):
        assert meaning("cast", "i64", (np.float32(value),)) == -(2**63)
    assert meaning("cast", "i64", (np.float64(-2.9),)) == -2
    assert meaning("cast", "bool", (np.float32(np.nan),))


def test_fma_is_rounded_once():
    x = np.float32(1 + 2**-12)
    assert meaning("fma", "f32", (x, x, np.float32(-1))) == 2**-11 + 2**-24
    assert x * x - np.float32(1) != 2**-11 + 2**-24
    # half way but for what is far below: rounding twice would go to even
    y = np.float32(1 + 2**-23)
    assert meaning("fma", "f32", (y, np.float32(2**-24), y)) > y

"""Machine code against the interpreter: the same values, bit for bit where exact."""

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.interpreter import run_kernel
from rushlight._compiler.runtime.kernel import native_kernel
from tests._compiler.loops import samples

DTYPES = {"f32": np.float32, "f64": np.float64}


def both(kernel, sizes, arrays, numbers=()):
    """What the interpreter and the machine code leave in the arrays."""
    slow = [a.copy() for a in arrays]
    fast = [a.copy() for a in arrays]
    run_kernel(kernel, sizes, slow, numbers)
    native_kernel(kernel)(sizes, fast, numbers)
    return slow, fast


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [0, 1, 15, 16, 17, 100])
def test_pointwise(dtype, n):
    x = np.random.default_rng(0).normal(size=n).astype(DTYPES[dtype])
    slow, fast = both(samples.scale(dtype), [n], [x, np.zeros_like(x)], [0.3])
    np.testing.assert_array_equal(slow[1], fast[1])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("width", [1, 16, 37])
def test_rows(dtype, width):
    x = np.random.default_rng(0).normal(size=5 * width).astype(DTYPES[dtype])
    kernel = samples.softmax(dtype, width)
    slow, fast = both(kernel, [5, x.size], [x, np.zeros_like(x)])
    np.testing.assert_allclose(slow[1], fast[1], rtol=5e-7)


def test_loads_keep_their_values():
    x, y = np.arange(40, dtype="f4"), np.ones(40, "f4")
    slow, fast = both(samples.swap(), [40], [x, y])
    np.testing.assert_array_equal(slow, fast)


def test_strides_and_broadcasts():
    x = np.random.default_rng(0).normal(size=300).astype("f4")
    arrays = [x, np.float32([5]), np.zeros(200, "f4")]
    slow, fast = both(samples.strided(), [90], arrays)
    np.testing.assert_array_equal(slow[2], fast[2])
    assert fast[2][0] == 0


SPECIAL = np.array(
    [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, -2.5, np.inf, -np.inf, np.nan, 1e-40, 3e38] * 2
)


def _every_instruction(dtype):
    k = Builder("every")
    n = k.size("n")
    x, y = k.buffer("x", dtype, n), k.buffer("y", dtype, n)
    made = {}
    with k.loop("i", n, vector=True):
        a, b = k.load(x, i=1), k.load(y, i=1)
        made = {op: getattr(k, op)(a, b) for op in "add sub mul div max min".split()}
        made |= {op: getattr(k, op)(a) for op in "neg abs sqrt floor round".split()}
        both_ways = {op: getattr(k, op)(a, b) for op in "lt le eq ne".split()}
        both_ways["and"] = k.and_(k.lt(a, b), k.ne(a, a))
        both_ways["or"] = k.or_(k.lt(a, b), k.not_(k.eq(a, a)))
        made |= {op: k.where(test, a, b) for op, test in both_ways.items()}
        for op, value in made.items():
            k.store(k.buffer(f"out_{op}", dtype, n, written=True), value, i=1)
    return k.kernel()


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_exact_instruction_on_special_values(dtype):
    kernel = _every_instruction(dtype)
    x, y = (g.ravel().astype(DTYPES[dtype]) for g in np.meshgrid(SPECIAL, SPECIAL))
    outs = [np.zeros_like(x) for _ in kernel.buffers[2:]]
    slow, fast = both(kernel, [x.size], [x, y, *outs])
    for buffer, a, b in zip(kernel.buffers, slow, fast, strict=True):
        np.testing.assert_array_equal(a, b, err_msg=buffer.name)
        same_sign = np.signbit(a) == np.signbit(b)
        assert (same_sign | np.isnan(a)).all(), buffer.name

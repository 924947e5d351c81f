"""Machine code against the interpreter: the same values, bit for bit where exact."""

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from rushlight._compiler.codegen.llvm.emit import emit_kernel
from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.interpreter import run_kernel, stored_dtype
from rushlight._compiler.loops.ir import WIDE
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


def test_tasks_run_block_by_block():
    rng = np.random.default_rng(0)
    x = rng.normal(size=20 * 37).astype("f4")
    slow, fast = both(samples.columns(), [], [x, np.zeros(37, "f4")])
    np.testing.assert_array_equal(slow[1], fast[1])
    np.testing.assert_allclose(fast[1], x.reshape(20, 37).sum(0), rtol=1e-4)


def test_products_into_local_memory():
    pytest.importorskip("ml_dtypes")
    from rushlight._compiler.runtime import blas

    if not blas.is_available():
        pytest.skip("there is no BLAS")
    rng = np.random.default_rng(0)
    kernel = samples.linear()
    sizes = [b.size for b in kernel.buffers if not b.local]
    x, w = (rng.integers(-8, 8, size).astype("f4") for size in sizes[:2])
    bias = rng.normal(size=sizes[2]).astype("f2")
    arrays = [x, w, bias, np.zeros(sizes[3], stored_dtype("bf16"))]
    slow, fast = both(kernel, [], arrays)
    np.testing.assert_array_equal(slow[3], fast[3])
    wanted = np.maximum(x.reshape(100, 33) @ w.reshape(33, 24) + bias, 0)
    wanted = wanted.astype(stored_dtype("bf16")).ravel()
    np.testing.assert_array_equal(fast[3], wanted)


def test_places_of_their_own_and_conditions():
    x = np.arange(300, 340, dtype=np.int32)
    slow, fast = both(samples.shifted(), [], [x, np.full(40, 7, np.uint8)])
    np.testing.assert_array_equal(slow[1], fast[1])
    wanted = np.append(x[2:], [0, 0]).astype(np.uint8)
    wanted[1::2] = 7
    np.testing.assert_array_equal(fast[1], wanted)


@pytest.mark.parametrize("stored", ["u8", "i32", "bool", "f16", "f32", "i64"])
@pytest.mark.parametrize("n", [1, 17, 33])
@pytest.mark.parametrize("step", [1, 2])
def test_a_last_group_of_one_element_writes_one_element(stored, n, step):
    # LLVM's masked store of one narrowed lane wrote the bytes behind it as well
    k = Builder(f"one_of_{stored}_{n}_{step}")
    x = k.buffer("x", "i64", 33)
    out = k.buffer("out", stored, 80, written=True)
    with k.loop("i", n, vector=True):
        k.store(out, k.cast(k.load(x, i=1), WIDE[stored]), i=step)
    x = np.arange(1, 34) * 0x010203
    out = np.ones(80, stored_dtype(stored))
    wanted = out.copy()
    with np.errstate(over="ignore"):
        wanted[: n * step : step] = x[:n].astype(wanted.dtype)
    native_kernel(k.kernel())([], [x, out])
    np.testing.assert_array_equal(out, wanted)


def test_blocks_may_work_in_place():
    k = Builder("in_place")
    x = k.buffer("x", "f32", 40, may_coincide=True)
    factor = k.buffer("factor", "f32", 1)
    out = k.buffer("out", "f32", 40, written=True, may_coincide=True)
    with k.loop("i", 40, vector=True):
        k.store(out, k.mul(k.load(x, i=1), k.load(factor)), i=1)
    text = emit_kernel(k.kernel())
    assert "(ptr %a0, ptr noalias %a1, ptr %a2)" in text
    x = np.arange(40, dtype="f4")
    native_kernel(k.kernel())([], [x, np.float32([3]), x])
    np.testing.assert_array_equal(x, 3 * np.arange(40))


def test_what_a_loop_does_not_change_is_written_before_it():
    k = Builder("hoisted")
    x, out = k.buffer("x", "f32", 64), k.buffer("out", "f32", 64, written=True)
    with k.loop("i", 64, vector=True):
        k.store(out, k.add(k.load(x, i=1), k.sqrt(k.load(x))), i=1)
    lines = emit_kernel(k.kernel()).splitlines()
    (root,) = [i for i, line in enumerate(lines) if "call float @llvm.sqrt" in line]
    assert root < lines.index(next(line for line in lines if line.startswith("loop")))


def test_accumulators_live_in_registers():
    code = native_kernel(samples.softmax("f32", 128)).code
    assert "alloca" not in code
    assert "alloca" not in native_kernel(samples.columns()).code


def test_numbers_and_sizes_of_a_task():
    k = Builder("numbers")
    n = k.size("n")
    scale, turn = k.number("scale", "f64"), k.number("turn", "bool")
    x, out = k.buffer("x", "f64", n), k.buffer("out", "f64", n, written=True)
    with k.loop("b", n, parallel=True):
        value = k.mul(k.load(x, b=1), scale)
        value = k.add(value, k.cast(k.index(n), "f64"))
        k.store(out, k.where(turn, k.neg(value), value), b=1)
    x = np.arange(5.0)
    for turn in (True, False):
        slow, fast = both(k.kernel(), [5], [x, np.zeros(5)], [2.5, turn])
        np.testing.assert_array_equal(slow[1], fast[1])
        np.testing.assert_array_equal(fast[1], (x * 2.5 + 5) * (-1 if turn else 1))


def test_hundreds_of_operations_in_a_row():
    k = Builder("deep")
    x, out = k.buffer("x", "f32", 20), k.buffer("out", "f32", 20, written=True)
    with k.loop("i", 20, vector=True):
        value, same = k.load(x, i=1), k.load(x)
        for _ in range(400):
            value, same = k.add(value, same), k.mul(same, 0.5)
        k.store(out, value, i=1)
    x = np.arange(1, 21, dtype="f4")
    slow, fast = both(k.kernel(), [], [x, np.zeros(20, "f4")])
    np.testing.assert_array_equal(slow[1], fast[1])
    np.testing.assert_allclose(fast[1], x + 2, rtol=1e-6)


@pytest.mark.parametrize("divisor", [3, 7, 10, 641, 2**31 - 1])
def test_short_divisions_are_multiplications(divisor):
    k = Builder(f"division_{divisor}")
    rest, quotient = (k.buffer(n, "i64", 128, written=True) for n in ("rest", "most"))
    with k.loop("j", 4), k.loop("i", 32, vector=True):
        x = k.add(k.mul(k.index("j"), 2**29 - 9), k.mul(k.index("i"), 10**6 + 3))
        k.store(rest, k.remainder(x, divisor), i=1, j=32)
        k.store(quotient, k.floordiv(x, divisor), i=1, j=32)
    slow, fast = both(k.kernel(), [], [np.zeros(128, int), np.zeros(128, int)])
    np.testing.assert_array_equal(slow, fast)
    assert "div" not in native_kernel(k.kernel()).code.replace("division", "")


@pytest.mark.parametrize("n", [0, 5, 16, 37])
def test_any_and_all(n):
    k = Builder("truths")
    size = k.size("n")
    x, out = k.buffer("x", "bool", size), k.buffer("out", "bool", 2, written=True)
    some, every = k.declare("some", "bool", False), k.declare("every", "bool", True)
    with k.loop("i", size, vector=True):
        k.accumulate(some, "max", k.load(x, i=1))
        k.accumulate(every, "min", k.load(x, i=1))
    k.store(out, some)
    k.store(out, k.and_(every, k.const(True, "bool")), offset=1)
    for x in (np.zeros(n, bool), np.ones(n, bool), np.arange(n) == n - 1):
        slow, fast = both(k.kernel(), [n], [x, np.zeros(2, bool)])
        np.testing.assert_array_equal(slow[1], fast[1])
        np.testing.assert_array_equal(fast[1], [x.any(), x.all()])

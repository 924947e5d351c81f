"""The builder: symbolic numbers become sizes of the kernel."""

import numpy as np
import pytest

from rushlight._base.symbols import Sizes
from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.checker import LoopError, check_kernel
from rushlight._compiler.loops.interpreter import run_kernel
from rushlight._compiler.loops.printer import print_kernel


@pytest.fixture
def sizes():
    """As they are when a graph is compiled."""
    made = Sizes()
    made.is_strict = False
    return made


def run(kernel, sizes, values, arrays):
    check_kernel(kernel)
    numbers = sizes.filled(kernel.formulas)(*values)
    run_kernel(kernel, numbers, arrays)


def test_ints_make_no_sizes():
    k = Builder("plain")
    out = k.buffer("out", "f32", 12, written=True)
    with k.loop("i", 3), k.loop("j", 4):
        k.store(out, k.const(2), i=4, j=1)
    kernel = k.kernel()
    assert kernel.sizes == kernel.formulas == ()
    assert "out[4*i + j] = 2" in print_kernel(kernel)


def test_a_formula_is_one_size_however_often_it_is_used(sizes):
    n = sizes.symbol(7)
    k = Builder("twice")
    out = k.buffer("out", "f32", n + 1, written=True)
    with k.loop("i", 1 + n):
        k.store(out, k.const(n + 1), i=1)
    kernel = k.kernel()
    assert len(kernel.sizes) == len(kernel.formulas) == 1
    assert sizes.conditions() == []
    out = np.zeros(5, np.float32)
    run(kernel, sizes, (4,), [out])
    assert out.tolist() == [5.0] * 5


@pytest.mark.parametrize("values", [(7, 9), (2, 2), (3, 20), (17, 4)])
def test_steps_and_offsets(sizes, values):
    """A matrix turned, without its first row."""
    m, n = sizes.symbol(7), sizes.symbol(9)
    k = Builder("turned")
    x, out = (
        k.buffer("x", "f32", m * n),
        k.buffer("out", "f32", m * n - n, written=True),
    )
    with k.loop("i", m - 1), k.loop("j", n, vector=True):
        k.store(out, k.load(x, n, i=n, j=1), i=1, j=m - 1)
    kernel = k.kernel()
    rows, columns = values
    source = np.arange(rows * columns, dtype=np.float32)
    found = np.zeros(rows * columns - columns, np.float32)
    run(kernel, sizes, values, [source, found])
    want = source.reshape(values)[1:].T.reshape(-1)
    np.testing.assert_array_equal(found, want)
    assert sizes.conditions() == []


def test_constants_and_arithmetic(sizes):
    n = sizes.symbol(7)
    k = Builder("numbers")
    out = k.buffer("out", "i64", 3, written=True)
    k.store(out, k.const(n, "i64"))
    k.store(out, k.mul(k.index(k.size("given")), n), 1)
    k.store(out, k.min(k.sub(k.const(20, "i64"), n), n // 2), 2)
    kernel, found = k.kernel(), np.zeros(3, np.int64)
    formulas = dict(zip([s for s in kernel.sizes if s != "given"], kernel.formulas))
    numbers = [
        5 if size == "given" else sizes.filled(formulas[size])(9)
        for size in kernel.sizes
    ]
    run_kernel(kernel, numbers, [found])
    assert found.tolist() == [9, 45, 4]
    assert sizes.conditions() == []


@pytest.mark.parametrize("values", [(7, 9, 11), (2, 3, 2), (5, 2, 13)])
def test_products(sizes, values):
    m, n, depth = (sizes.symbol(hint) for hint in (7, 9, 11))
    k = Builder("product")
    a, b = k.buffer("a", "f64", 1 + m * depth), k.buffer("b", "f64", depth * n)
    c = k.buffer("c", "f64", m * n, written=True)
    with k.loop("block", 1, parallel=True):
        places = k.place(a, depth, 1), k.place(b, n), k.place(c, n)
        k.product("f64", m, n, depth, *places)
    rows, columns, inner = values
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=1 + rows * inner), rng.normal(size=inner * columns)
    found = np.zeros(rows * columns)
    run(k.kernel(), sizes, values, [x, y, found])
    want = x[1:].reshape(rows, inner) @ y.reshape(inner, columns)
    np.testing.assert_allclose(found.reshape(rows, columns), want, rtol=1e-12)


@pytest.mark.parametrize("what", ["local", "unroll"])
def test_what_machine_code_needs_to_know_is_fixed(sizes, what):
    n = sizes.symbol(7)
    k = Builder("known")
    out = k.buffer("out", "f32", n, written=True)
    if what == "local":
        assert k.local("row", "f32", n).size == 7
    else:
        with k.loop("i", n, unroll=True) as loop:
            k.store(out, k.const(1), i=1)
        assert loop.extent == 7
    assert sizes.conditions() == ["7 == s0"]


def test_the_interpreter_refuses_what_is_outside(sizes):
    n = sizes.symbol(7)
    k = Builder("outside")
    out = k.buffer("out", "f32", n, written=True)
    with k.loop("i", n):
        k.store(out, k.const(1), 7 - n + 1, i=1)
    with pytest.raises(LoopError, match="outside"):
        run(k.kernel(), sizes, (7,), [np.zeros(7, np.float32)])

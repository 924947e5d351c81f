"""Kernels as callables: NumPy at first, machine code when it pays."""

import numpy as np
import pytest

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.interpreter import run_kernel
from rushlight._compiler.runtime import kernel as kernel_module
from rushlight._compiler.runtime.blocks import run_blocks
from rushlight._compiler.runtime.kernel import AdaptiveKernel, native_kernel
from tests._compiler.loops import samples


def test_blocks_equal_the_equations():
    x, out = np.arange(5, dtype="f4"), np.empty(5, "f4")
    run_blocks(samples.scale(), [x, out], [3.0])
    np.testing.assert_array_equal(out, 3 * x + 1)
    y = np.ones(5, "f4")
    run_blocks(samples.swap(), [x, y], [])
    np.testing.assert_array_equal(y, np.arange(5))


@pytest.mark.parametrize(
    "name, count",
    [
        *(
            (name, 1)
            for name in "exp expm1 log log1p tanh sin cos sqrt ceil trunc".split()
        )
    ]
    + [("pow", 2), ("max", 2), ("fma", 3)],
)
def test_blocks_know_the_instructions(name, count):
    k = Builder(f"blocks_{name}")
    n = k.size("n")
    inputs = [k.buffer(f"x{i}", "f64", n) for i in range(count)]
    out = k.buffer("out", "f64", n, written=True)
    with k.loop("i", n, vector=True):
        k.store(out, getattr(k, name)(*[k.load(x, i=1) for x in inputs]), i=1)
    arrays = [np.random.default_rng(i).uniform(0.1, 3, 20) for i in range(count + 1)]
    wanted = [array.copy() for array in arrays]
    run_blocks(k.kernel(), arrays, [])
    run_kernel(k.kernel(), [20], wanted)
    np.testing.assert_allclose(arrays[-1], wanted[-1], rtol=1e-15)


def test_a_kernel_is_compiled_when_that_pays(monkeypatch):
    pytest.importorskip("llvmlite")
    adaptive = AdaptiveKernel(samples.scale())
    x, out = np.arange(40, dtype="f4"), np.empty(40, "f4")
    adaptive([x, out], [3.0])
    assert adaptive.native is None
    monkeypatch.setattr(kernel_module, "_COMPILING", 0.0)
    adaptive([x, out], [3.0])
    assert adaptive.native is not None
    out[:] = 0
    adaptive([x, out], [3.0])
    np.testing.assert_array_equal(out, 3 * x + 1)
    half = np.arange(4, dtype="f2")
    other = np.empty(4, "f2")
    adaptive([half, other], [3.0])
    np.testing.assert_array_equal(other, 3 * half + 1)


def test_without_llvmlite_numpy_goes_on(monkeypatch):
    monkeypatch.setattr(kernel_module, "_COMPILING", 0.0)
    monkeypatch.setattr(kernel_module.machine, "is_available", lambda: False)
    adaptive = AdaptiveKernel(samples.scale())
    x, out = np.arange(4, dtype="f4"), np.empty(4, "f4")
    for _ in range(3):
        adaptive([x, out], [2.0])
    assert adaptive.native is None
    np.testing.assert_array_equal(out, 2 * x + 1)


def test_equal_kernels_share_their_code():
    pytest.importorskip("llvmlite")
    first, second = native_kernel(samples.scale()), native_kernel(samples.scale())
    assert first is second
    assert "define void @scale" in first.code

"""Elementwise kernels on many arrays: whole blocks and rests, in one program."""

import numpy as np
import pytest

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.checker import check_kernel
from rushlight._compiler.loops.interpreter import run_kernel
from rushlight._compiler.runtime.elementwise import BLOCK, ElementwiseProgram, as_task

pytest.importorskip("llvmlite")
SIZES = [1, 100, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 17]


def _kernel():
    """``x = x + s * y``"""
    k = Builder("axpy")
    n, s = k.size("n"), k.number("s", "f32")
    x, y = k.buffer("x", "f32", n, written=True), k.buffer("y", "f32", n)
    with k.loop("i", n, vector=True):
        k.store(x, k.add(k.load(x, i=1), k.mul(s, k.load(y, i=1))), i=1)
    return k.kernel()


def test_a_task_does_what_the_kernel_does():
    kernel = _kernel()
    task = as_task(kernel)
    check_kernel(task)
    x, y = np.arange(6, dtype="f4"), np.ones(6, "f4")
    twin = x.copy()
    run_kernel(kernel, [6], [x, y], [2.0])
    run_kernel(task, [6, 1], [twin, y], [2.0])
    assert twin.tolist() == x.tolist() == [2.0, 3.0, 4.0, 5.0, 6.0, 7.0]


@pytest.mark.parametrize("sizes", [[size] for size in SIZES] + [SIZES])
def test_all_elements_of_all_sets(sizes):
    rng = np.random.default_rng(0)
    xs = [rng.normal(size=size).astype("f4") for size in sizes]
    ys = [rng.normal(size=size).astype("f4") for size in sizes]
    flat = np.concatenate(xs)
    starts = np.cumsum([0, *sizes])[:-1] * 4
    places = [[(0, int(a)), (1 + n, 0)] for n, a in enumerate(starts)]
    program = ElementwiseProgram(_kernel(), sizes, places)
    for factor in (0.5, -2.0):
        want = flat + np.float32(factor) * np.concatenate(ys)
        program.run([a.ctypes.data for a in (flat, *ys)], [factor])
        np.testing.assert_allclose(flat, want, 1e-6, 1e-6)

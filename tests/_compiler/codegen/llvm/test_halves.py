"""16-bit floats: every value to float32, and float32 rounded to them."""

import ml_dtypes
import numpy as np
import pytest

pytest.importorskip("llvmlite")

from rushlight._compiler.codegen.llvm import machine
from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.runtime.kernel import NativeKernel

HALVES = {"f16": np.dtype(np.float16), "bf16": np.dtype(ml_dtypes.bfloat16)}


def copy(source, target, array, dtype):
    """The array converted by machine code."""
    k = Builder(f"from_{source}_to_{target}_by_{machine.converts_halves()}")
    n = k.size("n")
    x, out = k.buffer("x", source, n), k.buffer("out", target, n, written=True)
    with k.loop("i", n, vector=True):
        k.store(out, k.load(x, i=1), i=1)
    result = np.empty(array.shape, dtype)
    NativeKernel(k.kernel())((array.size,), (array, result))
    return result


@pytest.fixture(params=["the machine's instructions", "bits"])
def way(request, monkeypatch):
    if request.param == "bits":
        monkeypatch.setattr(machine, "converts_halves", lambda: False)


@pytest.mark.parametrize("label", HALVES)
def test_every_half_is_widened_exactly(label, way):
    halves = np.arange(2**16, dtype=np.uint16).view(HALVES[label])
    got = copy(label, "f32", halves, np.float32)
    wanted = halves.astype(np.float32)
    np.testing.assert_array_equal(got, wanted)
    np.testing.assert_array_equal(np.signbit(got), np.signbit(wanted))


@pytest.mark.parametrize("label", HALVES)
def test_floats_are_rounded_to_nearest_even(label, way):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2**32, 50_000, dtype=np.uint32).view(np.float32)
    halves = np.arange(2**16, dtype=np.uint16).view(HALVES[label]).astype(np.float32)
    with np.errstate(all="ignore"):
        ties = (halves[1:] + halves[:-1]) / 2
        x = np.concatenate([x, halves, ties, ties * (1 + 1e-7)])
        x = x.astype(np.float32)
        wanted = x.astype(HALVES[label]).astype(np.float32)
    got = copy("f32", label, x, HALVES[label]).astype(np.float32)
    np.testing.assert_array_equal(got, wanted)
    np.testing.assert_array_equal(np.signbit(got), np.signbit(x))

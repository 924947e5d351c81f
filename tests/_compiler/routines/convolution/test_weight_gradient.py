"""The gradient of a convolution's weight and bias."""

import numpy as np
import pytest

from rushlight._compiler.routines.convolution import flat_weight
from rushlight._compiler.routines.convolution.weight_gradient import weight_gradient
from tests._compiler.routines.convolution.samples import REAL, TINY
from tests._compiler.routines.convolution.test_direct import LABELS, assert_close
from tests._compiler.routines.running import (
    compiled,
    interpret,
    same_for_any_threads,
)


def case(sample, dtype, bias=True):
    x, w, b, g = sample.arrays(dtype)
    routine = weight_gradient(
        x.shape, w.shape, LABELS[dtype], **sample.attrs, out=sample.out, bias=bias
    )
    arrays = {"g": g, "x": x, "w_grad": np.full(w.shape, 7, dtype)}
    arrays["bias_grad"] = np.full(b.shape, 7, dtype)
    of_bias = g.astype(np.float64).sum((0, *range(2, g.ndim)))
    return routine, arrays, sample.weight_gradient(g, x), of_bias


@pytest.mark.parametrize("is_flat", [False, True])
@pytest.mark.parametrize("name", TINY)
def test_as_written(name, is_flat, monkeypatch):
    monkeypatch.setattr(flat_weight, "fits", lambda outputs: is_flat)
    routine, arrays, of_weight, of_bias = case(TINY[name], np.float64)
    interpret(routine, arrays)
    assert_close(arrays["w_grad"], of_weight)
    assert_close(arrays["bias_grad"], of_bias)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", REAL)
def test_compiled(name, dtype):
    pytest.importorskip("llvmlite")
    routine, arrays, of_weight, of_bias = case(REAL[name], dtype)
    compiled(routine, arrays)
    assert_close(arrays["w_grad"], of_weight)
    assert_close(arrays["bias_grad"], of_bias)


def test_without_bias():
    routine, arrays, of_weight, _ = case(TINY["strided"], np.float64, bias=False)
    assert routine.outputs == ("w_grad",)
    interpret(routine, arrays)
    assert_close(arrays["w_grad"], of_weight)


@pytest.mark.parametrize("name", ["second layer", "many channels, one picture"])
def test_threads_change_nothing(name):
    pytest.importorskip("llvmlite")
    routine, arrays, _, _ = case(REAL[name], np.float32)
    assert same_for_any_threads(routine, arrays)


def test_portions_take_little_memory():
    """Large weights get fewer portions, and blocks of outputs instead."""
    shape = (64, 512, 7, 7), (512, 512, 3, 3), "f32"
    attrs = {"stride": (1, 1), "pads": ((1, 1), (1, 1)), "dilation": (1, 1)}
    routine = weight_gradient(*shape, **attrs, groups=1, out=(7, 7))
    _, elements = routine.scratch["portions"]
    assert elements <= 2 * 512 * 512 * 9
    assert routine.tasks[0].blocks >= 8

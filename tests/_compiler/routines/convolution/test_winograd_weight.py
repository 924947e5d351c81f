"""The gradient of a weight by Winograd's form."""

import numpy as np
import pytest

from rushlight._compiler.routines.convolution import winograd_weight
from rushlight._compiler.routines.convolution.weight_gradient import weight_gradient
from rushlight._compiler.routines.convolution.winograd_weight import WinogradWeight
from tests._compiler.routines.convolution.samples import REAL, sample
from tests._compiler.routines.convolution.test_direct import assert_close
from tests._compiler.routines.convolution.test_winograd import SAMPLES
from tests._compiler.routines.running import compiled, interpret, same_for_any_threads


@pytest.mark.parametrize("is_apart", [False, True])
@pytest.mark.parametrize("name", SAMPLES)
def test_as_written(name, is_apart, monkeypatch):
    monkeypatch.setattr(winograd_weight, "pays_apart", lambda *size: is_apart)
    one = SAMPLES[name]
    x, w, bias, g = one.arrays(np.float64)
    lead = tuple(before for before, _ in one.pads)
    args = one.size, lead, one.out, x.shape, w.shape, "f64", True
    arrays = {"g": g, "x": x}
    arrays |= {"w_grad": np.full(w.shape, 7.0), "bias_grad": np.full(bias.shape, 7.0)}
    interpret(WinogradWeight(*args).routine(), arrays)
    assert_close(arrays["w_grad"], one.weight_gradient(g, x))
    assert_close(arrays["bias_grad"], g.sum((0, 2, 3)))


@pytest.mark.slow
@pytest.mark.parametrize("batch", [1, 3, 17])
@pytest.mark.parametrize("size", [(4, 4), (7, 9), (23, 70), (90, 91)])
def test_blocks_of_all_kinds(batch, size):
    pytest.importorskip("llvmlite")
    one = sample(batch, 1, 18, 21, size, 3, 1, 1, 1)
    x, w, bias, g = one.arrays(np.float32)
    attrs = {**one.attrs, "out": one.out, "bias": True}
    routine = weight_gradient(x.shape, w.shape, "f32", **attrs)
    arrays = {"g": g, "x": x, "w_grad": np.full(w.shape, 7, np.float32)}
    arrays["bias_grad"] = np.full(bias.shape, 7, np.float32)
    compiled(routine, arrays)
    assert_close(arrays["w_grad"], one.weight_gradient(g, x))
    assert_close(arrays["bias_grad"], g.astype(np.float64).sum((0, 2, 3)))


def test_threads_change_nothing():
    pytest.importorskip("llvmlite")
    one = REAL["second layer"]
    x, w, _, g = one.arrays(np.float32)
    routine = weight_gradient(x.shape, w.shape, "f32", **one.attrs, out=one.out)
    arrays = {"g": g, "x": x, "w_grad": np.empty(w.shape, np.float32)}
    assert same_for_any_threads(routine, arrays)

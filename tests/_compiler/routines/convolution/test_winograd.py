"""Winograd's convolution: as written, and where it is chosen."""

import numpy as np
import pytest

from rushlight._compiler.routines.convolution import winograd
from rushlight._compiler.routines.convolution.direct import convolution, input_gradient
from rushlight._compiler.routines.convolution.sweeps import Shapes
from rushlight._compiler.routines.convolution.winograd import Winograd
from tests._compiler.routines.convolution.samples import REAL, sample
from tests._compiler.routines.convolution.test_direct import assert_close
from tests._compiler.routines.running import compiled, interpret, same_for_any_threads

SAMPLES = {
    "odd and even": sample(2, 1, 3, 5, (5, 6), 3, 1, 1, 1),
    "plain": sample(1, 1, 2, 3, (7, 8), 3, 1, 0, 1),
    "far padding": sample(1, 1, 2, 2, (3, 4), 3, 1, 2, 1),
    "uneven padding": sample(2, 1, 2, 2, (4, 5), 3, 1, ((0, 1), (2, 0)), 1),
    "no pictures": sample(0, 1, 2, 2, (4, 4), 3, 1, 1, 1),
}


@pytest.mark.parametrize("is_apart", [False, True])
@pytest.mark.parametrize("name", SAMPLES)
def test_forward_as_written(name, is_apart, monkeypatch):
    monkeypatch.setattr(winograd, "pays_apart", lambda *size: is_apart)
    one = SAMPLES[name]
    x, w, bias, g = one.arrays(np.float64)
    steps = (w.size, one.channels * 9, 9)
    shapes = Shapes(one.batch, 1, one.channels, one.outputs, one.out, steps)
    lead = tuple(before for before, _ in one.pads)
    made = Winograd(one.size, lead, shapes, "f64", bias=True, relu=True)
    arrays = {"x": x, "w": w, "bias": bias, "y": np.full(g.shape, 7.0)}
    interpret(made.routine("x", "y"), arrays)
    assert_close(arrays["y"], np.maximum(one.forward(x, w, bias), 0))


@pytest.mark.parametrize("name", SAMPLES)
def test_input_gradient_as_written(name):
    one = SAMPLES[name]
    x, w, _, g = one.arrays(np.float64)
    steps = (w.size, 9, one.channels * 9)
    shapes = Shapes(one.batch, 1, one.outputs, one.channels, one.size, steps)
    lead = tuple(2 - before for before, _ in one.pads)
    made = Winograd(one.out, lead, shapes, "f64", turned=True)
    arrays = {"g": g, "w": w, "x_grad": np.full(x.shape, 7.0)}
    interpret(made.routine("g", "x_grad"), arrays)
    assert_close(arrays["x_grad"], one.input_gradient(g, w))


def names(routine):
    return [task.kernel.name for task in routine.tasks]


def test_it_is_chosen_where_it_is_faster():
    def forward(one, dtype="f32"):
        x, w, _, g = one.arrays(np.float32)
        routine = convolution(x.shape, w.shape, dtype, **one.attrs, out=one.out)
        return names(routine)[0]

    assert forward(REAL["second layer"]) == "transform_weight"
    for name in ("first layer", "halving", "shortcut", "groups", "dilated", "volume"):
        assert forward(REAL[name]) == "arrange_weight", name
    assert forward(REAL["second layer"], "f64") == "arrange_weight"


@pytest.mark.slow
@pytest.mark.parametrize("batch", [1, 3, 17])
@pytest.mark.parametrize("size", [(4, 4), (7, 9), (23, 70), (90, 91)])
def test_blocks_of_all_kinds(batch, size):
    pytest.importorskip("llvmlite")
    one = sample(batch, 1, 18, 21, size, 3, 1, 1, 1)
    x, w, bias, g = one.arrays(np.float32)
    routine = convolution(x.shape, w.shape, "f32", **one.attrs, out=one.out, bias=True)
    assert names(routine)[0] == "transform_weight"
    arrays = {"x": x, "w": w, "bias": bias, "y": np.full(g.shape, 7, np.float32)}
    compiled(routine, arrays)
    assert_close(arrays["y"], one.forward(x, w, bias))
    routine = input_gradient(g.shape, w.shape, "f32", **one.attrs, size=size)
    arrays = {"g": g, "w": w, "x_grad": np.full(x.shape, 7, np.float32)}
    compiled(routine, arrays)
    assert_close(arrays["x_grad"], one.input_gradient(g, w))


def test_threads_change_nothing():
    pytest.importorskip("llvmlite")
    one = REAL["second layer"]
    x, w, _, g = one.arrays(np.float32)
    routine = convolution(x.shape, w.shape, "f32", **one.attrs, out=one.out)
    arrays = {"x": x, "w": w, "y": np.empty(g.shape, np.float32)}
    assert same_for_any_threads(routine, arrays)


def test_it_is_as_accurate_as_a_direct_sum():
    pytest.importorskip("llvmlite")
    one = REAL["second layer"]
    x, w, bias, g = one.arrays(np.float32)
    routine = convolution(x.shape, w.shape, "f32", **one.attrs, out=one.out)
    arrays = {"x": x, "w": w, "y": np.empty(g.shape, np.float32)}
    compiled(routine, arrays)
    wanted = one.forward(x, w, 0 * bias)
    assert abs(arrays["y"] - wanted).max() < 1e-6 * abs(wanted).max()

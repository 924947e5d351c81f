"""Convolutions and the gradient of their pictures."""

import numpy as np
import pytest

from rushlight._compiler.routines.convolution.direct import convolution, input_gradient
from tests._compiler.routines.convolution.samples import REAL, TINY
from tests._compiler.routines.running import (
    compiled,
    interpret,
    same_for_any_threads,
)

LABELS = {np.float32: "f32", np.float64: "f64"}


def forward_case(sample, dtype, relu):
    x, w, bias, _ = sample.arrays(dtype)
    y = np.full((sample.batch, len(w), *sample.out), 7, dtype)
    routine = convolution(
        x.shape,
        w.shape,
        LABELS[dtype],
        **sample.attrs,
        out=sample.out,
        bias=True,
        relu=relu,
    )
    wanted = sample.forward(x, w, bias)
    arrays = {"x": x, "w": w, "bias": bias, "y": y}
    return routine, arrays, np.maximum(wanted, 0) if relu else wanted


def input_case(sample, dtype):
    x, w, _, g = sample.arrays(dtype)
    routine = input_gradient(
        g.shape, w.shape, LABELS[dtype], **sample.attrs, size=sample.size
    )
    found = np.full(x.shape, 7, dtype)
    return routine, {"g": g, "w": w, "x_grad": found}, sample.input_gradient(g, w)


def assert_close(found, wanted):
    most = abs(wanted).max(initial=1)
    room = 1e-13 if found.dtype == np.float64 else 4e-6
    assert abs(found - wanted).max(initial=0) <= room * most


@pytest.mark.parametrize("name", TINY)
def test_forward_as_written(name):
    relu = name in ("strided", "depthwise")
    routine, arrays, wanted = forward_case(TINY[name], np.float64, relu)
    interpret(routine, arrays)
    assert_close(arrays["y"], wanted)


@pytest.mark.parametrize("name", TINY)
def test_input_gradient_as_written(name):
    routine, arrays, wanted = input_case(TINY[name], np.float64)
    interpret(routine, arrays)
    assert_close(arrays["x_grad"], wanted)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", REAL)
def test_forward_compiled(name, dtype):
    pytest.importorskip("llvmlite")
    routine, arrays, wanted = forward_case(REAL[name], dtype, False)
    compiled(routine, arrays)
    assert_close(arrays["y"], wanted)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", REAL)
def test_input_gradient_compiled(name, dtype):
    pytest.importorskip("llvmlite")
    routine, arrays, wanted = input_case(REAL[name], dtype)
    compiled(routine, arrays)
    assert_close(arrays["x_grad"], wanted)


@pytest.mark.parametrize("name", ["strided", "all odd", "depthwise"])
def test_compiled_as_interpreted(name):
    pytest.importorskip("llvmlite")
    for case in (forward_case(TINY[name], np.float32, True),):
        routine, arrays, _ = case
        interpret(routine, arrays)
        wanted = arrays["y"].copy()
        compiled(routine, arrays)
        assert_close(arrays["y"], wanted)


@pytest.mark.parametrize("name", ["halving", "many channels, one picture"])
def test_threads_change_nothing(name):
    pytest.importorskip("llvmlite")
    routine, arrays, _ = forward_case(REAL[name], np.float32, False)
    assert same_for_any_threads(routine, arrays)
    routine, arrays, _ = input_case(REAL[name], np.float32)
    assert same_for_any_threads(routine, arrays)


def test_there_are_blocks_for_several_threads():
    for name in ("large pictures", "many channels, one picture", "groups"):
        routine, _, _ = forward_case(REAL[name], np.float32, False)
        assert routine.tasks[-1].blocks >= 4, name


def test_what_is_not_a_number_stays():
    pytest.importorskip("llvmlite")
    routine, arrays, _ = forward_case(TINY["padded"], np.float32, True)
    arrays["x"][0, 0, 2, 2] = np.nan
    compiled(routine, arrays)
    assert np.isnan(arrays["y"][0, :, 1:4, 1:4]).all()
    assert np.isfinite(arrays["y"][1]).all()

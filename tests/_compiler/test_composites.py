"""Composites: one kernel for an op of eager mode, with the values of its NumPy form."""

import numpy as np
import pytest

from rushlight._backends.numpy import NUMPY_BACKEND
from rushlight._compiler.composites import NAMES, SMALL, Composite, request
from rushlight._compiler.runtime.routine import NativeRoutine
from rushlight._core.table import TABLE

pytest.importorskip("llvmlite")


def _numbers(*shape):
    return np.random.default_rng(len(shape)).uniform(0.1, 1, shape).astype("f4")


SHAPE = (64, 80)
CASES = {
    "softmax": ([SHAPE], {"dim": 1}),
    "log_softmax": ([SHAPE], {"dim": 0}),
    "gelu": ([SHAPE], {"approximate": "none"}),
    "silu": ([SHAPE], {}),
    "sigmoid": ([SHAPE], {}),
    "sigmoid_backward": ([SHAPE, SHAPE], {}),
    "mish": ([SHAPE], {}),
    "hardswish": ([SHAPE], {}),
    "layer_norm": ([SHAPE, (80,), (80,)], {"shape": (80,), "eps": 1e-5}),
    "tanh_backward": ([SHAPE, SHAPE], {}),
    "huber_loss": ([SHAPE, SHAPE], {"reduction": "mean", "delta": 0.2}),
    "smooth_l1_loss": ([SHAPE, SHAPE], {"reduction": "none", "beta": 0.2}),
    "glu": ([SHAPE], {"dim": 1}),
}


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_an_op_with_a_rule_and_a_slot(name):
    assert TABLE[name].lower is not None
    assert name in NUMPY_BACKEND.slots


@pytest.mark.parametrize("name", CASES)
def test_a_composite_is_one_routine_of_the_same_values(name):
    shapes, attrs = CASES[name]
    arrays, op = [_numbers(*shape) for shape in shapes], TABLE[name]
    found = request(op, arrays, attrs)
    routine = found[0]
    assert len({task.group for task in routine.tasks}) == len(routine.tasks) <= 2
    found = NativeRoutine(*found[:2])(arrays)
    want = op.eager(NUMPY_BACKEND, *arrays, **attrs)
    found = found if isinstance(found, tuple) else (found,)
    want = want if isinstance(want, tuple) else (want,)
    for one, two in zip(found, want, strict=True):
        np.testing.assert_allclose(one, two, 1e-5, 1e-6)
        assert one.dtype == two.dtype and one.shape == two.shape


def test_small_arrays_stay_with_numpy(monkeypatch):
    calls = []
    composite = Composite(TABLE["silu"], lambda *a, **k: calls.append(a) or a[0])
    composite(np.ones(SMALL - 1, "f4"))
    assert len(calls) == 1 and not composite.adaptive.entries
    composite(np.ones(SMALL, "f4"))
    assert len(composite.adaptive.entries) == 1


def test_what_is_no_nest_has_no_routine():
    arrays = [_numbers(8, 8), _numbers(8, 8)]
    assert request(TABLE["matmul"], arrays, {}) is None

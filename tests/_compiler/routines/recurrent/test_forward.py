"""Recurrent layers as routines: against eager mode's rules in float64, threads."""

from dataclasses import replace

import numpy as np
import pytest

from rushlight._backends.numpy import NUMPY_BACKEND
from rushlight._compiler import sequence_slots
from rushlight._compiler.routines.recurrent import (
    Recurrent,
    recurrent_backward,
    recurrent_forward,
)
from rushlight._compiler.runtime.routine import NativeRoutine
from rushlight._ops.recurrent import _layers, sequences
from tests._compiler.routines.running import (
    compiled,
    interpret,
    same_for_any_threads,
)

KINDS = ["lstm", "gru", "rnn_tanh", "rnn_relu"]
#: Sizes (time, batch, size, hidden, layers).
TINY = [(2, 2, 2, 2, 1), (2, 1, 1, 3, 2)]
REAL = [(1, 9, 5, 7, 2), (17, 33, 6, 40, 3), (5, 1, 3, 129, 1)]
VARIANTS = {
    "plain": {},
    "no biases": {"has_biases": False},
    "dropout": {"has_noise": True},
    "two directions": {"directions": 2},
    "two directions, dropout": {"directions": 2, "has_noise": True},
    "last state only": {"gradients": ("g_hn",)},
    "output only": {"gradients": ("g_y",)},
}


def call_of(kind, sizes, dtype="f32", **options):
    every = ("g_y", "g_hn", "g_cn")[: 3 if kind == "lstm" else 2]
    options.setdefault("gradients", every)
    return Recurrent(kind, *sizes, dtype, **options)


def shapes_of(call):
    """{name: shape} of all buffers but scratch."""
    gates = call.cell.gates * call.hidden
    shapes = {"x": (call.time, call.batch, call.size)}
    shapes["y"] = (call.time, call.batch, call.width)
    states = (call.runs, call.batch, call.hidden)
    shapes |= dict.fromkeys(("h0", "c0", "hn", "cn"), states)
    shapes |= dict.fromkeys(call.noises, shapes["y"])
    for name in call.names:
        size = call.sizes[name] // gates
        shapes[name] = (gates, size) if name.startswith("w") else (gates,)
    for name in call.tapes:
        columns = call.cell.parts[name.rstrip("0123456789")] * call.hidden
        shapes[name] = (call.time, call.batch, columns)
    return shapes | {f"g_{name}": shape for name, shape in shapes.items()}


def arrays_of(call):
    rng = np.random.default_rng(0)
    kind, a = np.dtype("f4" if call.dtype == "f32" else "f8"), {}
    for name, shape in shapes_of(call).items():
        a[name] = rng.standard_normal(shape).astype(kind) / 2
        if name.startswith("w"):
            a[name] /= call.hidden**0.5
        if name.startswith("noise"):
            a[name] = ((a[name] > -0.4) * 1.25).astype(kind)
    return a


def shape_of(call):
    more = call.has_biases, False, None
    return _layers.Shape(call.kind, call.layers, call.directions, *more)


def reference(call, a):
    """{name: result} of the eager rules in float64."""
    wide = {name: array.astype(np.float64) for name, array in a.items()}
    rest = [wide[name] for name in (*call.states[1:], *call.names, *call.noises)]
    inputs, shape = [wide["x"], wide["h0"]], shape_of(call)
    run = sequences._recurrent_eager
    results = run(NUMPY_BACKEND, *inputs, *rest, shape=shape)
    names = ["y", *[f"{name[0]}n" for name in call.states]]
    found = dict(zip(names, results))
    gs = [wide[g] if g in call.gradients else None for g in ("g_y", "g_hn", "g_cn")]
    tapes = results[len(names) :]
    back = sequences._backward_eager(
        NUMPY_BACKEND, *inputs, *gs, *rest, *tapes, shape=shape
    )
    names = [f"g_{name}" for name in ("x", *call.states, *call.names)]
    return found | dict(zip(names, back, strict=True))


def check(call, run, tolerance):
    a = arrays_of(call)
    expected = reference(call, a)
    run(recurrent_forward(call), a)
    run(recurrent_backward(call), a)
    for name, value in expected.items():
        np.testing.assert_allclose(a[name], value, tolerance, tolerance, err_msg=name)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sizes", TINY)
def test_interpreted(kind, sizes):
    options = {"has_noise": True, "directions": 2} if sizes[-1] > 1 else {}
    check(call_of(kind, sizes, **options), interpret, 1e-5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sizes", REAL)
@pytest.mark.parametrize("variant", VARIANTS)
def test_compiled(kind, sizes, variant):
    check(call_of(kind, sizes, **VARIANTS[variant]), compiled, 2e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_compiled_in_float64(kind):
    check(call_of(kind, REAL[1], "f64"), compiled, 1e-10)


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_same_for_any_number_of_threads(kind):
    call = call_of(kind, (9, 70, 20, 96, 2))
    a = arrays_of(call)
    assert same_for_any_threads(recurrent_forward(call), a)
    assert same_for_any_threads(recurrent_backward(call), a)


def test_products_larger_than_a_small_one():
    check(call_of("lstm", (40, 12, 200, 320, 1)), compiled, 1e-3)


# --------------------------------------------------------------------- in eager mode


def request_arrays(call, a):
    rest = [a[name] for name in (*call.states[1:], *call.names, *call.noises)]
    return a["x"], a["h0"], *rest


@pytest.mark.parametrize("kind", KINDS)
def test_tapes_serve_both_forms(kind):
    """Machine code goes backward over NumPy's tape, and the other way round."""
    call = call_of(kind, (6, 11, 5, 20, 2), has_noise=True, directions=2)
    a, shape = arrays_of(call), shape_of(call)
    arrays, count = request_arrays(call, a), 1 + len(call.states)
    found = sequence_slots._recurrent(sequences._recurrent_spec, *arrays, shape=shape)
    native = NativeRoutine(*found)(arrays)
    plain = sequences._recurrent_eager(NUMPY_BACKEND, *arrays, shape=shape)
    for one, other in zip(native, plain, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, 1e-4, 1e-5)
    gs = [a[g] if g in call.gradients else None for g in ("g_y", "g_hn", "g_cn")]
    results = []
    for tapes in (native[count:], plain[count:]):
        given = (*arrays[:2], *gs, *arrays[2:], *tapes)
        request = sequence_slots._recurrent_backward(
            sequences._backward_spec, *given, shape=shape
        )
        results.append(NativeRoutine(*request)(given))
        results.append(sequences._backward_eager(NUMPY_BACKEND, *given, shape=shape))
    for other in results[1:]:
        for one, two in zip(results[0], other, strict=True):
            np.testing.assert_allclose(one, two, 1e-3, 1e-4)


@pytest.mark.parametrize(
    "change",
    [{"lengths": (2, 1)}, {"has_projection": True}, None],
)
def test_what_has_no_routine(change):
    """Lengths, projections; and a batch without sequences."""
    call = call_of("lstm", (2, 0 if change is None else 2, 3, 4, 1))
    shape = replace(shape_of(call), **(change or {}))
    arrays = request_arrays(call, arrays_of(call))
    assert sequence_slots._recurrent(None, *arrays, shape=shape) is None

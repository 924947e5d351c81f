"""Nests, and all tasks of whole models: machine code agrees with the interpreter.

The interpreter checks that every access is inside its buffer.
"""

import numpy as np
import pytest

import rushlight as t
from rushlight import nn
from rushlight._compiler.capture.trace import trace
from rushlight._compiler.loops.checker import check_kernel
from rushlight._compiler.loops.interpreter import run_kernel, stored_dtype
from rushlight._compiler.passes.partition import partition
from rushlight._compiler.runtime.plan import Plan, order_of
from rushlight._compiler.runtime.program import Program, Step
from tests._compiler.graphs import graph_of, jobs, numbers

pytest.importorskip("llvmlite")


def _arrays(piece, held):
    """Flat arrays over the memory of a task's buffers, in its order.

    Several may share memory: parts of one whole.
    """
    found = []
    buffers = [b for b in piece.kernel.buffers if not b.local]
    for buffer, (base, offset) in zip(buffers, piece.run.args, strict=False):
        dtype = stored_dtype(buffer.dtype)
        memory = held[base].reshape(-1).view(np.uint8)[offset:]
        found.append(memory[: buffer.size * dtype.itemsize].view(dtype))
    return buffers, found


def check_pieces(graph, arrays):
    """Run a plan piece by piece; compare each task with the loop interpreter."""
    plan = Plan(graph, [order_of(a) for a in arrays])
    held = plan.begin(arrays)
    checked = 0
    for piece in plan.pieces:
        if piece.run.__class__ is not Step:
            piece.run.run_on(held)
            continue
        wanted = None
        if piece.kernel is not None:
            check_kernel(piece.kernel)
            buffers, memory = _arrays(piece, held)
            apart = [None if array is None else array.copy() for array in held]
            _, wanted = _arrays(piece, apart)
            run_kernel(piece.kernel, [], wanted)
        Program([piece.run], bases=plan.layout.count).run_on(held)
        if wanted is not None:
            checked += 1
            for buffer, one, two in zip(buffers, memory, wanted, strict=True):
                np.testing.assert_allclose(
                    one, two, 2e-5, 2e-6, err_msg=f"{piece.text} {buffer.name}"
                )
    return checked


def _both_halves(function, args):
    halves = partition(trace(function, args, {}))
    arrays = [c.tensor._array for c in trace(function, args, {}).captured]
    yield halves.forward, arrays
    if halves.backward is not None:
        rng = np.random.default_rng(0)
        specs = [value.spec for value in halves.backward.inputs]
        yield (
            halves.backward,
            [
                rng.uniform(0.1, 1, s.shape).astype(s.dtype)
                if s.dtype.kind == "f"
                else np.zeros(s.shape, s.dtype)
                for s in specs
            ],
        )


@pytest.mark.slow
@pytest.mark.parametrize("name", jobs())
def test_whole_models(name):
    function, args = jobs()[name]
    for graph, arrays in _both_halves(function, args):
        assert check_pieces(graph, arrays) >= 1


@pytest.mark.slow
def test_convolutions_and_pools():
    model = nn.Sequential(
        nn.Conv2d(2, 3, 3, padding=1), nn.BatchNorm2d(3), nn.ReLU(), nn.MaxPool2d(2)
    )
    for graph, arrays in _both_halves(model, (numbers(2, 2, 6, 5),)):
        assert check_pieces(graph, arrays) >= 2


_SHAPES = [(3, 5), (1, 7), (4, 1), (2, 3, 4), (17,), (2, 33)]


@pytest.mark.parametrize("shape", _SHAPES)
@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.exp() * 2 + x,
        lambda x: x.softmax(-1),
        lambda x: x.sum(0) + x.max(),
        lambda x: x.transpose(0, -1).cos(),
        lambda x: t.cat([x, x * 2], -1).sum(-1, keepdim=True),
        lambda x: (x > 0).sum(0),
        lambda x: x[..., 1:] - x[..., :-1],
    ],
)
def test_small_nests(function, shape):
    graph, arrays = graph_of(function, numbers(*shape))
    check_pieces(graph, arrays)


@pytest.mark.parametrize("size", [8192, 8193, 20000])
def test_long_rows_are_walked_in_runs(size):
    graph, arrays = graph_of(lambda x: (x.sum(-1), (x * x).mean()), numbers(2, size))
    plan = Plan(graph)
    found = plan.run(arrays)
    np.testing.assert_allclose(found[0], arrays[0].sum(-1), 1e-3, 1e-3)
    np.testing.assert_allclose(found[1], (arrays[0] ** 2).mean(), 1e-5)


def test_neighbouring_axes_become_one_loop():
    graph, _ = graph_of(lambda x: x + 1, numbers(4, 5, 6))
    (kernel,) = Plan(graph).kernels
    loops, depth = kernel.body, 0
    while loops and hasattr(loops[0], "body"):
        loops, depth = loops[0].body, depth + 1
    assert depth <= 3  # blocks, one walk, vectors

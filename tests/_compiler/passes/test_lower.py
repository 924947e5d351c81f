"""Lowering: ops become expressions by their rules, or stay library calls."""

import numpy as np
import pytest

import rushlight as t
from rushlight._compiler.passes.lower import lower_graph
from tests._compiler.graphs import graph_of, numbers


def _lowered(function, *args, orders=None):
    return lower_graph(graph_of(function, *args)[0], orders)


def _below(lowered):
    """The kinds of all expressions that the outputs need."""
    stack, seen = list(lowered.outputs), {}
    while stack:
        e = stack.pop()
        if e.number not in seen:
            seen[e.number] = e.kind
            stack += e.args
    return set(seen.values())


X = numbers(3, 4)


@pytest.mark.parametrize(
    "function, kinds",
    [
        (lambda x: x * 2 + 1, {"mul", "add", "const"}),
        (lambda x: x.sum(0), {"reduce"}),
        (lambda x: x @ x.t(), {"product", "permute"}),
        (lambda x: x.softmax(1), {"reduce", "exp", "sub", "div"}),
        (lambda x: t.cat([x, x]), {"join", "part"}),
        (lambda x: x[1:, ::2], {"slice"}),
        (lambda x: x.to(t.float64) + x, {"cast"}),
        (lambda x: t.where(x > 0, x, -x), {"where", "neg"}),
    ],
)
def test_rules_give_expressions(function, kinds):
    lowered = _lowered(function, X)
    assert kinds <= _below(lowered)
    assert lowered.library == {} and lowered.draws == []


@pytest.mark.parametrize(
    "function, name",
    [
        (lambda x: x.sort(1).values, "sort"),
        (lambda x: x.logcumsumexp(0), "logcumsumexp"),
        (lambda x: x.to(t.int16) * 2, "mul"),
        (lambda x: x.to(t.complex64).abs(), "abs"),
        (lambda x: x[:0].exp(), "exp"),
        (lambda x: x.to(t.int32), "to_dtype"),
    ],
)
def test_others_stay_library_calls(function, name):
    lowered = _lowered(function, X)
    assert sum(lowered.library.values()) >= 1
    assert "library" in _below(lowered)
    if name not in lowered.library:
        assert len(lowered.library) == 1  # the op has another name below


def test_draws_keep_their_order():
    lowered = _lowered(lambda x: x + t.rand(4) * t.randn(4), X)
    assert [e.data.node.op.name for e in lowered.draws] == ["uniform", "normal"]


@pytest.mark.parametrize("dtype", [t.float32, t.float64, t.int64, t.bool, t.uint8])
def test_results_have_the_dtype_and_shape_of_the_spec(dtype):
    graph, _ = graph_of(lambda x, y: (x + y, x > y, x * 2.5), X, X.to(dtype))
    lowered = lower_graph(graph)
    for e, value in zip(lowered.outputs, graph.outputs, strict=True):
        assert e.shape == value.shape
        label = {"float32": "f32", "float64": "f64", "bool": "bool"}
        assert e.dtype == label[value.dtype.name]


def test_inputs_lie_in_the_order_that_is_given():
    lowered = _lowered(lambda x: x + 1, X, orders=[(1, 0)])
    assert lowered.inputs[0].shape == (4, 3)
    assert lowered.outputs[0].shape == (3, 4)


def test_long_sums_are_cut_into_runs():
    graph, _ = graph_of(lambda x: x.sum(0), t.ones(1024, 16))
    (e,) = lower_graph(graph).outputs
    assert e.kind == "reduce" and e.args[0].kind == "reduce"
    assert int(np.prod(e.args[0].shape)) == 1024 // 64 * 16

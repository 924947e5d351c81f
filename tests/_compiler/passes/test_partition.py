"""What forward saves for backward, and what backward makes again."""

import pytest

import rushlight as t
from rushlight._compiler.capture.trace import trace
from rushlight._compiler.graph.checker import check_graph
from rushlight._compiler.passes.partition import partition
from tests._compiler.graphs import Language, numbers


def _halves(function, *args):
    return partition(trace(function, args, {}))


def _names(graph):
    return [node.op.name for node in graph.nodes]


def test_without_gradients_there_is_one_half():
    halves = _halves(lambda x: x.exp() * 2, t.ones(2))
    assert halves.backward is None
    assert _names(halves.forward) == ["exp", "mul"]
    assert halves.saved == halves.kept == []


def test_inputs_are_kept_and_results_saved():
    w = t.ones(2, requires_grad=True)
    halves = _halves(lambda x: (x * w).exp(), t.ones(2))
    assert [value.name for value in halves.kept] == ["c0"]
    assert [value.node.op.name for value in halves.saved] == ["exp"]
    assert halves.forward.outputs == [*halves.results, *halves.saved]
    assert len(halves.backward.inputs) == 3


def test_views_are_made_again():
    w = t.ones(6, requires_grad=True)
    halves = _halves(lambda x: x.view(2, 3).t().reshape(6) * w, t.ones(6))
    assert halves.saved == []
    assert [value.name for value in halves.kept] == ["c0"]
    assert {"view", "transpose", "t"} & {*_names(halves.backward)}


def test_what_is_computed_before_a_write_is_saved():
    w, count = t.ones(2, requires_grad=True), t.ones(2)

    def f(x):
        y = w * (count * 3)
        count.add_(1)
        return y

    halves = _halves(f, t.ones(2))
    assert [value.node.op.name for value in halves.saved] == ["mul"]
    assert not halves.kept
    assert len(halves.writes) == 1


@pytest.mark.parametrize("training", [True, False])
def test_both_halves_are_graphs(training):
    model = Language()
    model.train(training)
    tokens = t.randint(0, 11, (2, 6))
    halves = _halves(model, tokens, tokens)
    check_graph(halves.forward)
    check_graph(halves.backward)
    made = {id(v) for node in halves.forward.nodes for v in node.outputs}
    assert all(id(value) in made for value in halves.saved)
    assert len(halves.backward.outputs) == len([*model.parameters()])


def test_gradients_that_a_function_sets_are_results_of_forward():
    layer = t.nn.Linear(2, 1)

    def step(x):
        layer(x).sum().backward()

    halves = _halves(step, numbers(3, 2))
    assert halves.backward is None and len(halves.gradients) == 2
    assert halves.forward.outputs == halves.gradients

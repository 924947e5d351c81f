"""The Graph: what is needed stays, in order; draws always stay."""

import numpy as np
import pytest

import rushlight as t
from rushlight._base.spec import Spec
from rushlight._compiler.graph.ir import Graph, draws
from rushlight._core.table import TABLE
from tests._compiler.graphs import graph_of

SPEC = Spec((2,), np.dtype("f4"))


def _chain(*names):
    """A graph that applies ops one after another to its input."""
    graph = Graph()
    value = graph.input(SPEC, "x")
    for name in names:
        (value,) = graph.add(TABLE[name], [value], {}, [SPEC]).outputs
    return graph, value


def test_a_node_knows_its_values_and_they_know_it():
    graph = Graph()
    x = graph.input(SPEC, "x")
    node = graph.add(TABLE["add"], [x, 2.0], {"alpha": 1}, [SPEC])
    assert node.values == [x]
    assert [(v.node, v.place, v.shape) for v in node.outputs] == [(node, 0, (2,))]
    assert x.node is None and repr(x) == "x" and "add" in repr(node.outputs[0])


def test_nodes_that_nobody_needs_are_dropped():
    graph, value = _chain("exp", "tanh")
    graph.add(TABLE["log"], [graph.inputs[0]], {}, [SPEC])
    graph.outputs = [value]
    assert [n.op.name for n in graph.without_dead_nodes().nodes] == ["exp", "tanh"]
    graph.outputs = [graph.inputs[0]]
    assert graph.without_dead_nodes().nodes == []


def test_draws_are_never_dropped():
    graph, _ = graph_of(lambda x: (t.rand(2), x.exp(), x * 2)[2], t.ones(2))
    assert [node.op.name for node in graph.nodes] == ["uniform", "mul"]
    assert [node.draws for node in graph.nodes] == [True, False]


@pytest.mark.parametrize("name, expected", [("normal", True), ("softmax", False)])
def test_which_ops_draw(name, expected):
    assert draws(TABLE[name]) is expected

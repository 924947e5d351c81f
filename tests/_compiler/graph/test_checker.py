"""The checker refuses what is no graph."""

import numpy as np
import pytest

import rushlight as t
from rushlight._base.spec import Spec
from rushlight._compiler.graph.checker import GraphFault, check_graph
from rushlight._compiler.graph.ir import Graph, Value
from rushlight._core.table import TABLE
from tests._compiler.graphs import graph_of, jobs

SPEC = Spec((2, 3), np.dtype("f4"))


def _graph():
    graph = Graph()
    x = graph.input(SPEC, "x")
    one = graph.add(TABLE["exp"], [x], {}, [SPEC])
    two = graph.add(TABLE["tanh"], one.outputs, {}, [SPEC])
    graph.outputs = list(two.outputs)
    return graph


@pytest.mark.parametrize("name", jobs())
def test_traced_graphs_are_good(name):
    function, args = jobs()[name]
    check_graph(graph_of(function, *args)[0])


def test_a_good_graph_passes():
    check_graph(_graph())


@pytest.mark.parametrize(
    "spoil, match",
    [
        (lambda g: g.nodes.reverse(), r"node 0 \(tanh\) uses an unknown value"),
        (lambda g: g.inputs.clear(), "node 0 .* unknown value"),
        (lambda g: g.outputs.append(Value(SPEC)), "computed by no node"),
        (lambda g: g.outputs.append(None), "computed by no node"),
        (
            lambda g: setattr(g.nodes[1], "outputs", g.nodes[0].outputs),
            "foreign output",
        ),
        (lambda g: setattr(g.outputs[0], "place", 1), "foreign output"),
    ],
)
def test_faults_are_found(spoil, match):
    graph = _graph()
    spoil(graph)
    with pytest.raises(GraphFault, match=match):
        check_graph(graph)


def test_wrong_specs_are_found():
    graph, _ = graph_of(lambda x: x.sum(1), t.ones(2, 3))
    graph.nodes[0].outputs[0].spec = SPEC
    with pytest.raises(GraphFault, match=r"\(sum\) gives f32\[2\], not f32\[2,3\]"):
        check_graph(graph)

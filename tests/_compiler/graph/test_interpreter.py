"""The interpreter runs a graph as eager mode runs the function."""

import numpy as np
import pytest

import rushlight as t
from rushlight._compiler.graph.interpreter import run_graph
from tests._compiler.graphs import graph_of, jobs, numbers


@pytest.mark.parametrize("name", jobs())
def test_it_agrees_with_eager_mode(name):
    function, args = jobs()[name]
    graph, arrays = graph_of(function, *args)
    want = function(*args).detach().numpy()
    np.testing.assert_array_equal(run_graph(graph, arrays)[0], want)


def test_it_takes_other_arrays_and_records_nothing():
    w = t.ones(3, requires_grad=True)
    graph, _ = graph_of(lambda x: x * w, t.ones(3))
    found = run_graph(graph, [np.full(3, 2.0, "f4"), np.arange(3, dtype="f4")])
    assert found[0].tolist() == [0.0, 2.0, 4.0]
    assert t.is_grad_enabled()


def test_views_of_what_lies_otherwise():
    graph, _ = graph_of(lambda x: x.view(6) + 1, numbers(2, 3))
    array = np.arange(6.0, dtype="f4").reshape(3, 2).T
    (found,) = run_graph(graph, [array])
    assert found.tolist() == (array.reshape(6) + 1).tolist()


def test_the_number_of_inputs_must_be_right():
    graph, _ = graph_of(lambda x: x + 1, numbers(2))
    with pytest.raises(ValueError, match="zip"):
        run_graph(graph, [])

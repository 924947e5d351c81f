"""A Graph as text."""

import numpy as np
import pytest

import rushlight as t
from rushlight._compiler.graph.printer import dtype_text, print_graph
from tests._compiler.graphs import graph_of


def test_one_line_for_each_node():
    def f(x, w):
        values, places = (x @ w).max(1)
        return values * 2, places

    graph, _ = graph_of(f, t.ones(2, 3), t.ones(3, 4))
    assert print_graph(graph).splitlines() == [
        "graph(c0: f32[2,3], c1: f32[3,4]):",
        "  %0: f32[2,4] = matmul(c0, c1)",
        "  %1: f32[2], %2: i64[2] = max_dim(%0, dim=1, keepdim=False)",
        "  %3: f32[2] = mul(%1, 2)",
        "  return %3, %2",
    ]


def test_every_value_has_a_name_of_its_own():
    graph, _ = graph_of(lambda x: (x + 1, x.exp(), x.exp() * (x + 1)), t.ones(2))
    heads = [line.split(":")[0].strip() for line in print_graph(graph).splitlines()[1:]]
    assert len({*heads}) == len(heads)


@pytest.mark.parametrize(
    "dtype, text",
    [("f4", "f32"), ("i8", "i64"), ("u1", "u8"), ("c8", "c64"), ("?", "bool")],
)
def test_dtypes(dtype, text):
    assert dtype_text(np.dtype(dtype)) == text
    assert dtype_text(t.bfloat16.numpy) == "bf16"

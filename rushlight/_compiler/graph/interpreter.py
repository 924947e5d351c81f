"""The interpreter: runs a graph node by node in eager mode; the oracle."""

import numpy as np

from rushlight._base.sized import with_values
from rushlight._core.dispatch import run
from rushlight._core.state import GRAD_MODE
from rushlight._core.tensor import wrap


def run_graph(graph, arrays, sizes=()):
    """Compute a graph's outputs.

    Args:
        graph: a checked graph.
        arrays: one for each input, in order.
        sizes: values of the symbols, where sizes are symbolic.

    Returns:
        list of arrays.
    """
    values = {id(v): wrap(a) for v, a in zip(graph.inputs, arrays, strict=True)}
    token = GRAD_MODE.set(False)
    try:
        for node in graph.nodes:
            inputs = [values.get(id(i), i) for i in node.inputs]
            results = run_node(node.with_values(sizes), with_values(inputs, sizes))
            for value, result in zip(node.outputs, results, strict=True):
                values[id(value)] = result
    finally:
        GRAD_MODE.reset(token)
    return [values[id(value)]._array for value in graph.outputs]


def run_node(node, inputs):
    """One node's results as a tuple of Tensors; inputs are Tensors and numbers.

    Specs have no strides, so a trace may view what turns out to lie otherwise here.
    """
    if node.op.name == "view":
        inputs = [wrap(np.ascontiguousarray(inputs[0]._array))]
    found = run(node.op, inputs, node.attrs)
    return found if node.op.many else (found,)

"""The checker: refuses a graph that is ill-formed."""

from rushlight._base.spec import Spec
from rushlight._compiler.graph.ir import Value
from rushlight._compiler.graph.printer import spec_text


class GraphFault(Exception):
    """A graph that must not be compiled: a bug of whoever built it."""


def check_graph(graph):
    """Check that values are made before they are used, and that specs are right.

    Raises:
        GraphFault: with the node that is wrong.
    """
    known = {id(value) for value in graph.inputs}
    for number, node in enumerate(graph.nodes):
        for value in node.values:
            if id(value) not in known:
                raise GraphFault(
                    f"node {number} ({node.op.name}) uses an unknown value"
                )
        for place, value in enumerate(node.outputs):
            if value.node is not node or value.place != place:
                raise GraphFault(f"node {number} ({node.op.name}) has a foreign output")
        _check_specs(number, node)
        known.update(id(value) for value in node.outputs)
    for value in graph.outputs:
        if value.__class__ is not Value or id(value) not in known:
            raise GraphFault("an output is computed by no node")


def _check_specs(number, node):
    """For ops that take their inputs as they are, the spec rule must agree."""
    if node.op.promote is not None or node.op.wide_numbers:
        return
    specs = [i.spec if i.__class__ is Value else i for i in node.inputs]
    found = node.op.spec(*specs, **node.attrs)
    found = (found,) if isinstance(found, Spec) else found
    have = [value.spec for value in node.outputs]
    if list(found) != have:
        raise GraphFault(
            f"node {number} ({node.op.name}) gives {', '.join(map(spec_text, found))}, "
            f"not {', '.join(map(spec_text, have))}"
        )

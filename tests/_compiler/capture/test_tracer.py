"""The tracer: shadows, memory of specs, writes through views."""

import pytest

import rushlight as t
from rushlight._base.spec import Spec
from rushlight._compiler.capture.trace import trace
from rushlight._compiler.capture.tracer import Tracer, TraceStop
from rushlight._compiler.graph.checker import check_graph
from rushlight._compiler.graph.interpreter import run_graph
from rushlight._core.intercept import intercepting
from tests._compiler.graphs import graph_of, numbers


def test_a_shadow_has_no_data_and_is_one_for_a_tensor():
    tracer, x = Tracer(), t.ones(2, requires_grad=True)
    shadow = tracer.shadow(x)
    assert shadow._array.__class__ is Spec and shadow.requires_grad
    assert tracer.shadow(x) is shadow and tracer.shadow(shadow) is shadow
    assert tracer.shadow(3) == 3
    assert [v.name for v in tracer.graph.inputs] == ["c0"]
    assert Tracer({id(x): "weight"}).shadow(x)._array == shadow._array


def test_operations_are_written_down_and_not_run():
    tracer, x = Tracer(), t.ones(2)
    with intercepting(tracer):
        y = tracer.shadow(x).exp() * 2
    assert y._array.__class__ is Spec
    assert [n.op.name for n in tracer.graph.nodes] == ["exp", "mul"]
    assert tracer.value_of(y._array) is tracer.graph.nodes[1].outputs[0]


def _row(x):
    y = x.clone()
    y[1].mul_(10)
    return y


def _nested(x):
    y = x.clone()
    y.t()[0].add_(5)
    z = y.view(-1)[::2]
    y.exp_()
    return y + z.sum()


def _through_two(x):
    y = x * 1
    a, b = y[0], y.t()
    a.zero_()
    b[1] = 7
    return a + y[0] + b.t()[0]


def _fits(x):
    y = x > 0
    y |= x < -1
    z = x.clone()
    z[0] = 3
    z += 1
    return z * y


@pytest.mark.parametrize("function", [_row, _nested, _through_two, _fits])
def test_writes_show_wherever_memory_is_shared(function):
    x = numbers(3, 4)
    graph, arrays = graph_of(function, x)
    check_graph(graph)
    before = x.clone()
    (found,) = run_graph(graph, arrays)
    assert found.tolist() == function(x).tolist()
    assert x.equal(before)


def test_writes_to_arguments_are_noted():
    x = t.ones(2)
    found = trace(lambda x: x.mul_(2) + 1, (x,), {})
    assert [captured.tensor for captured, _ in found.writes] == [x]
    assert x.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    "function, reason",
    [
        (lambda x: bool(x.sum()), "bool"),
        (lambda x: x.tolist(), "tolist"),
        (lambda x: x.numpy(), "numpy"),
        (lambda x: int(x[0]), "item"),
        (lambda x: x[x > 0], "mask"),
    ],
)
def test_values_cannot_be_had(function, reason):
    with pytest.raises(Exception, match=reason):
        trace(function, (t.ones(2),), {})


def test_tensors_with_views_outside_are_not_written():
    base = t.ones(2, 2)
    row = base[0]
    for tensor in (base, row):
        with pytest.raises(TraceStop, match="views outside"):
            trace(lambda x: x.add_(1), (tensor,), {})
    assert base.tolist() == [[1.0, 1.0], [1.0, 1.0]]

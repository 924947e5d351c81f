"""trace(): what a function does, forward and backward, and that it does nothing."""

import pytest

import rushlight as t
from rushlight import nn
from rushlight._compiler.capture.trace import trace
from rushlight._compiler.capture.tracer import Captured, TraceStop
from rushlight._compiler.graph.checker import check_graph
from rushlight._compiler.graph.ir import Value
from rushlight._core.intercept import CAPTURE
from rushlight._core.state import STATE


def test_results_are_values_captured_tensors_and_constants():
    w = t.ones(2, requires_grad=True)
    found = trace(lambda x: {"a": x * w, "b": [x, w, 3]}, (t.ones(2),), {})
    assert [type(r) for r in found.results] == [Value, Captured, Captured, int]
    assert found.arguments == 1
    assert [c.tensor is w for c in found.captured] == [False, True]
    assert found.differentiable == [True, False, False, False]


def test_backward_is_part_of_the_graph():
    w, b = t.ones(2, requires_grad=True), t.ones(2, requires_grad=True)
    found = trace(lambda x: (x * w).exp() + b.detach(), (t.ones(2),), {})
    check_graph(found.graph)
    assert [n.op.name for n in found.graph.nodes[: found.length]][-1] == "add"
    assert len(found.graph.nodes) > found.length
    assert [(c.tensor is w, v is not None) for c, v in found.wanted] == [(True, True)]
    names = [value.name for value in found.graph.inputs]
    assert names == ["c0", "c1", "c2", "g0"]


def test_gradients_of_what_a_function_finds_where_they_are_off():
    w = t.tensor([2.0, 3.0], requires_grad=True)

    def slope(x):
        with t.enable_grad():
            return t.autograd.grad((x * w**2).sum(), w)[0]

    with t.no_grad():
        compiled = t.compile(slope, fullgraph=True)
        assert compiled(t.ones(2)).tolist() == [4.0, 6.0]
        assert compiled(t.tensor([1.0, -1.0])).tolist() == [4.0, -6.0]


def test_a_graph_recorded_where_gradients_are_off_is_not_lost():
    w = t.tensor([2.0, 3.0], requires_grad=True)

    def product(x):
        with t.enable_grad():
            return x * w

    with t.no_grad(), pytest.raises(TraceStop, match="where they are switched off"):
        trace(product, (t.ones(2),), {})


@pytest.mark.parametrize("mode", [t.no_grad, t.inference_mode])
def test_without_gradients_there_is_no_backward(mode):
    w = t.ones(2, requires_grad=True)
    with mode():
        found = trace(lambda x: x * w, (t.ones(2),), {})
    assert found.wanted == [] and len(found.graph.nodes) == found.length


def test_tensors_that_the_function_makes_begin_anew():
    def f(x):
        total = t.zeros(2)
        total += x
        return total

    found = trace(f, (t.ones(2),), {})
    assert found.writes == []
    assert [c.tensor.tolist() for c in found.captured[1:]] in ([], [[0.0, 0.0]])


def test_parameters_get_their_gradients_back():
    model = nn.Linear(2, 1)
    model.weight.grad = t.ones(1, 2)
    before = model.weight.grad

    def step(x):
        model(x).sum().backward()

    found = trace(step, (t.ones(3, 2),), {})
    assert model.weight.grad is before and model.bias.grad is None
    assert [p is model.bias for p, _ in found.left] == [True]
    assert [c.tensor is before for c, _ in found.writes] == [True]  # added to in place
    assert before.tolist() == [[1.0, 1.0]]


def test_errors_leave_everything_as_it_was():
    with pytest.raises(ZeroDivisionError):
        trace(lambda x: x * (1 / 0), (t.ones(1),), {})
    assert CAPTURE.get() is None and not STATE.special
    assert (t.ones(1) + 1).item() == 2


def test_a_users_function_with_parameters_of_its_own_is_refused():
    w = t.ones(2, requires_grad=True)

    class Times(t.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * w

        @staticmethod
        def backward(ctx, g):
            return g * w

    try:
        found = trace(lambda x: Times.apply(x), (t.ones(2, requires_grad=True),), {})
    except (TraceStop, RuntimeError):
        return
    check_graph(found.graph)


class _Scaled(t.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        ctx.save_for_backward(x)
        return x * x * factor

    @staticmethod
    def backward(ctx, g):
        return g * 2 * ctx.saved_tensors[0] * ctx.factor, None


def test_functions_of_users_may_keep_things_in_their_context():
    x = t.ones(3, requires_grad=True)
    compiled = t.compile(lambda x, k: _Scaled.apply(x, k), fullgraph=True)
    for factor in (2.0, 3.0):
        x.grad = None
        compiled(x, factor).sum().backward()
        assert x.grad.tolist() == [2 * factor] * 3


def test_functions_of_users_take_parameters():
    x, w = t.ones(3), t.full((3,), 2.0, requires_grad=True)
    compiled = t.compile(lambda x: (_Scaled.apply(w, 3.0) * x).sum(), fullgraph=True)
    for _ in range(2):
        w.grad = None
        compiled(x).backward()
        assert w.grad.tolist() == [12.0] * 3

"""Training steps: steps are noted, not taken; gradients are values."""

import pytest

import rushlight as t
from rushlight import nn
from rushlight._compiler.capture.trace import trace
from rushlight._compiler.capture.tracer import TraceStop
from rushlight._compiler.graph.ir import Value


@pytest.fixture
def parts():
    model = nn.Linear(2, 1)
    optimizer = t.optim.Adam(model.parameters(), lr=0.1)
    return model, optimizer, t.optim.lr_scheduler.StepLR(optimizer, 1)


def test_steps_are_noted_in_order_with_their_gradients(parts):
    model, optimizer, scheduler = parts
    weight = model.weight.tolist()

    def step(x):
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
        scheduler.step()

    found = trace(step, (t.ones(3, 2),), {})
    one, two = found.steps
    assert [p is q for (p, _), q in zip(one.gradients, model.parameters(), strict=True)]
    assert all(isinstance(value, Value) for _, value in one.gradients)
    assert two.gradients == []
    assert model.weight.tolist() == weight
    assert not optimizer.state and optimizer.param_groups[0]["lr"] == 0.1
    for noted in found.steps[1:]:
        noted.call()
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.01)


def test_gradients_that_are_dropped_are_left_as_none(parts):
    model, optimizer, _ = parts

    def step(x):
        model(x).sum().backward()
        optimizer.step()
        optimizer.zero_grad()

    found = trace(step, (t.ones(3, 2),), {})
    assert [value for _, value in found.left] == [None, None]
    assert all(value is not None for _, value in found.steps[0].gradients)


@pytest.mark.parametrize(
    "misuse, reason",
    [
        (lambda m, o, s: o.step(lambda: None), "is given arguments"),
        (lambda m, o, s: (o.step(), m(t.ones(1, 2))), "after its optimizer's step"),
        (lambda m, o, s: s.step(3), "is given arguments"),
    ],
)
def test_what_is_refused(parts, misuse, reason):
    def step(x):
        parts[0](x).sum().backward()
        misuse(*parts)

    with pytest.raises(TraceStop, match=reason):
        trace(step, (t.ones(3, 2),), {})


def test_leaves_that_nobody_holds_get_gradients_too():
    w = t.ones(2, requires_grad=True)
    table = {"w": t.ones(2, requires_grad=True)}

    def add(x):
        (w * x * table["w"]).sum().backward()
        return w.grad * 1

    compiled = t.compile(add, fullgraph=True)
    for times in (1, 2, 3):
        assert compiled(t.ones(2)).tolist() == [times, times]
        assert w.grad.tolist() == table["w"].grad.tolist() == [times, times]


def test_gradients_of_arguments_run_uncompiled():
    def add(x):
        (x * x).sum().backward()

    compiled = t.compile(add)
    one, two = (t.ones(1, requires_grad=True) for _ in range(2))
    with pytest.warns(UserWarning, match="gives an argument its gradient"):
        compiled(one)
    compiled(two)
    assert one.grad.item() == two.grad.item() == 2


def test_a_failed_trace_leaves_no_gradients():
    w = t.ones(1, requires_grad=True)

    def f(x):
        (w * x).sum().backward()
        return w.grad.item()

    with pytest.raises(RuntimeError, match="traced as one graph"):
        t.compile(f, fullgraph=True)(t.ones(1))
    assert w.grad is None

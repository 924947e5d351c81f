"""Entries: one call forward, one node, one call backward."""

import numpy as np
import pytest

import rushlight as t
from rushlight import nn


def _entry(function, *args):
    compiled = t.compile(function, fullgraph=True)
    result = compiled(*args)
    ((_, entry),) = getattr(compiled, "forward", compiled).kinds
    return compiled, entry, result


def test_backward_is_made_when_it_is_needed():
    w = t.ones(2, requires_grad=True)
    _, entry, result = _entry(lambda x: x * w, t.ones(2))
    assert entry._backward is None
    result.sum().backward()
    assert entry._backward is not None


def test_several_results_have_one_node_and_gradients_of_some_are_zero():
    w = t.ones(2, requires_grad=True)
    _, _, (a, b, c) = _entry(lambda x: (x * w, w.exp(), x + 1), t.ones(2))
    assert a.grad_fn is b.grad_fn and a.grad_fn is not None
    assert not c.requires_grad
    a.sum().backward()
    assert w.grad.tolist() == [1.0, 1.0]


def test_gradients_flow_through_to_what_came_before():
    x = t.ones(2, requires_grad=True)
    _, _, result = _entry(lambda y: y * y, x * 3)
    result.sum().backward()
    assert x.grad.tolist() == [18.0, 18.0]


def test_only_wanted_gradients_are_computed():
    layer = nn.Linear(2, 1)
    layer.weight.requires_grad_(False)
    _, entry, result = _entry(layer, t.ones(1, 2))
    result.sum().backward()
    assert layer.weight.grad is None and layer.bias.grad.tolist() == [1.0]
    assert len(entry.halves.backward.outputs) == 1


def test_an_entry_holds_while_outside_tensors_keep_their_form():
    table = t.ones(2)
    compiled, entry, _ = _entry(lambda x: x.sum() + table.sum(), t.ones(3))
    assert entry.holds()
    table.fill_(3)
    assert entry.holds()
    table.resize_(4)
    assert not entry.holds()
    table.fill_(1)
    assert compiled(t.ones(3)).item() == 7


def test_hooks_of_tensors_see_compiled_gradients():
    w, seen = t.ones(2, requires_grad=True), []
    w.register_hook(lambda g: seen.append(g.tolist()))
    _, _, result = _entry(lambda x: x * w, t.ones(2))
    result.register_hook(lambda g: g * 5)
    result.sum().backward()
    assert seen == [[5.0, 5.0]]


def test_backward_twice_with_retain_graph():
    w = t.ones(2, requires_grad=True)
    _, _, result = _entry(lambda x: (x * w).exp().sum(), t.zeros(2))
    result.backward(retain_graph=True)
    result.backward()
    assert w.grad.tolist() == [0.0, 0.0]
    with pytest.raises(RuntimeError, match="second time"):
        result.backward()


@pytest.mark.parametrize("dtype", [t.float32, t.float64])
def test_gradients_agree_with_differences(dtype):
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)).to(dtype)
    x = t.ones(2, 3, dtype=dtype, requires_grad=True)
    _entry(model, x)[2].sum().backward()
    want = x.grad.clone()
    x.grad = None
    model(x).sum().backward()
    np.testing.assert_allclose(want.numpy(), x.grad.numpy(), 1e-5)


def test_a_call_takes_its_gradient_steps_in_order():
    w = t.nn.Parameter(t.ones(1))
    optimizer = t.optim.SGD([w], lr=0.5)

    def step():
        optimizer.zero_grad()
        (w * w).sum().backward()
        optimizer.step()

    compiled = t.compile(step, fullgraph=True)
    found = []
    for _ in range(3):
        compiled()
        found.append((w.item(), w.grad.item()))
    assert found == [(0.0, 2.0), (0.0, 0.0), (0.0, 0.0)]


def test_gradients_that_are_there_are_another_kind_of_call():
    w = t.ones(1, requires_grad=True)

    def add(x):
        (w * x).sum().backward()

    compiled, entry, _ = _entry(add, t.ones(1))
    assert w.grad.tolist() == [1.0] and not entry.holds()
    compiled(t.ones(1))
    assert w.grad.tolist() == [2.0]
    w.grad = None
    assert entry.holds() or len(compiled.kinds) == 2
    compiled(t.ones(1))
    assert w.grad.tolist() == [1.0]

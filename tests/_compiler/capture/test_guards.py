"""Guards: what a trace took for granted is noticed when it changes."""

import numpy as np
import pytest

import rushlight as t
from rushlight import nn
from rushlight._compiler.capture.guards import (
    Guards,
    key_of,
    modules_of,
    reachable,
    unguarded,
)

SCALE = 2.0


def _uses_a_global(x):
    return x * SCALE


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.drop = nn.Linear(2, 2), nn.Dropout(0.5)
        self.scale, self.sizes = 1.0, (1, 2)
        self.register_buffer("count", t.zeros(1))

    def forward(self, x):
        return self.fc(x)


def _key(*args, **kwargs):
    return key_of(args, kwargs)[0]


X = t.ones(2, 3)


@pytest.mark.parametrize(
    "one, two",
    [
        ((X,), (t.ones(3, 2),)),
        ((X,), (t.ones(2, 3, dtype=t.float64),)),
        ((X,), (t.ones(2, 3).requires_grad_(),)),
        ((X, X), (X, t.ones(2, 3))),
        ((X, 1), (X, 2)),
        ((X, 1), (X, 1.0)),
        ((X, True), (X, 1)),
        ((X, None), (X, "None")),
        ((X, [1, 2]), (X, (1, 2))),
        ((X, {"a": 1}), (X, {"b": 1})),
        ((X, [X, 1]), (X, [1, X])),
    ],
)
def test_calls_that_are_told_apart(one, two):
    assert _key(*one) != _key(*two)
    assert _key(*one) == _key(*one) and hash(_key(*one)) == hash(_key(*one))


def test_calls_that_are_of_one_kind():
    assert _key(X) == _key(t.zeros(2, 3))
    assert _key(X) != _key(x=X)
    assert _key(X, k=(1, 2)) == _key(t.zeros(2, 3), k=(1, 2))
    view = t.ones(3, 2).t()
    assert _key(view) == _key(X)  # strides are no part of it


def test_modes_are_part_of_the_key():
    plain = _key(X)
    with t.no_grad():
        assert _key(X) != plain
    t.set_default_dtype(t.float64)
    try:
        assert _key(X) != plain
    finally:
        t.set_default_dtype(t.float32)


CHANGES = [
    lambda n: n.eval(),
    lambda n: n.drop.train(False),
    lambda n: setattr(n, "scale", 2.0),
    lambda n: setattr(n, "scale", 1),
    lambda n: setattr(n, "sizes", (1, 3)),
    lambda n: setattr(n, "fc", nn.Linear(2, 2)),
    lambda n: setattr(n.fc, "weight", nn.Parameter(t.ones(2, 2))),
    lambda n: setattr(n, "count", t.zeros(1)),
    lambda n: setattr(n, "more", nn.ReLU()),
    lambda n: n.register_buffer("other", None),
    lambda n: n.fc.register_forward_hook(lambda m, a, o: None),
    lambda n: n.fc.register_parameter("bias", None),
    lambda n: delattr(n, "scale"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_changes_of_modules(change):
    net = Net()
    guards = Guards(net, modules_of(net, []))
    assert guards.hold()
    change(net)
    assert not guards.hold()


def test_contents_of_tensors_are_not_guarded():
    net = Net()
    guards = Guards(net, modules_of(net, []))
    with t.no_grad():
        net.fc.weight.zero_()
        net.count += 1
    assert guards.hold()


def test_closures_and_globals(monkeypatch):
    factor, unused = 3.0, 4.0

    def f(x):
        return x * factor

    guards = Guards(f, [])
    unused += 1
    assert guards.hold() and unused
    factor = 5.0
    assert not guards.hold()
    guards = Guards(_uses_a_global, [])
    assert guards.hold()
    monkeypatch.setitem(globals(), "SCALE", 7.0)
    assert not guards.hold()


def test_globals_that_were_found_beside(monkeypatch):
    guards = Guards(lambda x: x, [], [(globals(), "SCALE", 2.0)])
    assert guards.hold()
    monkeypatch.setitem(globals(), "SCALE", 3.0)
    assert not guards.hold()


def test_what_a_call_can_reach():
    net, optimizer = Net(), t.optim.SGD([t.ones(1, requires_grad=True)], lr=1)

    def f(x):
        return net(x), optimizer

    assert {id(thing) for thing in reachable(f, [])} == {id(net), id(optimizer)}
    assert reachable(net.forward, [])[0] is net
    assert modules_of(lambda m: m, [net, 3]) == [net]


@pytest.mark.parametrize("leaf", [np.ones(1), {1}, bytearray(b"a")])
def test_what_cannot_be_guarded(leaf):
    assert unguarded([X, 1, leaf]) is leaf
    assert unguarded([X, 1, "a"]) is None


def test_globals_called_like_attributes_are_not_guarded(monkeypatch):
    net = Net()
    monkeypatch.setitem(globals(), "fc", 1)
    guards = Guards(net.forward, modules_of(net.forward, []))
    monkeypatch.setitem(globals(), "fc", 2)
    assert guards.hold()

"""Equal groups of a graph share one kernel."""

import pytest

import rushlight
from rushlight._compiler.capture.trace import trace
from rushlight._compiler.passes.partition import partition
from rushlight._compiler.runtime.plan import Plan
from rushlight._compiler.schedules import repeated

pytest.importorskip("llvmlite")


def kernels(function, *arguments):
    halves = partition(trace(function, arguments, {}, {}))
    return Plan(halves.forward).kernels


def test_equal_groups_share_a_kernel():
    def function(a, b):
        return (a.exp() * 2).softmax(1) @ b, (b.exp() * 2).softmax(1) @ a

    x, y = rushlight.ones(8, 8), rushlight.ones(8, 8)
    first, second = kernels(function, x, y)
    assert first is second


@pytest.mark.parametrize(
    "other",
    [
        lambda b: (b.exp() * 3).softmax(1),
        lambda b: (b.exp() * 2).softmax(0),
        lambda b: (2 - b.exp()).softmax(1),
        lambda b: (b[:4].exp() * 2).softmax(1),
        lambda b: (b.t().exp() * 2).softmax(1),
        lambda b: (b.double().exp() * 2).softmax(1),
    ],
)
def test_groups_that_differ_do_not(other):
    x, y = rushlight.ones(8, 8), rushlight.ones(8, 8)
    found = kernels(lambda a, b: ((a.exp() * 2).softmax(1), other(b)), x, y)
    assert len(found) == 2
    assert found[0] is not found[1]


def test_operands_that_change_places_are_told_apart():
    def function(a, b):
        return (a / b).exp().sum(1) @ b, (b / a).exp().sum(1) @ a

    rushlight.manual_seed(0)
    x, y = rushlight.rand(8, 8) + 1, rushlight.rand(8, 8) + 1
    found = rushlight.compile(function, fullgraph=True)(x, y)
    for one, two in zip(found, function(x, y), strict=True):
        rushlight.testing.assert_close(one, two)


def test_only_so_many_are_remembered(monkeypatch):
    monkeypatch.setattr(repeated, "LIMIT", 2)
    for size in range(3, 8):
        kernels(lambda a: a.exp().sum(1), rushlight.ones(size, size))
    assert len(repeated._known) <= 2

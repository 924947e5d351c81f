"""Repeats: what is stored because several kernels need it."""

import pytest

import rushlight as t
from rushlight import nn
from rushlight._compiler.capture.trace import trace
from rushlight._compiler.loops.printer import print_kernel
from rushlight._compiler.passes.partition import partition
from rushlight._compiler.passes.repeats import costly_repeats
from rushlight._compiler.runtime.plan import Plan
from tests._compiler.graphs import fused, numbers


def _stored(function, kind):
    """Whether the only expression of a kind has memory of its own."""
    _, found = fused(function, numbers(9, 8))
    assert costly_repeats(found.units, found.stored) == set()
    return any(e.kind == kind for e in found.stored)


def test_what_costs_much_is_stored_and_what_costs_little_is_not():
    assert _stored(lambda x: (x.exp().sum(0), x.exp().sum(1)), "exp")
    assert not _stored(lambda x: (x.neg().sum(0), x.neg().sum(1)), "neg")


def test_chains_of_steps_do_not_grow_from_kernel_to_kernel():
    pytest.importorskip("llvmlite")
    cell = nn.LSTMCell(3, 4)

    def steps(x):
        h = c = x.new_zeros(2, 4)
        answers = []
        for part in x.unbind(0):
            h, c = cell(part, (h, c))
            answers.append(h @ h.t())
        return t.stack(answers)

    x = numbers(24, 2, 3)
    found = trace(steps, (x,), {})
    plan = Plan(partition(found).forward)
    assert max(len(print_kernel(kernel)) for kernel in plan.kernels) < 6000
    got = plan.run([c.tensor._array for c in found.captured])[0]
    assert t.allclose(t.tensor(got), steps(x), atol=1e-5)

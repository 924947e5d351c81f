"""Windows that do not overlap, compiled: products that give what eager mode gives."""

import pytest

import rushlight as t
from rushlight._compiler.capture.trace import trace
from rushlight._compiler.passes.partition import partition
from rushlight._compiler.runtime.plan import Plan
from rushlight.nn import functional as F

pytest.importorskip("llvmlite")

#: By name: a function, the shapes of its arguments, and whether it is products.
CASES = {
    "pictures": (
        lambda x, w, b: F.conv2d(x, w, b, stride=6),
        [(2, 3, 12, 18), (4, 3, 6, 6), (4,)],
        True,
    ),
    "with a rest": (
        lambda x, w: F.conv2d(x, w, stride=(5, 8)),
        [(2, 2, 13, 20), (3, 2, 5, 8)],
        True,
    ),
    "sequences": (
        lambda x, w: F.conv1d(x, w, stride=40),
        [(2, 2, 130), (3, 2, 40)],
        True,
    ),
    "volumes": (
        lambda x, w: F.conv3d(x, w, stride=4),
        [(1, 2, 8, 4, 9), (3, 2, 4, 4, 4)],
        True,
    ),
    "transposed": (
        lambda x, w, b: F.conv_transpose2d(x, w, b, stride=7, output_padding=1),
        [(2, 3, 2, 3), (3, 4, 7, 7), (4,)],
        True,
    ),
    "overlapping": (
        lambda x, w: F.conv1d(x, w, stride=40),
        [(2, 2, 130), (3, 2, 60)],
        False,
    ),
    "groups": (
        lambda x, w: F.conv2d(x, w, stride=6, groups=2),
        [(2, 4, 12, 18), (4, 2, 6, 6)],
        False,
    ),
}


def _leaves(shapes):
    generator = t.Generator().manual_seed(0)
    return [t.randn(s, generator=generator).requires_grad_() for s in shapes]


def _slopes(function, leaves):
    y = function(*leaves)
    return [y, *t.autograd.grad((y * y.detach().cos()).sum(), leaves)]


@pytest.mark.parametrize("name", CASES)
def test_compiled_equals_eager(name):
    function, shapes, _ = CASES[name]
    leaves = _leaves(shapes)
    compiled = t.compile(function, fullgraph=True)
    both = _slopes(compiled, leaves), _slopes(function, leaves)
    for got, want in zip(*both, strict=True):
        assert t.allclose(got, want, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", CASES)
def test_only_windows_that_do_not_overlap_are_products(name):
    function, shapes, are_products = CASES[name]
    halves = partition(trace(function, _leaves(shapes), {}))
    plans = Plan(halves.forward), Plan(halves.backward)
    assert all(bool(plan.library) is not are_products for plan in plans)

"""Writes through views: new values of what they show, and their gradients."""

import pytest

import rushlight as t
from rushlight._compiler.capture.trace import trace
from rushlight._compiler.capture.tracer import TraceStop
from rushlight._compiler.passes.partition import partition
from rushlight._compiler.runtime.plan import plan_for
from rushlight.nn import functional as F


def _rows(x):
    y = x * 1
    y[1:].mul_(2)
    return y * y


def _base_of_a_view(x):
    y = x * 1
    row = y[0]
    y.mul_(3)
    return row.sum() + y.sum() * 2


def _turned(x):
    y = x * 1
    turned = y.t()
    turned[1] = x[:, 0] * 4
    return y * 2 + turned.sum()


def _two_places(x):
    y = t.zeros(3, 3)
    y[1].copy_(x[0])
    y[:, 2] += x[2]
    return y * x


def _pieces(x):
    y = x * 1
    first, second = y.split(2)
    first.mul_(x[:2])
    second.unbind(1)[2].exp_()
    return y


def _flattened(x):
    return F.relu((x - 0.5).flatten(), inplace=True) * 2


def _dropped(x):
    return F.dropout((x * 1).flatten(1), 0.5, True, inplace=True)


def _many_steps(x):
    y = x * 1
    y.narrow(1, 1, 2).permute(1, 0).unsqueeze(0).squeeze().sigmoid_()
    return y * x


def _expanded(x):
    y = x * 2
    copies = y.expand(2, 3, 3)
    y.mul_(x)
    return copies * 3


def _diagonal(x):
    y = x * 1
    y.diagonal().mul_(x[0])
    return y * x


def _strided(x):
    y = x * 1
    y.as_strided((3,), (4,)).mul_(2)
    return y * x


NATIVE = _rows, _base_of_a_view, _turned, _two_places, _pieces, _flattened, _many_steps
OTHERS = _dropped, _expanded, _diagonal, _strided


def _both(function, x):
    """Result and gradient, with random numbers of one seed."""
    t.manual_seed(0)
    y = function(x)
    weights = t.arange(y.numel()).reshape(y.shape) + 1.0
    return y.detach(), t.autograd.grad((y * weights).sum(), x)[0]


@pytest.mark.parametrize("function", [*NATIVE, *OTHERS])
def test_writes_through_views_are_compiled_with_their_gradients(function):
    x = (t.arange(9.0).reshape(3, 3) / 9).requires_grad_()
    compiled = t.compile(function, fullgraph=True)
    for got, want in zip(_both(compiled, x), _both(function, x), strict=True):
        assert t.allclose(got, want)


@pytest.mark.parametrize("function", NATIVE)
def test_writes_at_places_known_in_advance_are_no_library_calls(function):
    pytest.importorskip("llvmlite")
    halves = partition(trace(function, (t.ones(3, 3, requires_grad=True),), {}))
    assert not plan_for(halves.forward).library
    assert not plan_for(halves.backward).library


def _through_contiguous(x):
    y = x * 1
    y.t().contiguous().add_(1)
    return y


def _through_reshape(x):
    y = x * 1
    y.t().reshape(-1).add_(1)
    return y


def _under_flatten(x):
    y = x * 1
    flat = y.flatten()
    y.add_(1)
    return flat


@pytest.mark.parametrize(
    "function", [_through_contiguous, _through_reshape, _under_flatten]
)
def test_where_it_matters_whether_memory_is_shared_nothing_is_compiled(function):
    x = t.arange(9.0).reshape(3, 3)
    with pytest.raises(TraceStop, match="a view or a copy"):
        trace(function, (x,), {})
    with pytest.warns(UserWarning, match="a view or a copy"):
        assert t.compile(function)(x).equal(function(x))


def test_a_leaf_that_requires_grad_is_refused_as_in_eager_mode():
    weight = t.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
        t.compile(lambda x: weight.add_(x))(t.ones(2))
    assert weight.tolist() == [1.0, 1.0]

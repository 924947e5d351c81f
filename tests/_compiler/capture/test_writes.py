"""Writes through views: new values of what they show, and their gradients."""

import random

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


def _read_anew(x):
    y = x * 1
    part = y[1:]
    y.mul_(x)
    return part


NATIVE = (
    _read_anew,
    _rows,
    _base_of_a_view,
    _turned,
    _two_places,
    _pieces,
    _flattened,
    _many_steps,
)
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


def _random_program(seed):
    """A function that views, writes and computes by chance; results in a tuple."""
    rng = random.Random(seed)
    choices = [
        (rng.randrange(12), rng.random(), rng.random(), rng.choice([0.5, -1.0, 2.0]))
        for _ in range(rng.randint(3, 8))
    ]

    def program(x):
        found = [x * 1, x.sin()]
        for kind, one, two, factor in choices:
            u, v = found[int(one * len(found))], found[int(two * len(found))]
            if kind == 0:
                u.mul_(factor)
            elif kind == 1:
                u.tanh_()
            elif kind == 2 and u.shape == v.shape and u is not v:
                u.add_(v)
            elif kind == 3:
                u[..., ::2] = factor
            else:
                found.append(_COMPUTED[kind - 4](u) if kind >= 4 else u)
        return tuple(found)

    return program


_COMPUTED = [
    lambda u: u * 2 + 0.1,
    lambda u: u.t() if u.dim() == 2 else u.unsqueeze(0),
    lambda u: u[0] if u.dim() > 1 else u,
    lambda u: u[1:] if u.shape[0] > 1 else u,
    lambda u: u.reshape(-1),
    lambda u: u.sum(0, keepdim=True).expand_as(u) * u,
    lambda u: u.detach(),
    lambda u: u.transpose(0, -1).contiguous(),
]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_programs_that_write_through_views_by_chance(seed):
    function, found = _random_program(seed), []
    x = t.randn(3, 4, generator=t.Generator().manual_seed(seed)).requires_grad_()
    compiled = t.compile(function, fullgraph=True)
    for run in (function, compiled):
        try:
            results = [y for y in run(x) if y.requires_grad]
            slope = t.autograd.grad(sum((y * y.cos()).sum() for y in results), x)
        except RuntimeError as error:  # what is saved was written, or sharing unknown
            assert run is function or "a view or a copy" in str(error)
            return
        found.append([*results, *slope])
    for got, want in zip(*found, strict=True):
        assert t.allclose(got, want, rtol=1e-3, atol=1e-3, equal_nan=True)

"""Second derivatives of compiled calls: what eager mode gives, or an error."""

import pytest

import rushlight as t
from rushlight import nn


def _penalised(function, x, parameters):
    """A result, its slope, and the slopes of a penalty on that."""
    y = function(x)
    (slope,) = t.autograd.grad(y.sum(), x, create_graph=True)
    penalty = ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean() + y.mean()
    wanted = t.autograd.grad(penalty, [x, *parameters], allow_unused=True)
    return [y, slope, *wanted]


def _detached(x):
    return (x.detach() * x).tanh() * x.exp()


def _unrecorded(x):
    with t.no_grad():
        w = x * 2
    return (w * x).sin()


def _written(x):
    y = x * 1
    y[1:].mul_(x[:2])
    y.t()[0].mul_(2.5)
    return y.tanh()


def _slope_inside(x):
    w = x.sin()
    return w * t.autograd.grad((w**2).sum(), x, create_graph=True)[0]


def _convolved():
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(4, 4, 3, stride=2),
        nn.GroupNorm(2, 4),
        nn.Softplus(),
        nn.Flatten(),
        nn.Linear(36, 1),
    )


def _normalised():
    return nn.Sequential(
        nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Dropout(0.3), nn.Linear(8, 1)
    )


CASES = {
    "convolved": (_convolved, (3, 2, 8, 8)),
    "normalised": (_normalised, (5, 4)),
    "attention": (lambda: nn.TransformerEncoderLayer(8, 2, 16), (2, 5, 8)),
    "detached": (lambda: _detached, (3, 4)),
    "unrecorded": (lambda: _unrecorded, (3, 4)),
    "written": (lambda: _written, (3, 4)),
    "slope inside": (lambda: _slope_inside, (3, 4)),
}


@pytest.mark.parametrize("name", CASES)
def test_penalties_on_slopes(name):
    t.manual_seed(0)
    make, shape = CASES[name]
    function, x = make(), t.randn(shape).requires_grad_()
    parameters = list(function.parameters()) if isinstance(function, nn.Module) else []
    found = []
    for run in (function, t.compile(function, fullgraph=True)):
        t.manual_seed(1)
        found.append(_penalised(run, x, parameters))
    for want, got in zip(*found, strict=True):
        assert (want is None) == (got is None)
        assert want is None or t.allclose(got, want, rtol=1e-4, atol=1e-5)


def test_calls_in_a_row_do_not_count_twice():
    first = nn.Sequential(nn.Linear(4, 8), nn.Tanh())
    second = nn.Sequential(nn.Linear(8, 1), nn.Softplus())
    one, two = t.compile(first), t.compile(second)
    x = t.randn(5, 4).requires_grad_()
    parameters = [*first.parameters(), *second.parameters()]
    want = _penalised(lambda x: second(first(x)), x, parameters)
    got = _penalised(lambda x: two(one(x)), x, parameters)
    assert all(t.allclose(g, w, atol=1e-5) for g, w in zip(got, want, strict=True))


def test_third_derivatives():
    compiled, x = t.compile(lambda x: x.sin() * x.exp()), t.ones(2, requires_grad=True)
    slope = compiled(x)
    for _ in range(3):
        (slope,) = t.autograd.grad(slope.sum(), x, create_graph=True)
    want = 2 * t.exp(x) * (x.cos() - x.sin())
    assert t.allclose(slope, want, atol=1e-4)


class _Square(t.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        return 2 * g * ctx.saved_tensors[0]


def _hooked(x):
    y = x * 2
    y.register_hook(lambda g: g * 3)
    return y.sin()


def _silently_written(x):
    y = x * 1
    with t.no_grad():
        y[0] = 5.0
    return y * y


@pytest.mark.parametrize(
    "function, reason",
    [
        (lambda x: _Square.apply(x).sin(), "a rule of its own"),
        (_hooked, "a hook"),
        (_silently_written, "not recorded"),
        (lambda x: (x + t.rand(3)).tanh(), "random numbers"),
    ],
)
def test_what_has_no_second_derivative_is_refused(function, reason):
    x = t.ones(3, requires_grad=True)
    compiled = t.compile(function, fullgraph=True)
    y = compiled(x).sum()
    with pytest.raises(RuntimeError, match=reason):
        t.autograd.grad(y, x, create_graph=True)
    t.manual_seed(0)
    compiled(x).sum().backward()
    want, x.grad = x.grad, None
    t.manual_seed(0)
    function(x).sum().backward()
    assert t.allclose(x.grad, want)


def test_what_was_written_since_is_refused():
    x, bias = t.ones(3, requires_grad=True), t.zeros(3, requires_grad=True)
    y = t.compile(lambda x: (x + bias).sin())(x).sum()
    with t.no_grad():
        bias.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        t.autograd.grad(y, x, create_graph=True)

"""Recurrent layers against their cells, step by step, and by differences."""

import numpy as np
import pytest

import rushlight as torch
from rushlight import nn
from rushlight.autograd import grad, gradcheck

KINDS = {
    "LSTM": (nn.LSTM, nn.LSTMCell, {}),
    "GRU": (nn.GRU, nn.GRUCell, {}),
    "tanh": (nn.RNN, nn.RNNCell, {}),
    "relu": (nn.RNN, nn.RNNCell, {"nonlinearity": "relu"}),
}


def _both(kind, **options):
    layer, cell, extra = KINDS[kind]
    torch.manual_seed(0)
    whole = layer(3, 4, **extra, **options).double()
    step = cell(3, 4, bias=options.get("bias", True), **extra).double()
    for name, value in step.named_parameters():
        value.data = getattr(whole, f"{name}_l0").data
    return whole, step


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_equals_its_steps(kind, bias):
    whole, step = _both(kind, bias=bias)
    x = torch.randn(5, 2, 3, dtype=torch.float64, requires_grad=True)
    outputs, last = whole(x)
    first = torch.zeros(2, 4, dtype=torch.float64)
    state = (first, first) if kind == "LSTM" else first
    steps = []
    for t in range(5):
        state = step(x[t], state)
        steps.append(state[0] if kind == "LSTM" else state)
    stacked = torch.stack(steps)
    np.testing.assert_allclose(outputs.tolist(), stacked.tolist(), rtol=1e-12)
    ended = last[1][0] if kind == "LSTM" else last[0]
    wanted = state[1] if kind == "LSTM" else state
    np.testing.assert_allclose(ended.tolist(), wanted.tolist(), rtol=1e-12)
    weights = torch.randn(5, 2, 4, dtype=torch.float64)
    (dx,) = grad((outputs * weights).sum(), x, retain_graph=True)
    (dx_steps,) = grad((stacked * weights).sum(), x)
    np.testing.assert_allclose(dx.tolist(), dx_steps.tolist(), rtol=1e-10)


OPTIONS = [
    {"num_layers": 2},
    {"bidirectional": True},
    {"batch_first": True, "bias": False},
    {"proj_size": 2, "num_layers": 2, "bidirectional": True},
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: "-".join(o))
@pytest.mark.parametrize("kind", KINDS)
def test_gradients_of_inputs_states_and_weights(kind, options):
    if "proj_size" in options and kind != "LSTM":
        pytest.skip("only an LSTM has projections")
    layer, _, extra = KINDS[kind]
    torch.manual_seed(0)
    net = layer(2, 3, **extra, **options).double()
    x = torch.randn(2, 3, 2, dtype=torch.float64, requires_grad=True)
    directions = 2 if options.get("bidirectional") else 1
    count = options.get("num_layers", 1) * directions
    batch = 2 if options.get("batch_first") else 3
    widths = [options.get("proj_size") or 3] + ([3] if kind == "LSTM" else [])
    states = [
        torch.randn(count, batch, w, dtype=torch.float64, requires_grad=True)
        for w in widths
    ]

    def run(x, *states_and_weights):
        hx = states_and_weights[: len(states)]
        y, last = net(x, hx if kind == "LSTM" else hx[0])
        return (y, *last) if kind == "LSTM" else (y, last)

    assert gradcheck(run, (x, *states, *net.parameters()))


@pytest.mark.parametrize("kind", KINDS)
def test_second_derivatives_equal_the_steps(kind):
    whole, step = _both(kind)
    x = torch.randn(2, 1, 3, dtype=torch.float64, requires_grad=True)
    first = torch.zeros(1, 4, dtype=torch.float64)
    state = (first, first) if kind == "LSTM" else first
    total = 0.0
    for t in range(2):
        state = step(x[t], state)
        total = total + (state[0] if kind == "LSTM" else state).square().sum()
    seconds = []
    for value in (whole(x)[0].square().sum(), total):
        (found,) = grad(value, x, create_graph=True)
        seconds.append(grad(found.square().sum(), x)[0].tolist())
    np.testing.assert_allclose(*seconds, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_meta_has_the_same_shapes(kind):
    layer, _, extra = KINDS[kind]
    net = layer(3, 4, 2, bidirectional=True, device="meta", **extra)
    outputs, last = net(torch.zeros(5, 2, 3, device="meta"))
    assert outputs.shape == (5, 2, 8)
    assert (last[1] if kind == "LSTM" else last).shape == (4, 2, 4)


def test_dropout_lies_between_layers():
    torch.manual_seed(0)
    net = nn.GRU(3, 4, 2, dropout=1.0)
    x = torch.randn(5, 2, 3)
    dropped, kept = net(x)[0], net.eval()(x)[0]
    assert not torch.equal(dropped, kept)
    silent = net.train()(x * 0 + 7)[0]
    assert torch.equal(silent, dropped)

"""torch's own entry points: packed sequences, noise, states, errors."""

import numpy as np
import pytest

import rushlight
from rushlight.autograd import gradcheck, gradgradcheck

KINDS = {"lstm": 4, "gru": 3, "rnn_tanh": 1, "rnn_relu": 1}
LENGTHS = (5, 3, 3, 1)  # of the sequences, sorted
SIZES = [sum(n > t for n in LENGTHS) for t in range(max(LENGTHS))]


def parameters(kind, size, hidden, layers=1, directions=1, bias=True, out=None):
    rng = np.random.default_rng(0)
    found, gates = [], KINDS[kind]
    for layer in range(layers):
        for _ in range(directions):
            width = size if layer == 0 else (out or hidden) * directions
            shapes = [(gates * hidden, width), (gates * hidden, out or hidden)]
            shapes += [(gates * hidden,)] * 2 * bias
            shapes += [(out, hidden)] * bool(out)
            found += [rng.normal(size=s) * 0.6 for s in shapes]
    return [rushlight.tensor(f, requires_grad=True) for f in found]


def draw(*shape):
    return rushlight.randn(*shape, dtype=rushlight.float64)


def states_of(kind, count, batch, hidden, out=None):
    h = draw(count, batch, out or hidden)
    return (h, draw(count, batch, hidden)) if kind == "lstm" else h


def pick(states, i):
    if isinstance(states, tuple):
        return tuple(s[:, i : i + 1] for s in states)
    return states[:, i : i + 1]


@pytest.mark.parametrize("layers, directions", [(1, 1), (2, 1), (1, 2), (2, 2)])
@pytest.mark.parametrize("kind", KINDS)
def test_packed_sequences_equal_one_by_one(kind, layers, directions):
    run, two = getattr(rushlight, kind), directions == 2
    params = parameters(kind, 3, 4, layers, directions)
    each = [draw(n, 1, 3) for n in LENGTHS]
    data = rushlight.cat(
        [rushlight.cat([x[t] for x in each[:n]]) for t, n in enumerate(SIZES)]
    ).requires_grad_()
    states = states_of(kind, layers * directions, len(each), 4)
    args = params, True, layers, 0.0, True, two
    y, *last = run(data, rushlight.tensor(SIZES), states, *args)
    starts = np.cumsum([0, *SIZES[:-1]])
    for i, x in enumerate(each):
        alone, *ended = run(x, pick(states, i), *args, False)
        rows = [int(starts[t]) + i for t in range(LENGTHS[i])]
        assert rushlight.allclose(y[rows], alone[:, 0])
        for all_last, own in zip(last, ended):
            assert rushlight.allclose(all_last[:, i], own[:, 0])
    weights = draw(*y.shape)
    ((y * weights).sum() + sum(s.sum() for s in last)).backward()
    packed = [t.grad.clone() for t in (data, *params)]
    total = 0.0
    for t in (data, *params):
        t.grad = None
    for i, length in enumerate(LENGTHS):
        rows = [int(starts[t]) + i for t in range(length)]
        alone, *ended = run(data[rows].unsqueeze(1), pick(states, i), *args, False)
        total = (
            total + (alone[:, 0] * weights[rows]).sum() + sum(s.sum() for s in ended)
        )
    total.backward()
    for found, t in zip(packed, (data, *params)):
        assert rushlight.allclose(found, t.grad)


@pytest.mark.parametrize("options", [{}, {"directions": 2, "bias": False}, {"out": 1}])
@pytest.mark.parametrize("kind", KINDS)
def test_gradients_and_their_gradients(kind, options):
    if "out" in options and kind != "lstm":
        options = {"layers": 2}
    directions, layers = options.get("directions", 1), options.get("layers", 1)
    params = parameters(kind, 1, 2, **options)
    states = states_of(kind, layers * directions, 1, 2, options.get("out"))
    x = draw(2, 1, 1).requires_grad_()
    rest = options.get("bias", True), layers, 0.0, True, directions == 2, False

    def run(x, *params):
        return getattr(rushlight, kind)(x, states, list(params), *rest)

    assert gradcheck(run, (x, *params))
    assert gradgradcheck(run, (x, *params))


RECORDED = [1.0, 2.0, 2.0]


def test_dropout_draws_pytorchs_noise_between_layers():
    # torch.manual_seed(3); the same network with ones as its input and all weights 0.5.
    params = [rushlight.full((2, 1 if i == 0 else 2), 0.5) for i in range(4)]
    h = rushlight.zeros(2, 1, 2)
    rushlight.manual_seed(3)
    args = params, False, 2, 0.5, True, False, False
    y, _ = rushlight.rnn_relu(rushlight.ones(3, 1, 1), h, *args)
    np.testing.assert_allclose(y[:, 0, 0], RECORDED, rtol=1e-6)
    idle = *args[:4], False, False, False
    still, _ = rushlight.rnn_relu(rushlight.ones(3, 1, 1), h, *idle)
    assert still[:, 0, 0].tolist() == [0.5, 1.5, 3.0]


def test_half_precision_and_meta():
    params = [p.detach().half() for p in parameters("gru", 3, 4)]
    x, h = rushlight.ones(2, 1, 3).half(), rushlight.zeros(1, 1, 4).half()
    y, last = rushlight.gru(x, h, params, True, 1, 0.0, False, False, False)
    assert y.dtype == last.dtype == rushlight.float16
    meta = [t.to("meta") for t in (x, h, *params)]
    y, last = rushlight.gru(*meta[:2], meta[2:], True, 1, 0.0, False, False, False)
    assert y.is_meta and y.shape == (2, 1, 4) and last.shape == (1, 1, 4)


P = [p.detach() for p in parameters("lstm", 3, 4)]
X, H = draw(2, 1, 3), draw(1, 1, 4)
REST = (True, 1, 0.0, True, False, False)
ERRORS = [
    (lambda: rushlight.lstm(X, (H,), P, *REST), RuntimeError, "two hidden states"),
    (lambda: rushlight.lstm(X, (H[:0], H), P, *REST), RuntimeError, "h of shape"),
    (
        lambda: rushlight.lstm(X[..., :2], (H, H), P, *REST),
        RuntimeError,
        "size 3, got 2",
    ),
    (lambda: rushlight.lstm(X[0], (H, H), P, *REST), IndexError, "3 dimensions"),
    (lambda: rushlight.lstm(X[:0], (H, H), P, *REST), RuntimeError, "larger than 0"),
    (lambda: rushlight.lstm(X.float(), (H, H), P, *REST), RuntimeError, "dtype"),
    (lambda: rushlight.lstm(X, (H, H), P[:3], *REST), RuntimeError, "4 parameters"),
    (lambda: rushlight.lstm(X, (H, H), P), TypeError, "has_biases, num_layers"),
    (lambda: rushlight.gru(X, [H], P, *REST), TypeError, "'hx' to be a Tensor"),
    (lambda: rushlight.lstm_cell(X[0, :, :2], (H[0], H[0]), *P), RuntimeError, "got"),
    (lambda: rushlight.gru_cell(X[0], H[0][:, :2], *P), RuntimeError, "hidden_size 2"),
]


@pytest.mark.parametrize("call, error, text", ERRORS)
def test_errors(call, error, text):
    with pytest.raises(error, match=text):
        call()


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
def test_gradients_of_parameters_share_no_memory(kind):
    net = getattr(rushlight.nn, kind)(3, 4, 2, bidirectional=True)
    net(rushlight.ones(5, 2, 3))[0].sum().backward()
    arrays = [p.grad.numpy() for p in net.parameters()]
    for place, array in enumerate(arrays):
        assert not any(np.shares_memory(array, other) for other in arrays[:place])

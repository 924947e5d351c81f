"""Networks under autocast: dtypes of results and gradients are torch's."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import rushlight  # noqa: E402
from tests.parity.bridge import to_array  # noqa: E402

pytestmark = pytest.mark.parity


def perceptron(nn):
    net = nn.Sequential(nn.Linear(8, 16), nn.LayerNorm(16), nn.GELU(), nn.Linear(16, 8))
    return net, (4, 8)


def convolutional(nn):
    layers = [nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.GroupNorm(2, 8)]
    layers += [nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5)]
    return nn.Sequential(*layers), (2, 3, 8, 8)


def transformer(nn):
    return nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True), (
        2,
        5,
        8,
    )


def activations(nn):
    layers = [nn.Linear(8, 8), nn.PReLU(), nn.Softmax(-1), nn.Linear(8, 8), nn.SiLU()]
    return nn.Sequential(*layers), (4, 8)


def recurrent(nn):
    class Last(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(8, 6, batch_first=True)
            self.head = nn.Linear(6, 3)

        def forward(self, x):
            return self.head(self.rnn(x)[0][:, -1])

    return Last(), (2, 5, 8)


NETWORKS = [perceptron, convolutional, transformer, activations, recurrent]


def run(module, make, values, state):
    net, _ = make(module.nn)
    net.load_state_dict({k: module.tensor(v) for k, v in state.items()})
    x = module.tensor(values, requires_grad=True)
    seen = []
    for layer in net.modules():
        layer.register_forward_hook(
            lambda m, i, o: seen.append(
                (type(m).__name__, str((o[0] if isinstance(o, tuple) else o).dtype))
            )
        )
    with module.autocast("cpu", dtype=module.bfloat16):
        y = net(x)
        loss = module.nn.functional.mse_loss(y, module.zeros_like(y))
    loss.backward()
    gradients = [p.grad for p in net.parameters()]
    return seen, y, loss, [x.grad, *gradients]


@pytest.mark.parametrize("make", NETWORKS, ids=lambda make: make.__name__)
def test_networks(make):
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    net, shape = make(torch.nn)
    state = {k: to_array(v).copy() for k, v in net.state_dict().items()}
    values = rng.normal(size=shape).astype("float32")
    theirs = run(torch, make, values, state)
    ours = run(rushlight, make, values, state)
    assert ours[0] == theirs[0]
    assert str(ours[2].dtype) == str(theirs[2].dtype) == "torch.float32"
    np.testing.assert_allclose(ours[2].item(), theirs[2].item(), rtol=0.05)
    for a, b in zip(ours[3], theirs[3], strict=True):
        assert str(a.dtype) == str(b.dtype)
        wanted = to_array(b)
        assert np.abs(a.numpy() - wanted).max() <= 0.05 * np.abs(wanted).max() + 1e-4


def test_a_scaler_trains_alike():
    results = []
    for module in (torch, rushlight):
        module.manual_seed(0)
        net = module.nn.Linear(4, 3)
        optimizer = module.optim.SGD(net.parameters(), lr=0.1)
        scaler = module.amp.GradScaler("cpu", init_scale=8.0, growth_interval=2)
        seen = []
        for step in range(8):
            x = module.linspace(-1, 1, 20).reshape(5, 4)
            if step in (3, 4):
                x = x * float("inf")
            optimizer.zero_grad()
            loss = (net(x) ** 2).mean()
            scaler.scale(loss).backward()
            if step % 2:
                scaler.unscale_(optimizer)
            scaler.step(optimizer)
            scaler.update()
            seen.append((scaler.get_scale(), scaler.state_dict()["_growth_tracker"]))
        results.append((seen, net.weight.detach().numpy()))
    assert results[0][0] == results[1][0]
    np.testing.assert_allclose(results[1][1], results[0][1], rtol=1e-5)

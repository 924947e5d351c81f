"""Averages of weights: models, batch norms and the schedule agree with torch."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import rushlight  # noqa: E402
from tests.parity.bridge import difference  # noqa: E402
from tests.parity.test_schedulers import follow, made  # noqa: E402

pytestmark = pytest.mark.parity

AVERAGES = {
    "mean": lambda m: {},
    "mean of lists": lambda m: {"multi_avg_fn": m.get_swa_multi_avg_fn()},
    "moving": lambda m: {"avg_fn": m.get_ema_avg_fn(0.9)},
    "moving lists": lambda m: {"multi_avg_fn": m.get_ema_multi_avg_fn(0.9)},
    "with buffers": lambda m: {
        "multi_avg_fn": m.get_ema_multi_avg_fn(0.9),
        "use_buffers": True,
    },
}


def train(module, options):
    rng = np.random.default_rng(0)
    module.manual_seed(0)
    nn, swa = module.nn, module.optim.swa_utils
    model = nn.Sequential(
        nn.Linear(4, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 2)
    )
    average = swa.AveragedModel(model, **options(swa))
    optimizer = module.optim.SGD(model.parameters(), lr=0.1)
    scheduler = swa.SWALR(optimizer, swa_lr=0.05, anneal_epochs=3)
    data = [module.tensor(rng.normal(size=(8, 4)).astype("float32")) for _ in range(6)]
    for x in data:
        optimizer.zero_grad()
        (model(x) ** 2).mean().backward()
        optimizer.step()
        average.update_parameters(model)
        scheduler.step()
    swa.update_bn([(x, None) for x in data], average)
    return average


@pytest.mark.parametrize("name", AVERAGES)
def test_averaged_models(name):
    theirs, ours = (train(m, AVERAGES[name]) for m in (torch, rushlight))
    assert list(theirs.state_dict()) == list(ours.state_dict())
    for key, value in theirs.state_dict().items():
        assert not difference(ours.state_dict()[key], value), key
    x = np.ones((2, 4), "float32")
    assert not difference(ours(rushlight.tensor(x)), theirs(torch.tensor(x)))


@pytest.mark.parametrize(
    "options",
    [
        {"swa_lr": 0.05},
        {"swa_lr": [0.05, 0.01], "anneal_epochs": 7, "anneal_strategy": "linear"},
        {"swa_lr": 0.05, "anneal_epochs": 0},
    ],
)
def test_swalr(options):
    results, states = [], []
    for module in (torch, rushlight):
        optimizer = made(module)
        scheduler = module.optim.swa_utils.SWALR(optimizer, **options)
        results.append(follow(optimizer, scheduler, 30))
        states.append(scheduler.state_dict())
    assert results[0] == results[1]
    assert states[0] == states[1]

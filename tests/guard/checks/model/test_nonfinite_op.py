"""nonfinite-op: origins are followed to the loss and to the gradients."""

import random
import warnings

import pytest

import rushlight as torch
from rushlight import nn
from tests.guard.guarded import guarded


class Op(nn.Module):
    """A function as a layer."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


SAFE = {
    "tanh": torch.tanh,
    "scale": lambda x: x * 1.5 + 0.1,
    "softmax": lambda x: x.softmax(-1),
    "mask": lambda x: x.masked_fill(torch.eye(4) > 0, -torch.inf).softmax(-1),
    "where": lambda x: torch.where(x > 0, x, x * 0.1),
    "join": lambda x: torch.cat([x, x], 1)[:, :4],
    "view": lambda x: x.reshape(-1).view(4, 4),
    "in place": lambda x: x.clone().mul_(0.5).add_(1),
    "ratio": lambda x: x + torch.nan_to_num((x * 0 / (x * 0)).detach()),
}
FORWARD = {
    "log": lambda x: (x * 0).log(),
    "div": lambda x: x / (x * 0),
    "exp": lambda x: (x.abs() * 1000 + 1000).exp(),
    "pow": lambda x: (x.abs() + 1e20) ** 3,
    "rsqrt": lambda x: (x * 0).rsqrt(),
    "acos": lambda x: (x.abs() + 2).acos(),
}
BACKWARD = {
    "SqrtBackward0": lambda x: (x * 0).sqrt(),
    "PowBackward0": lambda x: (x * 0).abs().pow(0.5),
    "DivBackward0": lambda x: torch.where(x < 99, x, x / (x * 0)),
}


def findings(model, steps=2):
    """What is said while a model of (4, 4) takes steps."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with guarded() as found, warnings.catch_warnings(), torch.guard.thorough():
        warnings.simplefilter("ignore", UserWarning)
        for _ in range(steps):
            optimizer.zero_grad()
            model(torch.randn(4, 4)).sum().backward()
            optimizer.step()
    return [one for one in found if one.check == "nonfinite-op"]


def network(seed, *extra):
    """Random layers, then some more, then random layers."""
    torch.manual_seed(seed)
    choose = random.Random(seed)
    before, after = (
        [Op(SAFE[choose.choice(list(SAFE))]) for _ in range(3)] for _ in range(2)
    )
    return nn.Sequential(nn.Linear(4, 4), *before, *extra, *after, nn.Linear(4, 4))


@pytest.mark.parametrize("seed", range(6))
def test_infinities_that_end_say_nothing(seed):
    assert findings(network(seed)) == []


@pytest.mark.parametrize("name", FORWARD)
@pytest.mark.parametrize("seed", range(2))
def test_the_operation_and_its_module_are_named(seed, name):
    found = findings(network(seed, Op(FORWARD[name])))
    assert f" {name}() of shapes [4, 4]" in found[0].saw
    assert found[0].saw.endswith("from finite ones, in Sequential.4")
    assert found[0].place.text().startswith(f'"{name}": lambda')


@pytest.mark.parametrize("name", BACKWARD)
@pytest.mark.parametrize("seed", range(2))
def test_the_forward_line_of_a_gradient_is_named(seed, name):
    found = findings(network(seed, Op(BACKWARD[name])))
    assert f"in backward, for {name}, " in found[0].saw
    assert found[0].saw.endswith("from finite ones, in Sequential.4")
    assert found[0].place.text().startswith(f'"{name}": lambda')


def test_an_input_that_is_not_finite_is_no_operation():
    assert findings(nn.Sequential(nn.Linear(4, 4), Op(lambda x: x * torch.inf))) == []


def test_a_scaled_loss_is_left_to_its_scaler():
    weight = nn.Parameter(torch.ones(4))
    optimizer = torch.optim.SGD([weight], lr=0.01)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**127)
    with guarded() as found, torch.guard.thorough():
        for _ in range(2):
            optimizer.zero_grad()
            scaler.scale((weight * 100).sum()).backward()
            scaler.step(optimizer)
            scaler.update()
    assert found == []

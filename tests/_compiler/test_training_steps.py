"""compile() of whole training steps."""

import numpy as np
import pytest

import rushlight as t
from rushlight import nn
from tests._compiler.test_compiled import close

pytest.importorskip("llvmlite")


def _training(compiled, closing=False):
    t.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(20, 30, bias=False), nn.BatchNorm1d(30), nn.ReLU(), nn.Dropout(0.2)
    ).append(nn.Linear(30, 5))
    optimizer = t.optim.AdamW(model.parameters(), lr=1e-2)
    scheduler = t.optim.lr_scheduler.StepLR(optimizer, 3)
    x, y = t.randn(16, 20), t.randint(0, 5, (16,))

    def step(x, y):
        if not closing:
            optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        if closing:
            optimizer.zero_grad()
        return loss

    run = t.compile(step, fullgraph=True) if compiled else step
    losses = [run(x, y).item() for _ in range(8)]
    return losses, model, optimizer, run


@pytest.mark.parametrize("closing", [False, True])
def test_a_whole_training_step_is_one_function(closing):
    losses, model, optimizer, _ = _training(False, closing)
    found, twin, other, run = _training(True, closing)
    np.testing.assert_allclose(found, losses, 1e-6)
    for one, two in zip(twin.parameters(), model.parameters(), strict=True):
        close(one, two)
        assert (one.grad is None) == (two.grad is None) == closing
    close(twin[1].running_mean, model[1].running_mean)
    assert other.param_groups[0]["lr"] == optimizer.param_groups[0]["lr"]
    assert [len(entries) for entries in run.entries.values()] == [1 + (not closing)]
    assert not run.reasons


def test_gradients_that_accumulate_inside():
    model = nn.Linear(3, 1)

    def micro(x):
        model(x).pow(2).mean().backward()

    x = t.randn(4, 3)
    micro(x)
    micro(x)
    want = model.weight.grad.clone()
    model.zero_grad()
    compiled = t.compile(micro, fullgraph=True)
    for _ in range(2):
        compiled(x)
    close(model.weight.grad, want)


def test_a_trace_leaves_parameters_and_state_alone():
    model = nn.Linear(3, 1)
    optimizer = t.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)

    def step(x):
        optimizer.zero_grad()
        loss = model(x).sum()
        loss.backward()
        optimizer.step()
        return loss.item()

    before = model.weight.detach().clone()
    with pytest.raises(RuntimeError, match="traced as one graph"):
        t.compile(step, fullgraph=True)(t.ones(2, 3))
    assert (model.weight == before).all()
    assert model.weight.grad is None
    assert not optimizer.state


def test_parameters_used_after_their_step_run_uncompiled():
    model = nn.Linear(3, 1)
    optimizer = t.optim.SGD(model.parameters(), lr=0.1)

    def step(x):
        model(x).sum().backward()
        optimizer.step()
        return model(x).sum()

    with pytest.warns(UserWarning, match="used after its optimizer's step"):
        t.compile(step)(t.ones(2, 3))

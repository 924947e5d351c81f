"""Long trainings: what begins late is still named, and a rest makes no false alarm."""

import pytest

import rushlight as torch
from rushlight import nn
from rushlight._core.guarding import GUARDS
from rushlight.guard import _history, _resting
from rushlight.nn import functional as F
from tests.guard.correct import classifier
from tests.guard.guarded import guarded

LATE, LONG = 700, 900


def run(program, steps=LONG):
    """(findings, how often the watcher rested) of a program of so many steps."""
    rests, rest = [0], _resting.rest

    def counted():
        rest()
        rests[0] += GUARDS.see is _resting.RESTING

    torch.manual_seed(0)
    with guarded() as findings, pytest.MonkeyPatch.context() as patch:
        patch.setattr(_resting, "rest", counted)
        program(steps)
    return findings, rests[0]


def plain(steps, set_to_none=True):
    model, optimizer, x, classes = classifier()
    for _ in range(steps):
        optimizer.zero_grad(set_to_none=set_to_none)
        loss = F.cross_entropy(model(x), classes)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        loss.item()


def zeroed_in_place(steps):
    plain(steps, set_to_none=False)


def two_against_each_other(steps):
    maker, judge = nn.Linear(2, 3), nn.Linear(3, 1)
    first = torch.optim.SGD(maker.parameters(), lr=1e-3)
    second = torch.optim.SGD(judge.parameters(), lr=1e-3)
    for _ in range(steps // 2):
        second.zero_grad()
        fake = maker(torch.randn(4, 2))
        (judge(fake.detach()).mean() - judge(torch.randn(4, 3)).mean()).backward()
        second.step()
        first.zero_grad()
        (-judge(fake).mean()).backward()
        first.step()


def accumulation(steps):
    model, optimizer, x, classes = classifier()
    for step in range(steps):
        (F.cross_entropy(model(x), classes) / 3).backward()
        if step % 3 == 2:
            optimizer.step()
            optimizer.zero_grad()


def scaled(steps):
    model, optimizer, x, classes = classifier()
    scaler = torch.amp.GradScaler("cpu")
    for _ in range(steps):
        optimizer.zero_grad()
        scaler.scale(F.cross_entropy(model(x), classes)).backward()
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()


def epochs(steps):
    model, optimizer, x, classes = classifier(nn.Dropout())
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 3)
    for _ in range(steps // 50):
        model.train()
        for _ in range(50):
            optimizer.zero_grad()
            F.cross_entropy(model(x), classes).backward()
            optimizer.step()
        schedule.step()
        model.eval()
        with torch.no_grad():
            F.cross_entropy(model(x), classes)


def by_hand(steps):
    w = torch.ones(3, requires_grad=True)
    for _ in range(steps):
        (w**2).sum().backward()
        with torch.no_grad():
            w -= 0.01 * w.grad
            w.grad.zero_()


CORRECT = (plain, zeroed_in_place, two_against_each_other, accumulation, scaled, epochs)


@pytest.mark.slow
@pytest.mark.parametrize("program", CORRECT, ids=lambda each: each.__name__)
def test_a_correct_training_stays_quiet(program):
    findings, rests = run(program)
    assert [str(finding) for finding in findings] == []
    assert rests >= 3


@pytest.mark.slow
def test_without_an_optimizer_nobody_rests():
    assert run(by_hand) == ([], 0)


def late(steps, spoil):
    """A training that is spoilt from a step on."""
    model, optimizer, x, classes = classifier(nn.BatchNorm1d(8))
    for step in range(steps):
        bad = spoil if step >= LATE else ""
        if bad != "stale-grad":
            optimizer.zero_grad()
        scale = float("nan") if bad == "nonfinite-loss" else 1.0
        loss = F.cross_entropy(model(x), classes) * scale
        loss.backward()
        if bad == "step-order":
            optimizer.zero_grad()
        state = model.state_dict()
        optimizer.step()
        if bad == "train-mode-eval":
            with torch.no_grad():
                F.cross_entropy(model(x), classes)
        if bad == "live-state":
            model.load_state_dict(state)


BUGS = "stale-grad nonfinite-loss step-order train-mode-eval live-state".split()


@pytest.mark.slow
@pytest.mark.parametrize("spoil", BUGS)
def test_what_begins_late_is_named(spoil):
    findings, _ = run(lambda steps: late(steps, spoil))
    assert {finding.check for finding in findings} == {spoil}


@pytest.mark.slow
def test_a_new_optimizer_is_watched_from_its_beginning():
    def program(steps):
        plain(600)
        model, optimizer, x, classes = classifier()
        for _ in range(3):
            F.cross_entropy(model(x), classes).backward()
            optimizer.step()

    findings, rests = run(program)
    assert [finding.check for finding in findings] == ["stale-grad"]
    assert rests >= 1


def test_what_a_rest_begins_and_ends_with():
    with guarded():
        assert _history.REST_AT[0] == _history.LONG
        awake = GUARDS.see
        _resting.rest()
        assert GUARDS.see is _resting.RESTING
        torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=0.1)
        assert GUARDS.see is awake
        _resting.rest()
        with torch.guard.thorough():
            pass
    assert GUARDS.see is awake

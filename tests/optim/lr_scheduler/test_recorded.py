"""Schedules as PyTorch 2.13 recorded them, their states, warnings and errors."""

import json
import pickle
import warnings
from pathlib import Path

import pytest

import rushlight as torch
from rushlight.optim import lr_scheduler

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text())
CASES = [
    pytest.param(name, options, rates, momentum, id=f"{name}-{'-'.join(options)}")
    for name, options, rates, momentum in RECORDED
]


def made(lr=0.5):
    p = torch.ones(1, requires_grad=True)
    return torch.optim.SGD([p], lr=lr, momentum=0.9)


def follow(optimizer, scheduler, steps):
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


@pytest.mark.parametrize("name, options, rates, momentum", CASES)
def test_rates(name, options, rates, momentum):
    optimizer = made()
    scheduler = getattr(lr_scheduler, name)(optimizer, **options)
    assert follow(optimizer, scheduler, 12) == rates
    assert optimizer.param_groups[0]["momentum"] == momentum
    assert scheduler.get_last_lr() == [optimizer.param_groups[0]["lr"]]


@pytest.mark.parametrize("name, options, rates, momentum", CASES)
def test_states_go_on_exactly(name, options, rates, momentum):
    optimizer = made()
    scheduler = getattr(lr_scheduler, name)(optimizer, **options)
    follow(optimizer, scheduler, 4)
    saved = pickle.dumps((optimizer.state_dict(), scheduler.state_dict()))
    again = made()
    second = getattr(lr_scheduler, name)(again, **options)
    own, schedule = pickle.loads(saved)
    again.load_state_dict(own)
    second.load_state_dict(schedule)
    assert follow(again, second, 8) == rates[4:]


def test_a_checkpoint_of_a_schedule_can_be_saved(tmp_path):
    optimizer = made()
    scheduler = lr_scheduler.MultiStepLR(optimizer, [2, 2, 3], gamma=0.5)
    follow(optimizer, scheduler, 1)
    torch.save(scheduler.state_dict(), tmp_path / "state.pt")
    again = lr_scheduler.MultiStepLR(made(), [9])
    again.load_state_dict(torch.load(tmp_path / "state.pt"))
    assert again.milestones == scheduler.milestones
    assert again.last_epoch == 1


def test_sequences_and_chains():
    optimizer = made(1.0)
    warm = lr_scheduler.LinearLR(optimizer, start_factor=0.5, total_iters=2)
    fall = lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    scheduler = lr_scheduler.SequentialLR(optimizer, [warm, fall], milestones=[2])
    assert follow(optimizer, scheduler, 4) == [0.5, 0.75, 1.0, 0.5]
    optimizer = made(1.0)
    parts = [
        lr_scheduler.StepLR(optimizer, 2, gamma=0.1),
        lr_scheduler.ExponentialLR(optimizer, gamma=0.5),
    ]
    scheduler = lr_scheduler.ChainedScheduler(parts)
    rates = follow(optimizer, scheduler, 3)
    assert rates == pytest.approx([1.0, 0.5, 0.025])
    assert len(scheduler.state_dict()["_schedulers"]) == 2


class Halving:
    """A callable object: its attributes are saved."""

    def __init__(self, factor):
        self.factor = factor

    def __call__(self, epoch):
        return self.factor**epoch


def test_lambdas_are_not_saved_but_callable_objects_are():
    optimizer = made()
    scheduler = lr_scheduler.LambdaLR(optimizer, Halving(0.5))
    assert scheduler.state_dict()["lr_lambdas"] == [{"factor": 0.5}]
    again = lr_scheduler.LambdaLR(made(), Halving(0.1))
    again.load_state_dict(scheduler.state_dict())
    assert again.lr_lambdas[0].factor == 0.5
    plain = lr_scheduler.LambdaLR(made(), lambda epoch: 1.0)
    assert plain.state_dict()["lr_lambdas"] == [None]


def test_a_plateau():
    optimizer = made(1.0)
    scheduler = lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=0.5, patience=1, cooldown=1, min_lr=0.2
    )
    rates = []
    for loss in [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.5]:
        scheduler.step(torch.tensor(loss, requires_grad=True))
        rates.append(scheduler.get_last_lr()[0])
    assert rates == [1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.2, 0.2, 0.2]


def test_the_order_of_steps_is_watched():
    optimizer = made()
    scheduler = lr_scheduler.StepLR(optimizer, 2)
    with pytest.warns(UserWarning, match=r"lr_scheduler.step\(\) was called before"):
        scheduler.step()
    optimizer = made()
    scheduler = lr_scheduler.StepLR(optimizer, 2)
    optimizer.step = lambda: None
    with pytest.warns(UserWarning, match="was replaced"):
        scheduler.step()


def test_old_ways_get_warnings():
    optimizer = made()
    scheduler = lr_scheduler.StepLR(optimizer, 2)
    optimizer.step()
    with pytest.warns(UserWarning, match="epoch argument"):
        scheduler.step(4)
    assert scheduler.get_last_lr() == [pytest.approx(0.005)]
    with pytest.warns(UserWarning, match=r"get_last_lr\(\)"):
        scheduler.get_lr()


def test_hooks_and_closures_pass_through_the_watched_step():
    optimizer = made()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lr_scheduler.StepLR(optimizer, 2)
    assert optimizer.step(lambda: 3.0) == 3.0
    assert type(optimizer).step is not optimizer.step


@pytest.mark.parametrize(
    "make, kind, text",
    [
        (lambda o: lr_scheduler.StepLR(3, 1), TypeError, "int is not an Optimizer"),
        (lambda o: lr_scheduler.StepLR(o, 1, last_epoch=3), KeyError, "initial_lr"),
        (lambda o: lr_scheduler.ConstantLR(o, 2.0), ValueError, "between 0 and 1"),
        (lambda o: lr_scheduler.LinearLR(o, 0.0), ValueError, "start_factor"),
        (
            lambda o: lr_scheduler.LambdaLR(o, [half, half]),
            ValueError,
            "Expected 1 lr_lambdas",
        ),
        (lambda o: lr_scheduler.MultiplicativeLR(o, 3), TypeError, "to be a function"),
        (
            lambda o: lr_scheduler.SequentialLR(o, [], []),
            ValueError,
            "at least one scheduler",
        ),
        (
            lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.StepLR(o, 1)], [1]),
            ValueError,
            "one milestone less",
        ),
        (
            lambda o: lr_scheduler.ChainedScheduler(
                [lr_scheduler.StepLR(o, 1), lr_scheduler.StepLR(made(), 1)]
            ),
            ValueError,
            "same optimizer",
        ),
        (
            lambda o: lr_scheduler.ChainedScheduler(
                [lr_scheduler.ReduceLROnPlateau(o)]
            ),
            ValueError,
            "ReduceLROnPlateau",
        ),
        (
            lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 0),
            ValueError,
            "positive integer T_0",
        ),
        (lambda o: lr_scheduler.CyclicLR(o, 0, 1, mode="x"), ValueError, "invalid"),
        (lambda o: lr_scheduler.OneCycleLR(o, 1.0), ValueError, "total_steps OR"),
        (
            lambda o: lr_scheduler.OneCycleLR(o, 1.0, total_steps=-1),
            ValueError,
            "positive integer total_steps",
        ),
        (
            lambda o: lr_scheduler.OneCycleLR(
                torch.optim.Adagrad(o.param_groups[0]["params"]), 1.0, 5
            ),
            ValueError,
            "momentum or beta1",
        ),
        (
            lambda o: lr_scheduler.ReduceLROnPlateau(o, mode="x"),
            ValueError,
            "mode x is unknown",
        ),
    ],
)
def test_errors(make, kind, text):
    with pytest.raises(kind, match=text):
        make(made())


def half(epoch):
    return 0.5


def test_one_cycle_ends():
    optimizer = made()
    scheduler = lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=3)
    follow(optimizer, scheduler, 3)
    optimizer.step()
    with pytest.raises(ValueError, match="Tried to step 4 times"):
        scheduler.step()

"""Silent bugs of learning rates and schedules, and what is refused there already."""

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.optim import lr_scheduler
from rushlight.utils.data import DataLoader, TensorDataset
from tests.guard.checks.optim.naming import entering, naming
from tests.guard.correct import classifier, train

PROGRAMS = []
bug = entering(PROGRAMS)


# ---------------------------------------------------------------- rates and schedules


@bug("learning-rate", "10 steps, all with a learning rate of 0")
def an_optimizer_made_with_nothing():
    model, _, x, classes = classifier()
    train(model, torch.optim.Adam(model.parameters(), lr=1 // 100), x, classes, 10)


@bug("learning-rate", "15 steps, all with a learning rate of 0")
def a_schedule_that_multiplies_with_nothing():
    model, optimizer, x, classes = classifier()
    schedule = lr_scheduler.LambdaLR(optimizer, lambda step: step // 100)
    for _ in range(15):
        train(model, optimizer, x, classes, 1)
        schedule.step()


@bug("learning-rate", "optimizer.weight_decay = 0.1", "weight_decay=0")
def a_weight_decay_assigned_to_the_optimizer():
    model, optimizer, x, classes = classifier()
    optimizer.weight_decay = 0.1
    train(model, optimizer, x, classes)


@bug("learning-rate", "'learning_rate': 0.001", "lr=0.1")
def a_group_with_a_learning_rate():
    model, _, x, classes = classifier()
    groups = [{"params": model.parameters(), "learning_rate": 0.001}]
    train(model, torch.optim.SGD(groups, lr=0.1), x, classes)


@bug("learning-rate", "StepLR was made and never stepped", "2 passes of a loader")
def a_schedule_that_is_never_stepped():
    model, optimizer, x, classes = classifier()
    lr_scheduler.StepLR(optimizer, 1)
    loader = DataLoader(TensorDataset(x, classes), batch_size=2, shuffle=True)
    for _ in range(2):
        for batch, some in loader:
            train(model, optimizer, batch, some, 1)


@bug("learning-rate", "CosineAnnealingLR was made for 40 steps", "stepped 4 times only")
def a_schedule_for_batches_stepped_for_epochs():
    model, optimizer, x, classes = classifier()
    schedule = lr_scheduler.CosineAnnealingLR(optimizer, T_max=40)
    for _ in range(4):
        train(model, optimizer, x, classes, 10)
        schedule.step()


@bug("learning-rate", "ExponentialLR was stepped 511 times", "below 1e-8 of the first")
def a_schedule_for_epochs_stepped_for_batches():
    weight = nn.Parameter(torch.ones(2))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    schedule = lr_scheduler.ExponentialLR(optimizer, 0.9)
    for _ in range(520):
        optimizer.zero_grad()
        weight.sum().backward()
        optimizer.step()
        schedule.step()


@bug("learning-rate", "which never stepped", "made anew after the schedule")
def a_schedule_of_an_optimizer_that_was_made_anew():
    model, optimizer, x, classes = classifier()
    schedule = lr_scheduler.StepLR(optimizer, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(5):
        train(model, optimizer, x, classes, 1)
        schedule.step()


test_a_bug_is_named = naming(PROGRAMS)


# ------------------------------------------------- what is refused or warned of already


def test_duplicates_are_warned_of_at_the_users_line():
    weight = nn.Parameter(torch.ones(2))
    with pytest.warns(UserWarning, match="duplicate parameters") as said:
        torch.optim.SGD([weight, weight], lr=0.1)
    assert said[0].filename == __file__
    with pytest.raises(ValueError, match="appear in more than one parameter group"):
        torch.optim.SGD([{"params": [weight]}, {"params": [weight]}], lr=0.1)


def test_a_schedule_past_its_end_is_refused():
    optimizer = torch.optim.SGD([nn.Parameter(torch.ones(2))], lr=0.1)
    schedule = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=2)
    optimizer.step()
    schedule.step()
    with pytest.raises(ValueError, match="expected at most 2 steps.*Give total_steps"):
        schedule.step()
        schedule.step()


def test_a_schedule_before_its_optimizer_is_warned_of():
    optimizer = torch.optim.SGD([nn.Parameter(torch.ones(2))], lr=0.1)
    schedule = lr_scheduler.StepLR(optimizer, 1)
    with pytest.warns(UserWarning, match="before optimizer.step") as said:
        schedule.step()
    assert said[0].filename == __file__


def test_a_generator_that_is_used_up_is_warned_of():
    parameters = nn.Linear(2, 1).parameters()
    assert len(list(parameters)) == 2
    with pytest.warns(UserWarning, match="empty generator") as said:
        nn.utils.clip_grad_norm_(parameters, 1.0)
    assert said[0].filename == __file__
    with pytest.raises(ValueError, match="optimizer got an empty parameter list"):
        torch.optim.SGD(parameters, lr=0.1)


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "Adagrad", "Rprop"])
@pytest.mark.parametrize("other", [(3, 4), (1, 3), (3,)])
def test_a_state_of_other_parameters_is_refused(name, other):
    options = {"momentum": 0.9} if name == "SGD" else {}
    optimizers = []
    for shape in (other, (4, 3)):
        parameter = nn.Parameter(torch.ones(shape))
        parameter.grad = torch.ones(shape)
        made = getattr(torch.optim, name)([parameter], lr=0.1, **options)
        optimizers.append((made, parameter))
    (first, _), (second, parameter) = optimizers
    first.step()
    second.load_state_dict(first.state_dict())
    message = r"expected the state '\w+' of shape \[4, 3\].*Load the state"
    with pytest.raises(RuntimeError, match=message):
        second.step()
    assert parameter.tolist() == [[1.0] * 3] * 4

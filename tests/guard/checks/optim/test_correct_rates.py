"""Correct learning rates and schedules that look like bugs."""

import rushlight as torch
from rushlight import nn
from rushlight.optim import lr_scheduler
from rushlight.utils.data import DataLoader, TensorDataset
from tests.guard.correct import classifier, quiet, train

PROGRAMS = []


def correct(program):
    """Enter a program in the list."""
    PROGRAMS.append(program)
    return program


# ----------------------------------------------------------------- rates and schedules


@correct
def a_warm_up_by_hand_from_nothing():
    model, _, x, classes = classifier()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(3):
        for group in optimizer.param_groups:
            group["lr"] = 0.1 * epoch
        train(model, optimizer, x, classes, 15)


@correct
def a_schedule_whose_first_epoch_has_no_rate():
    model, optimizer, x, classes = classifier()
    schedule = lr_scheduler.LambdaLR(optimizer, lambda epoch: epoch / 2)
    for _ in range(3):
        train(model, optimizer, x, classes, 15)
        schedule.step()


@correct
def a_group_that_rests():
    model, _, x, classes = classifier()
    groups = [
        {"params": model[0].parameters(), "lr": 0.0, "name": "resting"},
        {"params": model[1].parameters()},
    ]
    train(model, torch.optim.SGD(groups, lr=0.1), x, classes, 12)


@correct
def one_epoch_with_a_schedule_for_more():
    model, optimizer, x, classes = classifier()
    lr_scheduler.StepLR(optimizer, 1)
    for batch, some in DataLoader(TensorDataset(x, classes), 2, shuffle=True):
        train(model, optimizer, batch, some, 1)


@correct
def a_second_schedule_that_has_no_turn():
    model, optimizer, x, classes = classifier()
    warm = lr_scheduler.LinearLR(optimizer, total_iters=5)
    fall = lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)
    schedule = lr_scheduler.SequentialLR(optimizer, [warm, fall], [5])
    loader = DataLoader(TensorDataset(x, classes), 2, shuffle=True)
    for _ in range(3):
        for batch, some in loader:
            train(model, optimizer, batch, some, 1)
        schedule.step()


@correct
def a_cosine_for_epochs():
    model, optimizer, x, classes = classifier()
    schedule = lr_scheduler.CosineAnnealingLR(optimizer, T_max=4)
    for _ in range(4):
        train(model, optimizer, x, classes, 10)
        schedule.step()


@correct
def a_cosine_for_batches():
    model, optimizer, x, classes = classifier()
    schedule = lr_scheduler.CosineAnnealingLR(optimizer, T_max=40)
    for _ in range(40):
        train(model, optimizer, x, classes, 1)
        schedule.step()


@correct
def a_training_that_ends_before_its_cycle():
    model, optimizer, x, classes = classifier()
    schedule = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=100)
    for _ in range(40):
        train(model, optimizer, x, classes, 1)
        schedule.step()


@correct
def a_schedule_that_waits_for_a_plateau():
    model, optimizer, x, classes = classifier()
    schedule = lr_scheduler.ReduceLROnPlateau(optimizer, patience=1)
    for epoch in range(6):
        train(model, optimizer, x, classes, 5)
        schedule.step(1.0 / (1 + epoch))


@correct
def cosines_that_touch_zero():
    weight = nn.Parameter(torch.ones(2))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    schedule = lr_scheduler.CosineAnnealingLR(optimizer, T_max=64)
    for _ in range(600):
        optimizer.zero_grad()
        weight.sum().backward()
        optimizer.step()
        schedule.step()


@correct
def a_schedule_stepped_before_a_resumed_training():
    model, optimizer, x, classes = classifier()
    schedule = lr_scheduler.StepLR(optimizer, 2)
    for _ in range(5):
        schedule.step()
    for _ in range(5):
        train(model, optimizer, x, classes, 1)
        schedule.step()


@correct
def a_first_rate_that_is_kept_with_the_optimizer():
    model, optimizer, x, classes = classifier()
    optimizer.lr = 0.1
    schedule = lr_scheduler.LinearLR(optimizer, 0.1, total_iters=80)
    for _ in range(70):
        train(model, optimizer, x, classes, 1)
        schedule.step()


@correct
def options_that_a_class_of_ones_own_reads():
    class Own(torch.optim.SGD):
        def __init__(self, parameters, lr):
            super().__init__(parameters, lr=lr)
            self.lr = 2 * lr

    model, _, x, classes = classifier()
    train(model, Own(model.parameters(), 0.1), x, classes)


test_is_quiet = quiet(PROGRAMS)

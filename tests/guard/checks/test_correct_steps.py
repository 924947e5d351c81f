"""Correct loops and optimizers that look like bugs."""

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard.correct import classifier, quiet, train

PROGRAMS = []


def correct(program):
    """Enter a program in the list."""
    PROGRAMS.append(program)
    return program


# ----------------------------------------------------------------- gradients and steps


@correct
def gradients_set_to_none_by_hand():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        for p in model.parameters():
            p.grad = None
        F.cross_entropy(model(x), classes).backward()
        optimizer.step()


@correct
def gradients_zeroed_through_data():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        for p in model.parameters():
            if p.grad is not None:
                p.grad.data.zero_()
        F.cross_entropy(model(x), classes).backward()
        optimizer.step()


@correct
def gradients_zeroed_in_place():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        optimizer.zero_grad(set_to_none=False)
        F.cross_entropy(model(x), classes).backward()
        optimizer.step()


@correct
def gradients_decayed_on_purpose():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        for p in model.parameters():
            if p.grad is not None:
                p.grad.mul_(0.9)
        F.cross_entropy(model(x), classes).backward()
        optimizer.step()


@correct
def zeroed_by_the_model():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        F.cross_entropy(model(x), classes).backward()
        optimizer.step()
        model.zero_grad()


@correct
def accumulation_over_four_batches():
    model, optimizer, x, classes = classifier()
    for step in range(16):
        (F.cross_entropy(model(x), classes) / 4).backward()
        if step % 4 == 3:
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()


@correct
def gan_with_two_optimizers():
    maker, judge = nn.Linear(2, 3), nn.Linear(3, 1)
    first = torch.optim.Adam(maker.parameters(), lr=1e-3)
    second = torch.optim.Adam(judge.parameters(), lr=1e-3)
    one, zero = torch.ones(4, 1), torch.zeros(4, 1)
    score = nn.BCEWithLogitsLoss()
    for _ in range(5):
        judge.zero_grad()
        score(judge(torch.randn(4, 3)), one).backward()
        fake = maker(torch.randn(4, 2))
        score(judge(fake.detach()), zero).backward()
        second.step()
        maker.zero_grad()
        score(judge(fake), one).backward()
        first.step()


@correct
def gan_whose_judge_is_zeroed_late():
    maker, judge = nn.Linear(2, 3), nn.Linear(3, 1)
    first = torch.optim.SGD(maker.parameters(), lr=1e-3)
    second = torch.optim.SGD(judge.parameters(), lr=1e-3)
    for _ in range(5):
        first.zero_grad()
        judge(maker(torch.randn(4, 2))).mean().backward()
        first.step()
        second.zero_grad()
        judge(maker(torch.randn(4, 2)).detach()).mean().backward()
        second.step()


@correct
def lbfgs_with_a_closure():
    w = nn.Parameter(torch.ones(3))
    optimizer = torch.optim.LBFGS([w])

    def closure():
        optimizer.zero_grad()
        loss = (w**2).sum()
        loss.backward()
        return loss

    for _ in range(4):
        optimizer.step(closure)


@correct
def two_losses_before_one_step():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        optimizer.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        model(x).pow(2).mean().backward()
        optimizer.step()


@correct
def a_retained_graph_twice():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), classes)
        loss.backward(retain_graph=True)
        loss.backward()
        optimizer.step()


@correct
def clipping_between_unscaling_and_step():
    model, optimizer, x, classes = classifier()
    scaler = torch.amp.GradScaler("cpu")
    for factor in (1, 1, float("inf"), 1):
        optimizer.zero_grad()
        scaler.scale(F.cross_entropy(model(x), classes) * factor).backward()
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()


@correct
def a_norm_measured_after_the_step():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        optimizer.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        optimizer.step()
        nn.utils.clip_grad_norm_(model.parameters(), float("inf"))


@correct
def a_schedule_shown_without_training():
    _, optimizer, *_ = classifier()
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    for _ in range(5):
        optimizer.step()
        schedule.step()


@correct
def a_warm_up_from_nothing():
    model, optimizer, x, classes = classifier()
    grow = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: step / 20)
    for _ in range(15):
        train(model, optimizer, x, classes, 1)
        grow.step()


@correct
def an_unused_batch_is_thrown_away():
    model, optimizer, x, classes = classifier()
    for step in range(6):
        F.cross_entropy(model(x), classes).backward()
        if step == 2:  # a batch that is not to count
            optimizer.zero_grad()
            continue
        optimizer.step()
        optimizer.zero_grad()


# -------------------------------------------------------------------------- ownership


@correct
def a_frozen_backbone():
    model, _, x, classes = classifier()
    model[0].requires_grad_(False)
    optimizer = torch.optim.SGD(model[1].parameters(), lr=0.1)
    train(model, optimizer, x, classes)


@correct
def a_head_replaced_before_the_optimizer():
    model, _, x, classes = classifier()
    model[1] = nn.Linear(8, 4)
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes)


@correct
def an_image_that_is_optimised():
    model, image = nn.Linear(3, 1), torch.zeros(1, 3, requires_grad=True)
    optimizer = torch.optim.SGD([image], lr=0.1)
    for _ in range(4):
        optimizer.zero_grad()
        model(image).sum().backward()
        optimizer.step()


@correct
def a_scale_updated_by_hand():
    model, optimizer, x, classes = classifier()
    scale = nn.Parameter(torch.ones(1))
    for _ in range(4):
        optimizer.zero_grad()
        scale.grad = None
        F.cross_entropy(model(x) * scale, classes).backward()
        optimizer.step()
        with torch.no_grad():
            scale -= 0.1 * scale.grad


@correct
def one_optimizer_for_each_part():
    model, _, x, classes = classifier()
    parts = [torch.optim.SGD(part.parameters(), lr=0.1) for part in model]
    for _ in range(4):
        for part in parts:
            part.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        for part in parts:
            part.step()


@correct
def a_plain_list_given_to_the_optimizer():
    layers = [nn.Linear(3, 3), nn.Linear(3, 4)]
    params = [p for layer in layers for p in layer.parameters()]
    optimizer = torch.optim.SGD(params, lr=0.1)
    for _ in range(4):
        optimizer.zero_grad()
        layers[1](layers[0](torch.randn(2, 3))).mean().backward()
        optimizer.step()


test_is_quiet = quiet(PROGRAMS)

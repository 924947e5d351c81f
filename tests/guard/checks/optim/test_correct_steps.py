"""Correct programs that look like bugs in the order of backward, clearing and steps."""

import time

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from rushlight.optim import lr_scheduler
from tests.guard.correct import classifier, quiet, train

PROGRAMS = []


def correct(program):
    """Enter a program in the list."""
    PROGRAMS.append(program)
    return program


def backward(model, x, classes, factor=1.0):
    (F.cross_entropy(model(x), classes) * factor).backward()


# ---------------------------------------------------------------- gradients that stay


@correct
def gradients_cleared_by_other_words():
    model, optimizer, x, classes = classifier()
    weight = model[0].weight

    def replaced():
        weight.grad = torch.zeros_like(weight)

    ways = [
        lambda: weight.grad.fill_(0),
        lambda: weight.grad.copy_(torch.zeros(8, 3)),
        lambda: weight.grad.__setitem__(slice(None), 0.0),
        lambda: weight.grad.data.zero_(),
        lambda: weight.grad.detach_().zero_(),
        lambda: weight.grad.mul_(0),
        lambda: weight.grad.numpy().fill(0),
        replaced,
    ]
    for clear in ways:
        model.zero_grad()
        backward(model, x, classes)
        optimizer.step()
        for parameter in list(model.parameters())[1:]:
            parameter.grad = None
        clear()
        backward(model, x, classes)
        optimizer.step()


@correct
def accumulation_whose_step_comes_first():
    model, optimizer, x, classes = classifier()
    for step in range(13):
        if step % 4 == 0:
            optimizer.step()
            optimizer.zero_grad()
        backward(model, x, classes, 0.25)


@correct
def a_last_part_that_is_smaller():
    model, optimizer, x, classes = classifier()
    for step in range(10):
        backward(model, x, classes, 1 / 4)
        if step % 4 == 3 or step == 9:
            optimizer.step()
            optimizer.zero_grad(set_to_none=False)


@correct
def accumulation_that_starts_by_clearing():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        optimizer.zero_grad()
        for _ in range(4):
            (F.cross_entropy(model(x), classes) / 4).backward()
        optimizer.step()


@correct
def many_steps():
    model, optimizer, x, classes = classifier()
    for clear in (True, False):
        for _ in range(100):
            optimizer.zero_grad(set_to_none=clear)
            backward(model, x, classes)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    for step in range(200):
        backward(model, x, classes, 1 / 4)
        if step % 4 == 3:
            optimizer.step()
            model.zero_grad(set_to_none=False)


@correct
def many_steps_of_two_networks():
    maker, judge = nn.Linear(2, 3), nn.Linear(3, 1)
    first = torch.optim.SGD(maker.parameters(), lr=1e-3)
    second = torch.optim.SGD(judge.parameters(), lr=1e-3)
    for step in range(150):
        second.zero_grad()
        judge(torch.randn(4, 3)).mean().backward()
        judge(maker(torch.randn(4, 2)).detach()).mean().neg().backward()
        second.step()
        if step % 3 == 0:
            first.zero_grad()
            judge(maker(torch.randn(4, 2))).mean().backward()
            first.step()


@correct
def gradients_of_tasks_put_together_by_hand():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        parts = []
        for half in (slice(0, 3), slice(3, 6)):
            optimizer.zero_grad()
            (F.cross_entropy(model(x[half]), classes[half]) / 2).backward()
            parts.append([p.grad.clone() for p in model.parameters()])
        optimizer.zero_grad()
        for p, *pieces in zip(model.parameters(), *parts, strict=True):
            p.grad = sum(pieces)
        optimizer.step()


@correct
def gradients_of_samples_summed_by_hand():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        sums = [torch.zeros_like(p) for p in model.parameters()]
        for place in range(3):
            optimizer.zero_grad()
            one = slice(place, place + 1)
            (F.cross_entropy(model(x[one]), classes[one]) / 3).backward()
            for total, p in zip(sums, model.parameters(), strict=True):
                total += p.grad
        for total, p in zip(sums, model.parameters(), strict=True):
            p.grad.copy_(total)
        optimizer.step()


@correct
def gradients_by_autograd_grad():
    model, optimizer, x, classes = classifier()
    backward(model, x, classes)
    for _ in range(4):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), classes)
        parameters = list(model.parameters())
        found = torch.autograd.grad(loss, parameters)
        for parameter, gradient in zip(parameters, found, strict=True):
            parameter.grad = gradient
        optimizer.step()


@correct
def training_on_attacked_inputs():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        attacked = x.clone().requires_grad_(True)
        (F.cross_entropy(model(attacked), classes) / 2).backward()
        optimizer.zero_grad()
        (F.cross_entropy(model(x + attacked.grad.sign()), classes) / 2).backward()
        optimizer.step()


@correct
def a_step_to_sharper_weights_and_back():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        optimizer.zero_grad()
        backward(model, x, classes)
        with torch.no_grad():
            moves = [0.05 * p.grad for p in model.parameters()]
            for p, move in zip(model.parameters(), moves, strict=True):
                p.add_(move)
        optimizer.zero_grad()
        backward(model, x, classes)
        with torch.no_grad():
            for p, move in zip(model.parameters(), moves, strict=True):
                p.sub_(move)
        optimizer.step()


@correct
def saliency_maps_without_a_step():
    model, optimizer, x, classes = classifier()
    for _ in range(20):
        image = x.clone().requires_grad_(True)
        optimizer.zero_grad()
        F.cross_entropy(model(image), classes).backward()
        assert image.grad.shape == x.shape


@correct
def an_optimizer_that_only_clears():
    model, optimizer, x, classes = classifier()
    for _ in range(20):
        optimizer.zero_grad()
        backward(model, x, classes)
        with torch.no_grad():
            for p in model.parameters():
                p -= 0.1 * p.grad


# ---------------------------------------------------------------------- orders of calls


@correct
def a_step_to_please_the_scheduler():
    model, optimizer, x, classes = classifier()
    schedule = lr_scheduler.StepLR(optimizer, 5)
    optimizer.step()
    for _ in range(5):
        schedule.step()
        train(model, optimizer, x, classes, 1)


@correct
def steps_that_are_timed():
    model, optimizer, x, classes = classifier()
    backward(model, x, classes)
    start = time.perf_counter()
    for _ in range(10):
        optimizer.step()
    assert time.perf_counter() > start


@correct
def two_optimizers_of_two_parts():
    model, _, x, classes = classifier()
    first = torch.optim.SGD(model[0].parameters(), lr=0.1)
    last = torch.optim.Adam(model[1].parameters())
    for _ in range(5):
        first.zero_grad()
        last.zero_grad()
        backward(model, x, classes)
        first.step()
        last.step()


@correct
def two_losses_of_a_shared_part():
    shared, left, right = nn.Linear(3, 3), nn.Linear(3, 4), nn.Linear(3, 4)
    _, _, x, classes = classifier()
    heads = []
    for head in (left, right):
        parameters = [*shared.parameters(), *head.parameters()]
        heads.append((head, torch.optim.SGD(parameters, lr=0.1)))
    for _ in range(5):
        for head, optimizer in heads:
            optimizer.zero_grad()
            F.cross_entropy(head(shared(x)), classes).backward()
            optimizer.step()


class Lookahead(torch.optim.Optimizer):
    """Steps an optimizer, and pulls its parameters back now and then."""

    def __init__(self, inner):
        self.inner, self.lr, self.count = inner, 0.5, 0
        super().__init__(inner.param_groups, {"lr": 1.0})
        self.slow = [p.detach().clone() for g in self.param_groups for p in g["params"]]

    @torch.no_grad()
    def step(self, closure=None):
        self.count += 1
        if self.count % 2 == 0:
            fast = [p for group in self.param_groups for p in group["params"]]
            for p, slow in zip(fast, self.slow, strict=True):
                p.copy_(slow.lerp_(p, self.lr))


@correct
def an_optimizer_around_another():
    model, optimizer, x, classes = classifier()
    around = Lookahead(optimizer)
    for _ in range(6):
        optimizer.zero_grad()
        backward(model, x, classes)
        optimizer.step()
        around.step()


@correct
def a_closure_for_adam():
    model, _, x, classes = classifier()
    optimizer = torch.optim.Adam(model.parameters())

    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), classes)
        loss.backward()
        return loss

    for _ in range(5):
        optimizer.step(closure)


@correct
def a_norm_measured_by_a_large_limit():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        optimizer.zero_grad()
        backward(model, x, classes)
        optimizer.step()
        nn.utils.clip_grad_norm_(model.parameters(), 1e9)


@correct
def clipping_a_part_that_has_no_gradients():
    model, optimizer, x, classes = classifier()
    extra = nn.Linear(2, 2)
    for _ in range(5):
        optimizer.zero_grad()
        backward(model, x, classes)
        nn.utils.clip_grad_norm_(extra.parameters(), 1.0)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()


@correct
def scaled_gradients_divided_by_hand():
    model, optimizer, x, classes = classifier()
    scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
    for _ in range(3):
        optimizer.zero_grad()
        scaler.scale(F.cross_entropy(model(x), classes)).backward()
        for p in model.parameters():
            p.grad /= scaler.get_scale()
        optimizer.step()


@correct
def a_scaler_that_is_off():
    model, optimizer, x, classes = classifier()
    scaler = torch.amp.GradScaler("cpu", enabled=False)
    for _ in range(3):
        optimizer.zero_grad()
        scaler.scale(F.cross_entropy(model(x), classes)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()


@correct
def scaled_parts_that_are_accumulated():
    model, optimizer, x, classes = classifier()
    scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
    for _ in range(4):
        for _ in range(2):
            scaler.scale(F.cross_entropy(model(x), classes) / 2).backward()
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()


@correct
def one_network_with_a_scaler_and_one_without():
    maker, judge = nn.Linear(2, 3), nn.Linear(3, 1)
    first = torch.optim.Adam(maker.parameters())
    second = torch.optim.Adam(judge.parameters())
    scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
    for _ in range(4):
        first.zero_grad()
        scaler.scale(judge(maker(torch.randn(4, 2))).mean()).backward()
        scaler.step(first)
        scaler.update()
        second.zero_grad()
        judge(maker(torch.randn(4, 2)).detach()).mean().backward()
        nn.utils.clip_grad_norm_(judge.parameters(), 1.0)
        second.step()


test_is_quiet = quiet(PROGRAMS)

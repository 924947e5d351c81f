"""Correct graphs between losses and parameters that look like bugs."""

import copy

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard.checks.loss.loops import YES
from tests.guard.checks.loss.loops import learn_at_random as learn
from tests.guard.correct import classifier, quiet, train

PROGRAMS = []


def correct(program):
    """Enter a program in the list."""
    PROGRAMS.append(program)
    return program


# --------------------------------------------------------------- losses without effect


@correct
def no_targets_in_a_sum():
    loss = nn.CrossEntropyLoss(reduction="sum")
    learn(lambda scores: loss(scores, torch.full((6,), -100)) + scores.sum())


@correct
def one_target_that_counts():
    targets = torch.tensor([-100, -100, 1, -100, -100, -100])
    learn(lambda scores: F.cross_entropy(scores, targets))


@correct
def zeros_for_empty_batches():
    model, optimizer, x, classes = classifier()
    for rows in (0, 0, 0, 0, 6, 0, 6):
        optimizer.zero_grad()
        loss = torch.tensor(0.0, requires_grad=True)
        if rows:
            loss = F.cross_entropy(model(x), classes)
        loss.backward()
        optimizer.step()


@correct
def adversarial_examples():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        image = x.clone().requires_grad_()
        model.requires_grad_(False)
        F.cross_entropy(model(image), classes).backward()
        model.requires_grad_(True)
        optimizer.zero_grad()
        F.cross_entropy(model(x + 0.1 * image.grad.sign()), classes).backward()
        optimizer.step()


@correct
def an_image_that_is_optimised():
    model, _, x, classes = classifier()
    image = x.clone().requires_grad_()
    model.requires_grad_(False)
    optimizer = torch.optim.Adam([image], lr=0.1)
    for _ in range(6):
        optimizer.zero_grad()
        F.cross_entropy(model(image), classes).backward()
        optimizer.step()


@correct
def tensors_in_an_optimizer_at_a_saddle():
    a, b = (torch.zeros(3, requires_grad=True) for _ in range(2))
    optimizer = torch.optim.SGD([a, b], lr=0.1)
    for _ in range(4):
        optimizer.zero_grad()
        ((a * b).sum() - 1).pow(2).backward()
        optimizer.step()


@correct
def gradients_by_hand():
    model, optimizer, x, _ = classifier()
    noise = torch.tensor(1.5, requires_grad=True)
    for _ in range(4):
        noise.backward()
        for parameter in model.parameters():
            parameter.grad = torch.randn(parameter.shape)
        optimizer.step()


@correct
def a_baseline_that_is_detached():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        optimizer.zero_grad()
        each = F.cross_entropy(model(x), classes, reduction="none")
        (each - each.mean().item()).pow(2).mean().add(each.mean().detach()).backward()
        optimizer.step()


@correct
def a_loss_divided_by_its_own_value():
    def loss(scores):
        found = scores.pow(2).mean()
        return found / found.item()

    learn(loss)


@correct
def a_surrogate_with_the_value_of_another():
    def loss(scores):
        wanted, surrogate = scores.abs().mean(), scores.pow(2).mean()
        return surrogate + (wanted - surrogate).item()

    learn(loss)


@correct
def a_term_with_a_backward_of_its_own():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        optimizer.zero_grad()
        scores = model(x)
        term = scores.pow(2).mean()
        shown = F.cross_entropy(scores, classes) + term.item()
        shown.backward(retain_graph=True)
        term.backward()
        optimizer.step()


@correct
def numbers_that_are_added_up():
    total = 0.0

    def loss(scores):
        nonlocal total
        found = scores.pow(2).mean()
        total += found.item()
        return found + 1.0

    learn(loss)


@correct
def a_part_that_is_trained_later():
    body, head = nn.Linear(3, 8), nn.Linear(8, 4)
    optimizers = [torch.optim.SGD(m.parameters(), lr=0.1) for m in (body, head)]
    x, classes = torch.randn(6, 3), torch.tensor([0, 1, 2, 3, 0, 1])
    for step in range(8):
        for optimizer in optimizers:
            optimizer.zero_grad()
        with torch.set_grad_enabled(step >= 6):
            features = body(x)
        F.cross_entropy(head(features), classes).backward()
        for optimizer in optimizers:
            optimizer.step()


@correct
def a_judge_that_waits():
    maker, judge = nn.Linear(2, 3), nn.Linear(3, 1)
    first = torch.optim.SGD(maker.parameters(), lr=0.1)
    second = torch.optim.SGD(judge.parameters(), lr=0.1)
    for step in range(8):
        fake = maker(torch.randn(4, 2))
        first.zero_grad()
        second.zero_grad()
        loss = fake.pow(2).mean()
        if step > 5:
            loss = loss + judge(fake).mean()
        loss.backward()
        first.step()
        second.step()


@correct
def a_satisfied_hinge():
    model = nn.Linear(3, 1)
    with torch.no_grad():
        model.weight.zero_()
        model.bias.fill_(10)
    learn(lambda scores: F.relu(1 - scores).mean(), model=model)
    learn(lambda scores: (1 - scores).clamp(min=0).mean(), model=model)


@correct
def a_warm_up_from_zero():
    factors = iter([0, 0, 0, 0, 0, 0.5, 1, 1])
    learn(lambda scores: next(factors) * scores.pow(2).mean(), steps=8)


@correct
def flooding():
    learn(lambda scores: (scores.pow(2).mean() - 9).abs() + 9)


@correct
def a_ratio_that_is_clipped():
    def loss(scores):
        logs = scores.log_softmax(1)
        ratio = (logs - logs.detach()).exp()
        good = YES[:, None] - 0.5
        return -torch.min(ratio * good, ratio.clamp(0.8, 1.2) * good).mean()

    learn(loss)


@correct
def rounding_straight_through():
    learn(lambda s: (s + (s.round() - s).detach() - 3).pow(2).mean())


# ----------------------------------------------------------------------------- graphs


@correct
def steps_by_hand():
    w = torch.randn(3, 1, requires_grad=True)
    x = torch.randn(6, 3)
    for _ in range(6):
        ((x @ w).squeeze(1) - YES).pow(2).mean().backward()
        w.data -= 0.1 * w.grad
        w.grad.zero_()
        assert w.data.norm() >= 0


@correct
def data_of_every_kind():
    for dtype in (torch.complex64, torch.bfloat16, torch.float64):
        w = torch.ones(3, dtype=dtype, requires_grad=True)
        loss = (w * w).abs().sum()
        w.data.mul_(1)
        loss.backward()
    w = torch.ones(3, device="meta", requires_grad=True)
    loss = (w * w).sum()
    w.data.mul_(2)
    loss.backward()
    leaf = torch.ones((), dtype=torch.complex64, requires_grad=True)
    leaf.backward(torch.ones((), dtype=torch.complex64))
    torch.ones((), device="meta", requires_grad=True).backward()


@correct
def data_that_is_looked_at():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), classes)
        assert model[0].weight.data.norm() > 0
        loss.backward()
        optimizer.step()


@correct
def a_perturbation_that_is_undone():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        train(model, optimizer, x, classes, 1)
        kept = [p.grad.clone() for p in model.parameters()]
        for p, g in zip(model.parameters(), kept, strict=True):
            p.data.add_(g)
        optimizer.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        for p, g in zip(model.parameters(), kept, strict=True):
            p.data.sub_(g)
        optimizer.step()


@correct
def signs_in_place_of_weights():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        kept = [p.data.clone() for p in model.parameters()]
        for p in model.parameters():
            p.data.copy_(p.data.sign())
        optimizer.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        for p, old in zip(model.parameters(), kept, strict=True):
            p.data.copy_(old)
        optimizer.step()


@correct
def a_judge_whose_weights_are_clamped():
    maker, judge = nn.Linear(2, 3), nn.Linear(3, 1)
    first = torch.optim.SGD(maker.parameters(), lr=0.1)
    second = torch.optim.SGD(judge.parameters(), lr=0.1)
    for _ in range(4):
        second.zero_grad()
        judge(maker(torch.randn(4, 2)).detach()).mean().backward()
        second.step()
        for p in judge.parameters():
            p.data.clamp_(-0.01, 0.01)
        first.zero_grad()
        judge(maker(torch.randn(4, 2))).mean().backward()
        first.step()


@correct
def weights_that_are_bounded_in_forward():
    class Bounded(nn.Linear):
        def forward(self, x):
            self.weight.data = torch.renorm(self.weight.data, 2, 0, 1.0)
            return super().forward(x)

    model = Bounded(3, 4)
    x = torch.randn(6, 3)
    for _ in range(4):
        (model(x).pow(2).mean() + model(2 * x).pow(2).mean()).backward()


@correct
def an_average_of_weights():
    model, optimizer, x, classes = classifier()
    average = copy.deepcopy(model)
    for _ in range(4):
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), average(x).detach())
        loss = loss + F.cross_entropy(model(x), classes)
        loss.backward()
        optimizer.step()
        for old, new in zip(average.parameters(), model.parameters(), strict=True):
            old.data.mul_(0.9).add_(new.data, alpha=0.1)


@correct
def losses_of_an_episode():
    model, optimizer, x, classes = classifier()
    for _ in range(2):
        one = [F.cross_entropy(model(x), classes) for _ in range(70)]
        other = [F.mse_loss(model(x), torch.zeros(6, 4)) for _ in range(70)]
        optimizer.zero_grad()
        torch.stack(one).sum().backward()
        torch.stack(other).sum().backward()
        optimizer.step()


@correct
def gradients_of_many_losses():
    model, optimizer, x, classes = classifier()
    for _ in range(2):
        total = sum(F.cross_entropy(model(x), classes) for _ in range(70))
        torch.autograd.grad(total, list(model.parameters()))
        del total
        train(model, optimizer, x, classes, 1)


@correct
def an_evaluation_of_numbers():
    model, optimizer, x, classes = classifier()
    for _ in range(2):
        total = sum(F.cross_entropy(model(x), classes).item() for _ in range(70))
        assert total > 0
        train(model, optimizer, x, classes, 1)


@correct
def gradients_that_are_accumulated():
    model, optimizer, x, classes = classifier()
    for _ in range(2):
        for _ in range(70):
            (F.cross_entropy(model(x), classes) / 70).backward()
        optimizer.step()
        optimizer.zero_grad()


test_is_quiet = quiet(PROGRAMS)

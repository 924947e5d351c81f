"""Idioms of loops and optimizers, as forums and papers' code have them: all correct."""

import copy

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard.correct import classifier, quiet, train

PROGRAMS = []


def correct(program):
    """Enter a program in the list."""
    PROGRAMS.append(program)
    return program


def pair():
    """A generator and a critic, with an optimizer each."""
    maker = nn.Sequential(
        nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3)
    )
    judge = nn.Sequential(nn.Linear(3, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
    adam = torch.optim.Adam
    return maker, judge, adam(maker.parameters(), 1e-3), adam(judge.parameters(), 1e-3)


# ------------------------------------------------------------------ averages, schedules


@correct
def an_average_of_the_weights():
    model, optimizer, x, classes = classifier(nn.BatchNorm1d(8), nn.Dropout())
    average = copy.deepcopy(model)
    for p in average.parameters():
        p.requires_grad_(False)
    for _ in range(3):
        model.train()
        train(model, optimizer, x, classes)
        with torch.no_grad():
            for old, new in zip(average.parameters(), model.parameters()):
                old.lerp_(new, 0.1)
            for old, new in zip(average.buffers(), model.buffers()):
                old.copy_(new)
        average.eval()
        with torch.no_grad():
            assert (average(x).argmax(1) == classes).shape == (6,)


@correct
def stochastic_weight_averaging():
    model, optimizer, x, classes = classifier(nn.BatchNorm1d(8))
    average = torch.optim.swa_utils.AveragedModel(model)
    schedule = torch.optim.swa_utils.SWALR(optimizer, swa_lr=0.05)
    for _ in range(3):
        train(model, optimizer, x, classes)
        average.update_parameters(model)
        schedule.step()
    torch.optim.swa_utils.update_bn([x, x], average)
    average.eval()
    with torch.no_grad():
        F.cross_entropy(average(x), classes)


@correct
def the_best_state_is_copied_and_restored():
    model, optimizer, x, classes = classifier(nn.Dropout())
    best, lowest = None, float("inf")
    for _ in range(3):
        model.train()
        train(model, optimizer, x, classes)
        model.eval()
        with torch.no_grad():
            loss = F.cross_entropy(model(x), classes).item()
        if loss < lowest:
            best, lowest = copy.deepcopy(model.state_dict()), loss
    model.load_state_dict(best)


@correct
def the_best_state_is_cloned_value_by_value():
    model, optimizer, x, classes = classifier()
    state = model.state_dict()
    for name in state:
        state[name] = state[name].clone()
    train(model, optimizer, x, classes)
    model.load_state_dict(state)


@correct
def a_search_for_the_learning_rate():
    model, optimizer, x, classes = classifier()
    start = copy.deepcopy(model.state_dict()), copy.deepcopy(optimizer.state_dict())
    rate, losses = 1e-4, []
    while rate < 10:
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), classes)
        losses.append(loss.item())
        if losses[-1] > 4 * min(losses):
            break
        loss.backward()
        optimizer.step()
        rate *= 1.7
    model.load_state_dict(start[0])
    optimizer.load_state_dict(start[1])
    train(model, optimizer, x, classes)


@correct
def a_schedule_with_a_warm_up_by_batches():
    model, optimizer, x, classes = classifier()
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda i: min(1, i / 5))
    for _ in range(12):
        train(model, optimizer, x, classes, 1)
        schedule.step()


@correct
def a_schedule_by_the_validation_loss():
    model, optimizer, x, classes = classifier()
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0)
    for _ in range(6):
        train(model, optimizer, x, classes, 1)
        model.eval()
        with torch.no_grad():
            schedule.step(F.cross_entropy(model(x), classes))
        model.train()


@correct
def one_cycle_with_accumulation():
    model, optimizer, x, classes = classifier()
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=4)
    for step in range(8):
        F.cross_entropy(model(x), classes).backward()
        if step % 2:
            optimizer.step()
            cycle.step()
            optimizer.zero_grad()


@correct
def a_resumed_schedule():
    model, optimizer, x, classes = classifier()
    step = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    for _ in range(4):
        train(model, optimizer, x, classes, 1)
        step.step()
    saved = optimizer.state_dict(), step.state_dict(), model.state_dict()
    model, optimizer, x, classes = classifier()
    step = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    optimizer.load_state_dict(saved[0])
    step.load_state_dict(saved[1])
    model.load_state_dict(saved[2])
    for _ in range(4):
        train(model, optimizer, x, classes, 1)
        step.step()


@correct
def a_rate_changed_by_hand():
    model, optimizer, x, classes = classifier()
    for epoch in range(3):
        for group in optimizer.param_groups:
            group["lr"] = 0.1 * 0.5**epoch
        train(model, optimizer, x, classes)


@correct
def another_optimizer_half_way():
    model, optimizer, x, classes = classifier()
    train(model, torch.optim.Adam(model.parameters()), x, classes)
    train(model, optimizer, x, classes)


@correct
def sparse_and_dense_optimizers():
    table, head = nn.Embedding(20, 4, sparse=True), nn.Linear(4, 3)
    one = torch.optim.SparseAdam(list(table.parameters()))
    two = torch.optim.Adam(head.parameters())
    for _ in range(4):
        one.zero_grad()
        two.zero_grad()
        words = torch.randint(0, 20, (6,))
        F.cross_entropy(head(table(words)), words % 3).backward()
        one.step()
        two.step()


@correct
def decay_for_matrices_alone():
    model, _, x, classes = classifier(nn.LayerNorm(8))
    groups = [
        {"params": [p for p in model.parameters() if p.ndim > 1], "weight_decay": 0.1},
        {"params": [p for p in model.parameters() if p.ndim < 2], "weight_decay": 0.0},
    ]
    train(model, torch.optim.AdamW(groups, lr=1e-3), x, classes)


@correct
def a_group_that_waits_at_a_rate_of_nothing():
    model, _, x, classes = classifier()
    groups = [
        {"params": model[0].parameters(), "lr": 0.0},
        {"params": model[1].parameters()},
    ]
    optimizer = torch.optim.SGD(groups, lr=0.1)
    train(model, optimizer, x, classes, 12)
    optimizer.param_groups[0]["lr"] = 0.01
    train(model, optimizer, x, classes)


# ------------------------------------------------------------------------- by hand


class Layer(nn.Linear):
    """A layer that trains itself, without a gradient from the layers behind it."""

    def __init__(self, width, height):
        super().__init__(width, height)
        self.optimizer = torch.optim.Adam(self.parameters(), lr=0.03)

    def forward(self, x):
        return super().forward(x / (x.norm(dim=1, keepdim=True) + 1e-4)).relu()

    def train(self, good, bad):
        for _ in range(12):
            one = self.forward(good).square().mean(1)
            two = self.forward(bad).square().mean(1)
            loss = F.softplus(torch.cat([2 - one, two - 2])).mean()
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        return self.forward(good).detach(), self.forward(bad).detach()


@correct
def layers_that_train_themselves():
    layers = [Layer(6, 8), Layer(8, 8)]
    good, bad = torch.rand(12, 6), torch.rand(12, 6)
    for layer in layers:
        good, bad = layer.train(good, bad)


@correct
def descent_through_data_after_clipping():
    model, rate = nn.LSTM(2, 4), 20.0
    head, state = nn.Linear(4, 3), None
    for _ in range(6):
        for part in (model, head):
            part.zero_grad()
        out, state = model(torch.randn(5, 2, 2), state)
        state = tuple(each.detach() for each in state)
        F.nll_loss(
            head(out).flatten(0, 1).log_softmax(1), torch.ones(10).long()
        ).backward()
        both = [*model.parameters(), *head.parameters()]
        nn.utils.clip_grad_norm_(both, 0.25)
        for p in both:
            p.data.add_(p.grad, alpha=-rate)


@correct
def a_fit_until_it_is_good():
    truth, model = torch.randn(4, 1), nn.Linear(4, 1)
    for _ in range(40):
        x = torch.randn(32, 1) ** torch.arange(1, 5)
        model.zero_grad()
        loss = F.smooth_l1_loss(model(x), x.mm(truth) + 0.5)
        error = loss.item()
        loss.backward()
        for p in model.parameters():
            p.data.add_(-0.1 * p.grad)
        if error < 1e-3:
            break


test_no_guard_speaks = quiet(PROGRAMS)
test_nor_in_doctor = quiet(PROGRAMS, torch.guard.thorough)

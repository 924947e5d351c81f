"""Idioms of loops and optimizers, as forums and papers' code have them: all correct."""

import copy
import itertools

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


# ----------------------------------------------------------------- adversarial networks


@correct
def gan_as_in_the_tutorial():
    maker, judge, first, second = pair()
    criterion, labels = nn.BCEWithLogitsLoss(), torch.full((6,), 1.0)
    for _ in range(4):
        judge.zero_grad()
        labels.fill_(1.0)
        real = criterion(judge(torch.randn(6, 3)).view(-1), labels)
        real.backward()
        fake = maker(torch.randn(6, 2))
        labels.fill_(0.0)
        criterion(judge(fake.detach()).view(-1), labels).backward()
        second.step()
        maker.zero_grad()
        labels.fill_(1.0)
        criterion(judge(fake).view(-1), labels).backward()
        first.step()


@correct
def gan_that_stops_gradients_of_the_judge():
    maker, judge, first, second = pair()
    for _ in range(4):
        judge.requires_grad_(True)
        second.zero_grad()
        F.softplus(judge(maker(torch.randn(6, 2)).detach())).mean().backward()
        second.step()
        judge.requires_grad_(False)
        first.zero_grad()
        F.softplus(-judge(maker(torch.randn(6, 2)))).mean().backward()
        first.step()


@correct
def wasserstein_gan_with_clipped_weights():
    maker, judge, first, second = pair()
    for step in range(8):
        second.zero_grad()
        with torch.no_grad():
            fake = maker(torch.randn(6, 2))
        (judge(fake).mean() - judge(torch.randn(6, 3)).mean()).backward()
        second.step()
        for p in judge.parameters():
            p.data.clamp_(-0.01, 0.01)
        if step % 4 == 3:
            first.zero_grad()
            (-judge(maker(torch.randn(6, 2))).mean()).backward()
            first.step()


@correct
def wasserstein_gan_with_a_gradient_penalty():
    maker, judge, first, second = pair()
    for _ in range(4):
        second.zero_grad()
        real, fake = torch.randn(6, 3), maker(torch.randn(6, 2)).detach()
        share = torch.rand(6, 1)
        between = (share * real + (1 - share) * fake).requires_grad_(True)
        (slope,) = torch.autograd.grad(judge(between).sum(), between, create_graph=True)
        penalty = ((slope.norm(2, dim=1) - 1) ** 2).mean()
        (judge(fake).mean() - judge(real).mean() + 10 * penalty).backward()
        second.step()
        first.zero_grad()
        (-judge(maker(torch.randn(6, 2))).mean()).backward()
        first.step()


@correct
def r1_penalty_every_other_step():
    _, judge, _, second = pair()
    for step in range(6):
        second.zero_grad()
        real = torch.randn(6, 3).requires_grad_(step % 2 == 0)
        scores = judge(real)
        loss = F.softplus(-scores).mean()
        if step % 2 == 0:
            (slope,) = torch.autograd.grad(scores.sum(), real, create_graph=True)
            loss = loss + slope.square().sum(1).mean()
        loss.backward()
        second.step()


@correct
def two_generators_in_a_cycle():
    there, back = nn.Linear(3, 3), nn.Linear(3, 3)
    both = itertools.chain(there.parameters(), back.parameters())
    optimizer = torch.optim.Adam(both, lr=1e-3)
    for _ in range(4):
        x = torch.randn(6, 3)
        optimizer.zero_grad()
        F.l1_loss(back(there(x)), x).backward()
        optimizer.step()


# ----------------------------------------------------------------------- whose gradient


@correct
def sharpness_aware_minimisation():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        F.cross_entropy(model(x), classes).backward()
        moves = []
        with torch.no_grad():
            for p in model.parameters():
                moves.append(0.05 * p.grad / (p.grad.norm() + 1e-12))
                p.add_(moves[-1])
        optimizer.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        with torch.no_grad():
            for p, move in zip(model.parameters(), moves):
                p.sub_(move)
        optimizer.step()
        optimizer.zero_grad()


@correct
def gradients_of_tasks_projected():
    model, optimizer, x, classes = classifier()
    params = list(model.parameters())
    for _ in range(4):
        out = model(x)
        one = torch.autograd.grad(
            F.cross_entropy(out, classes), params, retain_graph=True
        )
        two = torch.autograd.grad(out.square().mean(), params)
        optimizer.zero_grad()
        for p, a, b in zip(params, one, two):
            p.grad = a + b - torch.minimum((a * b).sum(), torch.tensor(0.0)) * b
        optimizer.step()


@correct
def a_loop_by_hand():
    w, b = torch.randn(3, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
    x, y = torch.randn(8, 3), torch.randn(8, 1)
    for _ in range(6):
        loss = (x @ w + b - y).square().mean()
        loss.backward()
        with torch.no_grad():
            for p in (w, b):
                p -= 0.1 * p.grad
                p.grad.zero_()


@correct
def a_loop_over_a_models_parameters_by_hand():
    model, _, x, classes = classifier()
    for _ in range(6):
        model.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        with torch.no_grad():
            for p in model.parameters():
                p.sub_(p.grad, alpha=0.1)


@correct
def momentum_by_hand_through_data():
    model, _, x, classes = classifier()
    speeds = [torch.zeros_like(p) for p in model.parameters()]
    for _ in range(6):
        F.cross_entropy(model(x), classes).backward()
        for p, speed in zip(model.parameters(), speeds):
            speed.mul_(0.9).add_(p.grad)
            p.data.add_(speed, alpha=-0.1)
            p.grad = None


@correct
def accumulation_with_a_rest_at_the_end():
    model, optimizer, x, classes = classifier()
    batches = [(x, classes)] * 7
    for _ in range(2):
        optimizer.zero_grad()
        for index, (x, classes) in enumerate(batches):
            (F.cross_entropy(model(x), classes) / 3).backward()
            if (index + 1) % 3 == 0 or index + 1 == len(batches):
                optimizer.step()
                optimizer.zero_grad()


@correct
def accumulation_with_a_scaler():
    model, optimizer, x, classes = classifier()
    scaler = torch.amp.GradScaler("cpu")
    for step in range(8):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = F.cross_entropy(model(x), classes) / 2
        scaler.scale(loss).backward()
        if step % 2:
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
            optimizer.zero_grad(set_to_none=True)


@correct
def a_batch_is_skipped_whose_loss_is_not_finite():
    model, optimizer, x, classes = classifier()
    for step in range(6):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), classes)
        if step == 3:
            loss = loss * float("inf")
        if not torch.isfinite(loss):
            continue
        loss.backward()
        optimizer.step()


@correct
def a_batch_is_skipped_whose_gradient_is_large():
    model, optimizer, x, classes = classifier()
    for step in range(6):
        optimizer.zero_grad()
        F.cross_entropy(model(x) * (100 if step == 3 else 1), classes).backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), float("inf"))
        if norm < 10:
            optimizer.step()


@correct
def norms_are_logged_after_the_step():
    model, optimizer, x, classes = classifier()
    norms = []
    for _ in range(5):
        optimizer.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        optimizer.step()
        norms.append(sum(p.grad.norm().item() ** 2 for p in model.parameters()))


@correct
def two_ways_to_zero():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        model.zero_grad()
        optimizer.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        nn.utils.clip_grad_value_(model.parameters(), 0.5)
        optimizer.step()
        optimizer.zero_grad()


@correct
def gradients_of_the_input():
    model, optimizer, x, classes = classifier()
    train(model, optimizer, x, classes)
    model.eval()
    for _ in range(3):
        x = x.detach().requires_grad_(True)
        F.cross_entropy(model(x), classes).backward()
        x = x + 0.1 * x.grad.sign()
    model.zero_grad()


@correct
def adversarial_training():
    model, optimizer, x, classes = classifier(nn.Dropout(0.1))
    for _ in range(4):
        near = x.clone().requires_grad_(True)
        for _ in range(3):
            loss = F.cross_entropy(model(near), classes)
            (slope,) = torch.autograd.grad(loss, near)
            near = (near.detach() + 0.1 * slope.sign()).requires_grad_(True)
        optimizer.zero_grad()
        F.cross_entropy(model(near.detach()), classes).backward()
        optimizer.step()


@correct
def a_picture_is_made_to_excite_a_unit():
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU()).eval().requires_grad_(False)
    picture = torch.zeros(1, 1, 8, 8, requires_grad=True)
    optimizer = torch.optim.Adam([picture], lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        (-model(picture + 0.01)[:, 0].mean()).backward()
        optimizer.step()


# ------------------------------------------------------------------------ meta-learning


@correct
def meta_learning_with_functional_call():
    model = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(4):
        optimizer.zero_grad()
        x = torch.randn(6, 1)
        fast = dict(model.named_parameters())
        for _ in range(2):
            loss = F.mse_loss(torch.func.functional_call(model, fast, (x,)), x.sin())
            slopes = torch.autograd.grad(loss, list(fast.values()), create_graph=True)
            fast = {k: p - 0.1 * s for (k, p), s in zip(fast.items(), slopes)}
        F.mse_loss(torch.func.functional_call(model, fast, (x,)), x.sin()).backward()
        optimizer.step()


@correct
def reptile():
    model = nn.Linear(2, 1)
    for _ in range(3):
        old = copy.deepcopy(model.state_dict())
        inner = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(3):
            x = torch.randn(6, 2)
            inner.zero_grad()
            F.mse_loss(model(x), x.sum(1, keepdim=True)).backward()
            inner.step()
        new = model.state_dict()
        model.load_state_dict({k: old[k] + 0.3 * (new[k] - old[k]) for k in old})


@correct
def functions_and_gradients_of_functions():
    model = nn.Linear(3, 4)
    params = {k: v.detach() for k, v in model.named_parameters()}
    x, classes = torch.randn(6, 3), torch.tensor([0, 1, 2, 3, 0, 1])

    def loss(params, x, classes):
        out = torch.func.functional_call(model, params, (x,))
        return F.cross_entropy(out, classes)

    for _ in range(4):
        slopes = torch.func.grad(loss)(params, x, classes)
        params = {k: p - 0.1 * slopes[k] for k, p in params.items()}


@correct
def lbfgs_over_batches():
    model, _, x, classes = classifier()
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=4)
    for _ in range(3):

        def closure():
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), classes)
            loss.backward()
            return loss

        optimizer.step(closure)


@correct
def a_closure_that_asks_whether_gradients_are_on():
    model, _, x, classes = classifier()
    optimizer = torch.optim.LBFGS(model.parameters(), line_search_fn="strong_wolfe")

    def closure():
        if torch.is_grad_enabled():
            optimizer.zero_grad()
        loss = F.cross_entropy(model(x), classes)
        if loss.requires_grad:
            loss.backward()
        return loss

    for _ in range(2):
        optimizer.step(closure)


test_no_guard_speaks = quiet(PROGRAMS)
test_nor_in_doctor = quiet(PROGRAMS, torch.guard.thorough)

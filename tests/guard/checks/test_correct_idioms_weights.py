"""Idioms that write weights and states by hand: all correct."""

import copy

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from rushlight.nn.utils import prune
from tests.guard.correct import classifier, descend, quiet, train

PROGRAMS = []


def correct(program):
    """Enter a program in the list."""
    PROGRAMS.append(program)
    return program


@correct
def a_target_updated_through_its_state():
    net, target = nn.Linear(3, 2), nn.Linear(3, 2)
    target.load_state_dict(net.state_dict())
    optimizer = torch.optim.AdamW(net.parameters(), amsgrad=True)
    for _ in range(5):
        with torch.no_grad():
            goal = target(torch.randn(6, 3)).max(1).values
        optimizer.zero_grad()
        value = net(torch.randn(6, 3)).gather(1, torch.ones(6, 1).long())
        nn.SmoothL1Loss()(value, goal.unsqueeze(1)).backward()
        nn.utils.clip_grad_value_(net.parameters(), 100)
        optimizer.step()
        old, new = target.state_dict(), net.state_dict()
        for key in new:
            old[key] = new[key] * 0.005 + old[key] * 0.995
        target.load_state_dict(old)


@correct
def averages_that_are_swapped_in_for_an_evaluation():
    model, optimizer, x, classes = classifier(nn.Dropout())
    shadow = [p.detach().clone() for p in model.parameters()]
    for _ in range(3):
        model.train()
        train(model, optimizer, x, classes)
        for old, p in zip(shadow, model.parameters()):
            old.mul_(0.9).add_(p.detach(), alpha=0.1)
        kept = [p.detach().clone() for p in model.parameters()]
        for p, old in zip(model.parameters(), shadow):
            p.data.copy_(old)
        model.eval()
        with torch.no_grad():
            F.cross_entropy(model(x), classes)
        for p, old in zip(model.parameters(), kept):
            p.data.copy_(old)


@correct
def data_that_is_set_and_set_back():
    model, optimizer, x, classes = classifier()
    for _ in range(3):
        train(model, optimizer, x, classes)
        kept = {n: p.data for n, p in model.named_parameters()}
        for p in model.parameters():
            p.data = p.data * 0.9
        with torch.no_grad():
            F.cross_entropy(model(x), classes)
        for n, p in model.named_parameters():
            p.data = kept[n]


@correct
def a_state_completed_by_a_pretrained_one():
    model, optimizer, x, classes = classifier()
    pretrained = {"0.weight": torch.randn(8, 3), "fc.weight": torch.zeros(1)}
    state = model.state_dict()
    state.update({k: v for k, v in pretrained.items() if k in state})
    model.load_state_dict(state)
    train(model, optimizer, x, classes)


@correct
def a_ticket_that_is_rewound():
    model, optimizer, x, classes = classifier()
    start = copy.deepcopy(model.state_dict())
    train(model, optimizer, x, classes)
    masks = {
        n: (p.abs() > p.abs().median()).float() for n, p in model.named_parameters()
    }
    model.load_state_dict(start)
    for _ in range(4):
        train(model, optimizer, x, classes, 1)
        with torch.no_grad():
            for n, p in model.named_parameters():
                p.mul_(masks[n])


@correct
def pruned_layers():
    model, _, x, classes = classifier()
    prune.l1_unstructured(model[0], "weight", 0.3)
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes)
    prune.remove(model[0], "weight")
    model(x)


@correct
def a_step_towards_sparse_weights():
    model, optimizer, x, classes = classifier()
    for _ in range(5):
        train(model, optimizer, x, classes, 1)
        with torch.no_grad():
            for p in model.parameters():
                p.copy_(p.sign() * (p.abs() - 0.001).clamp(min=0))


@correct
def weights_kept_on_a_ball():
    model, optimizer, x, classes = classifier()
    for _ in range(5):
        train(model, optimizer, x, classes, 1)
        for layer in model:
            layer.weight.data = F.normalize(layer.weight.data, dim=1)


@correct
def parameters_as_one_vector():
    model, optimizer, x, classes = classifier()
    start = nn.utils.parameters_to_vector(model.parameters()).detach()
    train(model, optimizer, x, classes)
    end = nn.utils.parameters_to_vector(model.parameters()).detach()
    nn.utils.vector_to_parameters(0.5 * (start + end), model.parameters())
    train(model, optimizer, x, classes)


@correct
def noise_in_the_gradients():
    model, optimizer, x, classes = classifier()
    for _ in range(5):
        optimizer.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        for p in model.parameters():
            p.grad.add_(0.01 * torch.randn_like(p.grad))
            p.grad = p.grad.clamp(-1, 1)
        optimizer.step()


@correct
def gradients_gathered_sample_by_sample():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        sums = [torch.zeros_like(p) for p in model.parameters()]
        for row, label in zip(x, classes):
            model.zero_grad()
            F.cross_entropy(model(row[None]), label[None]).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for total, p in zip(sums, model.parameters()):
                total.add_(p.grad)
        for total, p in zip(sums, model.parameters()):
            p.grad = total / len(x)
        optimizer.step()


class Reverse(torch.autograd.Function):
    """The identity, whose gradient is turned round."""

    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, gradient):
        return -gradient


@correct
def domains_told_apart_behind_a_reversed_gradient():
    body, label, domain = nn.Linear(3, 8), nn.Linear(8, 4), nn.Linear(8, 2)
    x, y = torch.randn(12, 3), torch.arange(12)

    def loss():
        hidden = body(x).relu()
        side = F.cross_entropy(domain(Reverse.apply(hidden)), y // 6)
        return F.cross_entropy(label(hidden[:6]), y[:6] % 4) + side

    descend(loss, body, label, domain)


@correct
def two_passes_of_dropout_that_agree():
    model, _, x, classes = classifier(nn.Dropout(0.3))

    def loss():
        one, two = model(x), model(x)
        log_one, log_two = one.log_softmax(1), two.log_softmax(1)
        away = F.kl_div(log_one, log_two, log_target=True, reduction="batchmean")
        back = F.kl_div(log_two, log_one, log_target=True, reduction="batchmean")
        return (
            F.cross_entropy(one, classes) + F.cross_entropy(two, classes) + away + back
        )

    descend(loss, model)


@correct
def a_stopped_gradient_on_one_side():
    body = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 4))
    head = nn.Linear(4, 4)
    x = torch.randn(12, 3)

    def loss():
        one, two = body(x + 0.1), body(x - 0.1)
        ahead = F.cosine_similarity(head(one), two.detach()).mean()
        return -ahead - F.cosine_similarity(head(two), one.detach()).mean()

    descend(loss, body, head)


@correct
def redundancy_of_features():
    model = nn.Linear(3, 4)
    x = torch.randn(12, 3)

    def loss():
        one, two = model(x + 0.1 * torch.randn(12, 3)), model(x)
        one = (one - one.mean(0)) / one.std(0)
        two = (two - two.mean(0)) / two.std(0)
        c = one.T @ two / 12
        return (c.diagonal() - 1).square().sum() + 0.01 * (
            c - c.diag().diag()
        ).square().sum()

    descend(loss, model)


test_no_guard_speaks = quiet(PROGRAMS)
test_nor_in_doctor = quiet(PROGRAMS, torch.guard.thorough)

"""Correct losses, modes, names and data that look like bugs."""

import copy

import numpy as np

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from rushlight.utils.data import DataLoader, IterableDataset, TensorDataset
from tests.guard.correct import classifier, quiet, train

PROGRAMS = []


def correct(program):
    """Enter a program in the list."""
    PROGRAMS.append(program)
    return program


# ----------------------------------------------------------------------- broadcasting


@correct
def pairwise_distances_by_none():
    x = torch.randn(5, 2, requires_grad=True)
    ((x[:, None] - x[None]) ** 2).mean().backward()


@correct
def pairwise_distances_by_unsqueeze():
    x, y = torch.randn(5, requires_grad=True), torch.randn(3)
    ((x.unsqueeze(1) - y) ** 2).mean().backward()


@correct
def pairwise_distances_behind_a_factor():
    x, y = torch.randn(5, requires_grad=True), torch.randn(3)
    ((2 * x.unsqueeze(1) - y) ** 2).mean().backward()


@correct
def pairwise_distances_by_a_transposition():
    x = torch.randn(5, 1, requires_grad=True)
    ((x - x.T) ** 2).mean().backward()


@correct
def pairwise_distances_by_view():
    x, y = torch.randn(5, requires_grad=True), torch.randn(3)
    (x.view(-1, 1) - y.view(1, -1)).abs().mean().backward()


@correct
def centred_rows_and_columns():
    x = torch.randn(4, 5, requires_grad=True)
    rows, columns = x.mean(1, keepdim=True), x.mean(0, keepdim=True)
    ((rows - columns) ** 2).mean().backward()


@correct
def a_bias_that_broadcasts():
    x, bias = torch.randn(4, 3), torch.zeros(3, requires_grad=True)
    ((x - bias) ** 2).mean().backward()


@correct
def nearest_centre():
    x, centres = torch.randn(9, 1), torch.randn(4, requires_grad=True)
    ((x - centres) ** 2).min(1).values.mean().backward()


# ------------------------------------------------------------------ losses and numbers


@correct
def attention_before_the_scores():
    model, _, x, classes = classifier(nn.Softmax(1))
    F.cross_entropy(model(x), classes).backward()


@correct
def log_softmax_and_nll():
    model, _, x, classes = classifier()
    F.nll_loss(model(x).log_softmax(1), classes).backward()


@correct
def divergence_of_logarithms():
    x = torch.randn(3, 4, requires_grad=True)
    wanted = torch.randn(3, 4).softmax(1)
    F.kl_div(x.log_softmax(1), wanted, reduction="batchmean").backward()


@correct
def sigmoid_and_binary_cross_entropy():
    x = torch.randn(4, requires_grad=True)
    F.binary_cross_entropy(x.sigmoid(), torch.ones(4)).backward()


@correct
def division_by_zero_that_is_replaced():
    a = torch.tensor([0.0, 1.0], requires_grad=True)
    b = torch.tensor([0.0, 2.0])
    with torch.guard.thorough():
        torch.nan_to_num(a.detach() / b).sum().add(a.sum()).backward()


@correct
def masked_attention():
    scores = torch.zeros(2, 2, requires_grad=True)
    mask = torch.tensor([[False, True], [False, False]])
    with torch.guard.thorough():
        scores.masked_fill(mask, -float("inf")).softmax(1).pow(2).sum().backward()


@correct
def a_sum_over_time_steps():
    cell, optimizer, total = nn.RNNCell(2, 3), None, 0
    optimizer = torch.optim.SGD(cell.parameters(), lr=0.1)
    for _ in range(3):
        hidden, total = torch.zeros(1, 3), 0
        for _ in range(70):
            hidden = cell(torch.ones(1, 2), hidden)
            total = total + hidden.pow(2).mean()
        optimizer.zero_grad()
        total.backward()
        optimizer.step()


@correct
def losses_kept_as_numbers():
    w, losses = torch.ones(2, requires_grad=True), []
    for _ in range(130):
        loss = (w * w).sum()
        loss.backward()
        w.grad = None
        losses.append(loss.detach())


# ----------------------------------------------------------------- modes, hooks, names


@correct
def monte_carlo_dropout():
    model, optimizer, x, classes = classifier(nn.Dropout())
    train(model, optimizer, x, classes)
    model.eval()
    model.train()
    with torch.no_grad():
        votes = torch.stack([model(x) for _ in range(4)]).mean(0)
        assert (votes.argmax(1) == classes).shape == (6,)


@correct
def only_dropout_back_in_training_mode():
    model, optimizer, x, classes = classifier(nn.Dropout())
    train(model, optimizer, x, classes)
    model.eval()
    model[1].train()
    with torch.no_grad():
        F.cross_entropy(model(x), classes)


@correct
def recalibrated_batch_norm():
    model, optimizer, x, classes = classifier(nn.BatchNorm1d(8))
    train(model, optimizer, x, classes)
    torch.optim.swa_utils.update_bn([x, x], model)
    model.eval()
    with torch.no_grad():
        F.cross_entropy(model(x), classes)


@correct
def images_for_a_judge():
    maker = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    judge = nn.Linear(3, 1)
    first = torch.optim.SGD(maker.parameters(), lr=0.1)
    second = torch.optim.SGD(judge.parameters(), lr=0.1)
    for _ in range(4):
        with torch.no_grad():
            fake = maker(torch.randn(4, 2))
        second.zero_grad()
        F.binary_cross_entropy_with_logits(judge(fake), torch.zeros(4, 1)).backward()
        second.step()
        first.zero_grad()
        judge(maker(torch.randn(4, 2))).mean().backward()
        first.step()


@correct
def a_target_network():
    online, optimizer, x, _ = classifier(nn.Dropout())
    target = copy.deepcopy(online)
    for _ in range(4):
        with torch.no_grad():
            wanted = target(x)
        optimizer.zero_grad()
        F.mse_loss(online(x), wanted).backward()
        optimizer.step()


@correct
def an_evaluation_in_evaluation_mode():
    model, optimizer, x, classes = classifier(nn.Dropout(), nn.BatchNorm1d(8))
    for _ in range(3):
        model.train()
        train(model, optimizer, x, classes)
        model.eval()
        with torch.no_grad():
            F.cross_entropy(model(x), classes)
            assert (model(x).argmax(1) == classes).shape == (6,)


@correct
def a_subclass_calls_its_parents_forward():
    class Loud(nn.Linear):
        def forward(self, x):
            return super().forward(x) * 2

    model, seen = Loud(3, 1), []
    model.register_forward_hook(lambda module, x, y: seen.append(y))
    model(torch.ones(1, 3))
    assert len(seen) == 1


@correct
def a_copy_of_a_hooked_module():
    model, seen = nn.Linear(3, 1), []
    model.register_forward_hook(lambda module, x, y: seen.append(y))
    twin = copy.deepcopy(model)
    with torch.no_grad():
        twin.weight.zero_()
        twin.bias.zero_()
    assert twin(torch.ones(1, 3)).item() == 0


@correct
def attributes_of_the_users_own():
    model = nn.Linear(3, 1)
    model.trained, model.trainings, model.raining = False, 3, "a lot"
    model.weight.note = "mine"
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step()


# ------------------------------------------------------------------------------- data


def batches(**options):
    """A loader of sorted classes."""
    classes = torch.arange(4).repeat_interleave(8)
    data = TensorDataset(torch.randn(32, 3), classes)
    return DataLoader(data, batch_size=4, **options)


@correct
def sorted_classes_that_are_shuffled():
    model = nn.Linear(3, 4)
    for x, classes in batches(shuffle=True):
        F.cross_entropy(model(x), classes).backward()


@correct
def sorted_classes_of_an_evaluation():
    model, _, x, classes = classifier()
    F.cross_entropy(model(x), classes).backward()
    with torch.no_grad():
        for x, classes in batches():
            F.cross_entropy(model(x), classes)


@correct
def numbers_that_grow_with_time():
    model, times = nn.Linear(1, 1), torch.arange(32.0)
    for x, y in DataLoader(TensorDataset(times[:, None], times), batch_size=4):
        F.mse_loss(model(x)[:, 0], y).backward()


class Shared(IterableDataset):
    """A stream that its workers share out."""

    def __iter__(self):
        info = torch.utils.data.get_worker_info()
        return iter(np.arange(info.id, 8, info.num_workers))


@correct
def a_stream_that_is_shared_out():
    got = [int(n) for batch in DataLoader(Shared(), 2, num_workers=2) for n in batch]
    assert sorted(got) == list(range(8))


test_is_quiet = quiet(PROGRAMS)

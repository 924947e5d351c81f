"""Correct programs whose data look like bugs."""

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from rushlight.utils.data import (
    DataLoader,
    TensorDataset,
)
from tests.guard.checks.data.test_bugs import (
    grouped,
    learn,
    pictures,
    scores,
    whole,
)
from tests.guard.correct import quiet

PROGRAMS = []


def correct(program):
    """Enter a program in the list."""
    PROGRAMS.append(program)
    return program


# ------------------------------------------------------------------------------ order


@correct
def pictures_that_are_only_copied():
    batches = DataLoader(grouped(0, 1, 2, 3), batch_size=4)
    learn(((x, x) for x, _ in batches), 3, F.mse_loss)


@correct
def gradients_of_a_sorted_epoch_taken_in_one_step():
    model = nn.Linear(3, 4)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, classes in DataLoader(grouped(0, 1, 2, 3), batch_size=4):
        (F.cross_entropy(model(x), classes) / 8).backward()
    optimizer.step()


@correct
def one_loader_for_each_class():
    model = nn.Linear(3, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loaders = [DataLoader(grouped(n, each=32), batch_size=4) for n in (0, 1)]
    for (x, first), (y, second) in zip(*loaders, strict=True):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), first) + F.cross_entropy(model(y), second)
        loss.backward()
        optimizer.step()


@correct
def classes_of_two_loaders_joined():
    loaders = [DataLoader(grouped(n, each=32), batch_size=4) for n in (0, 1)]
    pairs = zip(*loaders, strict=True)
    learn((tuple(map(torch.cat, zip(*pair, strict=True))) for pair in pairs), 2)


@correct
def a_truth_table_row_by_row():
    rows = torch.tensor([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    data = TensorDataset(rows, torch.tensor([0, 0, 0, 1]))
    learn(DataLoader(data), 2)


@correct
def every_row_is_a_class_of_its_own():
    learn(DataLoader(grouped(*range(32), each=1), batch_size=4), 32)


@correct
def a_few_examples_of_each_class():
    batches = [(torch.randn(20, 3), torch.arange(20) // 5)]
    learn(batches * 5)
    learn(DataLoader(grouped(0, 1, 2, 3, each=5), batch_size=20))


@correct
def sorted_classes_drawn_by_weight():
    weights = torch.ones(32)
    sampler = torch.utils.data.WeightedRandomSampler(weights, 32)
    learn(DataLoader(grouped(0, 1, 2, 3), batch_size=4, sampler=sampler))


@correct
def counts_that_rise_with_time():
    data = TensorDataset(torch.randn(32, 3), (torch.arange(32) // 8).float()[:, None])
    learn(DataLoader(data, batch_size=4), 1, F.poisson_nll_loss)


@correct
def slices_of_classes_in_a_random_order():
    x, y = grouped(0, 1, 2, 3).tensors
    order = torch.randperm(32)
    learn((x[order[i : i + 4]], y[order[i : i + 4]]) for i in range(0, 32, 4))
    x, y = x[order], torch.arange(32) % 4
    learn((x[i : i + 4], y[i : i + 4]) for i in range(0, 32, 4))


@correct
def slices_of_sorted_classes_in_a_random_order():
    x, y = grouped(0, 1, 2, 3).tensors
    starts = [20, 4, 28, 0, 16, 8, 24, 12]
    learn((x[i : i + 4], y[i : i + 4]) for i in starts)


@correct
def gradients_of_slices_taken_in_one_step():
    x, y = grouped(0, 1, 2, 3).tensors
    model = nn.Linear(3, 4)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        for i in range(0, 32, 4):
            (F.cross_entropy(model(x[i : i + 4]), y[i : i + 4]) / 8).backward()
        optimizer.step()


@correct
def a_slice_of_each_class():
    x, y = grouped(0, 1, each=32).tensors
    model = nn.Linear(3, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for i in range(0, 32, 4):
        optimizer.zero_grad()
        first = F.cross_entropy(model(x[i : i + 4]), y[i : i + 4])
        second = F.cross_entropy(model(x[32 + i : 36 + i]), y[32 + i : 36 + i])
        (first + second).backward()
        optimizer.step()


@correct
def a_sorted_evaluation_during_training():
    model = nn.Linear(3, 4)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    test = DataLoader(grouped(0, 1, 2, 3), batch_size=4)
    for x, classes in DataLoader(grouped(0, 1, 2, 3), batch_size=4, shuffle=True):
        optimizer.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        optimizer.step()
        with torch.no_grad():
            for y, others in test:
                F.cross_entropy(model(y), others)


# ----------------------------------------------------------------------------- labels


@correct
def smoothed_and_mixed_labels():
    wanted = torch.tensor([[0.0], [1.0]]) * 0.9 + 0.05
    mixed = wanted * 0.3 + wanted.flip(0) * 0.7
    F.binary_cross_entropy_with_logits(scores(2, 1), mixed)
    F.binary_cross_entropy_with_logits(scores(2, 1), torch.tensor([[1.0001], [0]]))
    noisy = torch.tensor([[1.2], [-0.1]])
    F.binary_cross_entropy_with_logits(scores(2, 1), noisy)


@correct
def labels_that_are_not_known():
    wanted = torch.tensor([[0.0], [-1.0], [1.0]])
    given, known = scores(3, 1), (wanted >= 0).float()
    loss = F.binary_cross_entropy_with_logits
    (loss(given, wanted, reduction="none") * known).sum().backward()
    loss(given, wanted, weight=known)
    loss(given * known, wanted)
    with torch.no_grad():
        loss(given, wanted)


@correct
def pairs_of_unlike_vectors():
    for _ in range(4):
        signs = torch.tensor([1, -1, 1, -1])
        nn.CosineEmbeddingLoss()(scores(4, 2), torch.randn(4, 2), signs)
        F.soft_margin_loss(scores(4, 1).squeeze(1), signs.float())


@correct
def pairs_that_are_padded():
    for _ in range(4):
        signs = torch.tensor([1, -1, 0, 0])
        nn.CosineEmbeddingLoss()(scores(4, 2), torch.randn(4, 2), signs)
        signs = torch.tensor([1, 1, 1, 1])
        nn.CosineEmbeddingLoss()(scores(4, 2), torch.randn(4, 2), signs)
        signs = torch.tensor([0, 1, 0, 0])
        nn.CosineEmbeddingLoss()(scores(4, 2), torch.randn(4, 2), signs)


@correct
def ties_in_a_ranking():
    for _ in range(4):
        signs = torch.tensor([1, 0, 1, 0])
        F.margin_ranking_loss(scores(4, 1)[:, 0], torch.randn(4), signs)


# ------------------------------------------------------------------------------ bytes


@correct
def negatives_of_pictures():
    (255 - pictures(4, 5)).float()


@correct
def bytes_of_a_hash():
    x, y = pictures(4, 5)
    (x * 31 + 7).float()
    ((x ^ y) * 2 + x).float()
    (((x ^ 31) + 200) - y).float()
    ((x % 7 + 250) / 255, ((x << 1) + 77) * 0.5)
    (x + (-3)).float(), (x - (-3)).float(), (x + 128).float()
    ((x + 100) - 100).float(), ((x + 100) - y).float()
    (x - y).long()
    (x * 2 + 1).float(), (x * 37).float(), (x * 3 // 2).float()


@correct
def differences_that_are_added_up_again():
    x, y = pictures(4, 5)
    change = x - y
    (y + change).float()
    (change + y) / 255
    change += y
    change.float()


@correct
def pictures_that_changed():
    x, y = pictures(4, 5)
    ((x - y) != 0).float().mean()
    (x - y).any()


@correct
def absolute_differences_without_wrapping():
    x, y = pictures(4, 5)
    torch.where(x > y, x - y, y - x).float()
    (torch.maximum(x, y) - torch.minimum(x, y)).float()
    (x.int() - y.int()).abs().float()
    (x.float() - y).abs()


@correct
def bytes_that_are_written_over():
    x, y = pictures(4, 5)
    difference = x - y
    difference.zero_()
    difference.float()


@correct
def dark_pictures():
    x, y = pictures(4, 5) // 2
    (x + y) / 2
    x -= x // 2
    x.float()


@correct
def numbers_that_become_bytes():
    (torch.linspace(0, 1, 9) * 255.9).byte()
    torch.tensor([-0.3, 255.7]).to(torch.uint8)
    torch.tensor([-1.0, 3.0]).to(torch.uint8)
    torch.tensor([-1, 300]).to(torch.uint8)
    (torch.randn(9) * 300).clamp(0, 255).byte()


# ----------------------------------------------------------------- nan, large numbers


@correct
def missing_values_that_are_handled():
    x, y = torch.randn(8, 3), torch.randn(8, 1)
    x[2, 1], y[4] = float("nan"), float("nan")
    model = nn.Linear(3, 1)
    known = ~(x.isnan().any(1) | y.isnan().any(1))
    F.mse_loss(model(x[known]), y[known]).backward()
    F.mse_loss(model(x.nan_to_num()), y.nan_to_num()).backward()
    torch.nanmean((model(x.nan_to_num()) - y) ** 2).backward()
    F.mse_loss(model(torch.where(x.isnan(), 0.0, x)), torch.zeros(8, 1)).backward()


@correct
def large_numbers_that_a_layer_normalises():
    model = nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 1))
    F.mse_loss(model(torch.randn(8, 3) * 1e5), torch.zeros(8, 1)).backward()


# --------------------------------------------------------------------------- integers


@correct
def whole_numbers_into_integers():
    x = whole()
    x.fill_(2.0)
    x.copy_(torch.tensor([1.0, 2.0, 3.0]))
    x.masked_fill_(x > 1, -1e9)
    x.new_tensor([1, 2]), x.new_full((2,), 3.0), torch.full_like(x, 4.0)
    x[0] = torch.tensor(2.5).round().long()


@correct
def an_average_of_whole_models():
    model, average = (nn.BatchNorm1d(3) for _ in range(2))
    for _ in range(3):
        model(torch.randn(4, 3))
        pairs = zip(average.state_dict().values(), model.state_dict().values())
        for old, new in pairs:
            old.copy_(0.9 * old + 0.1 * new)


@correct
def integers_asked_for():
    torch.tensor([0.5, 1.5], dtype=torch.int64)
    torch.full((2,), 1.5, dtype=torch.int64)
    whole().new_tensor([0.5], dtype=torch.float32)
    torch.full_like(whole(), 0.5, dtype=torch.float32)
    torch.tensor([0.5]).long()
    whole().clamp(1.5, 2.5), whole() * 0.5, torch.where(whole() > 1, 0.5, whole())
    torch.tensor([True, False]).fill_(0.5)


test_is_quiet = quiet(PROGRAMS)

"""Programs whose data are at fault: each is named, by its check alone."""

import functools

import numpy as np

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from rushlight.utils.data import (
    BatchSampler,
    ConcatDataset,
    DataLoader,
    SequentialSampler,
    Subset,
    TensorDataset,
)
from tests.guard import bugs

PROGRAMS = []
bug = functools.partial(bugs.bug, PROGRAMS)


def learn(batches, outputs=4, loss=F.cross_entropy):
    """A correct loop."""
    model = nn.Linear(3, outputs)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, classes in batches:
        optimizer.zero_grad()
        loss(model(x), classes).backward()
        optimizer.step()


def grouped(*classes, each=8):
    """A dataset of `each` rows of each class, one class after the other."""
    labels = torch.tensor(classes).repeat_interleave(each)
    return TensorDataset(torch.randn(len(labels), 3), labels)


# ------------------------------------------------------------------------------ order


@bug("data-order", "32 labels came class by class (0, 1, 2, 3): 8 of 8", "shuffle=True")
def sorted_classes():
    learn(DataLoader(grouped(0, 1, 2, 3), batch_size=4))


@bug("data-order", "(3, 1, 0, 2)")
def grouped_classes():
    learn(DataLoader(grouped(3, 1, 0, 2), batch_size=5))


@bug("data-order", "(0, 1, 2, 3, ... 7)")
def many_sorted_classes():
    learn(DataLoader(grouped(*range(8)), batch_size=4), outputs=8)


@bug("data-order")
def sorted_classes_after_a_conversion():
    data = TensorDataset(torch.randn(32, 3), torch.arange(32) // 16)
    batches = ((x, y.float().unsqueeze(1)) for x, y in DataLoader(data, batch_size=4))
    learn(batches, 1, F.binary_cross_entropy_with_logits)


@bug("data-order")
def sorted_classes_in_batches_of_a_sampler():
    data = grouped(0, 1, 2, 3)
    sampler = BatchSampler(SequentialSampler(data), 4, drop_last=False)
    learn(DataLoader(data, batch_sampler=sampler), loss=F.multi_margin_loss)


@bug("data-order")
def sorted_classes_as_fractions():
    data = TensorDataset(torch.randn(32, 3), (torch.arange(32) // 16).float()[:, None])
    learn(DataLoader(data, 4), 1, F.binary_cross_entropy_with_logits)


@bug("data-order", "(0, 1, 2, 3)")
def one_folder_after_another():
    data = ConcatDataset([grouped(n) for n in range(4)])
    learn(DataLoader(data, batch_size=4, num_workers=1))


@bug("data-order")
def sorted_classes_after_a_look_at_one_batch():
    loader = DataLoader(grouped(0, 1, 2, 3), batch_size=4)
    next(iter(loader))
    next(iter(loader))
    learn(loader)


@bug("data-order", "class by class (0, 1, 2, 3)")
def sorted_classes_before_their_places():
    data = grouped(0, 1, 2, 3)
    data = TensorDataset(*data.tensors, torch.arange(32))
    learn((x, y) for x, y, _ in DataLoader(data, batch_size=4))


@bug("data-order", "class by class (0, 1, 2, 3)")
def sorted_classes_by_name():
    data = [{"x": x, "kind": y} for x, y in grouped(0, 1, 2, 3)]
    learn((row["x"], row["kind"]) for row in DataLoader(data, batch_size=4))


@bug("data-order", "class by class (0, 1, 2, 3): 8 of 8", "torch.randperm(len(y))")
def slices_of_sorted_classes():
    x, y = grouped(0, 1, 2, 3).tensors
    learn((x[i : i + 4], y[i : i + 4]) for i in range(0, 32, 4))


@bug("data-order", "class by class (1, 0)")
def splits_of_sorted_classes():
    x, y = grouped(1, 0, each=16).tensors
    y = y.float().unsqueeze(1)
    batches = zip(x.split(4), y.split(4), strict=True)
    learn(batches, 1, F.binary_cross_entropy_with_logits)


@bug("data-order", "all 16 labels of an epoch are 0", "the Subset was cut from has 4")
def a_training_part_of_one_class():
    learn(DataLoader(Subset(grouped(0, 1, 2, 3, each=16), range(16)), batch_size=4))


@bug("data-order", "all 32 labels of an epoch are 2")
def labels_that_are_all_the_same():
    learn(DataLoader(grouped(2, each=32), batch_size=4))


# ----------------------------------------------------------------------------- labels


def scores(*shape):
    """What a model gave."""
    return nn.Linear(3, shape[-1])(torch.ones(*shape[:-1], 3))


@bug("label-range", "labels [2, 1] from 1 to 2: 1 of 2", "labels - 1")
def two_classes_counted_from_one():
    F.binary_cross_entropy_with_logits(scores(2, 1), torch.tensor([[1.0], [2.0]]))


@bug("label-range", "from -1 to 1", "(labels + 1) / 2")
def signs_for_classes():
    nn.BCEWithLogitsLoss()(scores(2, 1), torch.tensor([[1.0], [-1.0]]))


@bug("label-range", "from 0 to 9", "cross_entropy")
def class_numbers_for_one_score():
    loss = nn.BCEWithLogitsLoss(pos_weight=torch.tensor([2.0]))
    loss(scores(10, 1), torch.arange(10.0)[:, None])


@bug("label-range", "from 0 to 255")
def masks_read_from_pictures():
    wanted = torch.zeros(2, 300, 300)
    wanted[:, 100:200] = 255
    pictures = scores(2, 300, 300)
    F.binary_cross_entropy_with_logits(pictures, wanted, reduction="sum")


@bug("label-range", "multilabel_soft_margin_loss() got labels [2, 3] from 0 to 3")
def counts_for_several_labels():
    wanted = torch.tensor([[0.0, 1, 3], [0, 0, 2]])
    F.multilabel_soft_margin_loss(scores(2, 3), wanted)


@bug("label-range", "soft_margin_loss() got labels [4] of 0 and 1 only", "log(2)")
def classes_for_signs():
    for _ in range(3):
        F.soft_margin_loss(scores(4, 1).squeeze(1), torch.tensor([0.0, 1, 1, 0]))


@bug("label-range", "cosine_embedding_loss()", "labels * 2 - 1")
def classes_for_pairs():
    for _ in range(3):
        loss = nn.CosineEmbeddingLoss()
        loss(scores(4, 2), torch.randn(4, 2), torch.tensor([0, 1, 1, 0]))


@bug("label-range", "hinge_embedding_loss()", "both at once")
def classes_for_distances():
    for _ in range(3):
        F.hinge_embedding_loss(scores(4, 2).norm(dim=1), torch.tensor([0, 1, 1, 0]))


# ------------------------------------------------------------------------------ bytes


def pictures(*shape):
    """Two pictures of bytes."""
    values = torch.arange(2 * int(np.prod(shape))).reshape(2, *shape) * 37 % 256
    return values.to(torch.uint8)


@bug("wrapped-bytes", "of a difference of uint8", "(0 - 228 became 28)", "a.float()")
def a_difference_of_pictures():
    x, y = pictures(4, 5)
    (x - y).float().mean()


@bug("wrapped-bytes", "x.float() - 128", "was divided")
def centred_bytes():
    (pictures(3, 3) - 128) / 128


@bug("wrapped-bytes", "100 - x.float()", "met floating-point numbers")
def bytes_from_a_number():
    (100 - pictures(3, 3)) * 0.5


@bug("wrapped-bytes", "a sum with a number of uint8", "became", "x.float() + 100")
def brightened_bytes():
    (pictures(3, 3) + 100).float() / 255


@bug("wrapped-bytes", "a multiple of uint8", "128 * 2 became 0", "x.float() * 2")
def bytes_doubled():
    (torch.tensor([7, 128], dtype=torch.uint8) * 2).float()


@bug("wrapped-bytes", "a sum of uint8", "converted to torch.float32")
def pictures_added_up():
    x, y = pictures(4, 5)
    (x + y).float() / 255


@bug("wrapped-bytes", "x.float() + 60", "was divided")
def bytes_brightened_in_place():
    x = pictures(3, 3)
    x += 60
    x / 255


@bug("wrapped-bytes", "given to abs()")
def absolute_differences_of_bytes():
    x, y = pictures(4, 5)
    (x - y).abs().sum()


@bug("wrapped-bytes", "met floating-point")
def a_difference_of_bytes_and_weights():
    x, y = pictures(4, 5)
    torch.rand(5) * (x - y).unsqueeze(0)


@bug("wrapped-bytes", "difference")
def squares_of_differences_of_bytes():
    x, y = pictures(4, 5)
    ((x - y) ** 2).float().mean()


@bug("wrapped-bytes", "difference")
def products_of_differences_of_bytes():
    x, y = torch.from_numpy(pictures(4, 5).numpy())
    difference = x - y
    (difference * difference).double()


@bug("wrapped-bytes", "difference")
def bytes_subtracted_in_place():
    x, y = pictures(4, 5)
    x -= y
    x.half()


@bug("wrapped-bytes", "difference", "of 160400")
def a_difference_of_large_pictures():
    x, y = pictures(400, 401)
    (x - y).to(torch.float32)


@bug("wrapped-bytes", "of a sum of uint8", "divided by 2, to a mean")
def the_mean_of_two_pictures():
    x, y = pictures(4, 5)
    (x + y) / 2


@bug("wrapped-bytes", "divided by 3, to a mean")
def the_mean_of_three_pictures():
    x, y = pictures(4, 5)
    (x + y + x) // 3


@bug("wrapped-bytes", "values converted to uint8 lie outside 0..255", "clamp(0, 255)")
def pictures_from_minus_one_to_one():
    (torch.linspace(-1, 1, 8) * 255).byte()


# ----------------------------------------------------------------- nan, large numbers


def fit(x, y, *layers, steps=2):
    """A correct loop."""
    model = nn.Sequential(*layers, nn.Linear(x.shape[-1], 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        F.mse_loss(model(x), y).backward()
        optimizer.step()


@bug(
    "nonfinite-input", "2 of 24", "linear() in Sequential.0", "samples 3, 5; columns 1"
)
def missing_values_in_a_table():
    x = torch.randn(8, 3)
    x[3, 1] = x[5, 1] = float("nan")
    fit(x, torch.randn(8, 1))


@bug("nonfinite-input", "columns 2", "samples 0, 1, 2, 3, ... (8)", "deviation of 0")
def a_column_without_deviation():
    x = torch.randn(8, 3)
    x[:, 2] = 4
    fit((x - x.mean(0)) / x.std(0), torch.randn(8, 1))


@bug("nonfinite-input", "given to mse_loss() are nan or infinite: samples 6")
def an_infinite_target():
    y = torch.randn(8, 1)
    y[6] = float("inf")
    fit(torch.randn(8, 3), y)


@bug("nonfinite-input", "1 of 8 values of the variable wanted [8, 1]", "samples 2")
def a_target_that_is_only_subtracted():
    wanted = torch.randn(8, 1)
    wanted[2] = float("nan")
    model = nn.Linear(3, 1)
    ((model(torch.randn(8, 3)) - wanted) ** 2).mean().backward()


@bug("nonfinite-input", "convolution() in Sequential.0", "samples 1; channels 0")
def a_picture_that_is_nan():
    x = torch.randn(2, 3, 5, 5)
    x[1, 0, 2, 2] = float("nan")
    fit(x, torch.randn(2, 1, 5, 1), nn.Conv2d(3, 1, 1))


@bug("nonfinite-loss", "linear() in Sequential.0 reach 1e+04 (column 1;", "normalised")
def columns_of_different_sizes():
    x = torch.randn(8, 3)
    x[:, 1] = 1e4
    fit(x, torch.randn(8, 1), steps=12)


# --------------------------------------------------------------------------- integers


def whole():
    """Three integers."""
    return torch.tensor([1, 2, 3])


def truncates(name, *words):
    """Enter a program of one line that truncates."""

    def enter(line):
        line.__name__ = name
        bug("truncated-write", *words)(line)

    return enter


HALVES = [0.5, 1.5, 2.5]
truncates("fill", "fill_() writes 0.5 into a tensor of torch.int64", "0.5 becomes 0")(
    lambda: whole().fill_(0.5)
)
truncates("masked_fill", "masked_fill() writes 1e-06", "1e-06 becomes 0")(
    lambda: whole().masked_fill(whole() > 1, 1e-6)
)
truncates("masked_fill_in_place", "masked_fill() writes -1.5", "-1.5 becomes -1")(
    lambda: whole().int().masked_fill_(whole() > 1, -1.5)
)
truncates("index_fill", "index_fill() writes 0.5")(
    lambda: whole().index_fill_(0, torch.tensor([0]), 0.5)
)
truncates("scatter", "scatter() writes 0.5")(
    lambda: whole().scatter_(0, torch.tensor([0]), 0.5)
)
truncates("full_like", "full_like() writes 0.1")(lambda: torch.full_like(whole(), 0.1))
truncates("new_full", "new_full() writes 0.1")(lambda: whole().new_full((2,), 0.1))
truncates("new_tensor", "3 values with a fraction (the first is 0.5)", "[3]")(
    lambda: whole().new_tensor(HALVES)
)
truncates("copy", "3 values with a fraction")(
    lambda: whole().copy_(torch.tensor(HALVES))
)
truncates("nan", "the first is nan")(
    lambda: whole().__setitem__(0, torch.tensor(float("nan")))
)
truncates("mask", "1 values with a fraction", "tensor [3] of torch.int64")(
    lambda: whole().__setitem__(whole() > 1, 0.5)
)


test_a_bug_is_named = bugs.named(PROGRAMS)

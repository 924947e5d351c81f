"""Correct losses that look like bugs."""

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard.checks.loss.loops import YES
from tests.guard.checks.loss.loops import learn_at_random as learn
from tests.guard.correct import classifier, quiet

PROGRAMS = []


def correct(program):
    """Enter a program in the list."""
    PROGRAMS.append(program)
    return program


# ---------------------------------------------------------------------- probabilities


@correct
def log_softmax_twice():
    model, _, x, classes = classifier()
    F.cross_entropy(model(x).log_softmax(1), classes)


@correct
def logarithm_of_a_softmax():
    model, _, x, classes = classifier()
    F.nll_loss((model(x).softmax(1) + 1e-8).log(), classes)


@correct
def log_softmax_over_columns_of_a_square():
    F.nll_loss(nn.Linear(3, 6)(torch.randn(6, 3)).log_softmax(0), torch.arange(6))


@correct
def log_softmax_before_a_transposition():
    model, _, x, classes = classifier()
    logs = model(x).view(2, 3, 4).log_softmax(2)
    F.nll_loss(logs.transpose(1, 2), classes.view(2, 3))
    F.nll_loss(logs.view(-1, 4), classes)


@correct
def log_softmax_of_one_row():
    F.nll_loss(nn.Linear(3, 4)(torch.randn(3)).log_softmax(0), torch.tensor(1))


@correct
def softmax_in_binary_cross_entropy():
    model, _, x, _ = classifier()
    F.binary_cross_entropy(model(x).softmax(1), torch.rand(6, 4))


@correct
def a_mixture_of_probabilities():
    layer = nn.Linear(3, 1)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[0.2, 0.3, 0.5]]))
        layer.bias.zero_()
    F.binary_cross_entropy(layer(torch.rand(6, 3)).squeeze(1), YES)


@correct
def scores_that_replace_an_evaluations_softmax():
    model, _, x, classes = classifier()
    with torch.no_grad():
        scores = model(x)
        assert scores.softmax(1).argmax(1).shape == (6,)
        F.cross_entropy(scores, classes)
        logs = scores.softmax(1).log_()
        F.nll_loss(logs, classes)


@correct
def teachers_as_probabilities_and_as_logarithms():
    model, _, x, _ = classifier()
    logs, teacher = model(x).log_softmax(1), model(x).detach()
    F.kl_div(logs, teacher.softmax(1), reduction="batchmean")
    F.kl_div(logs, teacher.log_softmax(1), reduction="batchmean", log_target=True)


@correct
def a_gate_of_sigmoid():
    model, _, x, classes = classifier()
    F.cross_entropy(model(x) * model(x).sigmoid(), classes)


@correct
def losses_without_data():
    layer = nn.Linear(3, 4).to("meta")
    x = torch.randn(6, 3, device="meta")
    F.nll_loss(layer(x), torch.zeros(6, dtype=torch.int64, device="meta")).backward()
    F.binary_cross_entropy(layer(x), x.new_zeros(6, 4)).backward()
    F.kl_div(layer(x).log_softmax(1), x.new_zeros(6, 4), reduction="sum").backward()


@correct
def losses_of_nothing():
    scores = torch.zeros(0, 4, requires_grad=True)
    F.cross_entropy(scores, torch.zeros(0, dtype=torch.int64), reduction="sum")
    F.kl_div(scores.log_softmax(1), torch.zeros(0, 4), reduction="sum").backward()


# ----------------------------------------------------------------------- broadcasting

PAIRS = torch.randn(6, 6)


def pairs(name, loss, **options):
    """Enter a loss in which all pairs are meant, of (6, 1) predictions."""

    def program():
        learn(loss, outputs=1, **options)

    program.__name__ = f"pairs_{name}"
    PROGRAMS.append(program)


MEANT = {
    "observed_differences": lambda p: ((p - YES - PAIRS) ** 2).mean(),
    "in_a_sum": lambda p: ((PAIRS + (p - YES)) ** 2).mean(),
    "weighted": lambda p: (PAIRS.abs() * (p - YES) ** 2).mean(),
    "of_a_row": lambda p: (p - YES[None, :]).abs().mean(),
    "of_itself": lambda p: ((p - p.squeeze(1)) ** 2).mean(),
    "ranked": lambda p: F.softplus(-(p - p.squeeze(1))).mean(),
    "kernel": lambda p: torch.exp(-((p - YES) ** 2)).mean(),
    "nearest": lambda p: ((p - YES) ** 2).min(1).values.mean(),
    "masked": lambda p: torch.where(PAIRS > 0, (p - YES) ** 2, 0).mean(),
    "features": lambda p: F.mse_loss(((p - YES) ** 2).mean(1), YES),
    "factors": lambda p: ((p * YES - PAIRS) ** 2).mean(),
    "product_of_a_row": lambda p: (p * YES[None]).mean(),
    "other_lengths": lambda p: (p * torch.rand(5)).mean(),
    "products_normed": lambda p: ((p * YES) ** 2).sum(1).sqrt().mean(),
    "mse_of_views": lambda p: F.mse_loss(p[:, None], YES[None]),
    "no_pairs": lambda p: ((p.squeeze(1) - YES) ** 2).mean(),
    "centred": lambda p: ((p - p.mean(0)) ** 2).mean(),
}
for _name, _loss in MEANT.items():
    pairs(_name, _loss)


@correct
def products_of_leaves_that_broadcast():
    a, b = torch.randn(3, 1, requires_grad=True), torch.randn(1, 4)
    (a * b).sum().backward()
    c, d = torch.randn(3, 1, requires_grad=True), torch.randn(3)
    (c * d).sum().backward()


@correct
def rows_that_are_filled_one_by_one():
    class Fill(torch.autograd.Function):
        @staticmethod
        def forward(ctx, table, value, place):
            ctx.place = place
            table.data[..., place] = value
            return table

        @staticmethod
        def backward(ctx, grad):
            return grad, grad[..., ctx.place], None

    w = torch.randn(2, requires_grad=True)
    for _ in range(4):
        table = Fill.apply(torch.zeros(2, 5), w * 2, 0)
        for place in range(1, 5):
            value = (table[..., :place] * w[:, None]).sum(-1)
            table = Fill.apply(table, value, place)
        table.sum().backward()
        w.grad = None


test_is_quiet = quiet(PROGRAMS)

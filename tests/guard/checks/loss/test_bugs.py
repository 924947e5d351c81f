"""Programs whose losses get the wrong values: each is named, by its check alone."""

import functools

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard import bugs
from tests.guard.checks.loss.loops import CLASSES, YES, X, learn, net

PROGRAMS = []
bug = functools.partial(bugs.bug, PROGRAMS)


# ---------------------------------------------------------------------- probabilities


@bug("double-softmax", "[6, 4] that is the output of softmax", "below 0.744 for 4")
def softmax_module_and_module_loss():
    nn.CrossEntropyLoss()(nn.Sequential(net(), nn.Softmax(dim=1))(X), CLASSES)


@bug("double-softmax", "the output of softmax")
def softmax_and_a_selection():
    F.cross_entropy(F.softmax(net()(X), 1)[torch.arange(6)], CLASSES)


@bug("double-softmax", "the output of softmax")
def softmax_that_is_bounded():
    F.cross_entropy(net()(X).softmax(1).clamp(1e-7, 1), CLASSES)


@bug("double-softmax", "the output of softmax")
def softmax_in_double_precision():
    F.cross_entropy(net()(X).softmax(1).double(), CLASSES)


@bug("double-softmax", "the output of softmax")
def softmax_row_by_row():
    model = net()
    F.cross_entropy(torch.stack([model(row).softmax(0) for row in X]), CLASSES)


@bug("double-softmax", "the output of softmax")
def softmax_of_a_compiled_model():
    model = torch.compile(nn.Sequential(net(), nn.Softmax(dim=1)))
    F.cross_entropy(model(X), CLASSES).backward()


@bug("double-softmax", "the output of softmax")
def softmax_and_loss_in_a_compiled_function():
    model = nn.Sequential(net(), nn.Softmax(dim=1))
    torch.compile(lambda x: F.cross_entropy(model(x), CLASSES))(X)


@bug("double-softmax", "the output of softmax")
def softmax_in_an_evaluation():
    with torch.no_grad():
        share = nn.Softmax(dim=1)(net()(X))
        assert share.argmax(1).shape == (6,)
        F.cross_entropy(share, CLASSES)


@bug("double-softmax", "the output of sigmoid", "below 0.744")
def sigmoid_before_cross_entropy():
    F.cross_entropy(net()(X).sigmoid(), CLASSES)


@bug("double-softmax", "the output of sigmoid", "0.5..0.73")
def sigmoid_and_an_index():
    nn.BCEWithLogitsLoss()(torch.sigmoid(net(1)(X))[..., 0], YES)


@bug("double-softmax", "the output of sigmoid")
def sigmoid_in_an_evaluation():
    with torch.no_grad():
        F.binary_cross_entropy_with_logits(net(1)(X).sigmoid().view(-1), YES)


@bug("double-softmax", "the output of softmax", "0.5..0.73")
def softmax_before_logits():
    nn.BCEWithLogitsLoss()(net(2)(X).softmax(1)[:, 1], YES)


@bug("double-softmax", "the output of logsigmoid", "never above 0.5")
def logsigmoid_before_logits():
    nn.BCEWithLogitsLoss()(F.logsigmoid(net(1)(X)).squeeze(), YES)


@bug("double-softmax", "the output of linear", "between 0 and 1")
def no_sigmoid_before_bce():
    layer = nn.Linear(3, 1)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[0.1, -0.1, 0.1]]))
        layer.bias.fill_(0.5)
    nn.BCELoss()(layer(torch.rand(6, 3)).squeeze(1), YES)


@bug("double-softmax", "the output of relu after linear")
def relu_before_bce():
    layer = nn.Linear(3, 1)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[0.1, -0.1, 0.1]]))
        layer.bias.fill_(0.5)
    nn.BCELoss()(F.relu(layer(torch.rand(6, 3)))[:, 0], YES)


@bug("double-softmax", "log_softmax along dim=0", "sum to 1 along dimension 0")
def log_softmax_over_the_batch():
    nn.NLLLoss()(nn.LogSoftmax(dim=0)(net()(X)), CLASSES)


@bug("double-softmax", "log_softmax along dim=0", "[2, 4, 5]")
def log_softmax_without_a_dimension():
    logs = nn.LogSoftmax()(nn.Conv1d(3, 4, 1)(torch.randn(2, 3, 5)))
    F.nll_loss(logs, torch.zeros(2, 5, dtype=torch.int64))


@bug("double-softmax", "the output of relu", "never above 0")
def relu_before_nll():
    F.nll_loss(nn.Linear(3, 4)(9 * X).relu(), CLASSES)


@bug("double-softmax", "a target whose first value is -")
def logarithms_as_a_target():
    teacher = net()(X).detach().log_softmax(1)
    F.kl_div(net()(X).log_softmax(1), teacher, reduction="batchmean")


@bug("double-softmax", "log_target=True and a target [6, 4]")
def probabilities_as_a_target_of_logarithms():
    with torch.no_grad():
        teacher = net()(X).softmax(1)
    scores = net()(X).log_softmax(1)
    F.kl_div(scores, teacher, reduction="batchmean", log_target=True)


@bug("double-softmax", "the output of softmax")
def sides_of_a_divergence_swapped():
    wanted = net()(X).detach().log_softmax(1)
    F.kl_div(net()(X).softmax(1), wanted, reduction="sum", log_target=True)


# ----------------------------------------------------------------------- broadcasting


def grows(name, loss):
    """Enter a hand-written loss of (6, 1) predictions and (6,) targets."""

    def program():
        learn(loss, outputs=1, steps=2)

    program.__name__ = f"grows_{name}"
    bug("broadcast-loss", "[6, 6]")(program)


GROWING = {
    "squared": lambda p: ((p - YES) ** 2).mean(),
    "the_other_way": lambda p: (YES - p).pow(2).sum() / 6,
    "squeezed": lambda p: (
        (p.squeeze(1) - YES.clone().reshape(6, 1).clone()).abs().mean()
    ),
    "norm": lambda p: torch.norm(p - YES),
    "vector_norm": lambda p: torch.linalg.vector_norm(p - YES),
    "partial_mean": lambda p: ((p - YES) ** 2).mean(0).sum(),
    "log_cosh": lambda p: torch.cosh(p - YES).log().mean(),
    "itself": lambda p: ((p - YES) * (p - YES)).mean(),
    "relative": lambda p: ((p - YES) / (1 + YES)).abs().mean(),
    "with_decay": lambda p: ((p - YES) ** 2).mean() + 0.1 * p.pow(2).mean(),
    "pinball": lambda p: torch.max(0.9 * (p - YES), -0.1 * (p - YES)).mean(),
    "root": lambda p: ((p - YES) ** 2).mean().sqrt().log(),
    "stacked": lambda p: torch.stack([((p - YES) ** 2).mean(), p.mean()]).sum(),
    "gaussian": lambda p: F.gaussian_nll_loss(p, YES, torch.ones(6, 1)),
    "poisson": lambda p: F.poisson_nll_loss(p, YES),
    "hinge_embedding": lambda p: F.hinge_embedding_loss(p, 2 * YES - 1),
    "huber": lambda p: nn.HuberLoss()(p, YES),
    "entropy_by_hand": lambda p: (
        -(YES * p.sigmoid().log() + (1 - YES) * (1 - p.sigmoid()).log()).mean()
    ),
    "weighted": lambda p: (YES * F.mse_loss(p, 0 * p, reduction="none")).mean(),
    "policy": lambda p: -(F.logsigmoid(p) * YES).mean(),
    "hinge": lambda p: F.relu(1 - (2 * YES - 1) * p).mean(),
}
for _name, _loss in GROWING.items():
    grows(_name, _loss)


test_a_bug_is_named = bugs.named(PROGRAMS)

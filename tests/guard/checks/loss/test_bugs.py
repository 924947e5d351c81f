"""Programs whose losses or graphs are at fault: each is named, by its check alone."""

import functools

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard import bugs

PROGRAMS = []
bug = functools.partial(bugs.bug, PROGRAMS)

X = torch.randn(6, 3, generator=torch.Generator().manual_seed(0))
CLASSES = torch.tensor([0, 1, 2, 3, 0, 1])
YES = torch.tensor([0.0, 1, 0, 1, 0, 1])


def net(outputs=4):
    """A small network."""
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, outputs))


def learn(loss, outputs=4, steps=6):
    """A correct loop around a loss of the network's output."""
    model = net(outputs)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(model(X)).backward()
        optimizer.step()


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


# --------------------------------------------------------------- losses without effect


@bug("nonfinite-loss", "all 6 targets of cross_entropy() equal ignore_index (-100)")
def all_targets_are_ignored():
    learn(lambda scores: F.cross_entropy(scores, torch.full((6,), -100)), steps=1)


@bug("nonfinite-loss", "all 6 targets of nll_loss() equal ignore_index (0)")
def all_targets_are_padding():
    logs = nn.LogSoftmax(1)
    loss = nn.NLLLoss(ignore_index=0)
    learn(lambda scores: loss(logs(scores), 0 * CLASSES), steps=1)


@bug("nonfinite-loss", "the classes of all 6 targets", "have weight 0")
def all_targets_weigh_nothing():
    loss = nn.CrossEntropyLoss(weight=torch.tensor([0.0, 1, 1, 1]))
    learn(lambda scores: loss(scores, 0 * CLASSES), steps=1)


@bug("nonfinite-loss", "mean() of an empty tensor [0, 4]")
def a_mask_that_selects_nothing():
    learn(lambda scores: scores[YES > 2].mean(), steps=1)


@bug("lost-loss", "SGD.step() then has no new gradient for its 4 parameters")
def a_loss_wrapped_by_tensor():
    learn(lambda s: torch.tensor(F.cross_entropy(s, CLASSES), requires_grad=True))


@bug("lost-loss", "that no operation made")
def a_loss_wrapped_by_item():
    learn(lambda s: torch.tensor(s.pow(2).sum().item(), requires_grad=True), steps=2)


@bug("lost-loss", "that no operation made")
def a_loss_that_was_detached():
    learn(lambda s: F.cross_entropy(s, CLASSES).detach().requires_grad_())


@bug("lost-loss", "that no operation made")
def a_loss_wrapped_by_variable():
    wrap = torch.autograd.Variable
    learn(lambda s: wrap(F.cross_entropy(s, CLASSES).data, requires_grad=True))


@bug("lost-loss", "comes from nothing but a tensor [2]")
def losses_in_a_list_of_numbers():
    learn(lambda s: torch.tensor([s.sum(), s.pow(2).sum()], requires_grad=True).mean())


@bug("lost-loss", "comes from nothing but a tensor [6, 4]")
def scores_that_went_through_numpy():
    def loss(scores):
        scores = torch.from_numpy(scores.detach().numpy()).requires_grad_()
        return F.cross_entropy(scores, CLASSES)

    learn(loss)


@bug("lost-term", "a number that .item()", "MeanBackward0")
def a_term_by_item():
    learn(lambda s: F.cross_entropy(s, CLASSES) + s.pow(2).mean().item())


@bug("lost-term", "the loss adds", "MeanBackward0")
def a_term_by_float():
    learn(lambda s: 0.5 * (float(s.exp().mean()) + F.cross_entropy(s, CLASSES)))


@bug("lost-term", "MseLossBackward0")
def a_term_that_is_added_in_place():
    def loss(scores):
        total = F.cross_entropy(scores, CLASSES)
        total += F.mse_loss(scores, 0 * scores).item()
        return total

    learn(loss)


@bug("cut-graph", "in 5 steps of SGD", "Linear.weight [3, 2]", "linear() at")
def a_generator_whose_images_are_detached():
    maker, judge = nn.Linear(2, 3), nn.Linear(3, 1)
    first = torch.optim.SGD(maker.parameters(), lr=0.1)
    second = torch.optim.SGD(judge.parameters(), lr=0.1)
    loss = nn.BCEWithLogitsLoss()
    for _ in range(6):
        fake = maker(torch.randn(4, 2)).detach()
        second.zero_grad()
        loss(judge(fake), torch.zeros(4, 1)).backward()
        second.step()
        first.zero_grad()
        loss(judge(fake), torch.ones(4, 1)).backward()
        first.step()


@bug("cut-graph", "Linear.weight [2, 3]")
def codes_that_went_through_numpy():
    encoder, decoder = nn.Linear(3, 2), nn.Linear(2, 3)
    optimizers = [torch.optim.Adam(m.parameters()) for m in (encoder, decoder)]
    for _ in range(6):
        codes = torch.from_numpy(encoder(X).detach().numpy())
        loss = F.mse_loss(decoder(codes), X)
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()


@bug("flat-loss", "clamp() []: all values lie beyond its bounds")
def a_loss_clamped_from_above():
    learn(lambda scores: F.cross_entropy(50 * scores, CLASSES).clamp(max=0.1))


@bug("flat-loss", "clamp_min() []: all values")
def a_loss_clamped_from_below():
    learn(lambda scores: F.cross_entropy(scores, CLASSES).clamp_min(9))


@bug("flat-loss", "round() [6, 4]")
def predictions_that_are_rounded():
    learn(lambda scores: F.mse_loss(scores.round(), torch.full((6, 4), 2.5)))


@bug("flat-loss", "cross_entropy() over 1 class")
def cross_entropy_of_one_output():
    learn(lambda scores: F.cross_entropy(scores, 0 * CLASSES), outputs=1)


@bug("flat-loss", "softmax() of [6, 1] over an axis of size 1")
def softmax_of_one_output():
    learn(lambda s: F.binary_cross_entropy(s.softmax(1)[:, 0], YES), outputs=1)


# ----------------------------------------------------------------------------- graphs


@bug("data-write", "a parameter of shape [3]", "MulBackward0")
def data_of_a_factor():
    w = nn.Parameter(torch.ones(3))
    loss = (w * w).sum()
    w.data.mul_(2)
    loss.backward()


@bug("data-write", "Sequential.2.weight [4, 8]", "AddmmBackward0")
def a_step_by_hand_before_backward():
    model = net()
    for _ in range(3):
        loss = F.cross_entropy(model(X), CLASSES)
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter.data -= 0.1 * parameter.grad
        model.zero_grad()
        loss.backward()


@bug("data-write", "a tensor [6, 4]", "TanhBackward0")
def data_of_an_activation():
    hidden = torch.tanh(nn.Linear(3, 4)(X))
    hidden.data[:, 0] = 5
    hidden.sum().backward()


@bug("data-write", "Sequential.2.weight [4, 8]")
def data_that_is_replaced():
    model = net()
    loss = model(X).sum()
    model[2].weight.data = model[2].weight.data / 2
    loss.backward()


@bug("growing-graph", "64 of the last 64 losses", "MB", "with each step")
def a_sum_of_cross_entropies():
    total = 0

    def loss(scores):
        nonlocal total
        found = F.cross_entropy(scores, CLASSES)
        total = total + found
        return found

    learn(loss, steps=64)


@bug("growing-graph", "64 losses were held at once", "MB", "torch.no_grad()")
def an_evaluation_that_records():
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        F.cross_entropy(model(X), CLASSES).backward()
        optimizer.step()
        assert sum(F.cross_entropy(model(X), CLASSES) for _ in range(80)).item() > 0


test_a_bug_is_named = bugs.named(PROGRAMS)

# -------------------------------------------------------------------- errors as torch's


def frozen():
    net().requires_grad_(False)(X).sum().backward()


def under_no_grad():
    with torch.no_grad():
        net()(X).sum().backward()


def detached():
    F.cross_entropy(net()(X).detach(), CLASSES).backward()


def class_numbers():
    (net()(X).argmax(1) == CLASSES).float().mean().backward()


def an_item():
    torch.tensor(net()(X).sum().item()).backward()


@pytest.mark.parametrize(
    "program", [frozen, under_no_grad, detached, class_numbers, an_item]
)
def test_a_loss_with_nothing_to_differentiate(program):
    with pytest.raises(RuntimeError, match="does not require grad") as caught:
        program()
    text = str(caught.value)
    assert text.startswith("backward(): expected a tensor that requires grad, got")
    assert "torch.no_grad()" in text


def test_scores_outside_0_and_1_are_an_error():
    with pytest.raises(RuntimeError, match="between 0 and 1") as caught:
        F.binary_cross_entropy(3 + net(1)(X).squeeze(1), YES)
    assert "binary_cross_entropy_with_logits" in str(caught.value)


def test_a_column_and_a_row_in_bce_are_an_error():
    for loss in (F.binary_cross_entropy_with_logits, F.binary_cross_entropy):
        with pytest.raises(ValueError, match=r"\[6, 1\], got \[6\]") as caught:
            loss(net(1)(X).sigmoid(), YES)
        assert "unsqueeze(1)" in str(caught.value)

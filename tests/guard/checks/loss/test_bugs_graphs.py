"""Programs whose graphs are at fault: each is named, by its check alone."""

import functools

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard import bugs
from tests.guard.checks.loss.loops import CLASSES, YES, X, learn, net

PROGRAMS = []
bug = functools.partial(bugs.bug, PROGRAMS)


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


@bug("data-write", "a tensor [6, 4]", "MulBackward0")
def data_of_columns():
    model = nn.Linear(3, 4)
    x = torch.randn(6, 3)
    for _ in range(2):
        hidden = model(x).tanh()
        loss = (hidden[:, 1:] * hidden[:, :-1]).sum()
        hidden.data[:, 1:3] = 5
        loss.backward()


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


def test_why_there_is_nothing_to_differentiate():
    with pytest.raises(RuntimeError, match=r"\(gradients are switched off here\)"):
        under_no_grad()
    with pytest.raises(RuntimeError, match="it is torch.int64: whole numbers have no"):
        net()(X).argmax(1).sum().backward()


def test_scores_outside_0_and_1_are_an_error():
    with pytest.raises(RuntimeError, match="between 0 and 1") as caught:
        F.binary_cross_entropy(3 + net(1)(X).squeeze(1), YES)
    assert "binary_cross_entropy_with_logits" in str(caught.value)


def test_a_column_and_a_row_in_bce_are_an_error():
    for loss in (F.binary_cross_entropy_with_logits, F.binary_cross_entropy):
        with pytest.raises(ValueError, match=r"\[6, 1\], got \[6\]") as caught:
            loss(net(1)(X).sigmoid(), YES)
        assert "unsqueeze(1)" in str(caught.value)

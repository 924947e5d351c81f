"""Programs with the classic silent bugs: each is named, by its check alone."""

import warnings

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard.guarded import guarded

PROGRAMS = []


def bug(check, *words):
    """Enter a program, with the check that names it and words of its message."""

    def enter(program):
        PROGRAMS.append(pytest.param(program, check, words, id=program.__name__))
        return program

    return enter


@pytest.mark.parametrize(("program", "check", "words"), PROGRAMS)
def test_a_bug_is_named(program, check, words):
    with guarded() as findings, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        program()
    assert {finding.check for finding in findings} == {check}
    text = str(findings[0])
    assert "test_bugs.py:" in text
    for word in words:
        assert word in text


def classifier(*extra, kind=torch.optim.SGD):
    """A small network, its optimizer, inputs and classes."""
    model = nn.Sequential(nn.Linear(3, 8), *extra, nn.Linear(8, 4))
    optimizer = kind(model.parameters(), lr=0.1)
    return model, optimizer, torch.randn(6, 3), torch.tensor([0, 1, 2, 3, 0, 1])


def train(model, optimizer, x, classes, steps=4):
    """A correct loop."""
    for _ in range(steps):
        optimizer.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        optimizer.step()


# ----------------------------------------------------------------- gradients and steps


@bug("stale-grad", "4 parameters", "Sequential.0.weight [8, 3]", "zero_grad()")
def zero_grad_is_missing():
    model, optimizer, x, classes = classifier()
    for _ in range(2):
        F.cross_entropy(model(x), classes).backward()
        optimizer.step()


@bug("stale-grad")
def zero_grad_is_outside_the_loop():
    model, optimizer, x, classes = classifier(kind=torch.optim.Adam)
    for _ in range(2):
        optimizer.zero_grad()
        for _ in range(3):
            F.cross_entropy(model(x), classes).backward()
            optimizer.step()


@bug("stale-grad")
def zero_grad_is_not_called():
    model, optimizer, x, classes = classifier()
    for _ in range(3):
        optimizer.zero_grad
        F.cross_entropy(model(x), classes).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()


@bug("stale-grad")
def zero_grad_of_another_model():
    model, optimizer, x, classes = classifier()
    other = classifier()[0]
    for _ in range(3):
        other.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        optimizer.step()


@bug("stale-grad")
def zero_grad_of_the_judge_is_missing():
    maker, judge = nn.Linear(2, 3), nn.Linear(3, 1)
    first = torch.optim.SGD(maker.parameters(), lr=0.1)
    second = torch.optim.SGD(judge.parameters(), lr=0.1)
    for _ in range(3):
        judge(maker(torch.randn(4, 2)).detach()).mean().backward()
        second.step()
        first.zero_grad()
        judge(maker(torch.randn(4, 2))).mean().backward()
        first.step()


@bug("step-order", "zero_grad() at test_bugs.py")
def zero_grad_between_backward_and_step():
    model, optimizer, x, classes = classifier()
    for _ in range(8):
        F.cross_entropy(model(x), classes).backward()
        optimizer.zero_grad()
        optimizer.step()


@bug("step-order", "zero_grad() at test_bugs.py")
def zeros_between_backward_and_step():
    model, optimizer, x, classes = classifier()
    F.cross_entropy(model(x), classes).backward()
    optimizer.zero_grad(set_to_none=False)
    optimizer.step()


@bug("step-order", "before any backward()")
def step_before_backward():
    model, optimizer, x, classes = classifier()
    for _ in range(3):
        optimizer.step()
        optimizer.zero_grad()
        F.cross_entropy(model(x), classes).backward()


@bug("step-order", "clipped to 1 after the step()")
def clipping_after_the_step():
    model, optimizer, x, classes = classifier()
    for _ in range(3):
        optimizer.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        optimizer.step()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)


@bug("step-order", "multiplied by the gradient scaler's scale")
def clipping_before_unscaling():
    model, optimizer, x, classes = classifier()
    scaler = torch.amp.GradScaler("cpu")
    for _ in range(2):
        optimizer.zero_grad()
        scaler.scale(F.cross_entropy(model(x), classes)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()


@bug("learning-rate", "12 steps, all with a learning rate of 0")
def learning_rate_of_nothing():
    model, optimizer, x, classes = classifier()
    optimizer.param_groups[0]["lr"] = 0
    train(model, optimizer, x, classes, 12)


@bug("learning-rate", "optimizer.lr = 0.01")
def learning_rate_assigned_to_the_optimizer():
    model, optimizer, x, classes = classifier()
    optimizer.lr = 0.01
    train(model, optimizer, x, classes)


# -------------------------------------------------------------------------- ownership


@bug("no-optimizer", "Linear.weight [4, 4]", "requires_grad_(False)")
def a_forgotten_second_model():
    model, optimizer, x, classes = classifier()
    head = nn.Linear(4, 4)
    for _ in range(3):
        optimizer.zero_grad()
        F.cross_entropy(head(model(x)), classes).backward()
        optimizer.step()


@bug("no-optimizer", "SGD took 3 steps", "after the optimizer was made")
def a_model_made_anew_after_the_optimizer():
    model, optimizer, x, classes = classifier()
    model = classifier()[0]
    for _ in range(3):
        model.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        optimizer.step()


@bug("no-optimizer", "they are frozen")
def everything_is_frozen():
    model, optimizer, x, classes = classifier()
    model.requires_grad_(False)
    scale = torch.ones(1, requires_grad=True)
    for _ in range(3):
        optimizer.zero_grad()
        F.cross_entropy(model(x) * scale, classes).backward()
        optimizer.step()


@bug("plain-list", "ListNet.layers is a plain list", "ListNet.layers[0].weight")
def layers_in_a_plain_list():
    class ListNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers, self.last = [nn.Linear(3, 3)], nn.Linear(3, 4)

        def forward(self, x):
            return self.last(self.layers[0](x))

    model = ListNet()
    _, _, x, classes = classifier()
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes)


# ------------------------------------------------------------------------------ losses


@bug("broadcast-loss", "[6, 1] and [6] has shape [6, 6]")
def a_column_minus_a_row():
    (nn.Linear(3, 1)(torch.ones(6, 3)) - torch.ones(6)).pow(2).mean().backward()


@bug("broadcast-loss", "[6] and [6, 1]")
def a_row_minus_a_column_of_targets():
    model = nn.Linear(3, 1)
    loss = (model(torch.ones(6, 3)).squeeze(1) - torch.ones(6, 1)).abs().mean()
    loss.backward()


@bug("broadcast-loss", "[3, 1] and [1, 4] has shape [3, 4]")
def three_by_one_and_one_by_four():
    x, y = torch.ones(3, 1, requires_grad=True), torch.ones(1, 4)
    torch.sqrt(((x - y - 1) ** 2).mean()).backward()


@bug("broadcast-loss", "[6, 1] and [6]")
def mse_loss_of_a_column_and_a_row():
    F.mse_loss(nn.Linear(3, 1)(torch.ones(6, 3)), torch.ones(6)).backward()


@bug("double-softmax", "the output of softmax")
def softmax_and_a_view():
    _, _, x, classes = classifier()
    scores = nn.Linear(3, 4)(x).softmax(-1).view(6, 4)
    nn.CrossEntropyLoss()(scores, classes).backward()


@bug("double-softmax", "the output of sigmoid")
def sigmoid_before_logits():
    out = torch.sigmoid(nn.Linear(3, 1)(torch.ones(2, 3))).squeeze(1)
    nn.BCEWithLogitsLoss()(out, torch.ones(2)).backward()


@bug("double-softmax", "log_softmax in place of softmax")
def softmax_before_nll():
    model, _, x, classes = classifier()
    F.nll_loss(model(x).softmax(1), classes).backward()


@bug("double-softmax", "never above 0")
def scores_before_nll():
    model, _, x, classes = classifier()
    F.nll_loss(model(x * 9), classes).backward()


@bug("double-softmax", "kl_div()")
def probabilities_before_kl_div():
    x = torch.randn(3, 4, requires_grad=True)
    F.kl_div(x.softmax(1), torch.randn(3, 4).softmax(1), reduction="sum").backward()


@bug("nonfinite-loss", "the loss is nan", "is ExpBackward0, shape [3]")
def logarithm_of_a_negative():
    w = torch.ones(3, requires_grad=True)
    ((w - 2).log().exp() * 1).sum().backward()


@bug("nonfinite-loss", "Linear.weight [1, 3] already holds")
def parameters_that_are_nan():
    model = nn.Linear(3, 1)
    with torch.no_grad():
        model.weight.fill_(float("nan"))
    model(torch.ones(2, 3)).mean().backward()


@bug("growing-graph", "64 losses are still held")
def a_list_of_losses():
    w, losses = torch.ones(3, requires_grad=True), []
    for _ in range(64):
        losses.append((w * w).sum())
        losses[-1].backward()
        w.grad = None


# ----------------------------------------------------------------- modes, hooks, names


@bug("train-mode-eval", "BatchNorm1d", "cross_entropy()")
def train_in_each_epoch_and_never_eval():
    model, optimizer, x, classes = classifier(nn.BatchNorm1d(8))
    for _ in range(2):
        model.train()
        train(model, optimizer, x, classes)
        with torch.no_grad():
            F.cross_entropy(model(x), classes)


@bug("train-mode-eval", "class numbers")
def train_is_lost_after_an_evaluation():
    model, optimizer, x, classes = classifier(nn.Dropout())
    model.train()
    train(model, optimizer, x, classes)
    with torch.inference_mode():
        assert (model(x).argmax(1) == classes).shape == (6,)


@bug("forward-call", "1 hooks on this Linear")
def forward_past_a_pre_hook():
    model = nn.Linear(3, 1)
    model.register_forward_pre_hook(lambda module, args: (args[0] * 2,))
    model.forward(torch.ones(1, 3))


@bug("misspelt", "requires_gard = False on Sequential.0.weight [8, 3]")
def a_misspelt_freeze():
    model, optimizer, x, classes = classifier()
    model[0].weight.requires_gard = False
    train(model, optimizer, x, classes)


@bug("misspelt", "replaces the method train()")
def train_assigned():
    model = nn.Linear(3, 1)
    model.train = False


@bug("truncated-write", "2 values with a fraction")
def halves_into_integers():
    x = torch.arange(4)
    x[:2] = torch.tensor([0.5, 1.5])

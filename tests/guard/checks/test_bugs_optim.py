"""Silent bugs of optimizers, schedules and gradients: each is named by its check."""

import warnings

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from rushlight.optim import lr_scheduler
from rushlight.utils.data import DataLoader, TensorDataset
from tests.guard.correct import classifier, train
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
    torch.manual_seed(0)
    notes = check == "never-trained" or "note" in words
    with guarded(notes=notes) as findings, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        program()
    assert {finding.check for finding in findings} == {check}
    text = f"{findings[0]} {findings[0].later}"
    assert "test_bugs_optim.py:" in text or "correct.py:" in text
    for word in words:
        assert word in text or (word == "note" and findings[0].note)


def loss_of(model, x, classes):
    return F.cross_entropy(model(x), classes)


# --------------------------------------------------------------- gradients that pile up


@bug("stale-grad", "the norm of all gradients went", "later the norm", "rose to")
def growth_is_told():
    model, optimizer, x, _ = classifier()
    for _ in range(40):
        model(x).pow(2).mean().backward()
        optimizer.step()


@bug("stale-grad")
def zero_grad_before_the_loop():
    model, optimizer, x, classes = classifier()
    optimizer.zero_grad()
    for _ in range(3):
        loss_of(model, x, classes).backward()
        optimizer.step()


@bug("stale-grad")
def zero_grad_of_another_optimizer():
    model, optimizer, x, classes = classifier()
    other = torch.optim.Adam(nn.Linear(2, 2).parameters())
    for _ in range(3):
        other.zero_grad()
        loss_of(model, x, classes).backward()
        optimizer.step()


@bug("stale-grad")
def zero_grad_of_half_of_the_model():
    model, optimizer, x, classes = classifier()
    for _ in range(3):
        model[0].zero_grad()
        loss_of(model, x, classes).backward()
        optimizer.step()


@bug("stale-grad")
def a_step_for_each_batch_and_zero_grad_for_each_fourth():
    model, optimizer, x, classes = classifier()
    for step in range(8):
        loss_of(model, x, classes).backward()
        optimizer.step()
        if step % 4 == 3:
            optimizer.zero_grad()


@bug("stale-grad", "Linear.weight [1, 3]")
def a_stepped_model_whose_copy_is_cleared():
    model = nn.Linear(3, 1)
    optimizer = torch.optim.RMSprop(model.parameters())
    for _ in range(3):
        nn.Linear(3, 1).zero_grad()
        model(torch.ones(2, 3)).mean().backward()
        optimizer.step()


@bug("step-order", "divided by 4, but zero_grad() threw 3 of 4")
def zero_grad_for_each_part():
    model, optimizer, x, classes = classifier()
    for step in range(12):
        optimizer.zero_grad()
        (loss_of(model, x, classes) / 4).backward()
        if step % 4 == 3:
            optimizer.step()


@bug("step-order", "threw 1 of 2")
def zero_grad_before_each_half():
    model, optimizer, x, classes = classifier()
    for _ in range(3):
        for half in (slice(0, 3), slice(3, 6)):
            optimizer.zero_grad()
            (0.5 * loss_of(model, x[half], classes[half])).backward()
        optimizer.step()


# --------------------------------------------------------------------- orders that fail


@bug("step-order", "clipped before backward(), 3 times running")
def clipping_before_backward():
    model, optimizer, x, classes = classifier()
    for _ in range(4):
        optimizer.zero_grad()
        loss = loss_of(model, x, classes)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        loss.backward()
        optimizer.step()


@bug("step-order", "clipped before backward()")
def clipping_zeros_before_backward():
    model, optimizer, x, classes = classifier()
    for _ in range(5):
        optimizer.zero_grad(set_to_none=False)
        nn.utils.clip_grad_value_(model.parameters(), 1.0)
        loss_of(model, x, classes).backward()
        optimizer.step()


@bug("step-order", "still multiplied by the gradient scaler's scale", "scaler.step")
def a_step_past_the_scaler():
    model, optimizer, x, classes = classifier()
    scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
    for _ in range(2):
        optimizer.zero_grad()
        scaler.scale(loss_of(model, x, classes)).backward()
        optimizer.step()


@bug("step-order", "a step() has used already", "applied twice")
def a_step_by_the_scaler_and_one_more():
    model, optimizer, x, classes = classifier()
    scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
    for _ in range(4):
        optimizer.zero_grad()
        scaler.scale(loss_of(model, x, classes)).backward()
        scaler.step(optimizer)
        scaler.update()
        optimizer.step()


@bug("step-order", "a step() has used already")
def two_optimizers_of_the_same_parameters():
    model, optimizer, x, classes = classifier()
    other = torch.optim.Adam(model.parameters())
    for _ in range(4):
        optimizer.zero_grad()
        loss_of(model, x, classes).backward()
        optimizer.step()
        other.step()


@bug("step-order", "step() never", "12 times")
def a_step_that_is_not_called():
    model, optimizer, x, classes = classifier()
    for _ in range(13):
        optimizer.zero_grad()
        loss_of(model, x, classes).backward()
        optimizer.step


# ---------------------------------------------------------------- rates and schedules


@bug("learning-rate", "10 steps, all with a learning rate of 0")
def an_optimizer_made_with_nothing():
    model, _, x, classes = classifier()
    train(model, torch.optim.Adam(model.parameters(), lr=1 // 100), x, classes, 10)


@bug("learning-rate", "15 steps, all with a learning rate of 0")
def a_schedule_that_multiplies_with_nothing():
    model, optimizer, x, classes = classifier()
    schedule = lr_scheduler.LambdaLR(optimizer, lambda step: step // 100)
    for _ in range(15):
        train(model, optimizer, x, classes, 1)
        schedule.step()


@bug("learning-rate", "optimizer.weight_decay = 0.1", "weight_decay=0")
def a_weight_decay_assigned_to_the_optimizer():
    model, optimizer, x, classes = classifier()
    optimizer.weight_decay = 0.1
    train(model, optimizer, x, classes)


@bug("learning-rate", "'learning_rate': 0.001", "lr=0.1")
def a_group_with_a_learning_rate():
    model, _, x, classes = classifier()
    groups = [{"params": model.parameters(), "learning_rate": 0.001}]
    train(model, torch.optim.SGD(groups, lr=0.1), x, classes)


@bug("learning-rate", "StepLR was made and never stepped", "2 passes of a loader")
def a_schedule_that_is_never_stepped():
    model, optimizer, x, classes = classifier()
    lr_scheduler.StepLR(optimizer, 1)
    loader = DataLoader(TensorDataset(x, classes), batch_size=2, shuffle=True)
    for _ in range(2):
        for batch, some in loader:
            train(model, optimizer, batch, some, 1)


@bug("learning-rate", "CosineAnnealingLR was made for 40 steps", "stepped 4 times only")
def a_schedule_for_batches_stepped_for_epochs():
    model, optimizer, x, classes = classifier()
    schedule = lr_scheduler.CosineAnnealingLR(optimizer, T_max=40)
    for _ in range(4):
        train(model, optimizer, x, classes, 10)
        schedule.step()


@bug("learning-rate", "ExponentialLR was stepped 511 times", "below 1e-8 of the first")
def a_schedule_for_epochs_stepped_for_batches():
    weight = nn.Parameter(torch.ones(2))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    schedule = lr_scheduler.ExponentialLR(optimizer, 0.9)
    for _ in range(520):
        optimizer.zero_grad()
        weight.sum().backward()
        optimizer.step()
        schedule.step()


@bug("learning-rate", "which never stepped", "made anew after the schedule")
def a_schedule_of_an_optimizer_that_was_made_anew():
    model, optimizer, x, classes = classifier()
    schedule = lr_scheduler.StepLR(optimizer, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(5):
        train(model, optimizer, x, classes, 1)
        schedule.step()


# ------------------------------------------------------------------------- ownership


@bug(
    "no-optimizer", "made, or unfrozen, after the SGD", "holds 2 that are in no module"
)
def a_head_replaced_after_the_optimizer():
    model, optimizer, x, classes = classifier()
    model[1] = nn.Linear(8, 4)
    train(model, optimizer, x, classes)


@bug("no-optimizer", "Sequential.2.weight [4, 4]")
def a_layer_added_after_the_optimizer():
    model, optimizer, x, classes = classifier()
    model.append(nn.Linear(4, 4))
    train(model, optimizer, x, classes)


@bug("no-optimizer", "2 parameters", "unfrozen")
def a_backbone_unfrozen_without_its_optimizer():
    model, optimizer, x, classes = classifier()
    model[0].requires_grad_(False)
    optimizer = torch.optim.SGD(filter(lambda p: p.requires_grad, model.parameters()))
    model[0].requires_grad_(True)
    train(model, optimizer, x, classes)


@bug("no-optimizer", "model, or layer, that was replaced")
def parameters_assigned_by_a_load():
    model, optimizer, x, classes = classifier()
    state = {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(state, assign=True)
    train(model, optimizer, x, classes)


@bug("no-optimizer", "model, or layer, that was replaced")
def a_model_made_real_after_the_optimizer():
    with torch.device("meta"):
        model = nn.Sequential(nn.Linear(3, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model.to_empty(device="cpu")
    nn.init.ones_(model[0].weight)
    nn.init.zeros_(model[0].bias)
    for _ in range(3):
        optimizer.zero_grad()
        model(torch.ones(2, 3)).mean().backward()
        optimizer.step()


@bug("no-optimizer", "Sequential.1.weight [4, 8]", "never in an optimizer", "note")
def a_part_of_the_model_left_out():
    model, optimizer, x, classes = classifier()
    optimizer = torch.optim.SGD(model[0].parameters(), lr=0.1)
    train(model, optimizer, x, classes)


@bug("no-optimizer", "2 parameters got gradients and were never in an optimizer")
def a_decoder_forgotten_in_a_function():
    def run():
        encoder, decoder = nn.Linear(3, 2), nn.Linear(2, 3)
        optimizer = torch.optim.Adam(encoder.parameters())
        for _ in range(5):
            optimizer.zero_grad()
            decoder(encoder(torch.ones(4, 3))).pow(2).mean().backward()
            optimizer.step()

    run()


# ------------------------------------------------------------------------ never trained


class Branches(nn.Module):
    """A layer, a head, and one more of which a mode decides what becomes of it."""

    def __init__(self, mode):
        super().__init__()
        self.mode, self.layer = mode, nn.Linear(3, 3)
        self.other, self.head = nn.Linear(3, 3), nn.Linear(3, 4)

    def forward(self, x):
        if self.mode == "no grad":
            with torch.no_grad():
                x = self.other(x)
        elif self.mode == "read by nobody":
            self.other(x)
        elif self.mode == "times 0":
            return self.head(self.layer(x)) + 0 * self.other(x).sum()
        return self.head(self.layer(x))


def train_branches(mode, **options):
    _, _, x, classes = classifier()
    model = Branches(mode)
    optimizer = torch.optim.AdamW(model.parameters(), **options)
    train(model, optimizer, x, classes, 40)


@bug("never-trained", "Branches.other.weight [3, 3]", "its module was not called")
def a_layer_that_forward_forgets():
    train_branches("left out")


@bug("never-trained", "2 parameters of AdamW got no gradient in 40", "no_grad only")
def a_layer_under_no_grad():
    train_branches("no grad")


@bug("never-trained", "was called, but the loss does not depend on it")
def a_layer_whose_output_nobody_reads():
    train_branches("read by nobody")


@bug("never-trained", "exactly 0", "only the weight decay of 0.5 moves it")
def a_layer_times_nothing():
    train_branches("times 0", weight_decay=0.5)


# ----------------------------------------------------------------- numbers that blow up


@bug("nonfinite-loss", "SGD (lr 9)", "the loss was", "and the norm of all gradients")
def a_learning_rate_that_explodes():
    model, _, x, _ = classifier()
    optimizer = torch.optim.SGD(model.parameters(), lr=9)
    for _ in range(40):
        optimizer.zero_grad()
        model(x).pow(2).mean().backward()
        optimizer.step()


def train_in_half(factor, model):
    optimizer = torch.optim.Adam(model.parameters())
    x = torch.randn(64, 8)
    for _ in range(4):
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.float16):
            loss = model(x).float().pow(2).mean() * factor
        loss.backward()
        optimizer.step()


@bug("half-underflow", "2 of them are all 0", "GradScaler")
def first_layers_without_gradients_in_half_precision():
    model = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1))
    train_in_half(1e-5, model)


@bug("half-underflow", "Linear.weight [16, 8]", "0 of them are all 0")
def gradients_of_a_few_quanta():
    train_in_half(1e-5, nn.Linear(8, 16))


@bug("half-underflow", "computed in float16")
def a_model_made_half():
    model = nn.Linear(8, 16).half()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x = torch.randn(64, 8).half()
    for _ in range(4):
        optimizer.zero_grad()
        (model(x).float().pow(2).mean() * 1e-5).backward()
        optimizer.step()


# ------------------------------------------------- what is refused or warned of already


def test_duplicates_are_warned_of_at_the_users_line():
    weight = nn.Parameter(torch.ones(2))
    with pytest.warns(UserWarning, match="duplicate parameters") as said:
        torch.optim.SGD([weight, weight], lr=0.1)
    assert said[0].filename == __file__
    with pytest.raises(ValueError, match="appear in more than one parameter group"):
        torch.optim.SGD([{"params": [weight]}, {"params": [weight]}], lr=0.1)


def test_a_schedule_past_its_end_is_refused():
    optimizer = torch.optim.SGD([nn.Parameter(torch.ones(2))], lr=0.1)
    schedule = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=2)
    optimizer.step()
    schedule.step()
    with pytest.raises(ValueError, match="expected at most 2 steps.*Give total_steps"):
        schedule.step()
        schedule.step()


def test_a_schedule_before_its_optimizer_is_warned_of():
    optimizer = torch.optim.SGD([nn.Parameter(torch.ones(2))], lr=0.1)
    schedule = lr_scheduler.StepLR(optimizer, 1)
    with pytest.warns(UserWarning, match="before optimizer.step") as said:
        schedule.step()
    assert said[0].filename == __file__


def test_a_generator_that_is_used_up_is_warned_of():
    parameters = nn.Linear(2, 1).parameters()
    assert len(list(parameters)) == 2
    with pytest.warns(UserWarning, match="empty generator") as said:
        nn.utils.clip_grad_norm_(parameters, 1.0)
    assert said[0].filename == __file__
    with pytest.raises(ValueError, match="optimizer got an empty parameter list"):
        torch.optim.SGD(parameters, lr=0.1)

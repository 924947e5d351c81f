"""Silent bugs of optimizers and gradients: each is named by its check."""

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard.checks.optim.naming import entering, naming
from tests.guard.correct import classifier, train
from tests.guard.guarded import guarded

PROGRAMS = []
bug = entering(PROGRAMS)


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


@bug("stale-grad", "Sequential.0.weight")
def clearing_that_stops_after_many_steps():
    model, optimizer, x, classes = classifier()
    train(model, optimizer, x, classes, 133)
    for _ in range(130):
        loss_of(model, x, classes).backward()
        optimizer.step()


@bug("step-order", "cleared the gradients that backward() had just filled")
def clearing_that_comes_too_late_after_many_steps():
    model, optimizer, x, classes = classifier()
    train(model, optimizer, x, classes, 133)
    for _ in range(130):
        loss_of(model, x, classes).backward()
        optimizer.zero_grad()
        optimizer.step()


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


# ------------------------------------------------------------------------- ownership


@bug("no-optimizer", "SGD took 22", "after the optimizer was made")
def a_model_made_anew_after_many_steps():
    model, optimizer, x, classes = classifier()
    train(model, optimizer, x, classes, 18)
    model = nn.Sequential(nn.Linear(3, 8), nn.Linear(8, 4))
    train(model, optimizer, x, classes, 4)


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


class Forgetful(nn.Module):
    """Has a layer that no line of this program reads, and a head."""

    def __init__(self):
        super().__init__()
        self.read_by_no_line = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
        self.head = nn.Linear(3, 4)

    def forward(self, x):
        # read_by_no_line comes first  # (a comment is no line that reads)
        return self.head(x)


def train_branches(mode, **options):
    _, _, x, classes = classifier()
    model = Branches(mode)
    optimizer = torch.optim.AdamW(model.parameters(), **options)
    train(model, optimizer, x, classes, 40)


@bug("never-trained", "and no line of the program reads it: Forgetful.", "40 steps")
def a_layer_that_is_only_made():
    def run():
        model, (_, _, x, classes) = Forgetful(), classifier()
        train(model, torch.optim.Adam(model.parameters()), x, classes, 40)

    run()


@bug(
    "never-trained", "note", "Branches.other.weight [3, 3]", "its module was not called"
)
def a_layer_that_forward_forgets():
    train_branches("left out")


@bug(
    "never-trained",
    "note",
    "2 parameters of AdamW got no gradient in 40",
    "no_grad only",
)
def a_layer_under_no_grad():
    train_branches("no grad")


@bug("never-trained", "note", "was called, but the loss does not depend on it")
def a_layer_whose_output_nobody_reads():
    train_branches("read by nobody")


@bug("never-trained", "note", "exactly 0", "only the weight decay of 0.5 moves it")
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


def test_gradients_that_pile_up_are_named_where_the_loss_explodes():
    torch.manual_seed(0)
    model, optimizer, x, _ = classifier()
    with guarded() as findings:
        for _ in range(60):
            model(10 * x).pow(2).mean().backward()
            optimizer.step()
    stale, exploded = findings
    assert (stale.check, exploded.check) == ("stale-grad", "nonfinite-loss")
    assert exploded.saw.endswith("the gradients of earlier ones too (stale-grad)")
    assert stale.later.count("nan") + stale.later.count("inf") == 1


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


test_a_bug_is_named = naming(PROGRAMS)

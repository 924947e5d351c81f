"""Correct programs whose optimizers hold more, or less, than what is trained."""

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard.correct import classifier, quiet, train
from tests.guard.guarded import guarded

PROGRAMS = []


def correct(program):
    """Enter a program in the list."""
    PROGRAMS.append(program)
    return program


def backward(model, x, classes, factor=1.0):
    (F.cross_entropy(model(x), classes) * factor).backward()


# --------------------------------------------------------------------------- ownership


@correct
def two_networks_trained_in_turn_by_new_optimizers():
    first, second = nn.Linear(3, 3), nn.Linear(3, 4)
    _, _, x, classes = classifier()
    for _ in range(2):
        for part in (first, second):
            optimizer = torch.optim.SGD(part.parameters(), lr=0.1)
            for _ in range(5):
                first.zero_grad()
                second.zero_grad()
                F.cross_entropy(second(first(x)), classes).backward()
                optimizer.step()


@correct
def features_of_a_network_in_evaluation_mode():
    maker, features = nn.Linear(3, 3), nn.Sequential(nn.Linear(3, 4)).eval()
    optimizer = torch.optim.Adam(maker.parameters())
    for _ in range(5):
        optimizer.zero_grad()
        F.mse_loss(features(maker(torch.ones(2, 3))), torch.ones(2, 4)).backward()
        optimizer.step()


@correct
def features_of_a_network_that_was_loaded():
    maker, features = nn.Linear(3, 3), nn.Sequential(nn.Linear(3, 4))
    features.load_state_dict(nn.Sequential(nn.Linear(3, 4)).state_dict())
    optimizer = torch.optim.Adam(maker.parameters())
    for _ in range(5):
        optimizer.zero_grad()
        F.mse_loss(features(maker(torch.ones(2, 3))), torch.ones(2, 4)).backward()
        optimizer.step()


@correct
def a_loaded_teacher_hidden_in_a_list():
    class Student(nn.Module):
        def __init__(self, teacher):
            super().__init__()
            self.layer, self.teachers = nn.Linear(3, 4), [teacher]

        def forward(self, x):
            return F.mse_loss(self.layer(x), self.teachers[0](x))

    teacher = nn.Linear(3, 4)
    teacher.load_state_dict(nn.Linear(3, 4).state_dict())
    student = Student(teacher)
    optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        student(torch.ones(2, 3)).backward()
        optimizer.step()


@correct
def a_teacher_that_was_trained_before():
    teacher, student = nn.Linear(3, 4), nn.Linear(3, 4)
    _, _, x, classes = classifier()
    train(teacher, torch.optim.SGD(teacher.parameters(), lr=0.1), x, classes)
    optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        F.mse_loss(student(x), teacher(x)).backward()
        optimizer.step()


@correct
def only_the_head_is_trained_and_nothing_frozen():
    model, _, x, classes = classifier()
    train(model, torch.optim.SGD(model[1].parameters(), lr=0.1), x, classes)


@correct
def a_backbone_unfrozen_into_its_optimizer():
    model, _, x, classes = classifier()
    model[0].requires_grad_(False)
    optimizer = torch.optim.SGD(model[1].parameters(), lr=0.1)
    train(model, optimizer, x, classes)
    model[0].requires_grad_(True)
    optimizer.add_param_group({"params": model[0].parameters(), "lr": 0.01})
    train(model, optimizer, x, classes)


@correct
def a_model_that_moves_after_the_optimizer():
    model, optimizer, x, classes = classifier()
    model.to(torch.float64).cpu()
    train(model, optimizer, x.double(), classes)


@correct
def a_model_loaded_after_the_optimizer():
    model, optimizer, x, classes = classifier()
    model.load_state_dict(classifier()[0].state_dict())
    train(model, optimizer, x, classes)


@correct
def optimizers_of_parts_of_which_one_has_no_loss_yet():
    model, _, x, classes = classifier()
    later = nn.Linear(4, 4)
    parts = [torch.optim.SGD(part.parameters(), lr=0.1) for part in (model, later)]
    for _ in range(5):
        for optimizer in parts:
            optimizer.zero_grad()
        backward(model, x, classes)
        for optimizer in parts:
            optimizer.step()


@correct
def an_optimizer_that_has_done_its_part():
    model, optimizer, x, classes = classifier()
    train(model, optimizer, x, classes, 8)
    model.requires_grad_(False)
    last = nn.Linear(4, 4)
    second = torch.optim.SGD(last.parameters(), lr=0.1)
    for _ in range(8):
        optimizer.zero_grad()
        second.zero_grad()
        F.cross_entropy(last(model(x)), classes).backward()
        optimizer.step()
        second.step()


@correct
def a_layer_that_is_built_lazily():
    model = nn.Sequential(nn.LazyLinear(8), nn.Linear(8, 4))
    model(torch.ones(2, 3))
    _, _, x, classes = classifier()
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes)


@correct
def many_optimizers_of_a_search():
    for rate in (0.5, 0.1, 0.01):
        model, _, x, classes = classifier()
        train(model, torch.optim.SGD(model.parameters(), lr=rate), x, classes, 12)


# ------------------------------------------------------------- parts without a gradient


class Reader(nn.Module):
    """Reads, and pools what nobody asks for."""

    def __init__(self):
        super().__init__()
        self.body, self.pooler = nn.Linear(3, 3), nn.Linear(3, 3)
        self.head, self.auxiliary = nn.Linear(3, 4), nn.Linear(3, 4)

    def forward(self, x, auxiliary=False):
        x = self.body(x)
        pooled = self.pooler(x).tanh()
        return (self.head(x), pooled, self.auxiliary(x) if auxiliary else None)


@correct
def a_pooler_and_an_auxiliary_head_that_nobody_uses():
    model, (_, _, x, classes) = Reader(), classifier()
    optimizer = torch.optim.AdamW(model.parameters())
    for _ in range(20):
        optimizer.zero_grad()
        F.cross_entropy(model(x)[0], classes).backward()
        optimizer.step()


class Switched(nn.Module):
    """Reaches its layers by names that it puts together."""

    def __init__(self, depth):
        super().__init__()
        self.depth = depth
        self.numbered_1 = nn.Linear(3, 3)
        self.numbered_2 = nn.Linear(3, 3)
        self.last = nn.Linear(3, 4)

    def forward(self, x):
        for number in range(self.depth):
            x = getattr(self, f"numbered_{number + 1}")(x)
        return self.last(x)


@correct
def layers_reached_by_names_that_are_put_together():
    model, (_, _, x, classes) = Switched(1), classifier()
    train(model, torch.optim.AdamW(model.parameters()), x, classes, 20)


test_is_quiet = quiet(PROGRAMS)


# Programs of whose parameters not even a note is to be made.
NOTELESS = []


def noteless(program):
    """Enter a program in the list."""
    NOTELESS.append(program)
    return program


@noteless
def a_head_that_is_used_late():
    model, (_, _, x, classes) = Reader(), classifier()
    model.pooler.requires_grad_(False)
    optimizer = torch.optim.AdamW(model.parameters())
    for step in range(40):
        optimizer.zero_grad()
        scores, _, extra = model(x, step == 33)
        loss = F.cross_entropy(scores, classes)
        if extra is not None:
            loss = loss + F.cross_entropy(extra, classes)
        loss.backward()
        optimizer.step()


@noteless
def a_target_network_that_follows():
    online, target = nn.Linear(3, 4), nn.Linear(3, 4)
    both = nn.ModuleList([online, target])
    optimizer = torch.optim.Adam(both.parameters())
    for _ in range(40):
        with torch.no_grad():
            wanted = target(torch.ones(2, 3))
        optimizer.zero_grad()
        F.mse_loss(online(torch.ones(2, 3)), wanted + 1).backward()
        optimizer.step()
        for old, new in zip(target.parameters(), online.parameters(), strict=True):
            old.data.copy_(0.9 * old.data + 0.1 * new.data)


@noteless
def a_stage_that_comes_later():
    model, (_, _, x, classes) = nn.Linear(3, 4), classifier()
    second = nn.Linear(4, 4)
    everything = [*model.parameters(), *second.parameters()]
    optimizer = torch.optim.SGD(everything, lr=0.1)
    for stage in (model, nn.Sequential(model, second)):
        for _ in range(20):
            optimizer.zero_grad()
            F.cross_entropy(stage(x), classes).backward()
            optimizer.step()


@noteless
def gradients_that_are_put_in_by_hand():
    model, (_, _, x, classes) = nn.Linear(3, 4), classifier()
    scale = nn.Parameter(torch.ones(4))
    optimizer = torch.optim.SGD([*model.parameters(), scale], lr=0.1)
    for _ in range(40):
        optimizer.zero_grad()
        F.cross_entropy(model(x) * scale.detach(), classes).backward()
        scale.grad = torch.full((4,), 0.1)
        optimizer.step()


@noteless
def a_frozen_layer_in_the_optimizer():
    model, optimizer, x, classes = classifier()
    model[0].requires_grad_(False)
    train(model, optimizer, x, classes, 40)


@pytest.mark.parametrize("program", NOTELESS, ids=lambda each: each.__name__)
def test_is_not_even_noted(program):
    with guarded(notes=True) as findings:
        program()
    assert [str(finding) for finding in findings] == []


# ----------------------------------------------------------------------- half precision


def half_steps(factor, dtype, scaler=None):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1))
    optimizer = torch.optim.Adam(model.parameters())
    x = torch.randn(64, 8)
    for _ in range(17):
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=dtype, enabled=dtype is not None):
            loss = model(x).float().pow(2).mean() * factor
        if scaler is None:
            loss.backward()
            optimizer.step()
        else:
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()


@pytest.mark.parametrize(
    ("factor", "dtype", "scale"),
    [
        (1.0, torch.float16, None),
        (1e-2, torch.float16, None),
        (1e-5, torch.bfloat16, None),
        (1e-7, None, None),
        (1e-5, torch.float16, 65536.0),
    ],
)
def test_gradients_that_survive_are_not_named(factor, dtype, scale):
    scaler = scale and torch.amp.GradScaler("cpu", init_scale=scale)
    with guarded() as findings:
        half_steps(factor, dtype, scaler)
    assert [str(finding) for finding in findings] == []

"""Idioms of modes and models, as papers' code has them: all correct."""

import copy

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard.correct import classifier, descend, quiet, train

PROGRAMS = []


def correct(program):
    """Enter a program in the list."""
    PROGRAMS.append(program)
    return program


# -------------------------------------------------------------------------------- modes


@correct
def monte_carlo_dropout_by_its_modules():
    model, optimizer, x, classes = classifier(nn.Dropout())
    train(model, optimizer, x, classes)
    model.eval()
    for module in model.modules():
        if module.__class__.__name__.startswith("Dropout"):
            module.train()
    with torch.no_grad():
        chances = torch.stack([model(x).softmax(1) for _ in range(5)]).mean(0)
        assert F.nll_loss(chances.log(), classes) > 0
        assert (chances.argmax(1) == classes).shape == (6,)


@correct
def functional_dropout_that_asks():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.two = nn.Linear(3, 8), nn.Linear(8, 4)

        def forward(self, x):
            hidden = F.dropout(self.one(x).relu(), 0.5, self.training)
            return self.two(hidden)

    model, (_, _, x, classes) = Net(), classifier()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        model.train()
        train(model, optimizer, x, classes)
        model.eval()
        with torch.no_grad():
            F.cross_entropy(model(x), classes)


@correct
def functional_dropout_that_is_always_on():
    class Bayesian(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.two = nn.Linear(3, 8), nn.Linear(8, 4)

        def forward(self, x):
            return self.two(F.dropout(self.one(x).relu(), 0.5, training=True))

    model, (_, _, x, classes) = Bayesian(), classifier()
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes)
    model.eval()
    with torch.no_grad():
        torch.stack([model(x).softmax(1) for _ in range(5)]).var(0)


@correct
def frozen_batch_norm_by_an_override():
    class Net(nn.Sequential):
        def train(self, mode=True):
            super().train(mode)
            for module in self.modules():
                if isinstance(module, nn.BatchNorm1d):
                    module.eval()
            return self

    model, (_, _, x, classes) = Net(*classifier(nn.BatchNorm1d(8))[0]), classifier()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        model.train()
        train(model, optimizer, x, classes)
        model.eval()
        with torch.no_grad():
            F.cross_entropy(model(x), classes)


@correct
def a_backbone_in_evaluation_mode():
    body = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Dropout()).eval()
    head = nn.Linear(8, 4)
    x, classes = torch.randn(6, 3), torch.tensor([0, 1, 2, 3, 0, 1])
    for p in body.parameters():
        p.requires_grad = False
    descend(lambda: F.cross_entropy(head(body(x)), classes), head)


@correct
def features_are_computed_once():
    body, head = nn.Sequential(nn.Linear(3, 8), nn.Dropout()), nn.Linear(8, 4)
    x, classes = torch.randn(6, 3), torch.tensor([0, 1, 2, 3, 0, 1])
    body.eval()
    with torch.no_grad():
        features = body(x)
    descend(lambda: F.cross_entropy(head(features), classes), head)


@correct
def a_model_adapted_to_its_test():
    model, optimizer, x, classes = classifier(nn.BatchNorm1d(8))
    train(model, optimizer, x, classes)
    model.requires_grad_(False)
    model.train()
    model[1].requires_grad_(True)
    adapt = torch.optim.SGD(model[1].parameters(), lr=0.01)
    for _ in range(4):
        chances = model(x).softmax(1)
        adapt.zero_grad()
        (-(chances * chances.log()).sum(1).mean()).backward()
        adapt.step()


@correct
def a_mean_teacher_with_dropout():
    student, optimizer, x, classes = classifier(nn.Dropout())
    teacher = copy.deepcopy(student).requires_grad_(False)
    for _ in range(4):
        with torch.no_grad():
            goal = teacher(x).softmax(1)
        optimizer.zero_grad()
        out = student(x)
        (F.cross_entropy(out, classes) + F.mse_loss(out.softmax(1), goal)).backward()
        optimizer.step()
        with torch.no_grad():
            for slow, fast in zip(teacher.parameters(), student.parameters()):
                slow.mul_(0.9).add_(fast, alpha=0.1)


@correct
def training_scores_on_the_way():
    model, optimizer, x, classes = classifier(nn.Dropout())
    right = 0
    for _ in range(5):
        optimizer.zero_grad()
        out = model(x)
        F.cross_entropy(out, classes).backward()
        optimizer.step()
        with torch.no_grad():
            right += (out.argmax(1) == classes).sum().item()


# ------------------------------------------------------------------------------- models


@correct
def a_head_that_is_replaced_and_body_that_thaws():
    model, _, x, classes = classifier()
    model[1] = nn.Linear(8, 4)
    model[0].requires_grad_(False)
    optimizer = torch.optim.SGD(model[1].parameters(), lr=0.1)
    train(model, optimizer, x, classes)
    model[0].requires_grad_(True)
    optimizer.add_param_group({"params": model[0].parameters(), "lr": 0.01})
    train(model, optimizer, x, classes)


@correct
def frozen_parameters_given_to_the_optimizer():
    model, optimizer, x, classes = classifier(nn.Linear(8, 8))
    for p in model[0].parameters():
        p.requires_grad = False
    train(model, optimizer, x, classes, 12)


@correct
def adapters_beside_frozen_weights():
    class Adapter(nn.Module):
        def __init__(self, layer):
            super().__init__()
            self.layer = layer.requires_grad_(False)
            self.down = nn.Linear(3, 2, bias=False)
            self.up = nn.Linear(2, 4, bias=False)
            nn.init.zeros_(self.up.weight)

        def forward(self, x):
            return self.layer(x) + self.up(self.down(x))

    model, (_, _, x, classes) = Adapter(nn.Linear(3, 4)), classifier()
    trained = [p for p in model.parameters() if p.requires_grad]
    train(model, torch.optim.AdamW(trained, lr=0.1), x, classes, 12)
    part = {k: v for k, v in model.state_dict().items() if "layer" not in k}
    found = model.load_state_dict(part, strict=False)
    assert not found.unexpected_keys


@correct
def a_residual_block_that_begins_as_nothing():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.two = nn.Linear(3, 3), nn.Linear(3, 3)
            self.size = nn.Parameter(torch.zeros(1))

        def forward(self, x):
            return x + self.size * self.two(self.one(x).relu())

    model = nn.Sequential(Block(), Block(), nn.Linear(3, 4))
    _, _, x, classes = classifier()
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes, 12)


@correct
def a_last_layer_of_zeros():
    model, optimizer, x, classes = classifier(nn.ReLU())
    nn.init.zeros_(model[-1].weight)
    nn.init.zeros_(model[-1].bias)
    train(model, optimizer, x, classes, 12)


@correct
def one_layer_used_twice():
    model = nn.Linear(3, 3)
    x, y = torch.randn(6, 3), torch.randn(6, 3)
    descend(lambda: F.mse_loss(model(model(x).relu()), y), model)


@correct
def one_head_of_many_at_a_time():
    body = nn.Linear(3, 8)
    heads = nn.ModuleDict({"a": nn.Linear(8, 1), "b": nn.Linear(8, 1)})
    optimizer = torch.optim.Adam([*body.parameters(), *heads.parameters()])
    for step in range(8):
        optimizer.zero_grad()
        heads["ab"[step % 2]](body(torch.randn(6, 3))).square().mean().backward()
        optimizer.step()


@correct
def layers_skipped_by_chance():
    layers = nn.ModuleList(nn.Linear(3, 3) for _ in range(4))
    x, y = torch.randn(6, 3), torch.randn(6, 3)
    seen = [0]

    def loss():
        out = x
        for index, layer in enumerate(layers):
            if (index + seen[0]) % 3:
                out = out + layer(out).relu()
        seen[0] += 1
        return F.mse_loss(out, y)

    descend(loss, layers, steps=8)


@correct
def a_teacher_hidden_in_a_list():
    class Student(nn.Module):
        def __init__(self, teacher):
            super().__init__()
            self.teacher, self.layer = [teacher], nn.Linear(3, 4)

        def forward(self, x):
            with torch.no_grad():
                goal = self.teacher[0](x)
            return F.mse_loss(self.layer(x), goal)

    model = Student(nn.Linear(3, 4).eval())
    x = torch.randn(6, 3)
    descend(lambda: model(x), model)


@correct
def outputs_collected_by_hooks():
    model, optimizer, x, classes = classifier()
    seen = []
    handle = model[0].register_forward_hook(lambda m, a, out: seen.append(out.detach()))
    train(model, optimizer, x, classes)
    handle.remove()
    model[0].forward(x)
    assert len(seen) == 4


@correct
def recomputed_activations():
    model = nn.ModuleList(nn.Linear(3, 3) for _ in range(3))
    x, y = torch.randn(6, 3, requires_grad=True), torch.randn(6, 3)

    def loss():
        out = x
        for layer in model:
            out = torch.utils.checkpoint.checkpoint(layer, out, use_reentrant=False)
        return F.mse_loss(out, y)

    descend(loss, model)


@correct
def a_compiled_model():
    model, optimizer, x, classes = classifier(nn.ReLU())
    train(torch.compile(model), optimizer, x, classes)


@correct
def weight_and_spectral_norm():
    norms = nn.utils.parametrizations
    model = nn.Sequential(
        norms.weight_norm(nn.Linear(3, 8)),
        nn.ReLU(),
        norms.spectral_norm(nn.Linear(8, 4)),
    )
    _, _, x, classes = classifier()
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes)
    model.eval()(x)
    old = nn.utils.spectral_norm(nn.Linear(3, 4))
    with torch.no_grad():
        old(x)
    copy.deepcopy(old).eval()(x)


@correct
def a_state_from_a_wrapped_model():
    model, optimizer, x, classes = classifier()
    state = {f"module.{k}": v for k, v in model.state_dict().items()}
    train(model, optimizer, x, classes)
    model.load_state_dict({k.removeprefix("module."): v for k, v in state.items()})


test_no_guard_speaks = quiet(PROGRAMS)
test_nor_in_doctor = quiet(PROGRAMS, torch.guard.thorough)

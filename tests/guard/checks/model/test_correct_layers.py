"""Correct programs about layers and their gradients: no guard says a word."""

import copy

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard.correct import classifier, quiet, train

PROGRAMS = []


def correct(program):
    """Enter a correct program."""
    PROGRAMS.append(program)
    return program


def step(model, optimizer, x, classes):
    """One step; always at the same line."""
    optimizer.zero_grad()
    F.cross_entropy(model(x), classes).backward()
    optimizer.step()


# ----------------------------------------------------------------------------- layers


@correct
def a_layer_that_is_shared_by_name():
    class Shared(nn.Module):
        def __init__(self):
            super().__init__()
            block = nn.Linear(3, 3)
            self.blocks = nn.ModuleList([block] * 4)
            self.rest = nn.Sequential(*[block] * 2)

        def forward(self, x):
            for block in self.blocks:
                x = block(x)
            return self.rest(x)

    model = Shared()
    assert len(list(model.parameters())) == 2
    _, _, x, classes = classifier()
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes % 3)


@correct
def places_without_a_layer():
    layers = nn.ModuleList([None, nn.Linear(2, 2), None])
    assert layers[0] is None and len(layers) == 3
    assert nn.ModuleDict({"a": None, "b": None})["a"] is None


@correct
def a_list_of_layers_with_a_name():
    layers = [nn.Linear(3, 3)] * 3
    layers = [layers[0], nn.ReLU(), layers[0]]
    nn.Sequential(*layers)


@correct
def activations_that_are_multiplied():
    nn.Sequential(*[nn.ReLU()] * 3)
    act = nn.Tanh()
    nn.Sequential(nn.Linear(3, 3), act, nn.Linear(3, 3), act)
    nn.ModuleList([nn.Dropout(0.1)] * 2)


@correct
def layers_of_sizes_that_are_multiplied():
    nn.ModuleList([nn.Linear(n, n) for n in [int("3")] * 3])
    nn.Sequential(*[nn.Linear(*[int("3")] * 2) for _ in range(2)])


@correct
def a_layer_that_is_shared_while_sizes_are_multiplied():
    block = nn.Conv2d(3, 3, *[int("1")] * 2)
    nn.Sequential(block, nn.ReLU(), block, nn.Flatten(*[int("1")] * 1))


@correct
def a_last_layer_of_zeros():
    model, optimizer, x, classes = classifier(nn.ReLU())
    nn.init.zeros_(model[-1].weight)
    nn.init.zeros_(model[-1].bias)
    train(model, optimizer, x, classes, 12)


@correct
def low_rank_updates_that_begin_at_zero():
    class LowRank(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = (
                nn.Parameter(torch.randn(2, 3)),
                nn.Parameter(torch.zeros(4, 2)),
            )

        def forward(self, x):
            return x @ self.a.T @ self.b.T

    model, (_, _, x, classes) = LowRank(), classifier()
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes, 12)


@correct
def residual_branches_that_begin_at_zero():
    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.outer = nn.Linear(3, 3), nn.Linear(3, 3)
            nn.init.zeros_(self.outer.weight)
            nn.init.ones_(self.inner.weight)

        def forward(self, x):
            return x + self.outer(self.inner(x).relu() * x)

    model, (_, _, x, classes) = Residual(), classifier()
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes % 3, 12)


@correct
def adapters_that_are_not_open_yet():
    class Gated(nn.Module):
        def __init__(self):
            super().__init__()
            self.base = nn.Linear(3, 4)
            self.a, self.b = nn.Linear(3, 8), nn.Linear(8, 4)
            for parameter in (*self.a.parameters(), *self.b.parameters()):
                nn.init.zeros_(parameter)

        def forward(self, x):
            return self.base(x) + 0.0 * self.b(self.a(x))

    model, (_, _, x, classes) = Gated(), classifier()
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes, 12)


@correct
def a_linear_model_of_ones():
    model, (_, _, x, classes) = nn.Linear(3, 4), classifier()
    nn.init.ones_(model.weight)
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes, 12)


# -------------------------------------------------------------------------- gradients


@correct
def a_hinge_loss_whose_margins_hold():
    model, (_, optimizer, x, _) = nn.Linear(3, 1), classifier()
    nn.init.constant_(model.bias, 50)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(110):
        optimizer.zero_grad()
        loss = F.relu(1 - model(x)).mean() + 1e-3 * model.weight.square().sum()
        loss.backward()
        optimizer.step()


@correct
def a_dead_gate_beside_the_main_path():
    class Gated(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.last = nn.Linear(3, 8), nn.Linear(8, 4)
            self.squeeze, self.gate = nn.Linear(8, 2), nn.Linear(2, 8)
            nn.init.constant_(self.squeeze.bias, -50)

        def forward(self, x):
            h = self.inner(x).tanh()
            return self.last(h * self.gate(self.squeeze(h).relu()).sigmoid())

    model, (_, _, x, classes) = Gated(), classifier()
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes, 110)


@correct
def a_dead_branch_beside_the_input():
    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.outer = nn.Linear(3, 8), nn.Linear(8, 3)
            self.last = nn.Linear(3, 4)
            nn.init.constant_(self.inner.bias, -50)

        def forward(self, x):
            return self.last(x + self.outer(self.inner(x).relu()))

    model, (_, _, x, classes) = Residual(), classifier()
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes, 110)


@correct
def a_relu_that_wakes_up():
    model, optimizer, x, classes = classifier(nn.ReLU())
    for n in range(110):
        nn.init.constant_(model[0].bias, -50 if n < 50 else 0.1)
        step(model, optimizer, x, classes)


@correct
def one_sleeping_unit():
    model, optimizer, x, classes = classifier(nn.ReLU())
    with torch.no_grad():
        model[0].bias[0] = -50
    train(model, optimizer, x, classes, 110)


@correct
def weights_that_are_put_back():
    model, optimizer, x, classes = classifier()
    start = copy.deepcopy(model.state_dict())
    for n in range(40):
        if n % 5 == 4:
            model.load_state_dict(start)
        step(model, optimizer, x, classes)


@correct
def weights_held_at_their_bounds():
    model, optimizer, x, classes = classifier(nn.Linear(8, 8))
    signs = torch.randn(8, 8).sign()
    for _ in range(40):
        step(model, optimizer, x, classes)
        with torch.no_grad():
            model[1].weight.copy_(signs)


@correct
def a_model_that_has_converged():
    model, x = nn.Linear(3, 4), torch.randn(6, 3)
    nn.init.zeros_(model.weight)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(40):
        optimizer.zero_grad()
        ((model(x * 0) - model(x * 0).detach()) ** 2).mean().backward()
        optimizer.step()


@correct
def an_embedding_with_words_that_never_come():
    model = nn.Sequential(nn.Embedding(500, 3), nn.Linear(3, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    train(model, optimizer, torch.tensor([3, 4, 5]), torch.tensor([0, 1, 2]), 40)


@correct
def a_group_whose_learning_rate_is_0():
    model, _, x, classes = classifier()
    groups = [{"params": model[0].parameters(), "lr": 0.0}]
    groups += [{"params": model[1].parameters()}]
    train(model, torch.optim.SGD(groups, lr=0.1), x, classes, 40)


@correct
def a_module_with_a_switch_of_its_own():
    class Switch(nn.Linear):
        def __init__(self, requires_grad):
            super().__init__(3, 1)
            self.requires_grad = requires_grad

        def forward(self, x):
            return super().forward(x if self.requires_grad else x.detach())

    Switch(False).requires_grad = True


@correct
def modules_that_are_frozen():
    model = classifier()[0].requires_grad_(False)
    for parameter in model[1].parameters():
        parameter.requires_grad = True


@correct
def words_that_look_like_slips():
    class Weather(nn.Linear):
        """Reads its own fields."""

        def __init__(self):
            super().__init__(3, 1)
            self.trainig = True

        def forward(self, x):
            return super().forward(x) if self.trainig else x

    model = Weather()
    model.raining, model.draining, model.trailing = True, False, True


test_is_quiet = quiet(PROGRAMS)

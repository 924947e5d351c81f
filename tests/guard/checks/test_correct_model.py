"""Correct programs about models that look like bugs: no guard says a word."""

import copy
import functools
import io

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


def predict(model, x):
    """An answer without gradients, in evaluation mode."""
    model.eval()
    with torch.no_grad():
        return model(x)


# ------------------------------------------------------------------------------ modes


@correct
def train_after_each_evaluation():
    model, optimizer, x, classes = classifier(nn.BatchNorm1d(8), nn.Dropout())
    for _ in range(3):
        model.train()
        for _ in range(3):
            step(model, optimizer, x, classes)
        predict(model, x)


@correct
def evaluation_that_restores_the_mode():
    model, optimizer, x, classes = classifier(nn.BatchNorm1d(8))
    for _ in range(3):
        step(model, optimizer, x, classes)
        before = model.training
        predict(model, x)
        model.train(before)


@correct
def fine_tuning_with_frozen_batch_norm():
    model, optimizer, x, classes = classifier(nn.BatchNorm1d(8), nn.Dropout())
    for epoch in range(4):
        model.train()
        if epoch > 1:
            model[1].eval()
        for _ in range(2):
            step(model, optimizer, x, classes)
        predict(model, x)


@correct
def batch_norm_frozen_by_apply_late_in_training():
    def freeze(module):
        if isinstance(module, nn.BatchNorm1d):
            module.eval()

    model, optimizer, x, classes = classifier(nn.BatchNorm1d(8))
    for _ in range(2):
        step(model, optimizer, x, classes)
    model.apply(freeze)
    predict(model[1], torch.randn(4, 8))
    model.apply(freeze)
    for _ in range(2):
        step(model, optimizer, x, classes)


@correct
def a_train_that_keeps_batch_norm_frozen():
    class Frozen(nn.Sequential):
        def train(self, mode=True):
            super().train(mode)
            self[1].eval()
            return self

    model = Frozen(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Dropout(), nn.Linear(8, 4))
    _, _, x, classes = classifier()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        model.train()
        step(model, optimizer, x, classes)
        predict(model, x)


@correct
def all_of_training_in_evaluation_mode():
    model, optimizer, x, classes = classifier(nn.Dropout())
    model.eval()
    for _ in range(3):
        step(model, optimizer, x, classes)
        with torch.no_grad():
            model(x)


@correct
def evaluation_mode_chosen_for_the_last_epochs():
    model, optimizer, x, classes = classifier(nn.BatchNorm1d(8))
    for epoch in range(4):
        if epoch > 1:
            model.eval()
        for _ in range(2):
            step(model, optimizer, x, classes)
        with torch.no_grad():
            model(x)


@correct
def a_frozen_backbone_in_evaluation_mode():
    model, _, x, classes = classifier(nn.BatchNorm1d(8))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    step(model, optimizer, x, classes)
    backbone, head = model[:2], nn.Linear(8, 4)
    predict(backbone, x)
    optimizer = torch.optim.SGD(head.parameters(), lr=0.1)
    for _ in range(3):
        step(head, optimizer, backbone(x).detach(), classes)


@correct
def an_attack_on_a_model_in_evaluation_mode():
    model, optimizer, x, classes = classifier(nn.Dropout())
    for _ in range(3):
        step(model, optimizer, x, classes)
    predict(model, x)
    noise = torch.zeros(6, 3, requires_grad=True)
    attack = torch.optim.SGD([noise], lr=0.1)
    for _ in range(3):
        attack.zero_grad()
        F.cross_entropy(model(x + noise), classes).neg().backward()
        attack.step()


@correct
def dropout_that_is_told_to_stay_on():
    class Samples(nn.Module):
        def forward(self, x):
            return F.dropout(x, 0.5, True) + F.dropout(x, training=True)

    Samples().eval()(torch.ones(3))


@correct
def dropout_whose_arguments_come_from_elsewhere():
    class Bound(nn.Module):
        def __init__(self):
            super().__init__()
            self.drop = functools.partial(F.dropout, p=0.5, training=True)
            self.options = {"p": 0.5, "training": True}

        def forward(self, x):
            return self.drop(x) + F.dropout(x, **self.options)

    Bound().eval()(torch.ones(3))


@correct
def functional_dropout_that_follows_the_mode():
    class Follows(nn.Module):
        def forward(self, x):
            return F.dropout(x, training=self.training)

    model = Follows()
    model(torch.ones(3))
    model.eval()(torch.ones(3))


@correct
def functional_dropout_that_only_runs_in_training():
    class Asks(nn.Module):
        def forward(self, x):
            return F.dropout(x, 0.2) if self.training else x

    model = Asks()
    model(torch.ones(3))
    model.eval()(torch.ones(3))


@correct
def functional_dropout_outside_of_modules():
    F.dropout(torch.ones(3))


@correct
def monte_carlo_dropout_by_layers():
    model, optimizer, x, classes = classifier(nn.Dropout())
    step(model, optimizer, x, classes)
    model.eval()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.train()
    with torch.no_grad():
        torch.stack([model(x) for _ in range(4)]).std(0)


# ------------------------------------------------------------------------------ loads


@correct
def a_backbone_with_a_new_head():
    old, new = classifier()[0], classifier()[0]
    state = old.state_dict()
    state["old.weight"], state["old.bias"] = state.pop("1.weight"), state.pop("1.bias")
    new.load_state_dict(state, strict=False)


@correct
def skipped_keys_that_are_read():
    model = classifier()[0]
    state = {f"module.{key}": value for key, value in model.state_dict().items()}
    result = model.load_state_dict(state, strict=False)
    assert len(result.missing_keys) == 4
    print(model.load_state_dict(state, strict=False), file=io.StringIO())


@correct
def an_adapter_alone():
    model = classifier(nn.Linear(8, 8, bias=False))[0]
    model.load_state_dict({"1.weight": torch.zeros(8, 8)}, strict=False)


@correct
def an_empty_state_dict():
    classifier()[0].load_state_dict({}, strict=False)


@correct
def values_for_two_models_in_one_file():
    first, second = classifier()[0], classifier()[0]
    both = {**first.state_dict()}
    both.update({f"ema.{key}": v for key, v in second.state_dict().items()})
    first.load_state_dict(both, strict=False)


class Tied(nn.Module):
    """A language model in small: the last layer is the embedding."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(5, 3)
        self.last = nn.Linear(3, 5, bias=False)
        self.tie()

    def tie(self):
        self.last.weight = self.embedding.weight

    def forward(self, words):
        return self.last(self.embedding(words))


def train_words(model):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    words = torch.tensor([0, 1, 2, 3, 4])
    for _ in range(2):
        optimizer.zero_grad()
        F.cross_entropy(model(words), words.flip(0)).backward()
        optimizer.step()


@correct
def ties_that_are_loaded_copied_and_pickled():
    model = Tied()
    model.load_state_dict(copy.deepcopy(model.state_dict()))
    model = copy.deepcopy(model).to(torch.float64).float()
    train_words(model)
    assert len(list(model.parameters())) == 1


@correct
def ties_that_are_made_again():
    model = Tied()
    model.load_state_dict(copy.deepcopy(model.state_dict()), assign=True)
    model.tie()
    train_words(model)
    with torch.device("meta"):
        model = Tied()
    model.to_empty(device="cpu").tie()
    model.load_state_dict(Tied().state_dict())
    train_words(model)


@correct
def a_broken_tie_that_only_answers():
    model = Tied()
    model.load_state_dict(copy.deepcopy(model.state_dict()), assign=True)
    train_words(Tied())
    predict(model, torch.tensor([1]))


@correct
def a_model_without_ties_that_assigns():
    model, optimizer, x, classes = classifier()
    model.load_state_dict(copy.deepcopy(model.state_dict()), assign=True)
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes)


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


test_is_quiet = quiet(PROGRAMS)

"""Programs with silent bugs of models: each is named, by its check alone."""

import copy
import functools

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard import bugs
from tests.guard.correct import classifier

PROGRAMS = []


bug = functools.partial(bugs.bug, PROGRAMS)


def train(model, optimizer, x, classes, steps=4):
    """A correct loop."""
    for _ in range(steps):
        optimizer.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        optimizer.step()


def evaluate(model, x, classes):
    """An evaluation that leaves its model in evaluation mode."""
    model.eval()
    with torch.no_grad():
        return F.cross_entropy(model(x), classes)


# ------------------------------------------------------------------------------ modes


@bug("lost-train", "SGD.step() trains Sequential", "1 BatchNorm1d", "model.train()")
def train_before_the_loop_and_eval_in_it():
    model, optimizer, x, classes = classifier(nn.BatchNorm1d(8))
    model.train()
    for _ in range(3):
        train(model, optimizer, x, classes)
        evaluate(model, x, classes)


@bug("lost-train", "2 BatchNorm1d and Dropout")
def evaluation_in_inference_mode():
    model, optimizer, x, classes = classifier(nn.BatchNorm1d(8), nn.Dropout(0.1))
    for step in range(20):
        optimizer.zero_grad()
        F.cross_entropy(model(x), classes).backward()
        optimizer.step()
        if step % 5 == 4:
            model.eval()
            with torch.inference_mode():
                model(x)


@bug("lost-train", "test_bugs.py:")
def two_evaluations_in_an_epoch():
    model, optimizer, x, classes = classifier(nn.Dropout(0.1))
    for _ in range(2):
        train(model, optimizer, x, classes)
        evaluate(model, x, classes)
        evaluate(model, x, classes)


class Drops(nn.Module):
    """Functional dropout that takes its default."""

    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(3, 8), nn.Linear(8, 4)

    def forward(self, x):
        return self.last(F.dropout(self.first(x), 0.5))


@bug("eval-dropout", "dropout() in Drops.forward()", "training=self.training")
def functional_dropout_in_an_evaluation():
    model, (_, _, x, classes) = Drops(), classifier()
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes)
    evaluate(model, x, classes)


@bug("eval-dropout", "drops values")
def functional_dropout_of_channels():
    class Pictures(nn.Module):
        def forward(self, x):
            return F.dropout2d(x, p=0.2, inplace=False)

    Pictures().eval()(torch.ones(1, 2, 3, 3))


# ------------------------------------------------------------------------------ loads


def prefixed(prefix, state):
    """A state_dict with a prefix in front of its keys."""
    return {prefix + key: value for key, value in state.items()}


@bug("partial-load", "none of its 4", "'module.0.weight'", "removeprefix('module.')")
def a_state_dict_of_data_parallel():
    model = classifier()[0]
    model.load_state_dict(prefixed("module.", model.state_dict()), strict=False)


@bug("partial-load", "put 'net.' in front")
def a_state_dict_of_what_is_wrapped():
    inner = classifier()[0]
    wrapped = nn.ModuleDict({"net": inner})
    wrapped.load_state_dict(inner.state_dict(), False)


@bug("partial-load", "none of its 3", "checkpoint['model']")
def a_whole_checkpoint():
    model, optimizer, _, _ = classifier()
    saved = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
    model.load_state_dict({**saved, "epoch": 3}, strict=False)


@bug("partial-load", "removeprefix('teacher.')")
def most_keys_under_another_prefix():
    model = classifier(nn.Linear(8, 8), nn.Linear(8, 8))[0]
    state = model.state_dict()
    part = {key: value for key, value in state.items() if key[0] == "3"}
    rest = {key: value for key, value in state.items() if key[0] != "3"}
    model.load_state_dict({**part, **prefixed("teacher.", rest)}, strict=False)


class Tied(nn.Module):
    """A language model in small: the last layer is the embedding."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(5, 3)
        self.last = nn.Linear(3, 5, bias=False)
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


@bug("broken-tie", "embedding.weight and last.weight of Tied", "are 2 now")
def a_load_that_assigns():
    model = Tied()
    model.load_state_dict(copy.deepcopy(model.state_dict()), assign=True)
    train_words(model)


@bug("broken-tie", "to_empty()")
def a_model_made_on_meta():
    with torch.device("meta"):
        model = Tied()
    model.to_empty(device="cpu")
    model.load_state_dict(Tied().state_dict())
    train_words(model)


@bug("broken-tie", "holds different values", "only the last one stays")
def two_values_for_one_parameter():
    model = Tied()
    state = {key: value.clone() for key, value in model.state_dict().items()}
    state["last.weight"] += 1
    model.load_state_dict(state)


# ----------------------------------------------------------------------------- layers


@bug("shared-layer", "one Linear 3 times", "12 parameters", "for _ in range(3)]")
def a_list_that_is_multiplied():
    nn.Sequential(*[nn.Linear(3, 3)] * 3)


@bug("shared-layer", "one Sequential 6 times")
def blocks_that_are_multiplied():
    nn.ModuleList(
        [nn.Sequential(nn.Linear(3, 3), nn.ReLU())] * 6,
    )


@bug("shared-layer", "one Linear 3 times")
def a_list_that_is_multiplied_and_named():
    layers = [nn.Linear(3, 3)] * 3
    nn.ModuleList(layers)


@bug("shared-layer", "one Linear 2 times")
def a_part_of_a_list_that_is_multiplied():
    nn.Sequential(*[nn.Linear(2, 3), nn.ReLU()] + [nn.Linear(3, 3)] * 2)


@bug("equal-units", "all 8 rows of Sequential.0.weight [8, 3]", "[4, 8]")
def weights_that_are_all_equal():
    model, optimizer, x, classes = classifier(nn.Tanh())
    for parameter in model.parameters():
        nn.init.constant_(parameter, 0.1)
    train(model, optimizer, x, classes, 12)


@bug("equal-units", "worth one")
def weights_that_are_all_zero():
    model, optimizer, x, classes = classifier(nn.ReLU())
    for parameter in model.parameters():
        nn.init.zeros_(parameter)
    train(model, optimizer, x, classes, 12)


@bug("equal-units", "Sequential.0.weight [6, 1, 3, 3]")
def kernels_that_are_all_equal():
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Conv2d(6, 4, 3), nn.Flatten()
    )
    for layer in (model[0], model[2]):
        nn.init.ones_(layer.weight)
        nn.init.zeros_(layer.bias)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    train(model, optimizer, torch.rand(6, 1, 5, 5), torch.arange(6) % 4, 12)


@bug("equal-units", "at the first step all 8 rows")
def weights_that_are_all_equal_and_random_biases():
    model, optimizer, x, classes = classifier(nn.ReLU())
    for layer in (model[0], model[2]):
        nn.init.constant_(layer.weight, 0.1)
    train(model, optimizer, x, classes)


@bug("dead-relu", "the ReLU in front of Sequential.2.weight [4, 8]", "20, 40, 60")
def biases_far_below_zero():
    model, optimizer, x, classes = classifier(nn.ReLU())
    nn.init.constant_(model[0].bias, -50)
    train(model, optimizer, x, classes, 110)


@bug("dead-relu", "Sequential.4.weight [4, 6]")
def a_dead_layer_behind_pooling_and_dropout():
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3),
        nn.Flatten(),
        nn.Linear(6, 4),
    )
    nn.init.constant_(model[0].bias, -9)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    train(model, optimizer, torch.rand(6, 1, 5, 5), torch.arange(6) % 4, 110)


@bug("dead-relu", "Sequential.2.weight [6, 6]")
def a_dead_layer_before_batch_norm():
    model = nn.Sequential(
        nn.Linear(3, 6),
        nn.ReLU(),
        nn.Linear(6, 6),
        nn.BatchNorm1d(6),
        nn.ReLU(),
        nn.Dropout(0.1),
        nn.Linear(6, 4),
    )
    nn.init.constant_(model[0].bias, -50)
    _, _, x, classes = classifier()
    nn.init.constant_(model[3].bias, 1)
    train(model, torch.optim.SGD(model.parameters(), lr=0.01), x, classes, 110)


@bug("vanished-gradient", "Sequential.0.weight [8, 8]", "did not change one bit")
def twenty_sigmoids():
    layers = []
    for _ in range(20):
        layers += [nn.Linear(8, 8), nn.Sigmoid()]
    model = nn.Sequential(*layers, nn.Linear(8, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    train(model, optimizer, torch.randn(6, 8), torch.arange(6) % 4, 40)


# ------------------------------------------------------------------------ plain lists


class Holds(nn.Module):
    """A network whose layers are where they are put."""

    def __init__(self, layers):
        super().__init__()
        self.layers, self.last = layers, nn.Linear(3, 4)

    def forward(self, x):
        parts = self.layers.values() if isinstance(self.layers, dict) else self.layers
        for part in parts:
            for layer in part if isinstance(part, list) else [part]:
                x = layer(x)
        return self.last(x)


HELD = []  # models that live until the run is over


def train_held(layers):
    model, (_, _, x, classes) = Holds(layers), classifier()
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes)


@bug("plain-list", "Holds.layers['first'].weight", "Holds.layers is a plain list")
def layers_in_a_dict():
    train_held({"first": nn.Linear(3, 3)})


@bug("plain-list", "Holds.layers[0].weight")
def layers_in_a_tuple():
    train_held((nn.Linear(3, 3), nn.Tanh()))


@bug("plain-list", "Holds.layers[0][1].weight")
def layers_in_lists_in_a_list():
    train_held([[nn.Tanh(), nn.Linear(3, 3)]])


@bug("plain-list", "Holds.layers[0].weight", "not in Holds.state_dict()")
def a_list_that_is_trained_by_hand_and_not_saved():
    model, (_, _, x, classes) = Holds([nn.Linear(3, 3)]), classifier()
    parameters = [*model.parameters(), *model.layers[0].parameters()]
    train(model, torch.optim.SGD(parameters, lr=0.1), x, classes)
    model.state_dict()
    HELD.append(model)


@bug("plain-list", "Dropout in Holds.layers[0]", "Holds is in evaluation mode")
def dropout_in_a_list_that_eval_does_not_reach():
    model, (_, _, x, classes) = Holds([nn.Dropout(0.5)]), classifier()
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes)
    evaluate(model, x, classes)


@bug("plain-list", "BatchNorm1d in Holds.layers[0]")
def a_block_in_a_list_that_eval_does_not_reach():
    model = Holds([nn.Sequential(nn.BatchNorm1d(3, affine=False))])
    predict = model.eval()
    with torch.inference_mode():
        predict(torch.randn(6, 3))


# ------------------------------------------------------------------------------ names


@bug("misspelt", "Linear.requires_grad = False", "module.requires_grad_(False)")
def a_freeze_of_a_module():
    model, optimizer, x, classes = classifier()
    model[0].requires_grad = False
    train(model, optimizer, x, classes)


@bug("misspelt", "Holds.requires_grad = False")
def a_freeze_of_each_child():
    model = nn.Sequential(Holds(nn.ModuleList()), nn.ReLU())
    for child in model.children():
        child.requires_grad = False
    _, _, x, classes = classifier()
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes)


@bug("misspelt", "Sequential.requires_grad = True", "still frozen")
def a_thaw_of_a_module():
    model, optimizer, x, classes = classifier()
    backbone = nn.Sequential(nn.Linear(3, 3)).requires_grad_(False)
    backbone.requires_grad = True
    train(nn.Sequential(backbone, model), optimizer, x, classes)


test_a_bug_is_named = bugs.named(PROGRAMS)

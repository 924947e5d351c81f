"""Correct programs about loading and tied weights: no guard says a word."""

import copy
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


def predict(model, x):
    """An answer without gradients, in evaluation mode."""
    model.eval()
    with torch.no_grad():
        return model(x)


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


class Hides(nn.Module):
    """A layer in a plain list."""

    def __init__(self):
        super().__init__()
        self.first, self.rest = nn.Linear(3, 8), [nn.Linear(8, 4)]

    def forward(self, x):
        return self.rest[0](self.first(x))


HELD = []  # models that live until the run is over


@correct
def a_list_that_is_trained_and_saved_by_hand():
    model, (_, _, x, classes) = Hides(), classifier()
    parameters = [*model.parameters(), *model.rest[0].parameters()]
    train(model, torch.optim.SGD(parameters, lr=0.1), x, classes)
    HELD.append((model, {"all": model.state_dict(), "0": model.rest[0].state_dict()}))


@correct
def a_frozen_list_that_is_not_saved():
    model, (_, _, x, classes) = Hides(), classifier()
    model.rest[0].requires_grad_(False)
    train(model, torch.optim.SGD(model.parameters(), lr=0.1), x, classes)
    HELD.append((model, model.state_dict()))


test_is_quiet = quiet(PROGRAMS)

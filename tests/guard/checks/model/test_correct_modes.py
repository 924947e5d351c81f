"""Correct programs about training and evaluation mode: no guard says a word."""

import functools

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from tests.guard.correct import classifier, quiet

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


@correct
def evaluation_mode_for_good_and_evaluations_in_it():
    model, optimizer, x, classes = classifier(nn.BatchNorm1d(8))
    for epoch in range(5):
        if epoch == 2:
            model.eval()
        step(model, optimizer, x, classes)
        with torch.no_grad():
            model(x)


test_is_quiet = quiet(PROGRAMS)

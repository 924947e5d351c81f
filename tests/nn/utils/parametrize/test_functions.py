"""Parametrized tensors: reading, writing, stacking, removing, copying, errors."""

import copy
import pickle

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn.utils import parametrize


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).t()

    def right_inverse(self, a):
        return a.triu()


class Doubled(nn.Module):
    def forward(self, x):
        return 2 * x


class Halves(nn.Module):
    def forward(self, a, b):
        return a + b

    def right_inverse(self, x):
        return x / 2, x / 2


def test_reading_computes_and_writing_inverts():
    layer = nn.Linear(3, 3)
    original = layer.weight
    parametrize.register_parametrization(layer, "weight", Symmetric())
    assert (layer.weight == layer.weight.t()).all()
    assert layer.parametrizations.weight.original is original
    assert list(layer.state_dict()) == ["bias", "parametrizations.weight.original"]
    layer.weight = torch.arange(9.0).reshape(3, 3)
    assert layer.weight.tolist() == [[0, 1, 2], [1, 4, 5], [2, 5, 8]]
    layer(torch.ones(1, 3)).sum().backward()
    assert original.grad is not None
    assert type(layer).__name__ == "ParametrizedLinear"
    assert isinstance(layer, nn.Linear)


def test_several_are_stacked_and_removed_together():
    layer = nn.Linear(3, 3)
    parametrize.register_parametrization(layer, "weight", Symmetric())
    parametrize.register_parametrization(layer, "weight", Doubled())
    value = layer.weight.tolist()
    with pytest.raises(RuntimeError, match="does not implement right_inverse"):
        layer.weight = torch.ones(3, 3)
    original = layer.parametrizations.weight.original
    parametrize.remove_parametrizations(layer, "weight")
    assert layer.weight is original
    assert layer.weight.tolist() == value
    assert type(layer) is nn.Linear
    assert not parametrize.is_parametrized(layer)


def test_the_stored_value_may_be_gone_back_to():
    layer = nn.Linear(2, 2)
    before = layer.weight.tolist()
    parametrize.register_parametrization(layer, "weight", Doubled())
    parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)
    assert layer.weight.tolist() == before


def test_several_stored_tensors():
    layer = nn.Linear(2, 2)
    before = layer.weight.detach().clone()
    parametrize.register_parametrization(layer, "weight", Halves())
    assert (layer.weight == before).all()
    names = [name for name, _ in layer.named_parameters()]
    assert names[1:] == [f"parametrizations.weight.original{i}" for i in (0, 1)]
    with pytest.raises(ValueError, match="sequence of tensors"):
        parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)
    parametrize.remove_parametrizations(layer, "weight")
    assert isinstance(layer.weight, nn.Parameter)


def test_buffers_and_modes():
    layer = nn.BatchNorm1d(2).eval()
    added = Doubled()
    parametrize.register_parametrization(layer, "running_mean", added)
    assert not added.training
    assert layer.running_mean.tolist() == [0.0, 0.0]
    assert "parametrizations.running_mean.original" in layer.state_dict()


def test_cached():
    layer = nn.Linear(2, 2)
    parametrize.register_parametrization(layer, "weight", Doubled())
    assert layer.weight is not layer.weight
    with parametrize.cached():
        first = layer.weight
        with parametrize.cached():
            assert layer.weight is first
        assert layer.weight is first
    assert layer.weight is not first


def test_copies_and_pickles():
    layer = nn.Linear(2, 2)
    parametrize.register_parametrization(layer, "weight", Doubled())
    twin = copy.deepcopy(layer)
    with torch.no_grad():
        layer.parametrizations.weight.original.zero_()
    assert twin.weight.abs().sum() > 0
    with pytest.raises(RuntimeError, match="only supported through state_dict"):
        pickle.dumps(layer)


def test_transfers():
    layer, other = nn.Linear(2, 2), nn.Linear(2, 2)
    parametrize.register_parametrization(layer, "weight", Symmetric())
    parametrize.transfer_parametrizations_and_params(layer, other)
    assert (other.weight == layer.weight).all()
    assert parametrize.type_before_parametrizations(other) is nn.Linear


class Changes(nn.Module):
    def __init__(self, change):
        super().__init__()
        self.change = change

    def forward(self, x):
        return self.change(x)


@pytest.mark.parametrize(
    "change, text",
    [
        (lambda x: x.double(), "may not change the dtype"),
        (lambda x: x[:1], "may not change the shape"),
        (lambda x: 3, "must return a tensor"),
    ],
)
@pytest.mark.parametrize("is_second", [False, True])
def test_what_changes_the_kind_is_refused(change, text, is_second):
    layer = nn.Linear(2, 2)
    if is_second:
        parametrize.register_parametrization(layer, "weight", Doubled())
    with pytest.raises(ValueError, match=text):
        parametrize.register_parametrization(layer, "weight", Changes(change))
    assert layer.weight.shape == (2, 2)


def test_unsafe_lets_the_kind_change():
    layer = nn.Linear(2, 2)
    parametrize.register_parametrization(
        layer, "weight", Changes(lambda x: x[:1]), unsafe=True
    )
    assert layer.weight.shape == (1, 2)


def test_names_that_are_not_there():
    layer = nn.Linear(2, 2)
    with pytest.raises(ValueError, match="does not have one"):
        parametrize.register_parametrization(layer, "other", Doubled())
    with pytest.raises(ValueError, match="does not have a parametrization on weight"):
        parametrize.remove_parametrizations(layer, "weight")

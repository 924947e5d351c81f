"""What lazy modules do before they know: convert, copy, save, refuse."""

import copy
import pickle

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn.modules.lazy import LazyModuleMixin
from rushlight.nn.parameter import is_lazy


def test_parameters_refuse_to_be_used():
    weight = nn.LazyLinear(3).weight
    assert is_lazy(weight) and isinstance(weight, nn.Parameter)
    assert weight.dtype == torch.float32 and weight.requires_grad
    with pytest.raises(RuntimeError, match="Can't access the shape of an uninit"):
        weight.shape
    for use in (lambda: weight + 1, lambda: weight.numel(), lambda: weight.sum()):
        with pytest.raises(ValueError, match="Attempted to use an uninitialized"):
            use()


def test_conversion_counts_later():
    layer = nn.LazyLinear(3).double().requires_grad_(False)
    assert layer.weight.dtype == torch.float64
    layer(torch.ones(1, 2, dtype=torch.float64))
    assert layer.weight.dtype == torch.float64 and not layer.weight.requires_grad
    assert nn.LazyBatchNorm1d().half().running_mean.dtype == torch.float16


def test_copies_and_pickles_are_lazy():
    layer = nn.LazyLinear(3)
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert is_lazy(other.weight) and other.weight is not layer.weight
        other(torch.ones(1, 2))
        assert other.weight.shape == (3, 2)
    assert is_lazy(layer.weight)


def test_saving_and_loading():
    state = nn.LazyLinear(3).state_dict()
    assert repr(state["weight"]) == "<UninitializedParameter>"
    assert tuple(nn.LazyLinear(3).load_state_dict(state)) == ([], [])
    with pytest.raises(RuntimeError, match="Can't access the shape"):
        nn.Linear(2, 3).load_state_dict(state)


def test_lazy_modules_of_ones_own():
    class Scale(LazyModuleMixin, nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.UninitializedParameter()
            self.offset = nn.UninitializedBuffer()

        def initialize_parameters(self, x):
            self.scale.materialize(x.shape)
            self.offset.materialize(x.shape)
            with torch.no_grad():
                self.scale.fill_(2)
                self.offset.fill_(1)

        def forward(self, x):
            return x * self.scale + self.offset

    layer = Scale()
    assert layer(torch.ones(2)).tolist() == [3, 3] == layer(torch.ones(2)).tolist()
    assert type(layer.scale) is nn.Parameter and type(layer.offset) is torch.Tensor
    layer(torch.ones(2)).sum().backward()
    assert layer.scale.grad.tolist() == [1, 1]


def test_what_initialize_parameters_owes():
    class Forgetful(LazyModuleMixin, nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.UninitializedParameter()

    with pytest.raises(NotImplementedError, match="a method initialize_parameters"):
        Forgetful()(1)
    Forgetful.initialize_parameters = lambda self, x: None
    with pytest.raises(RuntimeError, match="give all parameters a shape"):
        Forgetful()(1)

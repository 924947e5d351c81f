"""Linear, Bilinear, Identity: what the recorded values do not show."""

import pytest

import rushlight as torch
from rushlight import nn


def test_a_replaced_weight_is_used():
    layer = nn.Linear(2, 1, bias=False)
    source = nn.Parameter(torch.ones(1, 2))
    del layer.weight
    layer.source = source
    layer.weight = source * 3
    output = layer(torch.ones(1, 2))
    assert output.tolist() == [[6]]
    output.sum().backward()
    assert source.grad.tolist() == [[3, 3]]


def test_a_weight_may_be_a_property():
    class Positive(nn.Linear):
        def __init__(self, *sizes):
            nn.Module.__init__(self)
            self.raw = nn.Parameter(torch.zeros(*sizes))

        @property
        def weight(self):
            return self.raw.exp()

        @property
        def bias(self):
            return None

    assert Positive(1, 2)(torch.ones(1, 2)).tolist() == [[2]]


def test_a_weight_in_the_register_counts():
    layer = nn.Linear(2, 1, bias=False)
    layer._parameters["weight"] = torch.full((1, 2), 2.0)
    assert layer(torch.ones(1, 2)).tolist() == [[4]]


def test_resetting_draws_again():
    layer = nn.Linear(3, 2)
    before = layer.weight.clone()
    layer.reset_parameters()
    assert not torch.equal(before, layer.weight)
    torch.manual_seed(1)
    layer.reset_parameters()
    torch.manual_seed(1)
    assert torch.equal(nn.Linear(3, 2).weight, layer.weight)


def test_where_and_of_what_kind():
    layer = nn.Linear(2, 2, device="meta", dtype=torch.float64)
    assert layer.weight.is_meta and layer.bias.dtype == torch.float64


def test_odd_sizes():
    with pytest.warns(UserWarning, match="zero-element tensors"):
        layer = nn.Linear(0, 2)
    assert layer(torch.ones(3, 0)).tolist() == [[0, 0]] * 3
    with pytest.raises(RuntimeError):
        nn.Linear(-1, 2)
    with pytest.raises(TypeError):
        nn.Linear(2.5, 2)
    with pytest.raises(ValueError, match="in1_features must be > 0, got 0"):
        nn.Bilinear(0, 1, 1)


def test_identity_takes_anything():
    assert nn.Identity(3, x=4)("x") == "x"

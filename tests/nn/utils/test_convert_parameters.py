"""Parameters as one vector, and back."""

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn.utils import parameters_to_vector, vector_to_parameters


def test_there_and_back():
    net = nn.Linear(2, 3)
    vector = parameters_to_vector(net.parameters())
    assert vector.shape == (9,)
    vector_to_parameters(torch.arange(9.0), net.parameters())
    assert net.weight.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert net.bias.tolist() == [6, 7, 8]
    assert isinstance(net.weight, nn.Parameter) and net.weight.requires_grad


def test_gradients_flow_into_the_vector():
    net = nn.Linear(2, 1)
    parameters_to_vector(net.parameters()).sum().backward()
    assert net.weight.grad.tolist() == [[1, 1]] and net.bias.grad.tolist() == [1]


def test_errors():
    with pytest.raises(TypeError, match="vec to be a Tensor, got int"):
        vector_to_parameters(3, [])
    mixed = [torch.ones(1), torch.ones(1, device="meta")]
    for call in (
        lambda: parameters_to_vector(mixed),
        lambda: vector_to_parameters(torch.ones(2), mixed),
    ):
        with pytest.raises(TypeError, match="on the same device, got cpu and meta"):
            call()

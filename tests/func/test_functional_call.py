"""Modules as functions: values, tied weights, buffers, errors; stacked models."""

import pytest

import rushlight as torch
from rushlight.func import functional_call, stack_module_state


def net():
    return torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))


def test_values_are_used_and_the_module_stays():
    layer = torch.nn.Linear(2, 1)
    before = layer.weight
    weight = torch.ones(1, 2, requires_grad=True)
    y = functional_call(
        layer, {"weight": weight, "bias": torch.zeros(1)}, torch.ones(2)
    )
    assert y.item() == 2.0
    assert layer.weight is before
    y.backward()
    assert weight.grad.tolist() == [[1.0, 1.0]]
    assert before.grad is None


def test_buffers_come_back_in_the_dictionary():
    model, x = net(), torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    values = {k: v.detach().clone() for k, v in model.state_dict().items()}
    functional_call(model, values, (x,))
    assert values["1.num_batches_tracked"].item() == 1
    assert model[1].num_batches_tracked.item() == 0


def test_several_dictionaries_and_keywords():
    class Scaled(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.a = torch.nn.Parameter(torch.ones(1))
            self.register_buffer("b", torch.ones(1))

        def forward(self, x, *, times=1):
            return x * self.a * times + self.b

    values = {"a": torch.full((1,), 2.0)}, {"b": torch.full((1,), 5.0)}
    y = functional_call(Scaled(), values, torch.ones(1), {"times": 3})
    assert y.item() == 11.0
    with pytest.raises(ValueError, match="multiple dictionaries"):
        functional_call(Scaled(), (values[0], values[0]), torch.ones(1))


def test_tied_weights_are_given_once():
    first, second = torch.nn.Linear(2, 2, bias=False), torch.nn.Linear(2, 2, bias=False)
    second.weight = first.weight
    model = torch.nn.Sequential(first, second)
    x, twice = torch.ones(2), torch.eye(2) * 2
    assert functional_call(model, {"0.weight": twice}, x).tolist() == [4.0, 4.0]
    both = {"0.weight": twice, "1.weight": torch.eye(2)}
    with pytest.raises(ValueError, match="tied"):
        functional_call(model, both, x)
    free = functional_call(model, both, x, tie_weights=False)
    assert free.tolist() == [2.0, 2.0]


def test_strict_names():
    layer = torch.nn.Linear(2, 1)
    with pytest.raises(RuntimeError, match=r"Missing key\(s\): 'bias'"):
        functional_call(layer, {"weight": torch.ones(1, 2)}, torch.ones(2), strict=True)
    values = {**dict(layer.named_parameters()), "other": torch.ones(1)}
    with pytest.raises(RuntimeError, match=r"Unexpected key\(s\): 'other'"):
        functional_call(layer, values, torch.ones(2), strict=True)


def test_the_module_stays_after_an_error():
    layer = torch.nn.Linear(2, 1)
    before = layer.weight
    with pytest.raises(RuntimeError):
        functional_call(layer, {"weight": torch.ones(1, 5)}, torch.ones(2))
    assert layer.weight is before


def test_the_old_function_warns():
    from rushlight.nn.utils import stateless

    layer = torch.nn.Linear(2, 1)
    with pytest.warns(FutureWarning, match="func.functional_call"):
        stateless.functional_call(layer, {}, torch.ones(2))


def test_stacked_models():
    models = [net() for _ in range(3)]
    params, buffers = stack_module_state(models)
    assert params["0.weight"].shape == (3, 2, 2)
    assert params["0.weight"].requires_grad
    assert params["0.weight"].is_leaf
    assert buffers["1.running_var"].shape == (3, 2)
    models[0].eval()
    with pytest.raises(RuntimeError, match="training/eval mode"):
        stack_module_state(models)
    with pytest.raises(RuntimeError, match="at least one model"):
        stack_module_state([])

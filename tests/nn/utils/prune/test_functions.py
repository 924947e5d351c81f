"""Pruning: masks, combinations, training, removal, errors."""

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn.utils import prune


def layer_of(values):
    layer = nn.Linear(len(values[0]), len(values), bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(values))
    return layer


def test_the_smallest_elements_are_masked():
    layer = layer_of([[1.0, -4.0], [3.0, -2.0]])
    assert prune.l1_unstructured(layer, "weight", amount=0.5) is layer
    assert layer.weight.tolist() == [[0.0, -4.0], [3.0, 0.0]]
    assert layer.weight_mask.tolist() == [[0.0, 1.0], [1.0, 0.0]]
    assert isinstance(layer.weight_orig, nn.Parameter)
    assert list(layer.state_dict()) == ["weight_orig", "weight_mask"]


def test_scores_may_stand_in():
    layer = layer_of([[1.0, -4.0], [3.0, -2.0]])
    scores = torch.tensor([[9.0, 1.0], [8.0, 7.0]])
    prune.l1_unstructured(layer, "weight", 1, importance_scores=scores)
    assert layer.weight_mask.tolist() == [[1.0, 0.0], [1.0, 1.0]]


def test_rows_of_the_least_norm_are_masked():
    layer = layer_of([[1.0, -4.0], [3.0, -2.0], [0.5, 0.5]])
    prune.ln_structured(layer, "weight", amount=1, n=2, dim=0)
    assert layer.weight_mask[2].tolist() == [0.0, 0.0]
    assert layer.weight_mask.sum().item() == 4.0


@pytest.mark.parametrize(
    "how, kept",
    [
        (lambda m: prune.random_unstructured(m, "weight", 5), 19),
        (lambda m: prune.random_structured(m, "weight", 2, dim=1), 16),
        (lambda m: prune.random_structured(m, "weight", 0, dim=1), 24),
        (lambda m: prune.identity(m, "weight"), 24),
    ],
)
def test_how_many_stay(how, kept):
    layer = nn.Linear(6, 4)
    how(layer)
    assert layer.weight_mask.sum().item() == kept


def test_one_after_another():
    layer = layer_of([[1.0, -4.0, 0.1], [3.0, -2.0, 0.2]])
    prune.l1_unstructured(layer, "weight", 2)
    prune.l1_unstructured(layer, "weight", 0.5)
    assert layer.weight_mask.tolist() == [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    prune.ln_structured(layer, "weight", 1, n=1, dim=0)
    assert layer.weight_mask.tolist() == [[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    (hook,) = layer._forward_pre_hooks.values()
    assert isinstance(hook, prune.PruningContainer)
    assert len(hook) == 3
    assert isinstance(hook[0], prune.L1Unstructured)


def test_masked_elements_get_no_gradient_and_stay_zero():
    layer = layer_of([[1.0, -4.0], [3.0, -2.0]])
    prune.l1_unstructured(layer, "weight", 2)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    layer(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    layer(torch.ones(1, 2))
    assert layer.weight_orig.grad.tolist() == [[0.0, 1.0], [1.0, 0.0]]
    torch.testing.assert_close(layer.weight, torch.tensor([[0.0, -4.1], [2.9, 0.0]]))


def test_removing_keeps_the_parameter_object():
    layer = layer_of([[1.0, -4.0], [3.0, -2.0]])
    original = layer.weight
    prune.l1_unstructured(layer, "weight", 2)
    assert prune.is_pruned(nn.Sequential(layer))
    prune.remove(layer, "weight")
    assert layer.weight is original
    assert layer.weight.tolist() == [[0.0, -4.0], [3.0, 0.0]]
    assert not prune.is_pruned(layer)
    assert list(layer.state_dict()) == ["weight"]


def test_globally():
    first, second = layer_of([[1.0, -4.0]]), layer_of([[0.5, 9.0]])
    both = [(first, "weight"), (second, "weight")]
    prune.global_unstructured(both, prune.L1Unstructured, amount=2)
    assert first.weight_mask.tolist() == [[0.0, 1.0]]
    assert second.weight_mask.tolist() == [[0.0, 1.0]]
    with pytest.raises(TypeError, match="unstructured"):
        prune.global_unstructured(both, prune.LnStructured, amount=1, n=1)


def test_a_tensor_without_a_module():
    pruned = prune.L1Unstructured(1).prune(torch.tensor([3.0, -1.0]))
    assert pruned.tolist() == [3.0, 0.0]
    with pytest.raises(AssertionError, match="importance_scores"):
        prune.L1Unstructured(1).prune(torch.ones(2), importance_scores=torch.ones(3))


@pytest.mark.parametrize(
    "how, kind, text",
    [
        (lambda m: prune.l1_unstructured(m, "weight", 1.5), ValueError, "amount=1.5"),
        (lambda m: prune.l1_unstructured(m, "weight", -1), ValueError, "amount=-1"),
        (lambda m: prune.l1_unstructured(m, "weight", "x"), TypeError, "Invalid type"),
        (lambda m: prune.l1_unstructured(m, "weight", 99), ValueError, "prune=24"),
        (
            lambda m: prune.ln_structured(m, "bias", 1, 2, 0),
            ValueError,
            "multidimensional",
        ),
        (
            lambda m: prune.ln_structured(m, "weight", 1, 2, 7),
            IndexError,
            "Invalid index 7",
        ),
        (
            lambda m: prune.custom_from_mask(m, "weight", torch.ones(2)),
            AssertionError,
            "a mask of shape",
        ),
        (lambda m: prune.remove(m, "weight"), ValueError, "has to be pruned"),
    ],
)
def test_errors_leave_the_module_as_it_was(how, kind, text):
    layer = nn.Linear(6, 4)
    with pytest.raises(kind, match=text):
        how(layer)
    assert sorted(layer.state_dict()) == ["bias", "weight"]
    assert isinstance(layer.weight, nn.Parameter)

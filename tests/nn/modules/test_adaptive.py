"""AdaptiveLogSoftmaxWithLoss: probabilities, losses, predictions, errors."""

import numpy as np
import pytest

import rushlight as torch
from rushlight import nn


def made():
    torch.manual_seed(0)
    layer = nn.AdaptiveLogSoftmaxWithLoss(8, 12, [3, 7], div_value=2.0)
    return layer, torch.randn(20, 8, requires_grad=True), torch.arange(20) % 12


def test_probabilities_of_all_classes_sum_to_one():
    layer, x, target = made()
    logs = layer.log_prob(x)
    assert logs.shape == (20, 12)
    np.testing.assert_allclose(logs.exp().sum(1).detach().numpy(), 1.0, rtol=1e-5)
    output, loss = layer(x, target)
    own = logs.gather(1, target.unsqueeze(1)).squeeze(1)
    np.testing.assert_allclose(output.detach(), own.detach(), rtol=1e-5)
    assert loss.item() == pytest.approx(-output.mean().item(), rel=1e-6)
    assert (layer.predict(x) == logs.argmax(1)).all()


def test_gradients_are_those_of_the_full_probabilities():
    layer, x, target = made()
    layer(x, target).loss.backward()
    got, x.grad = x.grad.numpy(), None
    nn.functional.nll_loss(layer.log_prob(x), target).backward()
    np.testing.assert_allclose(got, x.grad.numpy(), rtol=1e-4, atol=1e-6)


def test_one_sample_and_sizes_of_the_layers():
    layer, x, target = made()
    one = layer(x[0], target[0])
    assert one.output.shape == ()
    shapes = {k: tuple(v.shape) for k, v in layer.state_dict().items()}
    assert shapes == {
        "head.weight": (5, 8),
        "tail.0.0.weight": (4, 8),
        "tail.0.1.weight": (4, 4),
        "tail.1.0.weight": (2, 8),
        "tail.1.1.weight": (5, 2),
    }


@pytest.mark.parametrize("cutoffs", [[], [7, 3], [3, 3], [0, 2], [3, 12]])
def test_cutoffs(cutoffs):
    with pytest.raises(ValueError, match="cutoffs"):
        nn.AdaptiveLogSoftmaxWithLoss(8, 12, cutoffs)


@pytest.mark.parametrize(
    "x, target, text",
    [
        ((4, 8), torch.tensor([1, 2]), "same size in the batch dimension"),
        ((8,), torch.tensor([1]), "1D target tensor expects 2D"),
        ((4, 8), torch.tensor(1), "0D target tensor expects 1D"),
        ((4, 8), torch.ones(4, 1, dtype=torch.int64), "multi-target"),
        ((2, 8), torch.tensor([1, 12]), r"range \[1, 12\]"),
    ],
)
def test_targets_that_do_not_fit(x, target, text):
    layer, _, _ = made()
    with pytest.raises(RuntimeError, match=text):
        layer(torch.ones(x), target)

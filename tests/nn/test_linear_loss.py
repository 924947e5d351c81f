"""linear_cross_entropy and its module equal the two steps they stand for."""

import numpy as np
import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F


def test_it_is_a_linear_layer_and_a_loss():
    x, w, b = torch.randn(6, 4), torch.randn(5, 4), torch.randn(5)
    target = torch.arange(6) % 5
    options = {"weight": torch.rand(5), "ignore_index": 2, "label_smoothing": 0.1}
    got = F.linear_cross_entropy(x, w, target, linear_bias=b, **options)
    wanted = F.cross_entropy(F.linear(x, w, b), target, **options)
    assert got.item() == pytest.approx(wanted.item(), rel=1e-6)


def test_scores_of_several_dimensions():
    layer = nn.LinearCrossEntropyLoss(4, 5, out_features=(2, 3), bias=True)
    x, target = torch.randn(6, 4), torch.randint(0, 5, (6, 2, 3))
    scores = layer.linear(x).reshape(6, 5, 2, 3)
    wanted = F.cross_entropy(scores, target)
    np.testing.assert_allclose(layer(x, target).item(), wanted.item(), rtol=1e-6)
    chances = scores.detach().softmax(1)
    assert layer(x, chances).item() == pytest.approx(
        F.cross_entropy(scores, chances).item(), rel=1e-5
    )


def test_options_are_checked_and_change_nothing():
    options = nn.LinearCrossEntropyOptions(batch_chunk_size=2)
    torch.manual_seed(0)
    layer = nn.LinearCrossEntropyLoss(4, 5, options=options)
    x, target = torch.randn(6, 4), torch.arange(6) % 5
    wanted = F.cross_entropy(layer.linear(x), target)
    assert layer(x, target).item() == pytest.approx(wanted.item(), rel=1e-6)
    for wrong in (
        {"acc_policy": "x"},
        {"batch_chunk_size": 0},
        {"chunking_method": "x"},
    ):
        with pytest.raises(ValueError, match="invalid"):
            nn.LinearCrossEntropyOptions(**wrong)


@pytest.mark.parametrize(
    "x, w, target, options, text",
    [
        ((2, 3, 4), (5, 4), (2,), {}, "dimensionality 1 or 2"),
        ((2, 4), (4,), (2,), {}, "at least 2"),
        ((2, 4), (5, 3), (2,), {}, "in_features"),
        ((2, 4), (5, 4), (2,), {"linear_bias": torch.ones(3)}, "linear_bias shape"),
        ((4,), (5, 2, 4), (2,), {}, "batched input"),
    ],
)
def test_errors(x, w, target, options, text):
    target = torch.zeros(target, dtype=torch.int64)
    with pytest.raises(RuntimeError, match=text):
        F.linear_cross_entropy(torch.ones(x), torch.ones(w), target, **options)

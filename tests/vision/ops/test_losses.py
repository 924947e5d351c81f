"""Losses of detectors."""

import pytest

import rushlight as torch
from rushlight.vision.ops import sigmoid_focal_loss


def test_without_weights_it_is_cross_entropy():
    scores, targets = torch.randn(5), torch.tensor([0.0, 1, 1, 0, 1])
    plain = torch.nn.functional.binary_cross_entropy_with_logits(scores, targets)
    found = sigmoid_focal_loss(scores, targets, alpha=-1, gamma=0, reduction="mean")
    assert found.item() == pytest.approx(plain.item(), rel=1e-6)


def test_against_the_formula():
    scores, targets = torch.tensor([0.3, -2.0]), torch.tensor([1.0, 0.0])
    found = sigmoid_focal_loss(scores, targets, reduction="sum")
    p = scores.sigmoid()
    expected = -0.25 * (1 - p[0]) ** 2 * p[0].log()
    expected = expected - 0.75 * p[1] ** 2 * (1 - p[1]).log()
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)


def test_a_wrong_reduction():
    with pytest.raises(ValueError, match="got alpha=0.25, reduction='max'"):
        sigmoid_focal_loss(torch.zeros(1), torch.zeros(1), reduction="max")

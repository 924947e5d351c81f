"""Turning, cutting, distorting and AutoAugment against torchvision."""

import pytest

import rushlight as torch
from rushlight.vision.transforms import InterpolationMode
from rushlight.vision.transforms import functional as F
from tests.vision.recorded.compare import ANSWERS, check_brief


@pytest.mark.parametrize("expression", ANSWERS["warps"])
def test_as_torchvision(expression):
    check_brief(expression, ANSWERS["warps"][expression])


def test_quarter_turns_are_exact():
    x = torch.arange(25.0).reshape(1, 5, 5)
    turned = F.rotate(x, 90, expand=True)
    assert torch.equal(turned, x.rot90(1, (1, 2)))
    assert torch.equal(F.rotate(x, 180), x.rot90(2, (1, 2)))


def test_turning_is_differentiable():
    x = torch.rand(1, 4, 5, dtype=torch.float64, requires_grad=True)
    turn = lambda x: F.rotate(x, 20, InterpolationMode.BILINEAR, fill=1)  # noqa: E731
    assert torch.autograd.gradcheck(turn, (x,))


def test_planes_without_channels():
    x = torch.arange(12.0).reshape(3, 4)
    assert torch.equal(F.rotate(x, 180), x.flip(0, 1))
    with pytest.raises(TypeError, match="expected an image tensor"):
        F.rotate(x[0], 180)

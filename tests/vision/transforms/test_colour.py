"""Brightness, colours, blurs and erasing against torchvision."""

import pytest

import rushlight as torch
from rushlight.vision.transforms import functional as F
from tests.vision.recorded.compare import ANSWERS, check_brief


@pytest.mark.parametrize("expression", ANSWERS["colours"])
def test_as_torchvision(expression):
    check_brief(expression, ANSWERS["colours"][expression])


@pytest.mark.parametrize(
    "change",
    [
        lambda x: F.adjust_brightness(x, 0.7),
        lambda x: F.adjust_contrast(x, 0.7),
        lambda x: F.adjust_saturation(x, 0.7),
        lambda x: F.adjust_hue(x, 0.1),
        lambda x: F.adjust_gamma(x, 1.3),
        lambda x: F.gaussian_blur(x, 3),
        lambda x: F.adjust_sharpness(x, 0.5),
    ],
)
def test_changes_are_differentiable(change):
    torch.manual_seed(0)
    x = (torch.rand(1, 3, 4, 5) * 0.5 + 0.2).requires_grad_()
    change(x).sum().backward()
    assert x.grad.isfinite().all()
    assert x.grad.abs().sum() > 0


def test_the_image_is_not_changed():
    x = torch.rand(3, 6, 6)
    before = x.clone()
    for change in (F.invert, F.autocontrast, lambda x: F.solarize(x, 0.5)):
        change(x)
    F.adjust_sharpness(x, 2.0)
    F.erase(x, 1, 1, 2, 2, torch.tensor(9.0))
    assert torch.equal(x, before)
    assert F.erase(x, 1, 1, 2, 2, torch.tensor(9.0), inplace=True) is x
    assert x.max() == 9

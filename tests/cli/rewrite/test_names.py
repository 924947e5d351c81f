"""Translation of module names, both ways."""

import pytest

from rushlight.cli.rewrite import names


@pytest.fixture(autouse=True)
def no_shadows(monkeypatch):
    monkeypatch.setattr(names, "_shadowed", set())


@pytest.mark.parametrize(
    "torch, ours",
    [
        ("torch", "rushlight"),
        ("torch.nn.functional", "rushlight.nn.functional"),
        ("torchvision", "rushlight.vision"),
        ("torchvision.transforms", "rushlight.vision.transforms"),
    ],
)
def test_there_and_back(torch, ours):
    assert names.translate(torch) == ours
    assert names.torch_name(ours) == torch


@pytest.mark.parametrize("name", ["torchmetrics.torch", "torch_utils", "os", ""])
def test_other_names_stay(name):
    assert names.translate(name) == name
    assert names.torch_name(name) == name


def test_a_shadowed_root_stays():
    names.shadow("torch")
    assert names.translate("torch.nn") == "torch.nn"
    assert names.translate("torchvision") == "rushlight.vision"
    assert names.shadowed() == ["torch"]

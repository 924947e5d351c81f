"""transforms.v2 against torchvision: single images, samples, texts, errors."""

import json

import numpy as np
import pytest

import rushlight as torch
from rushlight.vision.transforms import v2
from tests.vision.pictures import write
from tests.vision.recorded.compare import check_brief
from tests.vision.transforms.v2.make import PATH

RECORDED = json.loads(PATH.read_text("utf-8"))


@pytest.mark.parametrize("expression", RECORDED)
def test_as_torchvision(expression):
    check_brief(expression, RECORDED[expression], V=v2)


@pytest.mark.parametrize("stack", ["plain", "random"])
def test_datasets_take_them_at_once(stack, tmp_path):
    from rushlight.vision.datasets import FashionMNIST

    write(tmp_path)
    steps = [
        v2.ToImage(),
        v2.ToDtype(torch.float32, scale=True),
        v2.Normalize([0.5], [2]),
    ]
    if stack == "random":
        steps.insert(0, v2.RandomCrop(4))
    data = FashionMNIST(tmp_path, transform=v2.Compose(steps))
    torch.manual_seed(0)
    images, _ = data.__getbatch__([2, 0])
    torch.manual_seed(0)
    assert torch.equal(images, torch.stack([data[2][0], data[0][0]]))


def test_arrays_become_images():
    array = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    assert torch.equal(v2.ToImage()(array), torch.from_numpy(array).permute(2, 0, 1))
    assert v2.ToImage()([array, 3])[0].shape == (3, 2, 4)


def test_two_images_would_need_the_same_draws():
    from PIL import Image

    pair = [Image.new("L", (4, 4)), Image.new("L", (4, 4))]
    assert v2.Pad(1)(pair)[1].size == (6, 6)
    with pytest.raises(NotImplementedError, match="one image in a sample, got 2"):
        v2.RandomCrop(2)(pair)


def test_names_that_are_not_here():
    with pytest.raises(AttributeError, match="has no attribute 'MixUp'"):
        v2.MixUp
    with pytest.raises(TypeError, match="ToDtype.., dtype: expected one dtype"):
        v2.ToDtype({int: torch.float32})

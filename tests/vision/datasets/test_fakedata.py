"""FakeData; what it draws is held to torchvision in tests/vision/test_transforms.py."""

import pytest

import rushlight as torch
from rushlight.vision import transforms as T
from rushlight.vision.datasets import FakeData


def test_items_are_the_same_every_time():
    data = FakeData(3, (3, 4, 5), transform=T.ToTensor())
    torch.manual_seed(1)
    image, label = data[1]
    assert image.shape == (3, 4, 5)
    assert torch.equal(image, data[1][0])
    assert data[1][1] == label
    assert isinstance(label, int)


def test_the_default_generator_is_left_alone():
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    FakeData(3, (1, 4, 5))[0]
    assert torch.rand(1) == expected


def test_the_end():
    data = FakeData(2, (1, 4, 5))
    assert len(list(data)) == 2
    with pytest.raises(IndexError, match="expected an index below 2, got index 2"):
        data[2]

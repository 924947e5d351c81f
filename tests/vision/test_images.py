"""Images and torchvision's own top-level names."""

import subprocess
import sys

import numpy as np
import pytest

from rushlight import vision
from rushlight.vision._images import image_of, is_pil


def test_what_is_a_pillow_image():
    assert is_pil(image_of(np.zeros((2, 3), np.uint8)))
    assert not is_pil(np.zeros((2, 3)))


def test_an_image_shows_its_array():
    array = np.arange(6, dtype=np.uint8).reshape(2, 3)
    image = image_of(array)
    assert (image.mode, image.size) == ("L", (3, 2))
    assert list(image.tobytes()) == list(range(6))
    image.putpixel((0, 0), 9)  # a copy of its own
    assert array[0, 0] == 0


def test_wide_numbers_are_no_grey_picture():
    with pytest.raises(TypeError, match="a grey picture: expected dtype uint8, got f"):
        image_of(np.zeros((2, 3)))


def test_the_backend_is_pillow():
    assert vision.get_image_backend() == "PIL"
    vision.set_image_backend("PIL")
    with pytest.raises(ValueError, match="got 'accimage'"):
        vision.set_image_backend("accimage")


def test_a_name_that_is_not_here():
    with pytest.raises(AttributeError, match="module 'torchvision' has no attribute"):
        vision.modles


def test_batches_need_no_pillow():
    program = """
import sys, numpy as np, rushlight as torch
from rushlight.vision import datasets, transforms
from rushlight.vision.transforms.batches import transform_batch
stack = transforms.Compose([transforms.RandomCrop(2), transforms.ToTensor()])
images, rest = transform_batch(stack, np.zeros((3, 4, 4), np.uint8))
assert images.shape == (3, 1, 2, 2) and not rest
assert "PIL" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)

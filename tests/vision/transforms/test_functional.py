"""The functions, against what torchvision gives."""

import numpy as np
import pytest

import rushlight as torch
from rushlight.vision.transforms import functional as F
from tests.vision.recorded.compare import ANSWERS, check


def tolerance(expression):
    """Resampled tensors are weighted sums: equal to rounding, the others exactly."""
    resampled = "BILINEAR" in expression or "BICUBIC" in expression
    return 1e-6 if resampled and "dtype='float" in expression else 0.0


@pytest.mark.parametrize("expression", ANSWERS["functions"])
def test_as_torchvision(expression):
    check(expression, ANSWERS["functions"][expression], tolerance(expression))


def test_every_byte_is_divided_exactly():
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    expected = (pixels.astype(np.float32) / np.float32(255))[None]
    assert np.array_equal(F.to_tensor(pixels).numpy(), expected)


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float64"])
def test_the_default_dtype_is_what_bytes_become(name):
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    torch.set_default_dtype(getattr(torch, name))
    try:
        found = F.to_tensor(pixels)
        expected = torch.from_numpy(pixels).to(torch.get_default_dtype()).div(255)
    finally:
        torch.set_default_dtype(torch.float32)
    assert found.dtype == getattr(torch, name)
    assert torch.equal(found[0], expected)


def test_arrays_of_other_dtypes_share_memory_where_torch_does():
    array = np.zeros((2, 3), np.float32)
    tensor = F.to_tensor(array)
    array[0, 0] = 5
    assert tensor[0, 0, 0] == 5


def test_resizing_a_tensor_is_differentiable():
    x = torch.rand(1, 4, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: F.resize(x, [3, 7]), (x,))
    assert torch.autograd.gradcheck(
        lambda x: F.resize(x, [6, 2], antialias=False), (x,)
    )


def test_normalize_in_place_writes_into_its_argument():
    x = torch.ones(1, 2, 2)
    assert F.normalize(x, [0.5], [0.5], inplace=True) is x
    assert x.tolist() == [[[1.0, 1.0], [1.0, 1.0]]]
    y = F.normalize(x, [0.5], [0.5])
    assert y is not x
    assert x.sum() == 4


def test_pillow_cannot_leave_smoothing_out():
    from PIL import Image

    with pytest.warns(UserWarning, match="Pillow always smooths"):
        F.resize(Image.new("L", (4, 4)), 2, antialias=False)


@pytest.mark.parametrize(
    "call, text",
    [
        (lambda: F.to_tensor("x"), "to_tensor(), pic: expected a PIL Image or an nd"),
        (lambda: F.hflip(3), "hflip(), img: expected PIL Image, got <class 'int'>"),
        (
            lambda: F.normalize(torch.ones(1, 2, 2, dtype=torch.uint8), [0.5], [0.5]),
            "Put ToTensor() or ConvertImageDtype() before Normalize().",
        ),
        (
            lambda: F.resize(torch.ones(1, 2, 2), 3, max_size=3),
            "max_size: expected more than the shorter side's size, 3, got max_size = 3",
        ),
        (
            lambda: F.pad(torch.ones(1, 2, 2), [1, 2, 3]),
            "expected an int or a 1, 2, or 4 element tuple, got a 3 element list",
        ),
        (
            lambda: F.to_pil_image(torch.ones(5, 2, 2)),
            "got 5 channels. A tensor's channels come first, an array's last.",
        ),
    ],
)
def test_errors_say_what_to_do(call, text):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert text in str(caught.value)


def test_a_name_that_is_not_here_names_the_nearest():
    with pytest.raises(AttributeError, match="Nearest: center_crop"):
        F.centre_crop

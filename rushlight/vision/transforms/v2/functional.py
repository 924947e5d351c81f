"""The functions, with the names that v2 adds."""

import numpy as np

from rushlight._base.dtype import float32
from rushlight._core.expose import TORCH
from rushlight._core.tensor import Tensor
from rushlight.vision._images import is_pil, not_an_image
from rushlight.vision.transforms.functional import *  # noqa: F403
from rushlight.vision.transforms.functional import (
    convert_image_dtype,
    hflip,
    pil_to_tensor,
    vflip,
)

horizontal_flip, vertical_flip = hflip, vflip


def to_image(inpt):
    """A Pillow image or an array as a tensor, channels first, not scaled.

    Args:
        inpt: a Pillow image, an ndarray (H, W) or (H, W, C), or a Tensor.

    Returns:
        Tensor (C, H, W).

    Raises:
        TypeError: for anything else.

    Differs:
        torchvision gives a tv_tensors.Image, a subclass of Tensor.

    >>> from PIL import Image
    >>> to_image(Image.new("RGB", (2, 1))).shape
    torch.Size([3, 1, 2])
    """
    if isinstance(inpt, Tensor):
        return inpt
    if is_pil(inpt):
        return pil_to_tensor(inpt)
    if not isinstance(inpt, np.ndarray):
        raise not_an_image("to_image()", "inpt", "a PIL Image, ndarray or Tensor", inpt)
    pixels = inpt[:, :, None] if inpt.ndim == 2 else inpt
    return TORCH["from_numpy"](pixels).permute(2, 0, 1).contiguous()


def to_dtype(inpt, dtype=float32, scale=False):
    """A tensor in another dtype.

    Args:
        inpt: Tensor (*).
        dtype: of the result.
        scale: whether values are scaled from full range to full range.

    Returns:
        Tensor (*), of that dtype.

    Raises:
        TypeError: for what is no tensor.

    >>> import rushlight
    >>> to_dtype(rushlight.tensor([0, 255], dtype=rushlight.uint8), scale=True)
    tensor([0., 1.])
    """
    if scale or not isinstance(inpt, Tensor):
        return convert_image_dtype(inpt, dtype)
    return inpt.to(dtype)

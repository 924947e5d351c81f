"""Transforms from one kind of image to another; they are classes over `functional`."""

from rushlight.nn.modules.module import Module
from rushlight.vision.transforms import functional as F
from rushlight.vision.transforms.batches import need_pictures, need_tensor
from rushlight.vision.transforms.functional.convert import unit_floats


class ToTensor:
    """A Pillow image or an array (H, W, C) as a tensor (C, H, W), bytes as [0, 1].

    >>> import numpy as np
    >>> ToTensor()(np.full((1, 2), 51, np.uint8))
    tensor([[[0.2000, 0.2000]]])
    """

    draws = False

    def __call__(self, pic):
        return F.to_tensor(pic)

    def batch(self, images, draws):
        """The same for a batch: one pass over all its pixels."""
        return unit_floats(need_pictures(images).planes()._array)

    def __repr__(self):
        return f"{type(self).__name__}()"


class PILToTensor:
    """A Pillow image as a tensor (C, H, W) of its own dtype, not scaled.

    >>> from PIL import Image
    >>> PILToTensor()(Image.new("L", (2, 1), 7))
    tensor([[[7, 7]]], dtype=torch.uint8)
    """

    draws = False

    def __call__(self, pic):
        return F.pil_to_tensor(pic)

    def batch(self, images, draws):
        """The same for a batch."""
        return need_pictures(images).planes()

    def __repr__(self):
        return f"{type(self).__name__}()"


class ToPILImage:
    """A tensor (C, H, W) or an array (H, W, C) as a Pillow image; floats become bytes.

    Args:
        mode: Pillow's name of the colour space; by channels and dtype if left out.

    >>> import rushlight
    >>> ToPILImage()(rushlight.zeros(1, 2, 2)).mode
    'L'
    """

    def __init__(self, mode=None):
        self.mode = mode

    def __call__(self, pic):
        return F.to_pil_image(pic, self.mode)

    def __repr__(self):
        mode = "" if self.mode is None else f"mode={self.mode}"
        return f"{type(self).__name__}({mode})"


class ConvertImageDtype(Module):
    """A tensor image in another dtype, scaled from full range to full range.

    Args:
        dtype: of the result.

    >>> import rushlight
    >>> ConvertImageDtype(rushlight.uint8)(rushlight.tensor([0.0, 1.0]))
    tensor([  0, 255], dtype=torch.uint8)
    """

    draws = False

    def __init__(self, dtype):
        super().__init__()
        self.dtype = dtype

    def forward(self, image):
        """The converted image."""
        return F.convert_image_dtype(image, self.dtype)

    def batch(self, images, draws):
        """The same for a batch."""
        return F.convert_image_dtype(need_tensor(images), self.dtype)


class Normalize(Module):
    """Shift and scale each channel.

        (tensor - mean) / std

    Args:
        mean, std: a number for each channel.
        inplace: whether to write into the tensor.

    >>> import rushlight
    >>> Normalize((0.5,), (0.5,))(rushlight.tensor([[[0.0, 1.0]]]))
    tensor([[[-1.,  1.]]])
    """

    draws = False

    def __init__(self, mean, std, inplace=False):
        super().__init__()
        self.mean = mean
        self.std = std
        self.inplace = inplace

    def forward(self, tensor):
        """The normalized image."""
        return F.normalize(tensor, self.mean, self.std, self.inplace)

    def batch(self, images, draws):
        """The same for a batch, in place: it is the transforms' own."""
        return F.normalize(need_tensor(images), self.mean, self.std, inplace=True)

    def __repr__(self):
        return f"{type(self).__name__}(mean={self.mean}, std={self.std})"

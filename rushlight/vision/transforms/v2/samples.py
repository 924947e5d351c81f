"""Transforms of samples: the images in them are transformed, the rest goes through.

# Note [Images of a sample]
# A sample is an image, or a tuple, list or dict with images in it.  Pillow images are
# images; where there are none, the first tensor is.  Labels and other things are left
# as they are, in their places.
"""

import inspect

import numpy as np

from rushlight._base.errors import (
    ArgumentTypeError,
    UnsupportedError,
    explain,
)
from rushlight._base.pytree import flatten, unflatten
from rushlight._core.tensor import Tensor
from rushlight.nn.modules.module import Module
from rushlight.vision._images import is_pil
from rushlight.vision.transforms import transforms as v1
from rushlight.vision.transforms.batches import need_pictures, need_tensor
from rushlight.vision.transforms.functional.borders import sides_of
from rushlight.vision.transforms.v2 import functional as F


class Transform(Module):
    """A transform of samples: subclass it, write `transform`.

    Differs:
        There is no `make_params`: a sample has one image where a transform is random.
    """

    draws = False
    _shown = ()
    _given = None  # the interpolation, as the user wrote it

    def _is_image(self, leaf):
        return is_pil(leaf)

    def transform(self, inpt, params=None):
        """The transformed image; to be written by the subclass."""
        raise NotImplementedError

    def forward(self, *inputs):
        """The sample with its images transformed."""
        sample = inputs[0] if len(inputs) == 1 else inputs
        if is_pil(sample) or isinstance(sample, Tensor):
            return self.transform(sample, {})
        leaves, tree = flatten(sample)
        places = [i for i, leaf in enumerate(leaves) if self._is_image(leaf)]
        if not places:
            places = [i for i, x in enumerate(leaves) if isinstance(x, Tensor)][:1]
        if len(places) > 1 and self.draws:
            raise UnsupportedError(
                explain(
                    f"{type(self).__name__}()",
                    expected="one image in a sample",
                    got=f"{len(places)}",
                    do="Transform images that need the same draws as one batch.",
                )
            )
        for place in places:
            leaves[place] = self.transform(leaves[place], {})
        return unflatten(tree, leaves)

    def __repr__(self):
        shown = [(name, getattr(self, name)) for name in self._shown]
        parts = [f"{n}={self._text(value)}" for n, value in shown if value is not None]
        return f"{type(self).__name__}({', '.join(parts)})"

    def _text(self, value):
        if not isinstance(value, F.InterpolationMode):
            return str(value)
        return value.value if self._given is None else str(self._given)


class _OfImages(Transform):
    """A transform of v1 for samples; the classes below mix it with one."""

    def transform(self, inpt, params=None):
        """The image as the v1 transform gives it."""
        return self._once(self, inpt)


# v1 class -> the attributes that are printed.
_PRINTED = {
    "CenterCrop": "size",
    "ColorJitter": "brightness contrast saturation hue",
    "ElasticTransform": "alpha sigma interpolation fill",
    "FiveCrop": "size",
    "GaussianBlur": "kernel_size sigma",
    "Grayscale": "num_output_channels",
    "LinearTransformation": "",
    "Normalize": "mean std inplace",
    "Pad": "padding fill padding_mode",
    "PILToTensor": "",
    "RandomAdjustSharpness": "p sharpness_factor",
    "RandomAffine": "degrees translate scale shear interpolation fill center",
    "RandomAutocontrast": "p",
    "RandomCrop": "size padding pad_if_needed fill padding_mode",
    "RandomEqualize": "p",
    "RandomErasing": "p scale ratio value inplace",
    "RandomGrayscale": "p",
    "RandomHorizontalFlip": "p",
    "RandomInvert": "p",
    "RandomPerspective": "p distortion_scale interpolation fill",
    "RandomPosterize": "p bits",
    "RandomResizedCrop": "size scale ratio interpolation antialias",
    "RandomRotation": "degrees interpolation expand center fill",
    "RandomSolarize": "p threshold",
    "RandomVerticalFlip": "p",
    "Resize": "size interpolation max_size antialias",
    "TenCrop": "size vertical_flip",
    "ToPILImage": "mode",
    "ToTensor": "",
}
_FIXED = frozenset(
    "CenterCrop FiveCrop Grayscale LinearTransformation Normalize Pad PILToTensor "
    "Resize TenCrop ToPILImage ToTensor".split()
)


def _kept(name, instance):
    """Attributes as torchvision keeps them, where v1 keeps them otherwise."""
    if name == "Resize":
        size = instance.size
        instance.size = [size] if isinstance(size, int) else list(size)
    elif name == "Pad" and isinstance(instance.padding, (tuple, list)):
        instance.padding = list(instance.padding)
    elif name == "RandomCrop" and instance.padding is not None:
        instance.padding = list(sides_of(instance.padding))
    elif name == "GaussianBlur":
        instance.sigma = [float(end) for end in instance.sigma]
    elif name == "RandomErasing" and not isinstance(instance.value, str):
        several = isinstance(instance.value, (tuple, list))
        values = instance.value if several else [instance.value]
        instance.value = [float(value) for value in values]
    elif name == "Normalize":
        instance.mean, instance.std = list(instance.mean), list(instance.std)


_SIGNATURES = {n: inspect.signature(getattr(v1, n).__init__) for n in _PRINTED}


def _of_samples(name):
    """The v2 class of a v1 class."""
    old = getattr(v1, name)

    class Made(_OfImages, old):
        _once = staticmethod(getattr(old, "forward", None) or old.__call__)
        _shown = tuple(_PRINTED[name].split())

        def __init__(self, *args, **kwargs):
            Module.__init__(self)
            bound = _SIGNATURES[name].bind(self, *args, **kwargs)
            given = bound.arguments.get("interpolation")
            if isinstance(given, str):
                bound.arguments["interpolation"] = F.InterpolationMode(given)
            old.__init__(*bound.args, **bound.kwargs)
            self._given = given
            _kept(name, self)

        __call__ = Module.__call__

    Made.draws = name not in _FIXED
    if "batch" in vars(old):
        Made.batch = old.batch
    Made.__name__ = Made.__qualname__ = name
    Made.__module__, Made.__doc__ = __name__, old.__doc__.replace(">>> ", "> ")
    return Made


CLASSES = {name: _of_samples(name) for name in _PRINTED}
globals().update(CLASSES)


class ToImage(Transform):
    """Pillow images and arrays as tensors (C, H, W), not scaled.

    >>> ToImage()
    ToImage()
    """

    def _is_image(self, leaf):
        return is_pil(leaf) or isinstance(leaf, np.ndarray)

    def transform(self, inpt, params=None):
        """The image as a tensor."""
        return F.to_image(inpt)

    def forward(self, *inputs):
        """The sample with its images as tensors."""
        if len(inputs) == 1 and isinstance(inputs[0], np.ndarray):
            return F.to_image(inputs[0])
        return super().forward(*inputs)

    def batch(self, images, draws):
        """The same for a batch."""
        return need_pictures(images).planes()


class ToDtype(Transform):
    """A tensor image in another dtype.

    Args:
        dtype: of the result.
        scale: whether values are scaled from full range to full range.

    Raises:
        TypeError: for a dict of dtypes, which is for kinds of tensors not here.

    >>> import rushlight
    >>> ToDtype(rushlight.float32, scale=True)
    ToDtype(scale=True)
    """

    _shown = ("scale",)

    def __init__(self, dtype, scale=False):
        super().__init__()
        if isinstance(dtype, dict):
            raise ArgumentTypeError(
                explain(
                    "ToDtype(), dtype",
                    expected="one dtype, for images",
                    got="a dict",
                    do="There are no boxes and masks among tensors here.",
                )
            )
        self.dtype = dtype
        self.scale = scale

    def transform(self, inpt, params=None):
        """The converted image; a Pillow image itself."""
        return inpt if is_pil(inpt) else F.to_dtype(inpt, self.dtype, self.scale)

    def batch(self, images, draws):
        """The same for a batch."""
        return F.to_dtype(need_tensor(images), self.dtype, self.scale)


class ToPureTensor(Transform):
    """Nothing: tensors are plain already.

    >>> ToPureTensor()(3)
    3
    """

    def forward(self, *inputs):
        """The sample as it is."""
        return inputs[0] if len(inputs) == 1 else inputs

    def batch(self, images, draws):
        """The batch as it is."""
        return images


class Identity(ToPureTensor):
    """Nothing.

    >>> Identity()("x")
    'x'
    """

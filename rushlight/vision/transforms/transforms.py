"""All transforms in one place, as torchvision has a module of this name too."""

from rushlight.vision.transforms.compose import Compose, Lambda, RandomApply
from rushlight.vision.transforms.convert import (
    ConvertImageDtype,
    Normalize,
    PILToTensor,
    ToPILImage,
    ToTensor,
)
from rushlight.vision.transforms.functional import InterpolationMode
from rushlight.vision.transforms.geometry import CenterCrop, Pad, Resize
from rushlight.vision.transforms.random import (
    RandomCrop,
    RandomHorizontalFlip,
    RandomVerticalFlip,
)

__all__ = [
    "CenterCrop",
    "Compose",
    "ConvertImageDtype",
    "InterpolationMode",
    "Lambda",
    "Normalize",
    "PILToTensor",
    "Pad",
    "RandomApply",
    "RandomCrop",
    "RandomHorizontalFlip",
    "RandomVerticalFlip",
    "Resize",
    "ToPILImage",
    "ToTensor",
]


def __getattr__(name):
    from rushlight.vision._images import missing_name

    raise missing_name("torchvision.transforms.transforms", name, globals())

"""transforms.v2: the same transforms for whole samples, (image, target) and the like.

Images are Pillow images and plain tensors: torchvision's wrapped tensors (tv_tensors),
boxes and masks are not here.
"""

from rushlight.vision.transforms.functional import InterpolationMode
from rushlight.vision.transforms.v2 import functional
from rushlight.vision.transforms.v2.containers import (
    Compose,
    Lambda,
    RandomApply,
    RandomChoice,
    RandomOrder,
)
from rushlight.vision.transforms.v2.samples import CLASSES as _CLASSES
from rushlight.vision.transforms.v2.samples import (
    Identity,
    ToDtype,
    ToImage,
    ToPureTensor,
    Transform,
)

globals().update(_CLASSES)


def __getattr__(name):
    from rushlight.vision._images import missing_name

    raise missing_name("torchvision.transforms.v2", name, globals())

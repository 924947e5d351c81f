"""The transforms as functions: of Pillow images, and of tensors (..., C, H, W).

`convert` changes what kind of thing an image is, `geometry` where its pixels lie,
`resample` their number; `borders` surrounds them, `sizes` counts them.
"""

from rushlight.vision.transforms.functional.borders import pad
from rushlight.vision.transforms.functional.convert import (
    convert_image_dtype,
    normalize,
    pil_to_tensor,
    to_pil_image,
    to_tensor,
)
from rushlight.vision.transforms.functional.geometry import (
    center_crop,
    crop,
    hflip,
    resized_crop,
    vflip,
)
from rushlight.vision.transforms.functional.resample import InterpolationMode, resize
from rushlight.vision.transforms.functional.sizes import (
    get_dimensions,
    get_image_num_channels,
    get_image_size,
)

__all__ = [
    "InterpolationMode",
    "center_crop",
    "convert_image_dtype",
    "crop",
    "get_dimensions",
    "get_image_num_channels",
    "get_image_size",
    "hflip",
    "normalize",
    "pad",
    "pil_to_tensor",
    "resize",
    "resized_crop",
    "to_pil_image",
    "to_tensor",
    "vflip",
]


def __getattr__(name):
    from rushlight.vision._images import missing_name

    raise missing_name("torchvision.transforms.functional", name, globals())

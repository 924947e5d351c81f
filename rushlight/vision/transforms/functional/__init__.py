"""The transforms as functions: of Pillow images, and of tensors (..., C, H, W).

`convert` changes what kind of thing an image is, `geometry` where its pixels lie,
`resample` their number, `warp` turns them; `borders` surrounds them, `sizes` counts
them.  `colours` and `levels` change their values, `filters` mixes neighbours.
"""

from rushlight.vision.transforms.functional.borders import pad
from rushlight.vision.transforms.functional.colours import (
    adjust_brightness,
    adjust_contrast,
    adjust_gamma,
    adjust_hue,
    adjust_saturation,
    rgb_to_grayscale,
    to_grayscale,
)
from rushlight.vision.transforms.functional.convert import (
    convert_image_dtype,
    normalize,
    pil_to_tensor,
    to_pil_image,
    to_tensor,
)
from rushlight.vision.transforms.functional.filters import (
    adjust_sharpness,
    erase,
    gaussian_blur,
)
from rushlight.vision.transforms.functional.geometry import (
    center_crop,
    crop,
    five_crop,
    hflip,
    resized_crop,
    ten_crop,
    vflip,
)
from rushlight.vision.transforms.functional.levels import (
    autocontrast,
    equalize,
    invert,
    posterize,
    solarize,
)
from rushlight.vision.transforms.functional.resample import InterpolationMode, resize
from rushlight.vision.transforms.functional.sizes import (
    get_dimensions,
    get_image_num_channels,
    get_image_size,
)
from rushlight.vision.transforms.functional.warp import (
    affine,
    elastic_transform,
    perspective,
    rotate,
)

__all__ = [
    "InterpolationMode",
    "adjust_brightness",
    "adjust_contrast",
    "adjust_gamma",
    "adjust_hue",
    "adjust_saturation",
    "adjust_sharpness",
    "affine",
    "autocontrast",
    "center_crop",
    "convert_image_dtype",
    "crop",
    "elastic_transform",
    "equalize",
    "erase",
    "five_crop",
    "gaussian_blur",
    "get_dimensions",
    "get_image_num_channels",
    "get_image_size",
    "hflip",
    "invert",
    "normalize",
    "pad",
    "perspective",
    "pil_to_tensor",
    "posterize",
    "resize",
    "resized_crop",
    "rgb_to_grayscale",
    "rotate",
    "solarize",
    "ten_crop",
    "to_grayscale",
    "to_pil_image",
    "to_tensor",
    "vflip",
]


def __getattr__(name):
    from rushlight.vision._images import missing_name

    raise missing_name("torchvision.transforms.functional", name, globals())

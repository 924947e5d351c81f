"""What the published models were shown: scaled, cut, in [0, 1], normalized."""

from rushlight.nn.modules.module import Module
from rushlight.vision.transforms import functional as F
from rushlight.vision.transforms.functional import InterpolationMode

_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class ImageClassification(Module):
    """An image as a classifier's input.

    Args:
        crop_size: side of the square that is cut out of the middle.
        resize_size: the shorter side before that.
        mean, std: of each channel.
        interpolation, antialias: as for `resize`.

    >>> import rushlight
    >>> ImageClassification(crop_size=4)(rushlight.zeros(3, 9, 9)).shape
    torch.Size([3, 4, 4])
    """

    def __init__(
        self,
        *,
        crop_size,
        resize_size=256,
        mean=_MEAN,
        std=_STD,
        interpolation=InterpolationMode.BILINEAR,
        antialias=True,
    ):
        super().__init__()
        self.crop_size = [crop_size]
        self.resize_size = [resize_size]
        self.mean, self.std = list(mean), list(std)
        self.interpolation = interpolation
        self.antialias = antialias

    def forward(self, img):
        """The model's input, (..., C, crop_size, crop_size)."""
        scaled = F.resize(
            img,
            self.resize_size,
            interpolation=self.interpolation,
            antialias=self.antialias,
        )
        cut = F.center_crop(scaled, self.crop_size)
        tensor = cut if hasattr(cut, "requires_grad") else F.pil_to_tensor(cut)
        return F.normalize(F.convert_image_dtype(tensor), self.mean, self.std)

    def __repr__(self):
        lines = [f"{type(self).__name__}("]
        for name in ("crop_size", "resize_size", "mean", "std", "interpolation"):
            lines.append(f"    {name}={getattr(self, name)}")
        return "\n".join(lines) + "\n)"

    def describe(self):
        """The steps in a sentence, as torchvision's documentation shows them."""
        return (
            f"Shorter side {self.resize_size} by {self.interpolation}, the middle "
            f"{self.crop_size}, values in [0, 1], then mean {self.mean} and std "
            f"{self.std}."
        )

"""FakeData: random pictures, to try a program without data."""

from rushlight._base.dtype import int64
from rushlight._base.errors import OutOfRangeError, explain
from rushlight._core.expose import TORCH
from rushlight._core.generator import Generator
from rushlight.vision.datasets.vision import VisionDataset
from rushlight.vision.transforms.functional import to_pil_image


class FakeData(VisionDataset):
    """Pictures of normal noise with random labels, the same for an index every time.

    Args:
        size: how many.
        image_size: (C, H, W).
        num_classes: labels are in [0, num_classes).
        transform: a function of the Pillow image.
        target_transform: a function from the label, a 0-d int64 tensor, to another.
        random_offset: item i is drawn with the seed i + random_offset.

    >>> image, label = FakeData(2, (1, 4, 4))[0]
    >>> image.size, label
    ((4, 4), 6)
    """

    def __init__(
        self,
        size=1000,
        image_size=(3, 224, 224),
        num_classes=10,
        transform=None,
        target_transform=None,
        random_offset=0,
    ):
        super().__init__(transform=transform, target_transform=target_transform)
        self.size = size
        self.num_classes = num_classes
        self.image_size = image_size
        self.random_offset = random_offset

    def __getitem__(self, index):
        """The image, a Pillow image unless transformed, and the label, an int.

        Raises:
            IndexError: for an index of `size` or more.
        """
        if index >= len(self):
            raise OutOfRangeError(
                explain(
                    type(self).__name__,
                    expected=f"an index below {len(self)}",
                    got=f"index {index}, which is out of range",
                    do="Check the index, or make the dataset larger.",
                )
            )
        # A generator of its own: the numbers that torch's default one would give.
        generator = Generator().manual_seed(index + self.random_offset)
        noise = TORCH["randn"](*self.image_size, generator=generator)
        target = TORCH["randint"](
            0, self.num_classes, size=(1,), dtype=int64, generator=generator
        )[0]
        image = to_pil_image(noise)
        if self.transform is not None:
            image = self.transform(image)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return image, target.item()

    def __len__(self):
        return self.size

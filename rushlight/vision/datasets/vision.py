"""VisionDataset: what datasets of pictures share."""

import os

from rushlight._base.errors import ArgumentError, explain
from rushlight.utils.data.dataset import Dataset


class VisionDataset(Dataset):
    """A dataset of pictures: subclass it, write __getitem__ and __len__.

    Args:
        root: str or Path; the folder of its files.
        transforms: a function of (image, target) that gives both.
        transform: a function of the image; target_transform: one of the target.

    Raises:
        ValueError: for transforms together with one of the other two.
    """

    _repr_indent = 4

    def __init__(
        self, root=None, transforms=None, transform=None, target_transform=None
    ):
        self.root = os.path.expanduser(root) if isinstance(root, str) else root
        separate = transform is not None or target_transform is not None
        if transforms is not None and separate:
            raise ArgumentError(
                explain(
                    f"{type(self).__name__}()",
                    expected="transforms, or transform and target_transform",
                    got="both: Only transforms or transform/target_transform can be "
                    "passed as argument",
                    do="Leave one of them out.",
                )
            )
        self.transform = transform
        self.target_transform = target_transform
        if separate:
            transforms = StandardTransform(transform, target_transform)
        self.transforms = transforms

    def __getitem__(self, index):
        """The item with this index; to be written by the subclass."""
        raise NotImplementedError

    def __len__(self):
        raise NotImplementedError

    def __repr__(self):
        body = [f"Number of datapoints: {len(self)}"]
        if self.root is not None:
            body.append(f"Root location: {self.root}")
        body += self.extra_repr().splitlines()
        if getattr(self, "transforms", None) is not None:
            body.append(repr(self.transforms))
        return "\n".join(
            [f"Dataset {type(self).__name__}"]
            + [" " * self._repr_indent + line for line in body]
        )

    def extra_repr(self):
        """More lines for the repr; override it."""
        return ""


class StandardTransform:
    """A transform of the image and one of the target, as one of both.

    Args:
        transform: a function of the image, or None.
        target_transform: a function of the target, or None.

    >>> StandardTransform(None, str)("image", 3)
    ('image', '3')
    """

    def __init__(self, transform=None, target_transform=None):
        self.transform = transform
        self.target_transform = target_transform

    def __call__(self, input, target):
        if self.transform is not None:
            input = self.transform(input)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return input, target

    def __repr__(self):
        lines = [type(self).__name__]
        if self.transform is not None:
            lines += _hanging("Transform: ", self.transform)
        if self.target_transform is not None:
            lines += _hanging("Target transform: ", self.target_transform)
        return "\n".join(lines)


def _hanging(head, transform):
    """The lines of a repr, the first behind a head, the others below its end."""
    first, *others = repr(transform).splitlines()
    return [head + first] + [" " * len(head) + line for line in others]

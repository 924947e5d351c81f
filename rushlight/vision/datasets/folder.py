"""Datasets of files in folders, one folder for each class."""

import os

from rushlight._base.errors import ArgumentError, explain
from rushlight.vision.datasets.vision import VisionDataset

__all__ = [
    "DatasetFolder",
    "ImageFolder",
    "default_loader",
    "find_classes",
    "has_file_allowed_extension",
    "is_image_file",
    "make_dataset",
    "pil_loader",
]

IMG_EXTENSIONS = (
    ".jpg",
    ".jpeg",
    ".png",
    ".ppm",
    ".bmp",
    ".pgm",
    ".tif",
    ".tiff",
    ".webp",
)


class _NothingFound(FileNotFoundError):
    """A folder without what was looked for."""


def has_file_allowed_extension(filename, extensions):
    """Whether a file's name ends in one of these ways, upper or lower case.

    >>> has_file_allowed_extension("a.PNG", (".png", ".jpg"))
    True
    """
    ends = extensions if isinstance(extensions, str) else tuple(extensions)
    return filename.lower().endswith(ends)


def is_image_file(filename):
    """Whether a file's name ends as an image's.

    >>> is_image_file("a.txt")
    False
    """
    return has_file_allowed_extension(filename, IMG_EXTENSIONS)


def find_classes(directory):
    """The folders in a folder: the classes.

    Args:
        directory: str or Path.

    Returns:
        Pair: sorted list of names, dict of their labels.

    Raises:
        FileNotFoundError: where there are none.
    """
    classes = sorted(entry.name for entry in os.scandir(directory) if entry.is_dir())
    if not classes:
        raise _NothingFound(
            explain(
                "find_classes(), directory",
                expected="a folder for each class",
                got=f"none: couldn't find any class folder in {directory}",
                do="Put the files into folders with the classes' names.",
            )
        )
    return classes, {name: label for label, name in enumerate(classes)}


def make_dataset(
    directory,
    class_to_idx=None,
    extensions=None,
    is_valid_file=None,
    allow_empty=False,
):
    """The files in classes' folders, and in folders within these.

    Args:
        directory: the folder of the classes.
        class_to_idx: dict of labels; all folders if left out.
        extensions: how names must end, str or tuple.
        is_valid_file: a function of the path, instead of extensions.
        allow_empty: whether a class may have no files.

    Returns:
        list of (path, label), sorted by class and path.

    Raises:
        ValueError: for no classes, or both or neither of the two ways to choose.
        FileNotFoundError: for a class without files.
    """
    directory = os.path.expanduser(directory)
    if class_to_idx is None:
        _, class_to_idx = find_classes(directory)
    if not class_to_idx or (extensions is None) == (is_valid_file is None):
        raise ArgumentError(
            explain(
                "make_dataset()",
                expected="at least one class, and extensions or is_valid_file",
                got=f"{len(class_to_idx)} classes, extensions={extensions}, "
                f"is_valid_file={is_valid_file}",
                do="Give one of the two.",
            )
        )
    if is_valid_file is None:

        def is_valid_file(path):
            return has_file_allowed_extension(path, extensions)

    found = {
        name: list(_files(os.path.join(directory, name), is_valid_file))
        for name in sorted(class_to_idx)
    }
    empty = [name for name, files in found.items() if not files]
    if empty and not allow_empty:
        ends = (
            extensions if isinstance(extensions, str) else ", ".join(extensions or ())
        )
        raise _NothingFound(
            explain(
                "make_dataset()",
                expected="files in each class" + (f" ({ends})" if ends else ""),
                got=f"no valid file for the classes {', '.join(empty)}",
                do="Remove the empty folders, or pass allow_empty=True.",
            )
        )
    return [(path, class_to_idx[name]) for name in found for path in found[name]]


def _files(folder, wanted):
    for root, _, names in sorted(os.walk(folder, followlinks=True)):
        for name in sorted(names):
            path = os.path.join(root, name)
            if wanted(path):
                yield path


def pil_loader(path):
    """A Pillow image of the mode RGB from a file."""
    from PIL import Image

    with open(path, "rb") as file:
        return Image.open(file).convert("RGB")


def default_loader(path):
    """What `ImageFolder` reads a file with: `pil_loader`."""
    return pil_loader(path)


class DatasetFolder(VisionDataset):
    """Files of any kind in folders, one for each class: root/class/file.

    Args:
        root: str or Path.
        loader: a function from a path to the sample.
        extensions: how files' names must end.
        transform: a function of the sample.
        target_transform: a function of the label, an int.
        is_valid_file: a function of the path, instead of extensions.
        allow_empty: whether a class may have no files.

    Attributes:
        classes: sorted list of names; class_to_idx: dict of their labels.
        samples: list of (path, label); targets: list of labels.

    Raises:
        ValueError, FileNotFoundError: as `make_dataset` says.
    """

    def __init__(
        self,
        root,
        loader,
        extensions=None,
        transform=None,
        target_transform=None,
        is_valid_file=None,
        allow_empty=False,
    ):
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.classes, self.class_to_idx = self.find_classes(self.root)
        self.samples = self.make_dataset(
            self.root,
            class_to_idx=self.class_to_idx,
            extensions=extensions,
            is_valid_file=is_valid_file,
            allow_empty=allow_empty,
        )
        self.loader = loader
        self.extensions = extensions
        self.targets = [label for _, label in self.samples]

    @staticmethod
    def make_dataset(
        directory, class_to_idx, extensions=None, is_valid_file=None, allow_empty=False
    ):
        """The files and their labels; a subclass may choose others."""
        if class_to_idx is None:
            raise ArgumentError(
                explain(
                    "make_dataset(), class_to_idx",
                    expected="a dict of labels",
                    got="None",
                    do="Pass what find_classes() gives.",
                )
            )
        return make_dataset(
            directory, class_to_idx, extensions, is_valid_file, allow_empty
        )

    def find_classes(self, directory):
        """The classes and their labels; a subclass may choose others."""
        return find_classes(directory)

    def __getitem__(self, index):
        """The sample, transformed, and the label, an int."""
        path, target = self.samples[index]
        sample = self.loader(path)
        if self.transform is not None:
            sample = self.transform(sample)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return sample, target

    def __len__(self):
        return len(self.samples)


class ImageFolder(DatasetFolder):
    """Pictures in folders, one for each class: root/class/picture.

    Args:
        root: str or Path.
        transform: a function of the Pillow image.
        target_transform: a function of the label, an int.
        loader: a function from a path to the image.
        is_valid_file: a function of the path: whether it is a picture; by the names'
            endings if left out.
        allow_empty: whether a class may have no files.

    Attributes:
        classes, class_to_idx, samples, targets: as for `DatasetFolder`.
        imgs: the same as samples.

    Raises:
        FileNotFoundError: as `make_dataset` says.
    """

    def __init__(
        self,
        root,
        transform=None,
        target_transform=None,
        loader=default_loader,
        is_valid_file=None,
        allow_empty=False,
    ):
        super().__init__(
            root,
            loader,
            IMG_EXTENSIONS if is_valid_file is None else None,
            transform=transform,
            target_transform=target_transform,
            is_valid_file=is_valid_file,
            allow_empty=allow_empty,
        )
        self.imgs = self.samples

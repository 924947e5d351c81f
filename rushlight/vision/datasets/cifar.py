"""CIFAR-10 and CIFAR-100: 32 x 32 coloured pictures of ten or a hundred classes."""

import os

import numpy as np

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight.serialization.unpickle import Reader
from rushlight.vision._images import image_of
from rushlight.vision.datasets.batch import batch_of
from rushlight.vision.datasets.download import fetch, problem_with
from rushlight.vision.datasets.utils import unpack_tar
from rushlight.vision.datasets.vision import VisionDataset

__all__ = ["CIFAR10", "CIFAR100"]


class CIFAR10(VisionDataset):
    """Things and animals: 50,000 pictures to train with, 10,000 to test.

    Args:
        root: str or Path; the files are in ``root/cifar-10-batches-py``.
        train: whether the training pictures or the test pictures.
        transform: a function of the Pillow image.
        target_transform: a function of the label, an int.
        download: whether to fetch the archive and unpack it if files are missing.

    Attributes:
        data: (N, 32, 32, 3) ndarray, uint8.
        targets: list of int.
        classes: the names of the labels; class_to_idx: dict of their labels.

    Raises:
        RuntimeError: where files are missing, damaged, or cannot be fetched.

    Differs:
        The files are pickles; they are read without executing anything.

    See:
        Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009).
    """

    base_folder = "cifar-10-batches-py"
    url = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
    filename = "cifar-10-python.tar.gz"
    tgz_md5 = "c58f30108f718f92721af3b95e74349a"
    train_list = [
        ["data_batch_1", "c99cafc152244af753f735de768cd75f"],
        ["data_batch_2", "d4bba439e000b95fd0a9bffe97cbabec"],
        ["data_batch_3", "54ebc095f3ab1f0389bbae665268c751"],
        ["data_batch_4", "634d18415352ddfa80567beed471001a"],
        ["data_batch_5", "482c414d41f54cd18b22e5b47cb7c3cb"],
    ]
    test_list = [["test_batch", "40351d587109b95175f43aff81a1287e"]]
    meta = {
        "filename": "batches.meta",
        "key": "label_names",
        "md5": "5ff9c542aee3614f3951f8cda6e48888",
    }

    def __init__(
        self, root, train=True, transform=None, target_transform=None, download=False
    ):
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        if download:
            self.download()
        self._check_files()
        entries = [
            self._read(name)
            for name, _ in (self.train_list if train else self.test_list)
        ]
        key = "labels" if "labels" in entries[0] else "fine_labels"
        self.targets = [int(label) for entry in entries for label in entry[key]]
        pictures = np.vstack([entry["data"] for entry in entries])
        # A view: in memory each colour stays a plane of its own.
        self.data = pictures.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        self.classes = self._read(self.meta["filename"])[self.meta["key"]]
        self.class_to_idx = {name: label for label, name in enumerate(self.classes)}

    # -- files -----------------------------------------------------------------------

    def _path(self, name):
        return os.path.join(self.root, self.base_folder, name)

    def _problems(self):
        files = [*self.train_list, *self.test_list]
        files.append((self.meta["filename"], self.meta["md5"]))
        found = [(name, problem_with(self._path(name), md5)) for name, md5 in files]
        return [f"{name}: {problem}" for name, problem in found if problem]

    def _check_integrity(self):
        return not self._problems()

    def _check_files(self):
        problems = self._problems()
        if problems:
            raise ArgumentRuntimeError(
                explain(
                    type(self).__name__,
                    expected=f"its files in {self._path('')}",
                    got=f"Dataset not found or corrupted: {'; '.join(problems)}",
                    do="You can use download=True to download it, or unpack the "
                    f"archive {self.filename} there.",
                )
            )

    def _read(self, name):
        with open(self._path(name), "rb") as file:
            return Reader(file.read(), None).read()

    def download(self):
        """Fetch the archive and unpack it, unless its files are there.

        Raises:
            RuntimeError: where it cannot be had, or fails its checks.
        """
        if self._check_integrity():
            return
        who = type(self).__name__
        path = fetch([self.url], self.root, self.filename, self.tgz_md5, who=who)
        unpack_tar(path, self.root)

    # -- items -----------------------------------------------------------------------

    def __getitem__(self, index):
        """The image, a Pillow image unless transformed, and the label, an int."""
        image, target = image_of(self.data[index], "RGB"), self.targets[index]
        if self.transform is not None:
            image = self.transform(image)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return image, target

    def __len__(self):
        return len(self.data)

    def _has_batches(self):
        return True

    def __getbatch__(self, indices):
        """The batch that default_collate makes of the items with these indices."""
        data = self.data
        right = isinstance(data, np.ndarray) and data.ndim == 4 and data.shape[3] == 3
        planes = data.transpose(0, 3, 1, 2) if right else None
        return batch_of(self, indices, planes, self.targets)

    def extra_repr(self):
        """The line that tells the split."""
        return f"Split: {'Train' if self.train is True else 'Test'}"


class CIFAR100(CIFAR10):
    """Things, animals, plants and people: 50,000 pictures to train, 10,000 to test.

    Args:
        root: str or Path; the files are in ``root/cifar-100-python``.
        train, transform, target_transform, download: as for `CIFAR10`.

    Raises:
        RuntimeError: where files are missing, damaged, or cannot be fetched.

    See:
        Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009).
    """

    base_folder = "cifar-100-python"
    url = "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz"
    filename = "cifar-100-python.tar.gz"
    tgz_md5 = "eb9058c3a382ffc7106e4002c42a8d85"
    train_list = [["train", "16019d7e3df5f24257cddd939b257f8d"]]
    test_list = [["test", "f0ef6b0ae62326f3e7ffdfab6717acfc"]]
    meta = {
        "filename": "meta",
        "key": "fine_label_names",
        "md5": "7973b15100ade9c7d40fb424638fde48",
    }

"""MNIST and the datasets in its format: 28 x 28 grey pictures of ten classes."""

import os
import warnings

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight.vision._images import image_of
from rushlight.vision.datasets.batch import batch_of
from rushlight.vision.datasets.download import fetch, unpack
from rushlight.vision.datasets.idx import (
    read_image_file,
    read_label_file,
    read_sn3_pascalvincent_tensor,
)
from rushlight.vision.datasets.vision import VisionDataset

__all__ = [
    "KMNIST",
    "MNIST",
    "FashionMNIST",
    "read_image_file",
    "read_label_file",
    "read_sn3_pascalvincent_tensor",
]


def _renamed(old, new):
    """A property that warns of its name, as torchvision's does."""

    def getter(self):
        warnings.warn(f"{old} has been renamed {new}", stacklevel=2)
        return getattr(self, new)

    getter.__doc__ = f"The former name of `{new}`."
    return property(getter)


class MNIST(VisionDataset):
    """Handwritten digits: 60,000 pictures to train with, 10,000 to test.

    Args:
        root: str or Path; the files are in ``root/MNIST/raw``.
        train: whether the training pictures or the test pictures.
        transform: a function of the Pillow image.
        target_transform: a function of the label, an int.
        download: whether to fetch files that are missing; see docs/data.md.

    Attributes:
        data: (N, 28, 28), uint8.
        targets: (N,), int64.
        classes: the names of the labels.

    Raises:
        RuntimeError: where files are missing, cannot be fetched, or are cut short.

    Differs:
        More mirrors than torchvision has; files are checked by size and SHA-256 too.

    See:
        LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
        recognition", Proceedings of the IEEE 86 (1998).
    """

    mirrors = [
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "http://yann.lecun.com/exdb/mnist/",
    ]
    resources = [
        ("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        ("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
        ("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
        ("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
    ]
    training_file = "training.pt"
    test_file = "test.pt"
    classes = [
        f"{digit} - {name}"
        for digit, name in enumerate(
            "zero one two three four five six seven eight nine".split()
        )
    ]

    def __init__(
        self, root, train=True, transform=None, target_transform=None, download=False
    ):
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        if self._has_processed_files():
            self.data, self.targets = self._load_processed()
            return
        if download:
            self.download()
        missing = self._missing()
        if missing:
            raise ArgumentRuntimeError(
                explain(
                    type(self).__name__,
                    expected=f"its files in {self.raw_folder}",
                    got=f"Dataset not found: {', '.join(missing)} missing",
                    do="You can use download=True to download it, or put the files "
                    "there by hand.",
                )
            )
        self.data, self.targets = self._load_data()

    # -- files -----------------------------------------------------------------------

    @property
    def raw_folder(self):
        """The folder of the files as they were published."""
        return os.path.join(self.root, type(self).__name__, "raw")

    @property
    def processed_folder(self):
        """The folder where old versions of torchvision kept .pt files."""
        return os.path.join(self.root, type(self).__name__, "processed")

    def _missing(self):
        names = [
            os.path.splitext(os.path.basename(name))[0] for name, _ in self.resources
        ]
        folder = self.raw_folder
        return [n for n in names if not os.path.isfile(os.path.join(folder, n))]

    def _check_exists(self):
        return not self._missing()

    def download(self):
        """Fetch the files that are missing, and unpack them.

        Raises:
            RuntimeError: where no mirror gives a file that passes its checks.
        """
        missing = set(self._missing())
        for name, md5 in self.resources:
            unpacked = os.path.splitext(name)[0]
            if unpacked in missing:
                os.makedirs(self.raw_folder, exist_ok=True)
                urls = [mirror + name for mirror in self.mirrors]
                packed = fetch(
                    urls, self.raw_folder, name, md5, who=type(self).__name__
                )
                unpack(packed, os.path.join(self.raw_folder, unpacked))

    def _load_data(self):
        split = os.path.join(self.raw_folder, "train" if self.train else "t10k")
        data = read_image_file(f"{split}-images-idx3-ubyte")
        return data, read_label_file(f"{split}-labels-idx1-ubyte")

    def _has_processed_files(self):
        names = (self.training_file, self.test_file)
        folder = self.processed_folder
        return all(os.path.isfile(os.path.join(folder, name)) for name in names)

    def _load_processed(self):
        from rushlight.serialization import load

        name = self.training_file if self.train else self.test_file
        return load(os.path.join(self.processed_folder, name), weights_only=True)

    # -- items -----------------------------------------------------------------------

    def __getitem__(self, index):
        """The image, a Pillow image unless transformed, and the label, an int."""
        image, target = self.data[index], int(self.targets[index])
        image = image_of(image.numpy())
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
        return batch_of(self, indices, self.data, self.targets)

    # -- names -----------------------------------------------------------------------

    train_labels = _renamed("train_labels", "targets")
    test_labels = _renamed("test_labels", "targets")
    train_data = _renamed("train_data", "data")
    test_data = _renamed("test_data", "data")

    @property
    def class_to_idx(self):
        """The label of each class's name."""
        return {name: label for label, name in enumerate(self.classes)}

    def extra_repr(self):
        """The line that tells the split."""
        return f"Split: {'Train' if self.train is True else 'Test'}"


class FashionMNIST(MNIST):
    """Garments: 60,000 pictures to train with, 10,000 to test.

    Args:
        root: str or Path; the files are in ``root/FashionMNIST/raw``.
        train, transform, target_transform, download: as for `MNIST`.

    Raises:
        RuntimeError: where files are missing, cannot be fetched, or are cut short.

    See:
        Xiao, Rasul and Vollgraf, "Fashion-MNIST" (2017), arXiv:1708.07747.
    """

    mirrors = [
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    ]
    resources = [
        ("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        ("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
        ("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        ("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
    ]
    classes = [
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ]


class KMNIST(MNIST):
    """Cursive Japanese characters: 60,000 pictures to train with, 10,000 to test.

    Args:
        root: str or Path; the files are in ``root/KMNIST/raw``.
        train, transform, target_transform, download: as for `MNIST`.

    Raises:
        RuntimeError: where files are missing, cannot be fetched, or are cut short.

    See:
        Clanuwat et al., "Deep Learning for Classical Japanese Literature" (2018),
        arXiv:1812.01718.
    """

    mirrors = [
        "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
    ]
    resources = [
        ("train-images-idx3-ubyte.gz", "bdb82020997e1d708af4cf47b453dcf7"),
        ("train-labels-idx1-ubyte.gz", "e144d726b3acfaa3e44228e80efcd344"),
        ("t10k-images-idx3-ubyte.gz", "5c965bf0a639b31b8f53240b1b52f4d7"),
        ("t10k-labels-idx1-ubyte.gz", "7320c461ea6c1c855c0b718fb2a4b134"),
    ]
    classes = ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]

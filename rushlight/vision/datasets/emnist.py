"""EMNIST: handwritten letters and digits in MNIST's format, in six selections."""

import os
import string
import zipfile

from rushlight.vision.datasets.download import fetch, unpack
from rushlight.vision.datasets.idx import read_image_file, read_label_file
from rushlight.vision.datasets.mnist import MNIST
from rushlight.vision.datasets.utils import verify_str_arg

_ALL = sorted(string.digits + string.ascii_letters)
_ALIKE = "cijklmopsuvwxyz"  # small letters that look like capital ones
_MERGED = [letter for letter in _ALL if letter not in _ALIKE]


class EMNIST(MNIST):
    """Handwritten letters and digits, 28 x 28.

    Args:
        root: str or Path; the files are in ``root/EMNIST/raw``.
        split: "byclass" (all 62), "bymerge" and "balanced" (47: letters that look alike
            count as one), "letters" (26, from 1), "digits" or "mnist".
        train, transform, target_transform, download: as for `MNIST`.

    Raises:
        ValueError: for another split.
        RuntimeError: where files are missing, cannot be fetched, or are cut short.

    See:
        Cohen et al., "EMNIST: an extension of MNIST to handwritten letters" (2017),
        arXiv:1702.05373.
    """

    url = "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"
    md5 = "58c8d27c78d21e728a6bc7b3cc06412e"
    splits = ("byclass", "bymerge", "balanced", "letters", "digits", "mnist")
    classes_split_dict = {
        "byclass": _ALL,
        "bymerge": _MERGED,
        "balanced": _MERGED,
        "letters": ["N/A", *string.ascii_lowercase],
        "digits": list(string.digits),
        "mnist": list(string.digits),
    }

    def __init__(self, root, split, **kwargs):
        self.split = verify_str_arg(split, "split", self.splits)
        self.training_file = f"training_{split}.pt"
        self.test_file = f"test_{split}.pt"
        super().__init__(root, **kwargs)
        self.classes = self.classes_split_dict[split]

    def _names(self):
        start = f"emnist-{self.split}-{'train' if self.train else 'test'}"
        return f"{start}-images-idx3-ubyte", f"{start}-labels-idx1-ubyte"

    @property
    def images_file(self):
        """Path of the pictures."""
        return os.path.join(self.raw_folder, self._names()[0])

    @property
    def labels_file(self):
        """Path of the labels."""
        return os.path.join(self.raw_folder, self._names()[1])

    def _missing(self):
        folder = self.raw_folder
        return [
            name
            for name in self._names()
            if not os.path.isfile(os.path.join(folder, name))
        ]

    def _load_data(self):
        return read_image_file(self.images_file), read_label_file(self.labels_file)

    def download(self):
        """Fetch the archive of all splits and unpack it, unless this split is there.

        Raises:
            RuntimeError: where it cannot be had, or fails its checks.
        """
        if not self._missing():
            return
        folder = self.raw_folder
        path = fetch([self.url], folder, "gzip.zip", self.md5, who="EMNIST")
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".gz"):
                    packed = archive.extract(name, folder)
                    target = os.path.basename(name).removesuffix(".gz")
                    unpack(packed, os.path.join(folder, target))
                    os.remove(packed)

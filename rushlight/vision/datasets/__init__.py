"""Datasets of pictures.

`mnist` and `fakedata` hold the datasets, `vision` what they share; `idx` reads their
files, `utils` and `download` fetch them.
"""

from rushlight.vision.datasets.fakedata import FakeData
from rushlight.vision.datasets.mnist import KMNIST, MNIST, FashionMNIST
from rushlight.vision.datasets.vision import VisionDataset

__all__ = ["KMNIST", "MNIST", "FakeData", "FashionMNIST", "VisionDataset"]


def __getattr__(name):
    from rushlight.vision._images import missing_name

    raise missing_name("torchvision.datasets", name, globals())

"""Datasets of pictures.

`mnist`, `emnist`, `cifar`, `folder` and `fakedata` hold the datasets, `vision` and
`batch` what they share; `idx` reads their files, `utils` and `download` fetch them.
"""

from rushlight.vision.datasets.cifar import CIFAR10, CIFAR100
from rushlight.vision.datasets.emnist import EMNIST
from rushlight.vision.datasets.fakedata import FakeData
from rushlight.vision.datasets.folder import DatasetFolder, ImageFolder
from rushlight.vision.datasets.mnist import KMNIST, MNIST, FashionMNIST
from rushlight.vision.datasets.vision import VisionDataset

__all__ = [
    "CIFAR10",
    "CIFAR100",
    "EMNIST",
    "KMNIST",
    "MNIST",
    "DatasetFolder",
    "FakeData",
    "FashionMNIST",
    "ImageFolder",
    "VisionDataset",
]


def __getattr__(name):
    from rushlight.vision._images import missing_name

    raise missing_name("torchvision.datasets", name, globals())

"""The demo's pictures: Fashion-MNIST where it can be had, else drawn ones."""

import threading
import time
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlsplit

import rushlight as torch
from rushlight.cli.demonstration.garments import draw
from rushlight.vision.datasets import FashionMNIST, VisionDataset
from rushlight.vision.datasets.download import DownloadError
from rushlight.vision.transforms import ToTensor

#: Seconds in which an address has to show that it is there.
PATIENCE = 3.0
DRAWN = {"train": 20_000, "test": 4_000}


@dataclass
class Pictures:
    """What the demo learns from and is tested with.

    Attributes:
        train, test: datasets of (picture, label).
        name: what to call them.
        origin: where they come from, in a sentence.
        is_stand_in: whether they were drawn here.
    """

    train: FashionMNIST
    test: FashionMNIST
    name: str
    origin: str
    is_stand_in: bool


class DrawnGarments(FashionMNIST):
    """Drawn pictures in the place of Fashion-MNIST's.

    Args:
        count: how many.
        seed: int; the same seed gives the same pictures.
        transform: as for `FashionMNIST`.

    >>> DrawnGarments(3, seed=0)
    Dataset DrawnGarments
        Number of datapoints: 3
    """

    def __init__(self, count, seed, transform=None):
        VisionDataset.__init__(self, transform=transform)
        images, labels = draw(count, seed)
        self.data, self.targets = torch.from_numpy(images), torch.from_numpy(labels)

    def extra_repr(self):
        """Nothing more: there is no split."""
        return ""


def find(folder, seed, *, offline=False):
    """The pictures: from the folder, else downloaded into it, else drawn.

    Args:
        folder: the data folder.
        seed: of the drawn ones.
        offline: whether not to try a download.

    Returns:
        Pictures.

    Raises:
        RuntimeError, AssertionError, TypeError, ValueError: where files are there, but
            damaged.
    """
    if _is_there(folder):
        return _real(FashionMNIST, folder, f"read from the folder {folder}")
    if offline:
        return _stand_in(seed, "no download was tried (--offline)")
    near = answering(FashionMNIST.mirrors)
    if not near:
        hosts = ", ".join(urlsplit(url).hostname for url in FashionMNIST.mirrors)
        return _stand_in(seed, f"none of {hosts} answered")
    # The folder is named after the class.
    source = type("FashionMNIST", (FashionMNIST,), {"mirrors": near})
    try:
        return _real(source, folder, f"downloaded into the folder {folder}")
    except DownloadError as error:
        return _stand_in(seed, str(error).rstrip("."))
    except OSError as error:
        return _stand_in(seed, f"the folder {folder} cannot be written to ({error})")


def _is_there(folder):
    probe = FashionMNIST.__new__(FashionMNIST)
    probe.root = folder
    return not probe._missing()


def _real(source, folder, origin):
    train, test = (
        source(folder, train=train, transform=ToTensor(), download=True)
        for train in (True, False)
    )
    return Pictures(train, test, "Fashion-MNIST", origin, is_stand_in=False)


def _stand_in(seed, reason):
    train = DrawnGarments(DRAWN["train"], [seed % 2**64, 0], ToTensor())
    test = DrawnGarments(DRAWN["test"], [seed % 2**64, 1], ToTensor())
    return Pictures(train, test, "the stand-in", reason, is_stand_in=True)


def answering(addresses, seconds=PATIENCE):
    """Those of some addresses that answer at all, in time.

    Args:
        addresses: list of str.
        seconds: how long to wait for all of them together.

    Returns:
        list of str, in the order given.
    """
    heard = set()
    askers = [
        threading.Thread(target=_ask, args=(url, seconds, heard), daemon=True)
        for url in addresses
    ]
    end = time.monotonic() + seconds
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(max(0.0, end - time.monotonic()))
    return [url for url in addresses if url in heard]


def _ask(url, seconds, heard):
    """Any answer counts, a refusal of the folder's own page too."""
    request = urllib.request.Request(url, method="HEAD")
    try:
        urllib.request.urlopen(request, timeout=seconds).close()
    except urllib.error.HTTPError as error:
        error.close()
    except (OSError, ValueError, urllib.error.URLError):
        return
    heard.add(url)

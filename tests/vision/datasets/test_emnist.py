"""EMNIST; what it shares with MNIST is tested there."""

import gzip
import zipfile

import pytest

from rushlight.vision.datasets import EMNIST
from tests.vision.datasets.server import Server
from tests.vision.pictures import idx, small


@pytest.fixture
def served(tmp_path, monkeypatch):
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for split, count in (("train", 5), ("test", 3)):
            images, labels = small(count)
            start = f"gzip/emnist-letters-{split}"
            archive.writestr(
                f"{start}-images-idx3-ubyte.gz", gzip.compress(idx(images))
            )
            archive.writestr(
                f"{start}-labels-idx1-ubyte.gz", gzip.compress(idx(labels))
            )
        archive.writestr("gzip/readme.txt", "letters")
    server = Server()
    server.files["/gzip.zip"] = path.read_bytes()
    monkeypatch.setattr(EMNIST, "url", f"{server.url}/gzip.zip")
    monkeypatch.setattr(EMNIST, "md5", None)
    yield server
    server.close()


def test_download(served, tmp_path):
    data = EMNIST(tmp_path, "letters", download=True)
    assert len(data) == 5
    assert data.classes[:3] == ["N/A", "a", "b"]
    assert len(EMNIST(tmp_path, "letters", train=False)) == 3
    assert len(served.asked) == 1


def test_names_of_classes():
    sizes = {split: len(names) for split, names in EMNIST.classes_split_dict.items()}
    assert sizes == {
        "byclass": 62,
        "bymerge": 47,
        "balanced": 47,
        "letters": 27,
        "digits": 10,
        "mnist": 10,
    }
    assert (
        EMNIST.classes_split_dict["bymerge"][-5:] == ["g", "h", "n", "q", "r", "t"][1:]
    )


def test_missing_files_and_splits(tmp_path):
    with pytest.raises(RuntimeError, match="emnist-digits-train-images-idx3-ubyte"):
        EMNIST(tmp_path, "digits")
    with pytest.raises(ValueError, match="got unknown value 'words'"):
        EMNIST(tmp_path, "words")

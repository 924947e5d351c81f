"""MNIST and its kin: files, items, texts."""

import pickle
from pathlib import Path

import numpy as np
import pytest

import rushlight as torch
from rushlight.utils.data import DataLoader
from rushlight.vision import transforms as T
from rushlight.vision.datasets import KMNIST, MNIST, FashionMNIST
from tests.vision.pictures import packed, small, write


@pytest.fixture
def root(tmp_path):
    write(tmp_path)
    return tmp_path


def test_items(root):
    images, labels = small(12)
    data = FashionMNIST(root)
    assert torch.equal(data.data, torch.from_numpy(images))
    assert data.targets.tolist() == labels.tolist()
    assert data.targets.dtype == torch.int64
    image, label = data[3]
    assert (image.mode, image.size) == ("L", (6, 6))
    assert np.array_equal(np.asarray(image), images[3])
    assert (label, type(label)) == (labels[3], int)
    assert data[-1][1] == labels[-1]
    with pytest.raises(IndexError):
        data[12]


def test_transforms_and_splits(root):
    data = FashionMNIST(str(root), False, T.ToTensor(), lambda label: label * 10)
    images, labels = small(5, seed=1)
    assert len(data) == 5
    image, label = data[2]
    assert torch.equal(image[0], torch.from_numpy(images[2]) / 255)
    assert label == labels[2] * 10
    assert len(list(data)) == 5


def test_text(root):
    stack = T.Compose([T.ToTensor(), T.Normalize((0.286,), (0.353,))])
    data = FashionMNIST(root, transform=stack, target_transform=T.Pad(1))
    expected = f"""\
Dataset FashionMNIST
    Number of datapoints: 12
    Root location: {root}
    Split: Train
    StandardTransform
Transform: Compose(
               ToTensor()
               Normalize(mean=(0.286,), std=(0.353,))
           )
Target transform: Pad(padding=1, fill=0, padding_mode=constant)"""
    assert repr(data) == expected
    assert "Split: Test" in repr(FashionMNIST(root, train=False))


def test_names(root):
    data = FashionMNIST(root)
    assert data.classes[9] == "Ankle boot"
    assert data.class_to_idx["Sandal"] == 5
    assert MNIST.classes[:2] == ["0 - zero", "1 - one"]
    assert KMNIST.classes == "o ki su tsu na ha ma ya re wo".split()
    assert data.raw_folder == str(root / "FashionMNIST" / "raw")
    assert data.processed_folder == str(root / "FashionMNIST" / "processed")


@pytest.mark.parametrize(
    "old, new",
    [
        ("train_data", "data"),
        ("test_data", "data"),
        ("train_labels", "targets"),
        ("test_labels", "targets"),
    ],
)
def test_former_names_warn(root, old, new):
    data = FashionMNIST(root)
    with pytest.warns(UserWarning, match=f"{old} has been renamed {new}"):
        assert getattr(data, old) is getattr(data, new)


def test_no_files(tmp_path):
    with pytest.raises(RuntimeError, match="You can use download=True to download it"):
        MNIST(tmp_path)
    (write(tmp_path) / "train-labels-idx1-ubyte").unlink()
    text = r"Dataset not found: train-labels-idx1-ubyte missing"
    with pytest.raises(RuntimeError, match=text):
        FashionMNIST(tmp_path)


def test_a_file_that_was_cut_short(root):
    path = root / "FashionMNIST" / "raw" / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(RuntimeError, match="expected 448 bytes by its own header"):
        FashionMNIST(root)


def test_files_of_old_versions(root):
    folder = root / "FashionMNIST" / "processed"
    folder.mkdir()
    pair = torch.ones(3, 2, 2, dtype=torch.uint8), torch.arange(3)
    torch.save(pair, folder / "training.pt")
    torch.save(pair, folder / "test.pt")
    assert FashionMNIST(root).targets.tolist() == [0, 1, 2]


def test_a_subclass_has_a_folder_of_its_own(tmp_path):
    class Digits(MNIST):
        pass

    write(tmp_path, "Digits")
    assert len(Digits(tmp_path)) == 12


def test_it_can_be_sent_to_workers(root):
    data = pickle.loads(pickle.dumps(FashionMNIST(root, transform=T.ToTensor())))
    assert data[0][0].shape == (1, 6, 6)


def test_workers_fetch_the_same_batches(root):
    data = FashionMNIST(root, transform=T.ToTensor())
    here = list(DataLoader(data, batch_size=5))
    there = list(DataLoader(data, batch_size=5, num_workers=2))
    for ours, theirs in zip(here, there, strict=True):
        assert torch.equal(ours[0], theirs[0])
        assert torch.equal(ours[1], theirs[1])


@pytest.fixture
def mirrors(tmp_path, monkeypatch):
    """Addresses of the packed files, in a folder instead of on the network."""
    import hashlib

    folder = tmp_path / "mirror"
    folder.mkdir()
    resources = []
    for name, content in packed().items():
        (folder / name).write_bytes(content)
        resources.append((name, hashlib.md5(content).hexdigest()))
    monkeypatch.setattr(FashionMNIST, "mirrors", [f"{folder.as_uri()}/"])
    monkeypatch.setattr(FashionMNIST, "resources", resources)
    return folder


def test_download(mirrors, tmp_path):
    root = tmp_path / "data"
    data = FashionMNIST(root, download=True)
    assert data.data.shape == (12, 6, 6)
    raw = Path(data.raw_folder)
    assert sorted(p.name for p in raw.iterdir()) == sorted(
        [*packed(), *(name.removesuffix(".gz") for name in packed())]
    )
    for path in mirrors.iterdir():
        path.unlink()
    assert (
        len(FashionMNIST(root, train=False, download=True)) == 5
    )  # nothing is missing


def test_a_file_put_there_by_hand_is_taken(mirrors, tmp_path):
    root = tmp_path / "data"
    raw = root / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for path in mirrors.iterdir():
        path.rename(raw / path.name)
    assert len(FashionMNIST(root, download=True)) == 12


def test_no_mirror_has_it(mirrors, tmp_path):
    for path in mirrors.iterdir():
        path.unlink()
    root = tmp_path / "data"
    with pytest.raises(RuntimeError) as caught:
        FashionMNIST(root, download=True)
    text = str(caught.value)
    assert "FashionMNIST: expected to download train-images-idx3-ubyte.gz" in text
    assert f"Put the file into {root / 'FashionMNIST' / 'raw'} by hand." in text

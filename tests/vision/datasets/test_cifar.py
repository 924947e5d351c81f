"""CIFAR: files as Python 2 pickled them, damage, batches equal to rows."""

import hashlib
import pickle
import struct
import tarfile

import numpy as np
import pytest

import rushlight as torch
from rushlight.utils.data import DataLoader
from rushlight.vision import transforms as T
from rushlight.vision.datasets import CIFAR10, CIFAR100
from tests.vision.datasets.server import Server


def old_string(text):
    text = text if isinstance(text, bytes) else text.encode()
    if len(text) < 256:
        return b"U" + bytes([len(text)]) + text
    return b"T" + struct.pack("<i", len(text)) + text


def old_list(values, pickled):
    return b"](" + b"".join(map(pickled, values)) + b"e"


def old_array(rows):
    """An array as NumPy was pickled by Python 2, protocol 2."""
    dtype = b"cnumpy\ndtype\n" + old_string("u1") + b"K\x00K\x01\x87R"
    dtype += (
        b"(K\x03" + old_string("|") + b"NNN" + (b"J" + b"\xff" * 4) * 2 + b"K\x00tb"
    )
    shape = struct.pack("<BHBH", ord("M"), len(rows), ord("M"), rows.shape[1]) + b"\x86"
    head = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n"
    head += b"K\x00\x85" + old_string("b") + b"\x87R"
    return (
        head + b"(K\x01" + shape + dtype + b"\x89" + old_string(rows.tobytes()) + b"tb"
    )


def old_pickle(**items):
    body = b"".join(old_string(key) + value for key, value in items.items())
    return b"\x80\x02}(" + body + b"u."


def small(count, seed):
    random = np.random.default_rng(seed)
    rows = random.integers(0, 256, (count, 3072), dtype=np.uint8)
    return rows, random.integers(0, 10, count).tolist()


def md5(content):
    return hashlib.md5(content).hexdigest()


@pytest.fixture
def cifar(tmp_path):
    """A class like CIFAR10 with small files of its own, and what is in them."""
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    files, kept = {}, {}
    for seed, name in enumerate(["data_batch_1", "data_batch_2", "test_batch"]):
        kept[name] = rows, labels = small(4 + seed, seed)
        numbers = old_list(labels, lambda n: b"K" + bytes([n]))
        files[name] = old_pickle(data=old_array(rows), labels=numbers)
    names = old_list(["plane", "car"], old_string)
    files["batches.meta"] = old_pickle(label_names=names)
    for name, content in files.items():
        (folder / name).write_bytes(content)

    class Small(CIFAR10):
        train_list = [[n, md5(files[n])] for n in ("data_batch_1", "data_batch_2")]
        test_list = [["test_batch", md5(files["test_batch"])]]
        meta = {**CIFAR10.meta, "md5": md5(files["batches.meta"])}

    return Small, tmp_path, kept


def test_python_reads_these_pickles_the_same():
    rows, _ = small(3, 0)
    made = old_pickle(data=old_array(rows), labels=old_list([b"a"], old_string))
    found = pickle.loads(made, encoding="latin1")
    assert np.array_equal(found["data"], rows)
    assert found["labels"] == ["a"]


def test_both_splits(cifar):
    Small, root, kept = cifar
    data = Small(root)
    assert (len(data), data.data.shape) == (9, (9, 32, 32, 3))
    assert data.targets == kept["data_batch_1"][1] + kept["data_batch_2"][1]
    assert data.classes == ["plane", "car"]
    assert data.class_to_idx == {"plane": 0, "car": 1}
    image, label = data[5]
    rows, labels = kept["data_batch_2"]
    assert (image.mode, image.size, label) == ("RGB", (32, 32), labels[1])
    assert np.array_equal(
        np.asarray(image), rows[1].reshape(3, 32, 32).transpose(1, 2, 0)
    )
    assert len(Small(root, train=False)) == 6
    assert "Split: Test" in repr(Small(str(root), train=False))


STACKS = {
    "tensor": T.ToTensor(),
    "bytes": T.PILToTensor(),
    "usual": T.Compose(
        [
            T.RandomCrop(32, padding=4),
            T.RandomHorizontalFlip(),
            T.ToTensor(),
            T.Normalize((0.5, 0.4, 0.3), (0.2, 0.2, 0.2)),
        ]
    ),
    "resized": T.Compose([T.Resize(16), T.CenterCrop(12), T.ToTensor()]),
    "grey fill": T.Compose([T.Pad(2, fill=7), T.ToTensor()]),
    "colour fill": T.Compose([T.Pad(2, fill=(1, 2, 3)), T.ToTensor()]),
    "row by row": T.Compose([T.ColorJitter(0.5), T.ToTensor()]),
}


@pytest.mark.parametrize("stack", STACKS.values(), ids=STACKS)
def test_batches_equal_rows(cifar, stack):
    Small, root, _ = cifar
    data = Small(root, transform=stack)
    torch.manual_seed(0)
    images, labels = data.__getbatch__([3, 0, -1, 3])
    after = torch.rand(1)
    torch.manual_seed(0)
    rows = [data[index] for index in [3, 0, -1, 3]]
    assert torch.equal(images, torch.stack([image for image, _ in rows]))
    assert labels.tolist() == [label for _, label in rows]
    assert after == torch.rand(1)


def test_the_loader_and_changed_labels(cifar):
    Small, root, _ = cifar
    data = Small(root, transform=T.ToTensor(), target_transform=lambda y: y + 1)
    data.targets[0] = 7
    images, labels = next(iter(DataLoader(data, batch_size=4)))
    assert (images.shape, labels[0].item()) == ((4, 3, 32, 32), 8)
    with pytest.raises(IndexError):
        data.__getbatch__([0, 99])


def test_missing_and_damaged_files_are_named(cifar):
    Small, root, _ = cifar
    with pytest.raises(RuntimeError, match="not found or corrupted: train: it is not"):
        CIFAR100(root)
    (root / "cifar-10-batches-py" / "test_batch").write_bytes(b"x")
    with pytest.raises(RuntimeError, match="test_batch: its MD5 is wrong"):
        Small(root)


def test_nothing_in_a_file_is_executed(cifar):
    Small, root, _ = cifar
    evil = b"cos\nsystem\n(S'echo broken'\ntR."
    (root / "cifar-10-batches-py" / "test_batch").write_bytes(evil)
    Small.test_list = [["test_batch", md5(evil)]]
    with pytest.raises(Exception, match="os.system"):
        Small(root, train=False)


def test_download(cifar, tmp_path_factory):
    Small, root, _ = cifar
    packed = root / Small.filename
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(root / Small.base_folder, Small.base_folder)
    server = Server()
    try:
        server.files["/cifar"] = packed.read_bytes()
        Small.url, Small.tgz_md5 = f"{server.url}/cifar", md5(server.files["/cifar"])
        new = tmp_path_factory.mktemp("new")
        assert len(Small(new, download=True)) == 9
        assert len(Small(new, download=True)) == 9
        assert len(server.asked) == 1
    finally:
        server.close()

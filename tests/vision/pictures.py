"""Small datasets in files, as the tests of datasets and of batches need them."""

import gzip
import struct
from pathlib import Path

import numpy as np


def idx(array, kind=8):
    """An array in the IDX format."""
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, kind, array.ndim, *array.shape)
    return head + array.tobytes()


def small(count=12, size=6, seed=0):
    """Random pictures and labels."""
    random = np.random.default_rng(seed)
    images = random.integers(0, 256, (count, size, size), dtype=np.uint8)
    return images, random.integers(0, 10, count, dtype=np.uint8)


def packed(train=12, test=5, size=6):
    """The four files of such a dataset as they are downloaded: {name: bytes}."""
    files = {}
    for split, count, seed in (("train", train, 0), ("t10k", test, 1)):
        images, labels = small(count, size, seed)
        files[f"{split}-images-idx3-ubyte.gz"] = gzip.compress(idx(images), mtime=0)
        files[f"{split}-labels-idx1-ubyte.gz"] = gzip.compress(idx(labels), mtime=0)
    return files


def write(root, name="FashionMNIST", **counts):
    """Write the unpacked files where the dataset of this name looks for them."""
    raw = Path(root) / name / "raw"
    raw.mkdir(parents=True)
    for file, content in packed(**counts).items():
        (raw / file.removesuffix(".gz")).write_bytes(gzip.decompress(content))
    return raw

"""IDX files: every kind of element, and files that are damaged."""

import numpy as np
import pytest

import rushlight as torch
from rushlight.vision.datasets.idx import (
    read_image_file,
    read_label_file,
    read_sn3_pascalvincent_tensor,
)
from tests.vision.pictures import idx

KINDS = {8: "u1", 9: "i1", 11: "i2", 12: "i4", 13: "f4", 14: "f8"}


def written(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind, dtype", KINDS.items())
@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 3, 2), (0, 3)])
def test_every_kind(kind, dtype, shape, tmp_path):
    array = (np.arange(np.prod(shape)) * 11 - (kind > 8)).astype(dtype).reshape(shape)
    path = written(tmp_path, idx(array.astype(f">{dtype}"), kind))
    tensor = read_sn3_pascalvincent_tensor(path)
    assert tensor.dtype == torch.from_numpy(array).dtype
    assert np.array_equal(tensor.numpy(), array)
    tensor += 1  # it is the caller's own


def test_labels_and_pictures(tmp_path):
    labels = written(tmp_path, idx(np.arange(3, dtype=np.uint8)))
    assert read_label_file(labels).dtype == torch.int64
    with pytest.raises(ValueError, match="expected 3 dimensions, got 1"):
        read_image_file(labels)
    wide = written(tmp_path, idx(np.zeros((1, 2, 2), ">i4"), 12))
    with pytest.raises(TypeError, match="expected bytes .*, got torch.int32"):
        read_image_file(wide)


GOOD = idx(np.zeros((2, 3), np.uint8))
DAMAGED = {
    "nothing": (b"", AssertionError, "begins with nothing"),
    "another file": (b"\x1f\x8b\x08\x00data", AssertionError, "begins with 1f 8b"),
    "an unknown kind": (b"\0\0\x0a\x01", AssertionError, "an IDX file"),
    "four dimensions": (b"\0\0\x08\x04" + bytes(16), AssertionError, "one to three"),
    "no sizes": (GOOD[:6], RuntimeError, "bytes by its own header"),
    "too short": (GOOD[:-1], RuntimeError, "expected 18 bytes .*, got 17"),
    "too long": (GOOD + b"x", AssertionError, "expected 18 bytes .*, got 19"),
    "huge sizes": (
        b"\0\0\x08\x03" + b"\xff" * 12,
        RuntimeError,
        "Delete it and download it again",
    ),
}


@pytest.mark.parametrize("content, kind, text", DAMAGED.values(), ids=DAMAGED)
def test_damaged_files(content, kind, text, tmp_path):
    with pytest.raises(kind, match=text):
        read_sn3_pascalvincent_tensor(written(tmp_path, content))


def test_more_than_the_sizes_say_is_let_pass_where_not_strict(tmp_path):
    path = written(tmp_path, GOOD + b"x")
    assert read_sn3_pascalvincent_tensor(path, strict=False).shape == (2, 3)

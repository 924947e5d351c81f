"""Files in folders."""

import pytest

from rushlight.utils.data import DataLoader
from rushlight.vision import transforms as T
from rushlight.vision.datasets import DatasetFolder, ImageFolder
from rushlight.vision.datasets.folder import find_classes, make_dataset


@pytest.fixture
def root(tmp_path):
    from PIL import Image

    for number, name in enumerate(["dog/b.png", "dog/a.PNG", "cat/x/y/z.jpg"]):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (3, 2), 50 * number).save(path)
    (tmp_path / "dog" / "notes.txt").write_text("no picture")
    (tmp_path / "file").write_text("no class")
    return tmp_path


def test_pictures(root):
    data = ImageFolder(root, T.ToTensor(), target_transform=lambda y: y * 10)
    assert data.classes == ["cat", "dog"]
    assert data.class_to_idx == {"cat": 0, "dog": 1}
    names = [path.rpartition("/")[2] for path, _ in data.imgs]
    assert names == ["z.jpg", "a.PNG", "b.png"]
    assert data.targets == [0, 1, 1]
    image, label = data[1]
    assert (image.shape, label) == ((3, 2, 3), 10)
    images, labels = next(iter(DataLoader(data, batch_size=3)))
    assert images.shape == (3, 3, 2, 3)
    assert labels.tolist() == [0, 10, 10]
    assert "Number of datapoints: 3" in repr(data)


def test_files_of_any_kind(root):
    read = lambda path: open(path).read()  # noqa: E731
    data = DatasetFolder(root, read, ".txt", allow_empty=True)
    with pytest.warns(ResourceWarning):
        assert data[0] == ("no picture", 1)
    long = ImageFolder(root, is_valid_file=lambda path: "x" in path, allow_empty=True)
    assert len(long) == 2


def test_empty_folders(root):
    with pytest.raises(FileNotFoundError, match="no valid file for the classes cat"):
        DatasetFolder(root, open, ".txt")
    with pytest.raises(FileNotFoundError, match="couldn't find any class folder"):
        find_classes(root / "dog")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"extensions": ".png", "is_valid_file": bool},
        {"class_to_idx": {}, "extensions": ".png"},
    ],
)
def test_one_way_to_choose(root, options):
    with pytest.raises(ValueError, match="extensions or is_valid_file"):
        make_dataset(root, **options)
    with pytest.raises(ValueError, match="a dict of labels, got None"):
        DatasetFolder.make_dataset(root, None)

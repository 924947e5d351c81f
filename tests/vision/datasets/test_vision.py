"""VisionDataset and StandardTransform."""

from pathlib import Path

import pytest

from rushlight.vision.datasets.vision import StandardTransform, VisionDataset


class Numbers(VisionDataset):
    def __len__(self):
        return 3

    def __getitem__(self, index):
        return self.transforms(index, -index)

    def extra_repr(self):
        return "Parts: two\nMore: none"


def test_transforms_are_kept_both_ways():
    data = Numbers("x", transform=str, target_transform=abs)
    assert data[2] == ("2", 2)
    assert (data.transform, data.target_transform) == (str, abs)
    together = Numbers(transforms=lambda image, target: (image + 1, target))
    assert together[1] == (2, -1)
    assert together.transform is None


def test_both_ways_at_once_are_refused():
    with pytest.raises(ValueError, match="Only transforms or transform/target_trans"):
        Numbers("x", transforms=abs, transform=abs)


def test_text():
    expected = "Dataset Numbers\n    Number of datapoints: 3\n"
    assert repr(Numbers()) == expected + "    Parts: two\n    More: none"
    assert "\n    Root location: x\n" in repr(Numbers("x"))
    assert "\n    StandardTransform\nTransform: 5" in repr(Numbers("x", transform=5))


def test_the_home_folder():
    assert Numbers("~/x").root == str(Path("~/x").expanduser())
    assert Numbers(Path("x")).root == Path("x")


def test_standard_transform():
    assert StandardTransform()(1, 2) == (1, 2)
    assert StandardTransform(str, None)(1, 2) == ("1", 2)
    assert repr(StandardTransform(None, "a\nb")) == (
        "StandardTransform\nTarget transform: 'a\\nb'"
    )

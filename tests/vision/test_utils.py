"""Grids, files and drawings."""

import pytest

import rushlight as torch
from rushlight.vision import io, utils
from tests.vision.recorded.compare import ANSWERS, check


@pytest.mark.parametrize("expression", ANSWERS["utils"])
def test_as_torchvision(expression):
    check(expression, ANSWERS["utils"][expression], 1e-6)


def test_a_grid_in_a_file(tmp_path):
    images = torch.rand(5, 3, 4, 4)
    utils.save_image(images, tmp_path / "grid.png", nrow=3)
    grid = utils.make_grid(images, nrow=3)
    found = io.read_image(tmp_path / "grid.png")
    assert torch.equal(found, (grid * 255 + 0.5).clamp(0, 255).to(torch.uint8))


def test_the_images_are_not_changed():
    images = torch.rand(2, 3, 4, 4)
    before = images.clone()
    utils.make_grid(images, normalize=True, scale_each=True)
    utils.draw_segmentation_masks(images[0], images[0, 0] > 0.5)
    assert torch.equal(images, before)


def test_nothing_to_draw():
    image = torch.zeros(3, 4, 4)
    with pytest.warns(UserWarning, match="no box to draw"):
        assert utils.draw_bounding_boxes(image, torch.zeros(0, 4)) is image
    with pytest.warns(UserWarning, match="no mask to draw"):
        mask = torch.zeros(0, 4, 4, dtype=torch.bool)
        assert utils.draw_segmentation_masks(image, mask) is image


def test_labels_are_written():
    image, box = torch.zeros(3, 30, 40), torch.tensor([[2, 2, 35, 25]])
    plain = utils.draw_bounding_boxes(image, box, colors="red")
    named = utils.draw_bounding_boxes(image, box, labels=["cat"], colors="red")
    filled = utils.draw_bounding_boxes(
        image, box, ["cat"], "red", fill_labels=True, label_background_colors="blue"
    )
    assert named.sum() > plain.sum()
    assert filled[2].max() == 1

"""Functions of boxes, by hand and against a plain loop."""

import numpy as np
import pytest

import rushlight as torch
from rushlight.vision import ops

BOXES = torch.tensor([[0.0, 0, 4, 4], [1, 1, 5, 5], [0, 0, 4, 3.5], [8, 8, 9, 9]])
SCORES = torch.tensor([0.9, 0.8, 0.95, 0.1])


def test_overlap():
    found = ops.box_iou(BOXES, BOXES)
    assert torch.equal(found, found.t())
    assert found[0].tolist() == pytest.approx([1, 9 / 23, 14 / 16, 0])
    general = ops.generalized_box_iou(BOXES, BOXES)
    assert general[0, 3].item() == pytest.approx(-(81 - 17) / 81)
    whole = ops.box_iou(BOXES.half(), BOXES.half())
    assert whole.dtype == torch.float32


@pytest.mark.parametrize(
    "threshold, kept", [(0.3, [2, 3]), (0.5, [2, 1, 3]), (1.0, [2, 0, 1, 3])]
)
def test_suppression(threshold, kept):
    assert ops.nms(BOXES, SCORES, threshold).tolist() == kept


def test_suppression_in_each_class():
    classes = torch.tensor([0, 0, 1, 1])
    found = ops.batched_nms(BOXES, SCORES, classes, 0.3)
    assert found.tolist() == [2, 0, 3]
    assert ops.batched_nms(BOXES[:0], SCORES[:0], classes[:0], 0.3).shape == (0,)


def test_suppression_against_a_loop():
    random = np.random.default_rng(0)
    low = random.random((60, 2)).astype("f4")
    size = random.random((60, 2)).astype("f4") / 3
    boxes = torch.from_numpy(np.concatenate([low, low + size], 1))
    scores = torch.from_numpy(random.random(60).astype("f4"))
    overlap, kept = ops.box_iou(boxes, boxes), []
    for place in scores.argsort(descending=True).tolist():
        if all(overlap[place, better] <= 0.4 for better in kept):
            kept.append(place)
    assert ops.nms(boxes, scores, 0.4).tolist() == kept


@pytest.mark.parametrize("fmt", ["xyxy", "xywh", "cxcywh"])
def test_formats_lead_back(fmt):
    there = ops.box_convert(BOXES, "xyxy", fmt)
    assert torch.equal(ops.box_convert(there, fmt, "xyxy"), BOXES)
    assert torch.equal(ops.box_area(there, fmt), ops.box_area(BOXES))
    assert torch.allclose(ops.box_iou(there, there, fmt), ops.box_iou(BOXES, BOXES))


def test_cutting_and_small_boxes():
    clipped = ops.clip_boxes_to_image(BOXES, (4, 3))
    assert clipped[1].tolist() == [1, 1, 3, 4]
    assert ops.remove_small_boxes(BOXES, 3.6).tolist() == [0, 1]


def test_masks():
    masks = torch.zeros(1, 5, 6, dtype=torch.bool)
    masks[0, 1:4, 2] = True
    assert ops.masks_to_boxes(masks).tolist() == [[2, 1, 2, 3]]


@pytest.mark.parametrize("call", [ops.box_area, lambda b, f: ops.box_convert(b, f, f)])
def test_unknown_formats(call):
    with pytest.raises(ValueError, match="expected a format of .*, got 'yxyx'"):
        call(BOXES, "yxyx")

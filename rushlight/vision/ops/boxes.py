"""Boxes in pictures: (left, top, right, bottom) unless said otherwise."""

import numpy as np

from rushlight._base.dtype import float32, float64, int32, int64
from rushlight._base.errors import ArgumentError, explain
from rushlight._core.expose import TORCH
from rushlight._core.tensor import wrap


def nms(boxes, scores, iou_threshold):
    """The boxes that no better box covers much of (non-maximum suppression).

    Args:
        boxes: (N, 4), float.
        scores: (N,), float.
        iou_threshold: boxes that overlap a better one by more are dropped.

    Returns:
        Tensor (M,), int64: places of the boxes that are kept, best first.

    >>> import rushlight
    >>> boxes = rushlight.tensor([[0.0, 0, 2, 2], [0, 0, 2, 1.9], [5, 5, 6, 6]])
    >>> nms(boxes, rushlight.tensor([0.5, 0.9, 0.1]), 0.5)
    tensor([1, 2])
    """
    corners = boxes.detach().numpy(force=True)
    order = np.argsort(-scores.detach().numpy(force=True), kind="stable")
    areas = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
    kept = []
    while order.size:
        best, rest = order[0], order[1:]
        kept.append(best)
        low = np.maximum(corners[best, :2], corners[rest, :2])
        high = np.minimum(corners[best, 2:], corners[rest, 2:])
        common = np.maximum(high - low, 0).prod(1)
        overlap = common / (areas[best] + areas[rest] - common)
        order = rest[~(overlap > iou_threshold)]
    return wrap(np.array(kept, np.int64))


def batched_nms(boxes, scores, idxs, iou_threshold):
    """`nms` for each class on its own.

    Args:
        boxes, scores, iou_threshold: as for `nms`.
        idxs: (N,), the boxes' classes.

    Returns:
        Tensor (M,), int64, best first.
    """
    if boxes.numel() == 0:
        return TORCH["empty"]((0,), dtype=int64)
    # Classes are moved so far apart that they cannot overlap.
    apart = idxs.to(boxes.dtype) * (boxes.max() + 1)
    return nms(boxes + apart[:, None], scores, iou_threshold)


def _wide(boxes):
    """The same numbers in a dtype in which products do not overflow."""
    if boxes.is_floating_point():
        return boxes if boxes.dtype in (float32, float64) else boxes.float()
    return boxes if boxes.dtype in (int32, int64) else boxes.int()


_PLAIN = ("xyxy", "xywh", "cxcywh")


def _check_format(who, *formats):
    for name in formats:
        if name not in _PLAIN:
            raise ArgumentError(
                explain(
                    who,
                    expected=f"a format of {_PLAIN}",
                    got=repr(name),
                    do="Boxes that are turned are not supported.",
                )
            )


def box_convert(boxes, in_fmt, out_fmt):
    """Boxes in another format.

    Args:
        boxes: (..., 4).
        in_fmt, out_fmt: "xyxy" for corners, "xywh" for a corner and the size, "cxcywh"
            for the middle and the size.

    Returns:
        Tensor (..., 4).

    Raises:
        ValueError: for other formats.

    >>> import rushlight
    >>> box_convert(rushlight.tensor([1.0, 2, 3, 6]), "xyxy", "cxcywh")
    tensor([2., 4., 2., 4.])
    """
    _check_format("box_convert()", in_fmt, out_fmt)
    if in_fmt == out_fmt:
        return boxes.clone()
    corners = _corners(boxes, in_fmt)
    if out_fmt == "xyxy":
        return corners
    low, high = corners[..., :2], corners[..., 2:]
    start = low if out_fmt == "xywh" else (low + high) / 2
    return TORCH["cat"]([start, high - low], -1)


def _corners(boxes, fmt):
    if fmt == "xyxy":
        return boxes
    start, size = boxes[..., :2], boxes[..., 2:]
    if fmt == "cxcywh":
        return TORCH["cat"]([start - 0.5 * size, start + 0.5 * size], -1)
    return TORCH["cat"]([start, start + size], -1)


def box_area(boxes, fmt="xyxy"):
    """The boxes' areas.

    Args:
        boxes: (..., 4).
        fmt: as for `box_convert`.

    Returns:
        Tensor (...).

    Raises:
        ValueError: for another format.

    >>> import rushlight
    >>> box_area(rushlight.tensor([[0.0, 0, 2, 3]]))
    tensor([6.])
    """
    _check_format("box_area()", fmt)
    boxes = _wide(boxes)
    if fmt != "xyxy":
        return boxes[..., 2] * boxes[..., 3]
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


def _common(boxes1, boxes2):
    """Areas of the pairs' intersections and unions, (..., N, M)."""
    one, two = boxes1[..., :, None, :], boxes2[..., None, :, :]
    low = TORCH["maximum"](one[..., :2], two[..., :2])
    high = TORCH["minimum"](one[..., 2:], two[..., 2:])
    size = _wide(high - low).clamp(min=0)
    common = size[..., 0] * size[..., 1]
    both = box_area(boxes1)[..., :, None] + box_area(boxes2)[..., None, :]
    return common, both - common


def box_iou(boxes1, boxes2, fmt="xyxy"):
    """How much each pair overlaps: intersection over union.

    Args:
        boxes1: (..., N, 4); boxes2: (..., M, 4).
        fmt: as for `box_convert`.

    Returns:
        Tensor (..., N, M), in [0, 1].

    Raises:
        ValueError: for another format.

    >>> import rushlight
    >>> one = rushlight.tensor([[0.0, 0, 2, 2]])
    >>> box_iou(one, one * 0.5)
    tensor([[0.2500]])
    """
    _check_format("box_iou()", fmt)
    common, union = _common(_corners(boxes1, fmt), _corners(boxes2, fmt))
    return common / union


def generalized_box_iou(boxes1, boxes2):
    """`box_iou` less the share of the smallest box around both that neither covers.

    Args:
        boxes1: (N, 4); boxes2: (M, 4).

    Returns:
        Tensor (N, M), in [-1, 1].

    See:
        Rezatofighi et al. (2019), arXiv:1902.09630.
    """
    common, union = _common(boxes1, boxes2)
    one, two = boxes1[:, None], boxes2
    low = TORCH["minimum"](one[..., :2], two[..., :2])
    high = TORCH["maximum"](one[..., 2:], two[..., 2:])
    around = _wide(high - low).clamp(min=0).prod(-1)
    return common / union - (around - union) / around


def clip_boxes_to_image(boxes, size):
    """Boxes cut at a picture's borders.

    Args:
        boxes: (..., 4).
        size: (height, width).

    Returns:
        Tensor (..., 4).

    >>> import rushlight
    >>> clip_boxes_to_image(rushlight.tensor([[-1.0, 2, 9, 9]]), (5, 6))
    tensor([[0., 2., 6., 5.]])
    """
    height, width = size
    x = boxes[..., 0::2].clamp(min=0, max=width)
    y = boxes[..., 1::2].clamp(min=0, max=height)
    return TORCH["stack"]((x, y), dim=boxes.dim()).reshape(boxes.shape)


def remove_small_boxes(boxes, min_size):
    """Places of the boxes with both sides at least so long.

    Args:
        boxes: (N, 4).
        min_size: in pixels.

    Returns:
        Tensor (M,), int64.

    >>> import rushlight
    >>> remove_small_boxes(rushlight.tensor([[0, 0, 9, 1], [0, 0, 2, 2]]), 2)
    tensor([1])
    """
    sides = boxes[:, 2:] - boxes[:, :2]
    return TORCH["where"]((sides >= min_size).all(1))[0]


def masks_to_boxes(masks):
    """The smallest boxes around masks.

    Args:
        masks: (N, H, W), bool or numbers that are zero outside.

    Returns:
        Tensor (N, 4), float32.

    >>> import rushlight
    >>> masks_to_boxes(rushlight.eye(3)[None])
    tensor([[0., 0., 2., 2.]])
    """
    boxes = np.zeros((len(masks), 4), np.float32)
    for box, mask in zip(boxes, masks.numpy(force=True), strict=True):
        rows, columns = np.nonzero(mask)
        box[:] = columns.min(), rows.min(), columns.max(), rows.max()
    return wrap(boxes)

"""Layers for pictures, and functions of boxes in them."""

from rushlight.vision.ops.boxes import (
    batched_nms,
    box_area,
    box_convert,
    box_iou,
    clip_boxes_to_image,
    generalized_box_iou,
    masks_to_boxes,
    nms,
    remove_small_boxes,
)
from rushlight.vision.ops.losses import sigmoid_focal_loss
from rushlight.vision.ops.misc import (
    MLP,
    Conv2dNormActivation,
    Conv3dNormActivation,
    FrozenBatchNorm2d,
    Permute,
    SqueezeExcitation,
)
from rushlight.vision.ops.stochastic_depth import StochasticDepth, stochastic_depth


def __getattr__(name):
    from rushlight.vision._images import missing_name

    raise missing_name("torchvision.ops", name, globals())

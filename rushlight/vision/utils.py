"""Pictures of pictures: grids, files, boxes and masks drawn."""

import math
import warnings

from rushlight._base.dtype import bool as bool_dtype
from rushlight._base.dtype import uint8
from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight._core.expose import TORCH
from rushlight._core.tensor import Tensor
from rushlight.autograd import no_grad

__all__ = ["draw_bounding_boxes", "draw_segmentation_masks", "make_grid", "save_image"]


@no_grad()
def make_grid(
    tensor,
    nrow=8,
    padding=2,
    normalize=False,
    value_range=None,
    scale_each=False,
    pad_value=0.0,
):
    """One large picture of many.

    Args:
        tensor: (N, C, H, W), (C, H, W) or (H, W), or a list of pictures of one size.
        nrow: how many stand in a row.
        padding: pixels between them.
        normalize: whether to stretch the values to [0, 1].
        value_range: (least, largest) to stretch from; the tensor's own if left out.
        scale_each: whether each picture is stretched on its own.
        pad_value: the value between the pictures.

    Returns:
        Tensor (C, H', W'); one channel becomes three.

    Raises:
        TypeError: for what is no tensor nor a list of them.

    >>> import rushlight
    >>> make_grid(rushlight.zeros(5, 1, 4, 4), nrow=3, padding=1).shape
    torch.Size([3, 11, 16])
    """
    images = _three_channels(_stacked(tensor))
    if normalize:
        images = _stretched(images, value_range, scale_each)
    if images.size(0) == 1:
        return images.squeeze(0)
    count, channels, height, width = images.shape
    columns = min(nrow, count)
    rows = math.ceil(count / columns)
    height, width = int(height + padding), int(width + padding)
    size = (channels, height * rows + padding, width * columns + padding)
    grid = images.new_full(size, pad_value)
    for number in range(count):
        top = number // columns * height + padding
        left = number % columns * width + padding
        place = grid[:, top : top + height - padding, left : left + width - padding]
        place.copy_(images[number])
    return grid


def _stacked(images):
    whole = isinstance(images, Tensor)
    if not whole and not (
        isinstance(images, list) and all(isinstance(image, Tensor) for image in images)
    ):
        raise ArgumentTypeError(
            explain(
                "make_grid(), tensor",
                expected="a tensor or list of tensors",
                got=type(images),
                do="Convert images with ToTensor() first.",
            )
        )
    return images if whole else TORCH["stack"](images, dim=0)


def _three_channels(images):
    """(N, C, H, W), three channels instead of one."""
    if images.dim() == 2:
        images = images.unsqueeze(0)
    if images.dim() == 3:
        images = images.unsqueeze(0)
    if images.dim() == 4 and images.size(1) == 1:
        images = TORCH["cat"]([images] * 3, 1)
    return images


def _stretched(images, value_range, scale_each):
    if value_range is not None and not isinstance(value_range, tuple):
        raise ArgumentTypeError(
            explain(
                "make_grid(), value_range",
                expected="a tuple (min, max)",
                got=repr(value_range),
                do="Write value_range=(0.0, 1.0), say.",
            )
        )
    images = images.clone()
    for part in images if scale_each else [images]:
        low, high = value_range or (float(part.min()), float(part.max()))
        part.clamp_(min=low, max=high)
        part.sub_(low).div_(max(high - low, 1e-5))
    return images


def save_image(tensor, fp, format=None, **kwargs):
    """Write a picture, or many as a grid, to a file.

    Args:
        tensor: as for `make_grid`, values in [0, 1].
        fp: path or open binary file.
        format: "png" and so on; by the path's ending if left out.
        **kwargs: for `make_grid`.

    Raises:
        TypeError: as `make_grid` says.
        ValueError: for an unknown ending.

    >>> import rushlight
    >>> save_image(rushlight.rand(4, 3, 8, 8), "grid.png", nrow=2)
    """
    from PIL import Image

    grid = make_grid(tensor, **kwargs)
    grid = grid.mul(255).add_(0.5).clamp_(0, 255).permute(1, 2, 0)
    Image.fromarray(grid.to("cpu", uint8).numpy()).save(fp, format=format)


# ----------------------------------------------------------------------------- drawings


@no_grad()
def draw_bounding_boxes(
    image,
    boxes,
    labels=None,
    colors=None,
    fill=False,
    width=1,
    font=None,
    font_size=None,
    label_colors=None,
    label_background_colors=None,
    fill_labels=False,
):
    """A picture with boxes drawn on it.

    Args:
        image: (3, H, W) or (1, H, W), uint8 or float in [0, 1].
        boxes: (N, 4): left, top, right, bottom.
        labels: a text for each box.
        colors: one for all or a list: Pillow's names or (r, g, b); several if left out.
        fill: whether boxes are filled, half transparent.
        width: of the lines, in pixels.
        font: path of a TrueType font; font_size: its size in points.
        label_colors, label_background_colors: as colors; fill_labels: whether labels
            have a background.

    Returns:
        Tensor (3, H, W), image's dtype.

    Raises:
        TypeError: for what is no tensor.
        ValueError: for other shapes, dtypes, boxes inside out, or a number of labels or
            colors that does not fit.

    >>> import rushlight
    >>> image = rushlight.zeros(3, 4, 4)
    >>> box = rushlight.tensor([[0, 0, 2, 2]])
    >>> draw_bounding_boxes(image, box, colors="red")[0, :3, :3].sum()
    tensor(8.)
    """
    _check_picture("draw_bounding_boxes()", image, (1, 3))
    _check_boxes(boxes, labels)
    count = len(boxes)
    if count == 0:
        warnings.warn("draw_bounding_boxes(): no box to draw", stacklevel=3)
        return image
    colors = _parse_colors(colors, count)
    texts = _parse_colors(label_colors, count) if label_colors else colors
    if fill_labels and not label_colors:
        texts = _parse_colors("black", count)
    grounds = colors
    if fill_labels and label_background_colors:
        grounds = _parse_colors(label_background_colors, count)
    pencil, done = _drawing(image, "RGBA" if fill else None)
    typeface = _typeface(font, font_size)
    for number, box in enumerate(boxes.long().tolist()):
        inside = (*colors[number], 100) if fill else None
        pencil.rectangle(box, width=width, outline=colors[number], fill=inside)
        label = None if labels is None else labels[number]
        if label is None:
            continue
        corner = (box[0] + width + 1, box[1] + width + 1)
        if fill_labels:
            left, top, right, bottom = pencil.textbbox(corner, label, font=typeface)
            around = (left - 1, top - 1, right + 1, bottom + 1)
            pencil.rectangle(around, fill=grounds[number])
        pencil.text(corner, label, fill=texts[number], font=typeface)
    return done()


def _check_picture(who, image, channels):
    if not isinstance(image, Tensor):
        raise ArgumentTypeError(
            explain(
                who, expected="a Tensor", got=type(image), do="Use pil_to_tensor()."
            )
        )
    right = image.dtype == uint8 or image.is_floating_point()
    if not right or image.dim() != 3 or image.size(0) not in channels:
        raise ArgumentError(
            explain(
                f"{who}, image",
                expected=f"one picture (C, H, W), C in {channels}, uint8 or float",
                got=f"shape {list(image.shape)}, {image.dtype}",
                do="Pass individual images, not batches.",
            )
        )


def _check_boxes(boxes, labels):
    wrong = boxes.shape[-1] != 4 or (boxes[:, :2] > boxes[:, 2:]).any()
    if wrong or (labels is not None and len(labels) != len(boxes)):
        raise ArgumentError(
            explain(
                "draw_bounding_boxes()",
                expected="boxes (xmin, ymin, xmax, ymax) and a label for each",
                got=f"boxes of shape {list(boxes.shape)}"
                + (" inside out" if wrong else f" and {len(labels)} labels"),
                do="ops.box_convert converts boxes.",
            )
        )


def _drawing(image, mode):
    """A Pillow pencil on a copy of the picture, and a function that gives the result.

    The result has image's dtype.
    """
    from PIL import ImageDraw

    from rushlight.vision.transforms import functional as F

    grey = image.size(0) == 1
    bytes_ = F.convert_image_dtype(image.tile((3, 1, 1)) if grey else image, uint8)
    paper = F.to_pil_image(bytes_)

    def done():
        return F.convert_image_dtype(F.pil_to_tensor(paper), image.dtype)

    return ImageDraw.Draw(paper, mode), done


def _typeface(font, size):
    from PIL import ImageFont

    if font is not None:
        return ImageFont.truetype(font=font, size=size or 10)
    if size is not None:
        warnings.warn("font_size= needs font=", stacklevel=4)
    return ImageFont.load_default()


@no_grad()
def draw_segmentation_masks(image, masks, alpha=0.8, colors=None):
    """A picture with masks laid over it, black where several cover each other.

    Args:
        image: (3, H, W), uint8 or float in [0, 1].
        masks: (N, H, W) or (H, W), bool.
        alpha: how opaque masks are: 0 shows the picture, 1 the mask.
        colors: as for `draw_bounding_boxes`.

    Returns:
        Tensor (3, H, W), image's dtype.

    Raises:
        TypeError, ValueError: as for `draw_bounding_boxes`; for masks of another
            size or dtype.

    >>> import rushlight
    >>> image, mask = rushlight.zeros(3, 1, 2), rushlight.tensor([[True, False]])
    >>> draw_segmentation_masks(image, mask, 1.0, "red")[0]
    tensor([[1., 0.]])
    """
    _check_picture("draw_segmentation_masks()", image, (3,))
    masks = masks[None] if masks.ndim == 2 else masks
    if (
        masks.ndim != 3
        or masks.dtype != bool_dtype
        or masks.shape[1:] != image.shape[1:]
    ):
        raise ArgumentError(
            explain(
                "draw_segmentation_masks(), masks",
                expected=f"(N, H, W) = (N, {image.shape[1]}, {image.shape[2]}), bool",
                got=f"{list(masks.shape)}, {masks.dtype}",
                do="Compare with a threshold: masks > 0.5.",
            )
        )
    if not len(masks):
        warnings.warn("draw_segmentation_masks(): no mask to draw", stacklevel=3)
        return image
    covered = image.clone()
    for mask, color in zip(masks, _parse_colors(colors, len(masks)), strict=True):
        shade = TORCH["tensor"](color, dtype=uint8)
        if image.is_floating_point():
            shade = shade.to(image.dtype) / 255
        covered[:, mask] = shade[:, None].to(image.dtype)
    covered[:, masks.sum(dim=0) > 1] = 0
    mixed = image * (1 - alpha) + covered * alpha
    return mixed.to(image.dtype)


def _parse_colors(colors, count):
    """A list of (r, g, b), one for each object."""
    if colors is None:
        steps = (2**25 - 1, 2**15 - 1, 2**21 - 1)
        return [tuple(i * s % 255 for s in steps) for i in range(count)]
    several = isinstance(colors, list)
    if several and len(colors) < count:
        raise ArgumentError(
            explain(
                "colors",
                expected=f"at least {count}, one for each object",
                got=f"{len(colors)}",
                do="Give more, or one for all.",
            )
        )
    if not isinstance(colors, (list, tuple, str)):
        raise ArgumentError(
            explain(
                "colors",
                expected="a name, an RGB tuple, or a list of these",
                got=type(colors).__name__,
                do="Write colors='red', say.",
            )
        )
    from PIL import ImageColor

    listed = colors[:count] if several else [colors] * count
    return [ImageColor.getrgb(c) if isinstance(c, str) else c for c in listed]

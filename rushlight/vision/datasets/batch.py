"""Batches of datasets that hold their pictures in one array (docs/data.md)."""

import numpy as np

from rushlight._core.tensor import Tensor, wrap
from rushlight.utils.data.collate import default_collate
from rushlight.vision.transforms.batches import transform_batch


def batch_of(dataset, indices, pictures, labels):
    """The batch that default_collate makes of a dataset's items.

    Args:
        dataset: with transform and target_transform.
        indices: of the items.
        pictures: (N, H, W) or (N, C, H, W), uint8: array or Tensor of all pictures.
        labels: of all pictures: Tensor (N,), int64, or list of int.
    """
    of_target, places = dataset.target_transform, np.asarray(indices)
    pixels = _rows(pictures, places, np.uint8, (3, 4))
    targets = _labels(labels, places)
    if pixels is not None and targets is not None:
        done = transform_batch(dataset.transform, pixels, alone=of_target is None)
        if done is not None:
            return _assembled(*done, targets, of_target)
    return default_collate([dataset[index] for index in indices])


def _rows(values, places, dtype, ndims):
    """A copy of an array's rows; None where they are not what a batch is made of."""
    if places.dtype.kind not in "iu" or places.ndim != 1 or not places.size:
        return None
    array = values._array if isinstance(values, Tensor) else values
    if array.__class__ is not np.ndarray or array.dtype != dtype:
        return None
    if array.ndim not in ndims:
        return None
    try:
        return array.take(places, 0)
    except IndexError:
        return None


def _labels(labels, places):
    if not isinstance(labels, list):
        return _rows(labels, places, np.int64, (1,))
    try:
        found = [labels[place] for place in places.tolist()]
    except (IndexError, TypeError):
        return None
    return np.array(found) if all(type(label) is int for label in found) else None


def _assembled(images, rest, targets, of_target):
    """The batch, after what is left to do for each row: in the order of row by row."""
    if not rest and of_target is None:
        return [images, wrap(targets)]
    items = []
    for image, target in zip(images, targets.tolist(), strict=True):
        for transform in rest:
            image = transform(image)
        items.append((image, target if of_target is None else of_target(target)))
    if rest:
        return default_collate(items)
    return [images, default_collate([target for _, target in items])]

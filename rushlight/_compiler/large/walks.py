"""Walks: how one loop nest steps through all operands of a pointwise operation.

# Note [Walks]
# Dimensions are put in the order in which the operands lie in memory; neighbours over
# which every operand steps as over one become one.  What is left must be at most three:
# a run of elements that lie beside each other (or are one and the same) in every
# operand, and two more in which anything goes.
"""

from typing import NamedTuple

import numpy as np

#: Elements in a run, at least, if there is more than one.
SHORTEST = 32


class Walk(NamedTuple):
    """A walk through some operands and the result.

    Attributes:
        shape: of the result.
        order: how its dimensions lie in memory; None for their own order.
        count: elements in a run.
        rows, second: how many runs there are, and how many of them are in the second
            dimension.
        steps: for each operand (step of the first dimension, of the second), in
            elements; None where there is one run.
        pattern: for each operand "1" where a run's elements lie beside each other, "0"
            where they are one.
    """

    shape: tuple
    order: tuple | None
    count: int
    rows: int
    second: int
    steps: list | None
    pattern: str


def walk_of(arrays, target=None):
    """The Walk of some operands, or None.

    Args:
        arrays: of shapes that broadcast.
        target: where the result is written, if that is there already.
    """
    first = arrays[0]
    shape = first.shape
    is_flat = first.flags.c_contiguous
    pattern = "1"
    for array in arrays[1:]:
        if array.shape == shape and is_flat and array.flags.c_contiguous:
            pattern += "1"
        elif array.size == 1 and array.ndim <= len(shape):
            pattern += "0"
        else:
            return _walk(arrays, target)
    if is_flat and (target is None or target.flags.c_contiguous):
        return Walk(shape, None, first.size, 1, 1, None, pattern)
    return _walk(arrays, target)


def _walk(arrays, target):
    shape = arrays[0].shape
    if any(a.shape != shape for a in arrays[1:]):
        try:
            shape = np.broadcast(*arrays).shape
        except ValueError:  # NumPy, or the spec rule, says why
            return None
    rank = len(shape)
    strides = [_strides(a, shape) for a in arrays]
    if target is not None:
        strides.append(_strides(target, shape))
    if None in strides:
        return None
    guide = target if target is not None else _guide(arrays, shape)
    if guide is None:
        return None
    lead = guide.strides
    order = sorted(range(rank), key=lambda d: -lead[d])
    if target is None:
        steps, step = [0] * rank, 1
        for d in reversed(order):
            steps[d], step = step, step * shape[d]
        strides.append(steps)
    dims = _merged([(shape[d], [s[d] for s in strides]) for d in order if shape[d] > 1])
    in_order = order == list(range(rank))
    return _of_dims(shape, None if in_order else tuple(order), dims)


def _guide(arrays, shape):
    """An operand that is as large as the result, if its elements do not overlap."""
    for array in arrays:
        if array.shape == shape and 0 not in array.strides:
            return array
    return None


def _strides(array, shape):
    """Steps in elements along the result's dimensions; None where they are no such."""
    size, added = array.itemsize, len(shape) - array.ndim
    found = [0] * added
    for n, step, whole in zip(array.shape, array.strides, shape[added:], strict=True):
        if n == 1 and whole != 1:
            step = 0
        elif step % size or step < 0:
            return None
        found.append(step // size)
    return found


def _merged(dims):
    found = []
    for size, steps in dims:
        if found and all(a == b * size for a, b in zip(found[-1][1], steps)):
            found[-1] = found[-1][0] * size, steps
        else:
            found.append((size, steps))
    return found


def _of_dims(shape, order, dims):
    if not dims or len(dims) > 3:
        return None
    count, inner = dims[-1]
    if inner[-1] != 1 or not set(inner) <= {0, 1}:
        return None
    if len(dims) > 1 and count < SHORTEST:
        return None
    pattern = "".join(map(str, inner[:-1]))
    if len(dims) == 1:
        return Walk(shape, order, count, 1, 1, None, pattern)
    outer = [(1, [0] * len(inner)), *dims[:-1]][-2:]
    (first, long), (second, short) = outer
    steps = list(zip(long, short, strict=True))
    return Walk(shape, order, count, first * second, second, steps, pattern)

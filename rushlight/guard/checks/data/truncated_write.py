"""truncated-write: fractions written into a tensor of integers are cut off."""

import numpy as np

from rushlight._base.dtype import BY_NUMPY
from rushlight.guard._report import found, is_listening

NAME = "truncated-write"
SUMMARY = "fractions written into a tensor of integers are cut off"

_ROUNDING = 1e-3
_FILLS = frozenset(
    "fill_() masked_fill() index_fill() scatter() full_like() new_full() pad()".split()
)


def copying(tensor, source):
    """A tensor of floats is copied into signed integers.

    Averages of whole models (with counts among them) are copied like that, so a single
    number, and what is whole but for rounding, say nothing.
    """
    array = source._array
    if tensor.ndim and array.__class__ is np.ndarray and is_listening(NAME):
        if (abs(array - np.rint(array)) > _ROUNDING).any():
            writing(tensor, source)


def writing(tensor, value):
    """A value of another dtype is written into signed integers."""
    array = getattr(value, "_array", value)
    if not isinstance(array, np.ndarray | float | list) or not is_listening(NAME):
        return
    try:
        array = np.asarray(array)
    except ValueError:  # a list that tensor() refuses too
        return
    if array.dtype.kind != "f" or not array.size:
        return
    lost = array != np.trunc(array)
    if lost.any():
        lost, shape = array[lost], list(tensor.shape)
        what = f"{lost.size} values with a fraction (the first is {lost.flat[0]:g}) are"
        _say(f"{what} written into a tensor {shape} of {tensor.dtype}", lost.flat[0])


def truncating(value, dtype, who):
    """A number with a fraction fills elements of a tensor of integers."""
    if dtype.kind == "i" and who in _FILLS and value.__class__ is float:
        _say(f"{who} writes {value:g} into a tensor of {BY_NUMPY[dtype]}", value)


def _say(what, first):
    with np.errstate(invalid="ignore"):
        left = int(np.asarray(first, np.float64).astype(np.int64))
    found(
        NAME,
        saw=what,
        why=f"An integer cannot hold them: {first:g} becomes {left}, silently",
        do="make the tensor a float one (dtype=torch.float32), or say .long() or "
        ".round() on what is written",
    )

"""truncated-write: fractions written into a tensor of integers are cut off."""

import numpy as np

from rushlight.guard._report import found, is_listening

NAME = "truncated-write"
SUMMARY = "fractions written into a tensor of integers are cut off"


def writing(tensor, value):
    """``tensor[...] = value`` into signed integers, of another dtype."""
    array = getattr(value, "_array", value)
    if not isinstance(array, np.ndarray | float) or not is_listening(NAME):
        return
    array = np.asarray(array)
    if array.dtype.kind != "f" or not array.size:
        return
    lost = array != np.trunc(array)
    if lost.any():
        _say(tensor, array[lost])


def _say(tensor, lost):
    first = float(lost.flat[0])
    found(
        NAME,
        saw=f"{lost.size} values with a fraction (the first is {first:g}) are written "
        f"into a tensor {list(tensor.shape)} of {tensor.dtype}",
        why=f"An integer cannot hold them: {first:g} becomes {int(first)}, silently",
        do="make the tensor a float one (dtype=torch.float32), or say .long() or "
        ".round() on what is written",
    )

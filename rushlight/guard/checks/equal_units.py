"""equal-units: hidden units that began equal and stay equal while they are trained.

# Note [Both sides]
# Units are the same where all rows of the layer before are equal and all columns of the
# layer behind: then their gradients are too, for ever.  One side alone is common and
# right (a last layer of zeros, LoRA's B): its gradient's rows differ, and so do the
# rows after one step.  So both sides and both gradients are compared, at an optimizer's
# tenth step; random weights differ in their first two rows, and cost one look.  Where
# both gradients are 0, as with weights of 0, all other matrices must stand still too.
"""

import numpy as np

from rushlight.guard._names import name_of, parameter_names
from rushlight.guard._report import found, is_listening

NAME = "equal-units"
SUMMARY = "hidden units that began equal and stay equal while they are trained"

ASK_AT = 10
_NEAR = 1e-5


def stepping(optimizer):
    """step() is about to run for the tenth time."""
    if not is_listening(NAME):
        return
    weights = [
        p
        for group in optimizer.param_groups
        for p in group["params"]
        if p._grad is not None
        and p._array.__class__ is np.ndarray
        and p._array.ndim > 1
        and p._array.dtype.kind == "f"
    ]
    before = [p for p in weights if p._array.shape[0] > 1 and _are_equal(p, 0)]
    if not before:
        return
    behind = [p for p in weights if p._array.shape[1] > 1 and _are_equal(p, 1)]
    for first in before:
        for second in behind:
            if second is not first and first.shape[0] == second.shape[1]:
                if _move(first, second) or not _move(*weights):
                    _say(first, second)
                return


def _are_equal(parameter, axis):
    """Whether all slices along an axis are equal, of the values and of the gradient."""
    for array in (parameter._array, parameter._grad._array):
        if array.__class__ is not np.ndarray:
            return False
        rows = array if axis == 0 else array.swapaxes(0, 1)
        if not _near(rows[:2]) or not _near(rows):
            return False
    return True


def _move(*weights):
    """Whether any of the gradients is not 0."""
    return any(p._grad._array.any() for p in weights)


def _near(rows):
    if not rows.size:
        return False
    spread = abs(rows - rows[:1]).max()
    return bool(spread <= _NEAR * abs(rows[0]).max())


def _say(first, second):
    names = parameter_names()
    units = first.shape[0]
    found(
        NAME,
        saw=f"after 10 steps all {units} rows of {name_of(first, names)} are equal, "
        f"and all {units} columns of {name_of(second, names)}, and so are their "
        "gradients",
        why=f"The {units} hidden units compute the same and get the same updates for "
        "ever: together they are worth one",
        do="start from random weights (the layers' own reset_parameters(), or "
        "nn.init.kaiming_uniform_), not from a constant",
    )

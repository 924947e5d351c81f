"""equal-units: hidden units that began equal, and so are trained as one.

# Note [Both sides]
# Units are the same where all rows of the layer before are equal and all columns of the
# layer behind: then their gradients are too, for ever.  One side alone is common and
# right (a last layer of zeros, LoRA's B): its gradient's rows differ, and so do the
# rows after one step.  So both sides and both gradients are compared, at an optimizer's
# third step; random weights differ in their first two rows, and cost one look.  Where
# both gradients are 0, as with weights of 0, all other matrices must stand still too.
# Biases that began at random let the units drift apart from the first step on: weights
# with both sides equal and not 0 are remembered then, and named at the third too.
"""

import weakref

import numpy as np

from rushlight.guard._names import name_of, parameter_names
from rushlight.guard._report import found, is_listening

NAME = "equal-units"
SUMMARY = "hidden units that began equal are trained as one"

FIRST, ASK_AT = 1, 3
_NEAR = 1e-5
_began = weakref.WeakKeyDictionary()  # {optimizer: the pair of weights}


def stepping(optimizer):
    """step() is about to run for the first or the third time."""
    if not is_listening(NAME):
        return
    if optimizer._guard_history.steps == FIRST:
        pair = _pair(_weights(optimizer), with_gradients=False)
        if pair is not None and all(p._array.any() for p in pair):
            _began[optimizer] = pair
        return
    weights = _weights(optimizer)
    pair = _pair(weights, with_gradients=True)
    if pair is not None and (_move(*pair) or not _move(*weights)):
        _say(*pair, "after 2 steps", ", and so are their gradients")
    elif optimizer in _began:
        _say(*_began.pop(optimizer), "at the first step", "")


def _weights(optimizer):
    return [
        p
        for group in optimizer.param_groups
        for p in group["params"]
        if p._grad is not None
        and p._array.__class__ is np.ndarray
        and p._array.ndim > 1
        and p._array.dtype.kind == "f"
    ]


def _pair(weights, with_gradients):
    """The layers before and behind units that are all equal; None if there are none."""
    before = [
        p for p in weights if p._array.shape[0] > 1 and _are_equal(p, 0, with_gradients)
    ]
    if not before:
        return None
    behind = [
        p for p in weights if p._array.shape[1] > 1 and _are_equal(p, 1, with_gradients)
    ]
    for first in before:
        for second in behind:
            if second is not first and first.shape[0] == second.shape[1]:
                return first, second
    return None


def _are_equal(parameter, axis, with_gradients):
    """Whether all slices along an axis are equal, of the values and of the gradient."""
    arrays = [parameter._array]
    arrays += [parameter._grad._array] if with_gradients else []
    for array in arrays:
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


def _say(first, second, when, gradients):
    names = parameter_names()
    units = first.shape[0]
    found(
        NAME,
        saw=f"{when} all {units} rows of {name_of(first, names)} are equal, and all "
        f"{units} columns of {name_of(second, names)}{gradients}",
        why=f"The {units} hidden units compute the same and get the same updates, but "
        "for what their biases differ: together they are worth one",
        do="start from random weights (the layers' own reset_parameters(), or "
        "nn.init.kaiming_uniform_), not from a constant",
    )

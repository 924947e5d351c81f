"""label-range: labels that a loss has no meaning for, and takes without a word.

# Note [Meaningless labels]
# A binary cross entropy of scores whose label lies outside 0..1 has no lowest value: it
# falls for ever as the score grows.  (A little outside, labels may be meant as noisy.)
# Labels 0 are neither of a margin's 1 and -1.
# Losses that are not reduced, or have weights, may mask such labels out and are not
# looked at.  Labels of 0 and 1 alone, both of them, are said at the third call.
"""

import numpy as np

from rushlight._core.state import GRAD_MODE
from rushlight.guard._report import found, is_listening

NAME = "label-range"
SUMMARY = "labels that a loss has no meaning for"

_EARLY, _EVERY, _MOST = 16, 64, 32768
_MARGIN = 0.5  # what smoothed and noisy labels may exceed, as GANs' do on purpose
_CALLS = {}
_ZEROS = {}


def forget():
    """Start as a fresh process does."""
    _CALLS.clear()
    _ZEROS.clear()


def labels(name, input, target):
    """A loss that is reduced without weights is called."""
    count = _CALLS[name] = _CALLS.get(name, 0) + 1
    if count > _EARLY and count % _EVERY:
        return
    array = target._array
    if array.__class__ is not np.ndarray or not array.size or array.dtype.kind == "V":
        return
    if GRAD_MODE.get() and is_listening(NAME):
        flat = _some(array)
        if name in _SIGNS:
            _check_signs(name, flat, target)
        elif input._edge is not None:
            _check_odds(name, _some(input._array), flat, target)


def _some(array):
    """Elements of an array, in one dimension; of a big one only some."""
    flat = array.reshape(-1)
    return flat[:: flat.size // _MOST + 1]


def _check_odds(name, scores, flat, target):
    low, high = flat.min(), flat.max()
    if low >= -_MARGIN and high <= 1 + _MARGIN or low != low:
        return
    outside = (flat < -_MARGIN) | (flat > 1 + _MARGIN)
    wrong = int((outside & (scores != 0)).sum())  # a product with 0 masks as well
    if not wrong:
        return
    found(
        NAME,
        saw=f"{name}() got labels {list(target.shape)} from {low:g} to {high:g}: "
        f"{wrong} of {flat.size} lie outside 0..1",
        why="The loss of such a label has no lowest value: it falls below zero and on "
        "for ever as the score grows",
        do=_mend(low, high),
    )


def _mend(low, high):
    if low >= -1 and high <= 1:
        return "labels of -1 and 1 become (labels + 1) / 2; or use soft_margin_loss"
    if low >= 1 - _MARGIN and high <= 2 + _MARGIN:
        return "count them from 0: labels - 1"
    return (
        "give 0 and 1; with several classes use cross_entropy and one score for each; "
        "mask what has no label by weight="
    )


def _check_signs(name, flat, target):
    ones = int((flat == 1).sum())
    zeros = int((flat == 0).sum())
    if not ones or not zeros or ones + zeros < flat.size:
        _ZEROS[name] = -3  # some other label: what 0 means there is the user's affair
        return
    _ZEROS[name] = _ZEROS.get(name, 0) + 1
    if _ZEROS[name] != 3:
        return
    found(
        NAME,
        saw=f"{name}() got labels {list(target.shape)} of 0 and 1 only ({zeros} zeros)",
        why=_SIGNS[name],
        do="give 1 and -1: labels * 2 - 1",
    )


_SIGNS = {
    "soft_margin_loss": "It means 1 and -1: a label of 0 costs log(2) whatever the "
    "score is, so nothing is learned from it",
    "cosine_embedding_loss": "It means 1 and -1: a label of 0 costs nothing, so pairs "
    "that differ are never pushed apart",
    "hinge_embedding_loss": "It means 1 and -1: a label of 0 is taken for both at once",
}

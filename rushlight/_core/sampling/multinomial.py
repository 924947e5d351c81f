"""Drawing categories by their weights, with and without putting them back."""

import numpy as np

from rushlight._base.errors import (
    ArgumentRuntimeError,
    explain,
)
from rushlight._core.generator import default_generator
from rushlight._core.sampling.laws import exponential
from rushlight._core.sampling.uniform import FLOATS, unit_doubles

_MOST_CATEGORIES = 2**24


def multinomial(generator, weights, num_samples, replacement=False):
    """Categories drawn with probabilities proportional to their weights.

    Args:
        generator: a Generator, or None.
        weights: (C,) or (N, C), float; finite, >= 0, not all zero in a row.
        num_samples: S, how many for each row.
        replacement: whether a category may be drawn again.

    Returns:
        (S,) or (N, S), int64.

    Raises:
        RuntimeError: for weights or a number of samples that allow no draw.

    See:
        Without replacement, by an exponential race: Efraimidis and Spirakis,
        "Weighted random sampling with a reservoir" (2006).

    >>> multinomial(None, np.array([0.0, 1.0]), 3, replacement=True)
    array([1, 1, 1])
    """
    generator = generator or default_generator
    _check(weights, num_samples, replacement)
    if weights.size == 0:
        return np.empty((*weights.shape[:-1], num_samples), np.int64)
    _check_weights(weights)
    if replacement and num_samples > 1:
        return _with_replacement(generator, weights, num_samples)
    race = exponential(generator, weights.shape, weights.dtype)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        race = weights / race
    if num_samples == 1:
        return race.argmax(axis=-1, keepdims=True)
    order = np.argsort(-race.astype(np.float64), axis=-1, kind="stable")
    return order[..., :num_samples].copy()


def _with_replacement(generator, weights, num_samples):
    """Look up uniform numbers in the running sum of the weights."""
    wide = weights if weights.dtype.itemsize >= 4 else weights.astype(np.float32)
    rows = wide.reshape(-1, wide.shape[-1])
    found = np.empty((len(rows), num_samples), np.int64)
    with generator.lock:
        units = unit_doubles(generator, found.size).reshape(found.shape)
    for row, unit, result in zip(rows, units, found):
        sums = np.add.accumulate(row)
        sums /= sums[-1]
        sums[-1] = 1
        result[...] = np.searchsorted(sums.astype(np.float64), unit)
    return found.reshape(*weights.shape[:-1], num_samples)


def _check(weights, num_samples, replacement):
    if weights.ndim not in (1, 2):
        raise _bad("weights of 1 or 2 dimensions", weights.ndim, "Flatten the batch.")
    if weights.dtype not in FLOATS:
        raise _bad("float weights", weights.dtype, "Convert them with .float().")
    categories = weights.shape[-1]
    if categories > _MOST_CATEGORIES:
        raise _bad(
            f"at most {_MOST_CATEGORIES} categories", categories, "Draw in two steps."
        )
    if num_samples <= 0:
        raise _bad("num_samples > 0", num_samples, "Draw at least one.")
    if not replacement and num_samples > categories:
        raise _bad(
            f"num_samples <= {categories}, the number of categories",
            num_samples,
            "Draw fewer, or pass replacement=True.",
        )


def _check_weights(weights):
    least, most = weights.min(), weights.max()
    if not (least >= 0 and most < np.inf):
        raise _bad(
            "finite weights >= 0",
            f"weights in [{least}, {most}]",
            "Take exp or softmax of scores.",
        )
    if (weights.astype(np.float64).sum(axis=-1) <= 0).any():
        raise _bad("a positive weight in every row", "a row of zeros", "Drop the row.")


def _bad(expected, got, do):
    return ArgumentRuntimeError(
        explain("multinomial()", expected=expected, got=got, do=do)
    )

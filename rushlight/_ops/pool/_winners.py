"""The largest elements of windows and which ones they are, as arrays.

# Note [Winners]
# Backward needs to know which element of a window won: its number among the window's
# taps, counted row by row, in one byte (two for large windows).  The first of equals
# wins, and a nan wins over everything, the last one at that, as in PyTorch.

# Note [Pairs]
# Windows of 2 by 2 that lie side by side are common, and slow element by element.  Here
# neighbours are compared as pairs: two runs over the whole memory, then rows with rows.
# On the way back each pair of float32 is one 64-bit word, in which the gradient is
# shifted to the left or the right half.
"""

import sys
from math import prod

import numpy

from rushlight._ops.pool._windows import over_planes, windows_of

_LITTLE = sys.byteorder == "little"


def can_pair(windows, planes):
    """Whether Note [Pairs] applies."""
    return (
        windows.is_apart
        and windows.kernel == (2, 2)
        and planes.dtype == numpy.float32
        and planes.__class__ is numpy.ndarray
        and _LITTLE
    )


def largest(np, planes, windows, wants_winners):
    """The windows' largest elements (planes, *out), and the winners (or None)."""
    values = np.empty((len(planes), *windows.out), planes.dtype)
    code = np.uint8 if len(windows.taps) <= 256 else np.uint32
    winners = np.empty(values.shape, code) if wants_winners else None
    size = prod(windows.size)
    if can_pair(windows, planes):
        planes = np.ascontiguousarray(planes)

        def block(first, last):
            part = slice(first, last)
            _pairs(np, planes[part], values[part], winners, part)

    else:
        first_winner = _first_inside(np, windows, code)
        lowest = _lowest(np, planes.dtype)

        def block(first, last):
            part = slice(first, last)
            source = _canvas(np, planes[part], windows, lowest)
            found = None if winners is None else winners[part]
            _by_taps(np, source, windows, values[part], found, first_winner)

    over_planes(np, block, len(planes), size)
    return values, winners


def _lowest(np, dtype):
    if dtype.kind in "iu":
        return np.iinfo(dtype).min
    return dtype.type("-inf")


def _canvas(np, planes, windows, fill):
    if windows.is_exact:
        return planes
    canvas = np.full((len(planes), *windows.canvas), fill, planes.dtype)
    canvas[(slice(None), *windows.inner())] = planes
    return canvas


def _first_inside(np, windows, code):
    """For each window the number of its first tap that is no padding."""
    found = np.zeros((), np.int64)
    for k, s, p, d, o in zip(
        windows.kernel, windows.stride, windows.pads, windows.dilation, windows.out
    ):
        starts = np.arange(o) * s - p
        skipped = np.maximum(0, -(starts // d))  # taps before the plane
        found = found[..., None] * k + skipped
    return found.astype(code) if found.any() else np.zeros((), code)


def _by_taps(np, canvas, windows, values, winners, first_winner):
    everywhere = slice(None)
    values[...] = canvas[(everywhere, *windows.at(windows.taps[0]))]
    if winners is None:
        for tap in windows.taps[1:]:
            np.maximum(values, canvas[(everywhere, *windows.at(tap))], out=values)
        return
    winners[...] = first_winner
    wins, number = np.empty(values.shape, bool), np.empty_like(winners)
    for tap in range(0 if first_winner.ndim else 1, len(windows.taps)):
        other = canvas[(everywhere, *windows.at(windows.taps[tap]))]
        np.greater(other, values, out=wins)
        np.maximum(values, other, out=values)
        # Later taps have larger numbers: the last one that was larger has won.
        np.multiply(wins, winners.dtype.type(tap), out=number)
        np.maximum(winners, number, out=winners)
    if values.dtype.kind in "fV" and np.isnan(values).any():
        _by_taps_with_nan(np, canvas, windows, values, winners, first_winner)


def _by_taps_with_nan(np, canvas, windows, values, winners, first_winner):
    """As _by_taps, where nan wins over everything."""
    everywhere = slice(None)
    values[...] = canvas[(everywhere, *windows.at(windows.taps[0]))]
    winners[...] = first_winner
    for number, tap in enumerate(windows.taps):
        other = canvas[(everywhere, *windows.at(tap))]
        wins = (other > values) | np.isnan(other)
        np.copyto(values, other, where=wins)
        winners[wins] = number


def _pairs(np, planes, values, winners, part):
    """2 by 2 windows side by side (Note [Pairs])."""
    count, height, width = planes.shape
    pairs = planes.reshape(-1, 2)
    left, right = pairs[:, 0], pairs[:, 1]
    rows = np.maximum(left, right).reshape(-1, 2, width // 2)
    found = values.reshape(-1, width // 2)
    np.maximum(rows[:, 0], rows[:, 1], out=found)
    if winners is None:
        return
    goes_right = (right > left).view(np.uint8).reshape(rows.shape)
    goes_down = (rows[:, 1] > rows[:, 0]).view(np.uint8)
    code = winners[part].reshape(found.shape)
    np.bitwise_xor(goes_right[:, 0], goes_right[:, 1], out=code)
    code &= goes_down
    code ^= goes_right[:, 0]  # right in the row that won
    goes_down <<= 1
    code |= goes_down
    if np.isnan(found).any():
        windows = windows_of(planes.shape[1:], (2, 2), (2, 2), (0, 0), (1, 1), False)
        first = np.zeros((), winners.dtype)
        _by_taps_with_nan(np, planes, windows, values, winners[part], first)


def hand_back(np, g, winners, windows):
    """The gradient of the planes: each window's goes to its winner."""
    found = np.empty((len(g), *windows.size), g.dtype)
    if can_pair(windows, found):

        def block(first, last):
            part = slice(first, last)
            _pairs_back(np, g[part], winners[part], found[part])

    else:

        def block(first, last):
            part = slice(first, last)
            _taps_back(np, g[part], winners[part], found[part], windows)

    over_planes(np, block, len(g), prod(windows.size))
    return found


def _taps_back(np, g, winners, found, windows):
    everywhere, canvas = slice(None), found
    if not windows.is_exact:
        canvas = np.empty((len(g), *windows.canvas), g.dtype)
    canvas.fill(0)
    for number, tap in enumerate(windows.taps):
        place = canvas[(everywhere, *windows.at(tap))]
        place += g * (winners == number)
    if canvas is not found:
        found[...] = canvas[(everywhere, *windows.inner())]


def _pairs_back(np, g, winners, found):
    words = found.view(np.uint64)
    words = words.reshape(-1, 2, words.shape[-1])
    code = winners.reshape(-1, words.shape[-1])
    bits = np.ascontiguousarray(g).view(np.uint32).reshape(code.shape)
    whole = bits.astype(np.uint64)
    whole <<= ((code & 1) << 5).astype(np.uint64)
    lower = whole * (code >> 1)
    words[:, 1] = lower
    np.subtract(whole, lower, out=words[:, 0])


def places_of(np, winners, windows):
    """Where the winners lie in their planes, as flat numbers: int64."""
    found = np.zeros(winners.shape, np.int64)
    rest = winners.astype(np.int64)
    step, last = 1, len(windows.size) - 1
    for dim in range(last, -1, -1):
        rest, k = np.divmod(rest, windows.kernel[dim])
        starts = np.arange(windows.out[dim]) * windows.stride[dim] - windows.pads[dim]
        starts = starts.reshape(-1, *[1] * (last - dim))
        found += (starts + k * windows.dilation[dim]) * step
        step *= windows.size[dim]
    return found

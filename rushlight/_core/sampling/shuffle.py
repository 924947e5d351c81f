"""Shuffles: Fisher and Yates' swaps in NumPy terms."""

from array import array as machine_array

import numpy as np

from rushlight._core.sampling.chunks import CHUNK

_SHORT = 400  # up to here a loop is faster than sorting


def shuffle(n, offsets):
    """The numbers 0 to n - 1, where each i in turn was swapped with i + offsets[i].

    Args:
        n: how many.
        offsets: (n - 1,), integers; offsets[i] < n - i.

    Returns:
        (n,), int64.

    >>> shuffle(3, np.array([2, 1]))
    array([2, 0, 1])
    """
    return (shuffle_short if n <= _SHORT else shuffle_long)(n, offsets)


def shuffle_short(n, offsets):
    """As shuffle, by swapping."""
    values = list(range(n))
    for i, offset in enumerate(offsets.tolist()):
        j = i + offset
        values[i], values[j] = values[j], values[i]
    return np.array(values, np.int64)


# Note [Shuffle by sorting]
# The swaps are one after another, but what they do can be said at once.  Step i takes
# what lies at target j >= i and leaves there what lay at i.  So what lies at a place
# before step i was left by the last earlier step k with that target, and is what lay
# at k before step k: `moved[k]`.  Sorting the steps by target gives each its
# predecessor with the same target; following predecessors to their roots gives
# `moved`, by doubling, in about log log n rounds.


def shuffle_long(n, offsets):
    """As shuffle, by sorting (Note [Shuffle by sorting])."""
    steps = np.arange(n)
    targets = steps.copy()
    targets[:-1] += offsets
    before = _predecessors(targets)
    last = np.full(n, -1)
    last[targets] = steps
    moved = np.where(targets == steps, before, last)
    active = np.flatnonzero(moved >= 0)
    np.copyto(moved, steps, where=moved < 0)
    while active.size:
        known = moved[active]
        further = moved[known]
        moved[active] = further
        active = active[further != known]
    return np.where(before < 0, targets, moved[before])


def _predecessors(targets):
    """For each step the last earlier one with the same target, or -1."""
    order = _stable_order(targets)
    ordered = targets[order]
    again = np.flatnonzero(ordered[1:] == ordered[:-1])
    before = np.full(targets.size, -1)
    before[order[1:][again]] = order[:-1][again]
    return before


def _stable_order(numbers):
    """argsort by 16 bits at a time, which NumPy does in linear time."""
    order = (numbers & 0xFFFF).astype(np.uint16).argsort(kind="stable")
    for shift in range(16, (numbers.size - 1).bit_length(), 16):
        digits = (numbers >> shift & 0xFFFF).astype(np.uint16)
        order = order[digits[order].argsort(kind="stable")]
    return order


def shuffle_inside_out(generator, n):
    """The shuffle of very long permutations: 64 bits a number, from the front."""
    values = machine_array("q", bytes(8 * n))
    for start in range(0, n, CHUNK):
        stop = min(n, start + CHUNK)
        bits = generator.raw64(stop - start)
        bits %= np.arange(start + 1, stop + 1, dtype=np.uint64)
        for i, j in enumerate(bits.tolist(), start):
            values[i] = values[j]
            values[j] = i
    return np.frombuffer(values, np.int64)

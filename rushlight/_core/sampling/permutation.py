"""Permutations: the numbers 0 to n - 1, shuffled."""

from array import array as machine_array

import numpy as np

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ShapeError,
    explain,
)
from rushlight._core.generator import default_generator
from rushlight._core.sampling.integers import last_exact
from rushlight._core.sampling.uniform import BFLOAT16, CHUNK, check_plain

_WIDE = (2**32 - 1) // 20  # from here on 64 bits are drawn for each number
_SHORT = 400  # up to here a loop is faster than sorting


def permutation(generator, n, dtype):
    """The numbers 0 to n - 1 in random order (Fisher and Yates' shuffle).

    Args:
        generator: a Generator, or None.
        n: how many.
        dtype: any real dtype but bool that counts up to n - 1.

    Returns:
        (n,), dtype.

    Raises:
        RuntimeError: for a negative n, or a dtype that is too narrow.
        NotImplementedError: for bool and complex dtypes.

    >>> sorted(permutation(None, 5, np.dtype("i8")).tolist())
    [0, 1, 2, 3, 4]
    """
    _check(n, dtype)
    generator = generator or default_generator
    with generator.lock:
        if n >= _WIDE:
            found = _shuffle_inside_out(generator, n)
        else:
            bits = generator.raw(max(n - 1, 0)).astype(np.uint32)
            bits %= np.arange(n, 1, -1, dtype=np.uint32)
            shuffle = _shuffle_short if n <= _SHORT else _shuffle_long
            found = shuffle(n, bits)
    return found.astype(dtype, copy=False)


def _shuffle_short(n, offsets):
    """Swap each i in turn with i + offsets[i]."""
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


def _shuffle_long(n, offsets):
    """As _shuffle_short, by sorting."""
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


def _shuffle_inside_out(generator, n):
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


def _check(n, dtype):
    if n < 0:
        raise ShapeError(
            explain("randperm()", expected="n >= 0", got=n, do="Pass a length.")
        )
    check_plain(dtype, "randperm()", refused="bc")
    most = n if dtype == BFLOAT16 else last_exact(dtype)
    if n - 1 > most:
        raise ArgumentRuntimeError(
            explain(
                "randperm()",
                expected=f"n - 1 <= {most}, the last that {dtype} counts to",
                got=f"n={n}",
                do="Use int64.",
            )
        )

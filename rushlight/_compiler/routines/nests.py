"""Nests of loops over boxes of memory, and integers that may be known already.

A known one may be symbolic: it is an int too, and what it is compared with is decided
for all values of the symbols, or not at all.
"""

from contextlib import ExitStack, contextmanager

from rushlight._base.sized import is_same
from rushlight._base.symint import is_symbolic

# -------------------------------------------------------------- whole numbers, folded


def _is(x, number):
    """Whether an int or expression is surely a number."""
    return isinstance(x, int) and is_same(x, number)


def add(k, x, y):
    """``x + y`` of ints or expressions."""
    if isinstance(x, int) and isinstance(y, int):
        return x + y
    if _is(y, 0):
        return x
    return y if _is(x, 0) else k.add(x, y)


def mul(k, x, y):
    """``x * y``."""
    if isinstance(x, int) and isinstance(y, int):
        return x * y
    if _is(x, 0) or _is(y, 0):
        return 0
    if _is(y, 1):
        return x
    return y if _is(x, 1) else k.mul(x, y)


def least(k, x, y):
    """``min(x, y)``."""
    return min(x, y) if _are_known(x, y) else k.min(as_place(k, x), y)


def most(k, x, y):
    """``max(x, y)``."""
    return max(x, y) if _are_known(x, y) else k.max(as_place(k, x), y)


def _are_known(*numbers):
    return all(isinstance(x, int) and not is_symbolic(x) for x in numbers)


def divided(k, x, by):
    """``x // by`` and ``x % by``, for an int `by`."""
    if isinstance(x, int):
        return x // by, x % by
    return (x, 0) if _is(by, 1) else (k.floordiv(x, by), k.remainder(x, by))


def as_place(k, x):
    """A whole number as the `at` of a place."""
    return k.const(x, "i64") if isinstance(x, int) else x


def rest_of(k, total, first, most_of_it):
    """How many of `total` are left from `first` on, at most `most_of_it`."""
    return most(k, least(k, add(k, total, mul(k, first, -1)), most_of_it), 0)


def all_of(k, conditions):
    """Whether all conditions hold; None where there are none."""
    found = None
    for condition in conditions:
        found = condition if found is None else k.and_(found, condition)
    return found


# ---------------------------------------------------------------------------- loops


@contextmanager
def open_loops(k, prefix, extents, vector=False):
    """Open loops one in another; gives the names of their indices.

    With `vector` the innermost is a vector loop.
    """
    names = [f"{prefix}{number}" for number in range(len(extents))]
    with ExitStack() as stack:
        for number, extent in enumerate(extents):
            innermost = number == len(extents) - 1
            loop = k.loop(names[number], extent, vector=vector and innermost)
            stack.enter_context(loop)
        yield names


def merged(loops):
    """Fewer loops over the same memory.

    Args:
        loops: (extent, step, step, ...) from the outermost; where all steps of one are
            those of the next times its extent, the two are one.
    """
    found = []
    for extent, *steps in loops:
        if _is(extent, 1):
            continue
        if found and isinstance(extent, int) and isinstance(found[-1][0], int):
            outer, *before = found[-1]
            pairs = zip(before, steps, strict=True)
            if all(is_same(b, s * extent) for b, s in pairs):
                found[-1] = (outer * extent, *steps)
                continue
        found.append((extent, *steps))
    return found or [(1, *[1 for _ in loops[0][1:]])]


def copy_box(k, target, source, loops, change=None, inside=None, only_if=None):
    """``target[place] = change(source[place])`` over a box.

    Args:
        target, source: (buffer, offset, at).
        loops: (extent, step in the target, step in the source), outermost first.
        change: an expression of the loaded one and of the indices' names, or None.
        inside: conditions of the indices' names, without which 0 is copied, or None.
        only_if: conditions of the indices' names, without which nothing is written.
    """
    (to, to_offset, to_at), (of, of_offset, of_at) = target, source
    if change is inside is only_if is None:
        loops = merged(loops)
    with open_loops(k, "i", [loop[0] for loop in loops], vector=True) as names:
        to_steps = {name: loop[1] for name, loop in zip(names, loops, strict=True)}
        of_steps = {name: loop[2] for name, loop in zip(names, loops, strict=True)}
        inside, only_if = (
            None if test is None else all_of(k, test(names))
            for test in (inside, only_if)
        )
        value = k.load(of, of_offset, as_place(k, of_at), inside, **of_steps)
        value = value if change is None else change(value, names)
        k.store(to, value, to_offset, as_place(k, to_at), only_if, **to_steps)


def fill_zero(k, buffer, elements, offset=0, at=0):
    """Zero the first elements of a buffer."""
    with k.loop("zeroed", elements, vector=True):
        zero = k.const(0, buffer.dtype)
        k.store(buffer, zero, offset, as_place(k, at), zeroed=1)

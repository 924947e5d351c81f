"""What code that deals with sizes, symbolic or not, does with them."""

import operator

from rushlight._base.symfloat import SymFloat
from rushlight._base.symint import SymInt, fixed, is_symbolic


def with_values(thing, values):
    """A thing with ints in the place of `SymInt`s, also in tuples, lists and dicts.

    Args:
        thing: anything.
        values: of the symbols.
    """
    if type(thing) is SymInt:
        return thing.sizes.value_of(thing.terms, values)
    if type(thing) is SymFloat:
        return thing.value(values)
    if type(thing) is dict:
        return {key: with_values(value, values) for key, value in thing.items()}
    if isinstance(thing, tuple) and hasattr(thing, "_fields"):
        return type(thing)(*[with_values(one, values) for one in thing])
    if isinstance(thing, (tuple, list)):
        return type(thing)([with_values(one, values) for one in thing])
    if isinstance(thing, slice):
        parts = thing.start, thing.stop, thing.step
        return slice(*[with_values(part, values) for part in parts])
    return thing


def slice_indices(part, size):
    """``part.indices(size)``, also of symbolic numbers."""
    bounds = part.start, part.stop, part.step, size
    if not any(map(is_symbolic, bounds)):
        return part.indices(size)
    step = 1 if part.step is None else operator.index(fixed(part.step))
    if step == 0:
        raise ValueError("slice step cannot be zero")
    low, high = (0, size) if step > 0 else (-1, size - 1)
    start, stop = (low, high) if step > 0 else (high, low)
    if part.start is not None:
        start = _inside(operator_index(part.start), size, low, high)
    if part.stop is not None:
        stop = _inside(operator_index(part.stop), size, low, high)
    return start, stop, step


def range_length(start, stop, step):
    """``len(range(start, stop, step))``, also of symbolic numbers."""
    if not any(map(is_symbolic, (start, stop, step))):
        return len(range(start, stop, step))
    count = -((start - stop) // step)
    return count if count > 0 else 0


def _inside(place, size, low, high):
    """A bound of a slice, from the end where it is negative, not beyond either end."""
    if place < 0:
        place = place + size
    return low if place < low else high if place > high else place


def operator_index(x):
    """``operator.index(x)`` that leaves a `SymInt` as it is."""
    return x if type(x) is SymInt else operator.index(x)


def is_same(x, y):
    """Whether two sizes are equal for all values of the symbols."""
    if type(x) is not SymInt and type(y) is not SymInt:
        return x == y
    difference = x - y
    return type(difference) is not SymInt and difference == 0


def are_same(shape, other):
    """Whether two shapes are equal for all values of the symbols."""
    return len(shape) == len(other) and all(map(is_same, shape, other))


def is_multiple(x, of):
    """Whether a size is a multiple of another for all values of the symbols."""
    if type(x) is not SymInt and type(of) is not SymInt:
        return x % of == 0
    rest = x % of
    return type(rest) is not SymInt and rest == 0

"""Shared by the routines: where matrices of a stack lie, and parts of wholes."""

from rushlight._base.sized import is_multiple, is_same
from rushlight._base.symint import hint_of, is_symbolic


def span(shape, strides):
    """How many elements a buffer has that holds such an array, from its first on."""
    if 0 in shape:
        return 0
    return 1 + sum((n - 1) * step for n, step in zip(shape, strides, strict=True))


def offset_of(k, stacks, steps):
    """A place as an expression, or None for 0.

    Args:
        k: the builder.
        stacks: pairs of a number (an expression) and the ((size, stride), ...) of the
            dimensions that it counts through, the last one fastest.
        steps: pairs of a number (int or expression) and a stride.
    """
    terms = []
    for number, dims in stacks:
        terms += _unravelled(k, number, _merged(dims))
    for number, stride in steps:
        if isinstance(number, int):
            number = number * stride
            terms += [] if is_same(number, 0) else [k.const(number, "i64")]
        elif not is_same(stride, 0):
            terms.append(number if is_same(stride, 1) else k.mul(number, stride))
    total = None
    for term in terms:
        total = term if total is None else k.add(total, term)
    return total


def _merged(dims):
    """Dimensions of more than one element; neighbours that count as one are one."""
    found = []
    for size, stride in dims:
        if is_same(size, 1):
            continue
        if found and is_same(found[-1][1], size * stride):
            found[-1] = (found[-1][0] * size, stride)
        else:
            found.append((size, stride))
    return found


def _unravelled(k, number, dims):
    terms = []
    for position, (size, stride) in reversed(list(enumerate(dims))):
        here = number
        if position:
            here, number = k.remainder(number, size), k.floordiv(number, size)
        if not is_same(stride, 0):
            terms.append(here if is_same(stride, 1) else k.mul(here, stride))
    return terms


def keep(k, name, value):
    """A value computed once, for use in loops that follow: an accumulator."""
    kept = k.declare(name, value.dtype, 0)
    k.accumulate(kept, "add", value)
    return kept


def pieces(most, whole):
    """(how many a block takes, blocks) for pieces of nearly `most`.

    Of a symbolic size they are `most`, whatever it is.
    """
    if not is_symbolic(whole) and whole <= most:
        return whole, 1
    return most, -(-whole // most)


def large_pieces(whole):
    """As `pieces`, for rows of a large product: large, but some for each thread."""
    most = next((n for n in (256, 128) if hint_of(whole) >= 8 * n), 64)
    return pieces(most, whole)


def share_of(size, times):
    """How many of ``size * times`` columns a block takes: a divisor of `size`."""
    for most in (256, 128, 64):
        found = max(n for n in range(1, min(size, most) + 1) if size % n == 0)
        if size * times >= 4 * found:
            break
    return found if found >= 16 else size


def part_of(k, first, most, whole):
    """How many of `whole` a block has that begins at `first`, at most `most`."""
    if is_multiple(whole, most):
        return most
    return k.min(k.sub(k.const(whole, "i64"), first), most)

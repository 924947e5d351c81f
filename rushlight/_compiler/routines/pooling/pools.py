"""Poolings and their gradients, as routines.

Windows are given by their geometry alone; where one may leave the plane, its elements
outside are left out.

# Note [Winner]
# The largest element of a window is remembered by its number among the window's
# elements, row by row.  The first of equals wins, and a nan wins over everything, the
# last one at that.
"""

import math
from math import prod

from rushlight._base.symint import is_symbolic
from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.routines import Routine, Task
from rushlight._compiler.routines.nests import (
    add,
    as_place,
    fill_zero,
    mul,
    open_loops,
)
from rushlight._compiler.routines.pooling.windows import (
    Blocks,
    Outputs,
    buffers,
    element,
    elements_of,
    place_of,
    taps_of,
)

#: More than any window has elements.
_NO_NUMBER = 2**62


def max_pool(planes, windows, dtype, *, winners=True):
    """The largest element of each window, and which one it is.

    Args:
        planes: how many.
        windows: the Windows of one.
        dtype: "f32" or "f64".
        winners: whether they are wanted (Note [Winner]).

    Returns:
        Routine: input x; outputs y (and winners, u8, or i32 for windows of more than
        256 elements).
    """
    k, blocks = Builder("max_pool"), Blocks(planes, windows.size)
    x, y = buffers(k, planes, windows, dtype, "x", "y")
    if winners:
        code = winner_dtype(windows)
        won = k.buffer("winners", code, elements_of(planes, windows.out), True)
    with blocks.planes(k) as at, Outputs(k, windows) as (by_out, names):
        find = _largest if windows.are_few else _largest_of_many
        best, winner = find(k, windows, x, at, names)
        place = as_place(k, mul(k, at, prod(windows.out)))
        k.store(y, best, 0, place, **by_out)
        if winners:
            k.store(won, winner, 0, place, **by_out)
    outputs = ("y", "winners") if winners else ("y",)
    return Routine([Task(k.kernel(), ("x", *outputs))], ("x",), outputs)


def _largest(k, windows, x, plane, names):
    """The largest element and its number, one element after another."""
    best, winner = k.const(-math.inf, x.dtype), _first_inside(k, windows, names)
    for number, tap in enumerate(windows.taps):
        value, inside = element(k, windows, x, plane, tap, names)
        wins = k.or_(k.lt(best, value), k.ne(value, value))
        wins = wins if inside is None else k.and_(wins, inside)
        best = k.where(wins, value, best)
        winner = k.where(wins, k.const(number, "i64"), winner)
    return best, winner


def _largest_of_many(k, windows, x, plane, names):
    """As `_largest`: first the largest, then the first that equals it."""
    found = k.declare("best", x.dtype, -math.inf)
    count = prod(windows.kernel)
    none = _NO_NUMBER if is_symbolic(count) else count
    first = k.declare("first", "i64", none)
    last_nan = k.declare("last_nan", "i64", -1)
    with open_loops(k, "tap", windows.kernel) as taps:
        tap = [k.index(name) for name in taps]
        value, inside = element(k, windows, x, plane, tap, names)
        if inside is not None:
            value = k.where(inside, value, k.const(-math.inf, x.dtype))
        k.accumulate(found, "max", value)
    with open_loops(k, "again", windows.kernel) as taps:
        tap, number = [k.index(name) for name in taps], k.const(0, "i64")
        for index, extent in zip(tap, windows.kernel, strict=True):
            number = k.add(k.mul(number, extent), index)
        value, inside = element(k, windows, x, plane, tap, names)
        equals, is_nan = k.eq(value, found), k.ne(value, value)
        if inside is not None:
            equals, is_nan = k.and_(equals, inside), k.and_(is_nan, inside)
        k.accumulate(first, "min", k.where(equals, number, none))
        k.accumulate(last_nan, "max", k.where(is_nan, number, -1))
    return found, k.where(k.lt(last_nan, 0), first, last_nan)


def winner_dtype(windows):
    """The dtype of winners."""
    return "u8" if prod(windows.kernel) <= 256 else "i32"


def max_pool_gradient(planes, windows, dtype):
    """What reaches x: each window's gradient goes to its winner.

    Args:
        planes, windows, dtype: as for `max_pool`.

    Returns:
        Routine: inputs g, winners; output x_grad.
    """
    k, blocks = Builder("max_pool_gradient"), Blocks(planes, windows.size)
    found, g = buffers(k, planes, windows, dtype, "x_grad", "g", given=True)
    won = k.buffer("winners", winner_dtype(windows), elements_of(planes, windows.out))
    size = prod(windows.size)
    with blocks.planes(k) as plane:
        if not windows.are_tiles:
            fill_zero(k, found, size, at=mul(k, plane, size))
        if not windows.are_few:
            _to_winners(k, windows, found, g, won, plane)
        else:

            def given(number, by_out):
                at = as_place(k, mul(k, plane, prod(windows.out)))
                wins = k.eq(k.load(won, 0, at, **by_out), number)
                return k.where(wins, k.load(g, 0, at, **by_out), k.const(0, dtype))

            _hand_back(k, windows, found, plane, given)
    task = Task(k.kernel(), ("x_grad", "g", "winners"))
    return Routine([task], ("g", "winners"), ("x_grad",))


def _to_winners(k, windows, found, g, won, plane):
    """Add each window's gradient to its winner's, one window after another."""
    size = prod(windows.size)
    with Outputs(k, windows, vector=False) as (by_out, names):
        at = as_place(k, mul(k, plane, prod(windows.out)))
        winner = k.load(won, 0, at, **by_out)
        place = 0
        for dim in reversed(range(len(names))):
            kernel, step = windows.kernel[dim], prod(windows.size[dim + 1 :])
            tap, winner = k.remainder(winner, kernel), k.floordiv(winner, kernel)
            start = k.mul(k.index(names[dim]), windows.stride[dim])
            along = k.add(k.mul(tap, windows.dilation[dim]), start)
            place = add(k, place, mul(k, add(k, along, -windows.pads[dim]), step))
        # winners that no max_pool made must not lead out of the plane
        place = k.max(k.min(place, size - 1), 0)
        place = add(k, mul(k, plane, size), place)
        value = k.add(k.load(g, 0, at, **by_out), k.load(found, 0, place))
        k.store(found, value, 0, place)


def _hand_back(k, windows, found, plane, given):
    """Add what each window gives to its elements, one element of all after another.

    Args:
        found: the buffer of planes, zero unless the windows are tiles.
        plane: the number of the plane.
        given: ``(number of the element, steps of the windows)`` to an expression.
    """
    at = as_place(k, mul(k, plane, prod(windows.size)))
    if windows.are_tiles:
        with Outputs(k, windows) as (by_out, names):
            for number, tap in enumerate(windows.taps):
                strides, offset, _ = place_of(k, windows, tap, names)
                k.store(found, given(number, by_out), offset, at, **strides)
        return
    for number, taps in enumerate(taps_of(k, windows)):
        with taps as tap, Outputs(k, windows, "to") as (by_out, names):
            strides, offset, inside = place_of(k, windows, tap, names)
            value = k.load(found, offset, at, inside, **strides)
            value = k.add(value, given(number, by_out))
            k.store(found, value, offset, at, inside, **strides)


def average_pool(planes, windows, dtype, *, pads_count=True, divisor=None):
    """The sum of each window times one over its size.

    Args:
        planes, windows, dtype: as for `max_pool`.
        pads_count: whether the padding counts in a window's size.
        divisor: instead of the windows' sizes, or None.

    Returns:
        Routine: input x; output y.
    """
    k, blocks = Builder("average_pool"), Blocks(planes, windows.size)
    x, y = buffers(k, planes, windows, dtype, "x", "y")
    with blocks.planes(k) as at, Outputs(k, windows) as (by_out, names):
        total = k.declare("total", dtype, 0.0)
        for taps in taps_of(k, windows):
            with taps as tap:
                value, _ = element(k, windows, x, at, tap, names)
                k.accumulate(total, "add", value)
        share = _share(k, windows, names, dtype, pads_count, divisor)
        place = as_place(k, mul(k, at, prod(windows.out)))
        k.store(y, k.mul(total, share), 0, place, **by_out)
    return Routine([Task(k.kernel(), ("x", "y"))], ("x",), ("y",))


def average_pool_gradient(planes, windows, dtype, *, pads_count=True, divisor=None):
    """What reaches x: each window's gradient, shared by its elements.

    Args:
        planes, windows, dtype, pads_count, divisor: as for `average_pool`.

    Returns:
        Routine: input g; output x_grad.
    """
    k, blocks = Builder("average_pool_gradient"), Blocks(planes, windows.size)
    found, g = buffers(k, planes, windows, dtype, "x_grad", "g", given=True)
    size, count = prod(windows.size), prod(windows.out)
    # where their number is known, the shares are worked out once, in local memory
    shares = None if is_symbolic(count) else k.local("shares", dtype, count)

    def shared(plane, by_out):
        share = _share(k, windows, [*by_out], dtype, pads_count, divisor)
        at = as_place(k, mul(k, plane, count))
        return k.mul(k.load(g, 0, at, **by_out), share)

    with blocks.planes(k) as plane:
        if not windows.are_tiles:
            fill_zero(k, found, size, at=mul(k, plane, size))
        if shares is not None:
            with Outputs(k, windows) as (by_out, _):
                k.store(shares, shared(plane, by_out), **by_out)

        def given(number, by_out):
            if shares is None:
                return shared(plane, by_out)
            return k.load(shares, **by_out)

        _hand_back(k, windows, found, plane, given)
    return Routine([Task(k.kernel(), ("x_grad", "g"))], ("g",), ("x_grad",))


def _first_inside(k, windows, names):
    """The number of each window's first element that lies in the plane."""
    found = k.const(0, "i64")
    for dim, name in enumerate(names):
        found = k.mul(found, windows.kernel[dim])
        if windows.pads[dim]:
            start = k.mul(k.index(name), windows.stride[dim])
            before = k.add(k.mul(start, -1), windows.pads[dim])
            step = windows.dilation[dim]
            skipped = k.floordiv(k.add(before, step - 1), step)
            found = k.add(found, k.max(skipped, 0))
    return found


def _share(k, windows, names, dtype, pads_count, divisor):
    """One over each window's size."""
    if divisor is not None:
        return _one_over(k, divisor, dtype)
    count, known = None, 1
    for dim, name in enumerate(names):
        n, kernel, pad = windows.size[dim], windows.kernel[dim], windows.pads[dim]
        last = windows.last(dim) + kernel
        if last <= n + (pad if pads_count else 0) and (pads_count or pad == 0):
            known *= kernel
            continue
        start = k.add(k.mul(k.index(name), windows.stride[dim]), -pad)
        end = k.min(k.add(start, kernel), n + pad)
        if not pads_count:
            start, end = k.max(start, 0), k.min(end, n)
        along = k.sub(end, start)
        count = along if count is None else k.mul(count, along)
    if count is None:
        return _one_over(k, known, dtype)
    return k.div(1.0, k.cast(k.mul(count, known), dtype))


def _one_over(k, n, dtype):
    return k.div(1.0, k.const(n, dtype)) if is_symbolic(n) else k.const(1 / n, dtype)

"""Poolings and their gradients, as routines.

Planes are independent: a block is a few of them.  Windows are given by their geometry
alone; where one may leave the plane, its elements outside are left out.

# Note [Winner]
# The largest element of a window is remembered by its number among the window's
# elements, row by row.  The first of equals wins, and a nan wins over everything, the
# last one at that.
"""

import math
from dataclasses import dataclass
from itertools import product
from math import prod

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.routines import Routine, Task
from rushlight._compiler.routines.nests import (
    add,
    as_place,
    fill_zero,
    mul,
    open_loops,
    rest_of,
)

_ELEMENTS = 32768  # of the planes in a block
_BLOCKS = 16  # at least, where there are enough planes


@dataclass(frozen=True)
class Windows:
    """Where the windows of a plane lie.

    Attributes:
        size: of the plane; kernel, stride, dilation: of the windows.
        pads: what lies before the plane.
        out: how many windows there are.
    """

    size: tuple
    kernel: tuple
    stride: tuple
    pads: tuple
    dilation: tuple
    out: tuple

    @property
    def taps(self):
        """The indices of a window's elements, row by row."""
        return list(product(*map(range, self.kernel)))

    def leaves(self, dim, k):
        """Whether element k of some window along a dim lies outside the plane."""
        first = k * self.dilation[dim] - self.pads[dim]
        last = first + (self.out[dim] - 1) * self.stride[dim]
        return first < 0 or last >= self.size[dim]

    @property
    def are_apart(self):
        """Whether no two windows share an element."""
        return all(
            s >= d * (k - 1) + 1
            for k, s, d in zip(self.kernel, self.stride, self.dilation, strict=True)
        )


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
    k, blocks = Builder("max_pool"), _Blocks(planes, windows.size)
    x, y = _buffers(k, planes, windows, dtype, "x", "y")
    if winners:
        code = winner_dtype(windows)
        won = k.buffer("winners", code, max(1, y.size), written=True)
    with blocks.planes(k) as at, _outputs(k, windows) as (by_out, names):
        best, winner = k.const(-math.inf, dtype), _first_inside(k, windows, names)
        for number, tap in enumerate(windows.taps):
            value, inside = _element(k, windows, x, at, tap, names)
            wins = k.or_(k.lt(best, value), k.ne(value, value))
            wins = wins if inside is None else k.and_(wins, inside)
            best = k.where(wins, value, best)
            winner = k.where(wins, k.const(number, "i64"), winner)
        place = as_place(k, mul(k, at, prod(windows.out)))
        k.store(y, best, 0, place, **by_out)
        if winners:
            k.store(won, winner, 0, place, **by_out)
    outputs = ("y", "winners") if winners else ("y",)
    return Routine([Task(k.kernel(), ("x", *outputs))], ("x",), outputs)


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
    k, blocks = Builder("max_pool_gradient"), _Blocks(planes, windows.size)
    found, g = _buffers(k, planes, windows, dtype, "x_grad", "g", given=True)
    won = k.buffer("winners", winner_dtype(windows), g.size)
    size = prod(windows.size)
    with blocks.planes(k) as plane:
        fill_zero(k, found, size, at=mul(k, plane, size))
        with _outputs(k, windows, vector=False) as (by_out, names):
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
            value = k.load(g, 0, at, **by_out)
            if not windows.are_apart:
                value = k.add(value, k.load(found, 0, place))
            k.store(found, value, 0, place)
    task = Task(k.kernel(), ("x_grad", "g", "winners"))
    return Routine([task], ("g", "winners"), ("x_grad",))


def average_pool(planes, windows, dtype, *, pads_count=True, divisor=None):
    """The sum of each window times one over its size.

    Args:
        planes, windows, dtype: as for `max_pool`.
        pads_count: whether the padding counts in a window's size.
        divisor: instead of the windows' sizes, or None.

    Returns:
        Routine: input x; output y.
    """
    k, blocks = Builder("average_pool"), _Blocks(planes, windows.size)
    x, y = _buffers(k, planes, windows, dtype, "x", "y")
    with blocks.planes(k) as at, _outputs(k, windows) as (by_out, names):
        total = None
        for tap in windows.taps:
            value, _ = _element(k, windows, x, at, tap, names)
            total = value if total is None else k.add(total, value)
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
    k, blocks = Builder("average_pool_gradient"), _Blocks(planes, windows.size)
    found, g = _buffers(k, planes, windows, dtype, "x_grad", "g", given=True)
    shares = k.local("shares", dtype, prod(windows.out))
    size = prod(windows.size)
    with blocks.planes(k) as plane:
        fill_zero(k, found, size, at=mul(k, plane, size))
        with _outputs(k, windows) as (by_out, names):
            at = as_place(k, mul(k, plane, prod(windows.out)))
            share = _share(k, windows, names, dtype, pads_count, divisor)
            k.store(shares, k.mul(k.load(g, 0, at, **by_out), share), **by_out)
        for number, tap in enumerate(windows.taps):  # no window is met twice by one
            with _outputs(k, windows, f"tap{number}_") as (by_out, names):
                strides, offset, inside = _place(k, windows, tap, names)
                at = as_place(k, mul(k, plane, size))
                old = k.load(found, offset, at, inside, **strides)
                value = k.add(old, k.load(shares, **by_out))
                k.store(found, value, offset, at, inside, **strides)
    return Routine([Task(k.kernel(), ("x_grad", "g"))], ("g",), ("x_grad",))


def adaptive_average_pool(planes, size, out, dtype):
    """The mean of each of a plane's parts.

    Part i of o along n elements goes from ``i * n // o`` to ``ceil((i + 1) * n / o)``.

    Args:
        planes: how many.
        size: of one.
        out: how many parts, for each dim.
        dtype: "f32" or "f64".

    Returns:
        Routine: input x; output y.
    """
    k, blocks = Builder("adaptive_average_pool"), _Blocks(planes, size)
    x = k.buffer("x", dtype, max(1, planes * prod(size)))
    y = k.buffer("y", dtype, max(1, planes * prod(out)), written=True)
    with blocks.planes(k) as plane, open_loops(k, "part", out) as names:
        total = k.declare("total", dtype, 0.0)
        at, extents, share = _of_part(k, plane, size, out, names, dtype)
        with open_loops(k, "at", extents, vector=True) as inner:
            value = k.load(x, 0, as_place(k, at), **_steps(inner, size))
            k.accumulate(total, "add", value)
        place = as_place(k, mul(k, plane, prod(out)))
        k.store(y, k.mul(total, share), 0, place, **_steps(names, out))
    return Routine([Task(k.kernel(), ("x", "y"))], ("x",), ("y",))


def adaptive_average_pool_gradient(planes, size, out, dtype):
    """What reaches x: each part's gradient, shared by its elements.

    Args:
        planes, size, out, dtype: as for `adaptive_average_pool`.

    Returns:
        Routine: input g; output x_grad.
    """
    k, blocks = Builder("adaptive_average_pool_gradient"), _Blocks(planes, size)
    found = k.buffer("x_grad", dtype, max(1, planes * prod(size)), written=True)
    g = k.buffer("g", dtype, max(1, planes * prod(out)))
    with blocks.planes(k) as plane:
        fill_zero(k, found, prod(size), at=mul(k, plane, prod(size)))
        with open_loops(k, "part", out) as names:
            at, extents, share = _of_part(k, plane, size, out, names, dtype)
            place = as_place(k, mul(k, plane, prod(out)))
            value = k.mul(k.load(g, 0, place, **_steps(names, out)), share)
            given = k.declare("given", dtype, 0.0)
            k.accumulate(given, "add", value)
            with open_loops(k, "at", extents, vector=True) as inner:
                steps, at = _steps(inner, size), as_place(k, at)
                total = k.add(k.load(found, 0, at, **steps), given)
                k.store(found, total, 0, at, **steps)
    return Routine([Task(k.kernel(), ("x_grad", "g"))], ("g",), ("x_grad",))


def _of_part(k, plane, size, out, names, dtype):
    """Where a part begins, its sizes, and one over how many elements it has."""
    at, extents, count = mul(k, plane, prod(size)), [], k.const(1, "i64")
    for dim, (n, o) in enumerate(zip(size, out, strict=True)):
        number = k.index(names[dim])
        first = k.floordiv(k.mul(number, n), o)
        last = k.floordiv(k.add(k.mul(k.add(number, 1), n), o - 1), o)
        at = add(k, at, mul(k, first, prod(size[dim + 1 :])))
        extents.append(k.sub(last, first))
        count = k.mul(count, extents[-1])
    return at, extents, k.div(1.0, k.cast(count, dtype))


# ----------------------------------------------------------------------------- shared


class _Blocks:
    """Blocks of a few planes."""

    def __init__(self, planes, size):
        self.count = planes
        most = max(1, _ELEMENTS // max(1, prod(size)))
        self.each = max(1, min(most, -(-planes // _BLOCKS)))
        self.blocks = -(-planes // self.each)

    def planes(self, k):
        """Open the loops over blocks and planes; gives the plane's number."""
        return _Planes(self, k)


class _Planes:
    """The loops over blocks and their planes, for a ``with`` block."""

    def __init__(self, blocks, k):
        self.k, self.outer = k, k.loop("block", blocks.blocks, parallel=True)
        self.blocks = blocks

    def __enter__(self):
        self.outer.__enter__()
        k, blocks = self.k, self.blocks
        first = mul(k, k.index("block"), blocks.each)
        count = blocks.each
        if blocks.count % count:
            count = rest_of(k, blocks.count, first, count)
        self.inner = k.loop("plane", count)
        self.inner.__enter__()
        return add(k, first, k.index("plane"))

    def __exit__(self, *error):
        self.inner.__exit__(*error)
        self.outer.__exit__(*error)


def _buffers(k, planes, windows, dtype, of_planes, of_windows, given=False):
    """The buffers of planes and of windows; `given` says which one is read."""
    planes_size = max(1, planes * prod(windows.size))
    windows_size = max(1, planes * prod(windows.out))
    return (
        k.buffer(of_planes, dtype, planes_size, written=given),
        k.buffer(of_windows, dtype, windows_size, written=not given),
    )


def _steps(names, size):
    """The steps of a plane's dims, by the indices' names."""
    return {name: prod(size[dim + 1 :]) for dim, name in enumerate(names)}


class _outputs:  # noqa: N801 - used as a function
    """Loops over a plane's windows: the steps of an output, and the indices' names."""

    def __init__(self, k, windows, prefix="out", vector=True):
        self.loops = open_loops(k, prefix, windows.out, vector=vector)
        self.windows = windows

    def __enter__(self):
        names = self.loops.__enter__()
        return _steps(names, self.windows.out), names

    def __exit__(self, *error):
        self.loops.__exit__(*error)


def _place(k, windows, tap, names):
    """Where an element of each window lies: (strides, offset, condition or None)."""
    strides, offset, inside = {}, 0, None
    for dim, (name, index) in enumerate(zip(names, tap, strict=True)):
        step = prod(windows.size[dim + 1 :])
        strides[name] = windows.stride[dim] * step
        first = index * windows.dilation[dim] - windows.pads[dim]
        offset += first * step
        if windows.leaves(dim, index):
            at = k.add(k.mul(k.index(name), windows.stride[dim]), first)
            good = k.and_(k.le(k.const(0, "i64"), at), k.lt(at, windows.size[dim]))
            inside = good if inside is None else k.and_(inside, good)
    return strides, offset, inside


def _element(k, windows, x, plane, tap, names):
    """An element of each window, 0 outside the plane; and whether it is inside."""
    strides, offset, inside = _place(k, windows, tap, names)
    at = as_place(k, mul(k, plane, prod(windows.size)))
    return k.load(x, offset, at, inside, **strides), inside


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
        return k.const(1 / divisor, dtype)
    count, known = None, 1
    for dim, name in enumerate(names):
        n, kernel, pad = windows.size[dim], windows.kernel[dim], windows.pads[dim]
        last = (windows.out[dim] - 1) * windows.stride[dim] - pad + kernel
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
        return k.const(1 / known, dtype)
    return k.div(1.0, k.cast(k.mul(count, known), dtype))

"""Adaptive averages as routines: the means of a plane's parts.

Part i of o along n elements goes from ``i * n // o`` to ``ceil((i + 1) * n / o)``.
"""

from math import prod

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.routines import Routine, Task
from rushlight._compiler.routines.nests import (
    add,
    as_place,
    fill_zero,
    mul,
    open_loops,
)
from rushlight._compiler.routines.pooling.windows import Blocks, elements_of, steps_of


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
    k, blocks = Builder("adaptive_average_pool"), Blocks(planes, size)
    x = k.buffer("x", dtype, elements_of(planes, size))
    y = k.buffer("y", dtype, elements_of(planes, out), written=True)
    with blocks.planes(k) as plane, open_loops(k, "part", out) as names:
        total = k.declare("total", dtype, 0.0)
        at, extents, share = _of_part(k, plane, size, out, names, dtype)
        with open_loops(k, "at", extents, vector=True) as inner:
            value = k.load(x, 0, as_place(k, at), **steps_of(inner, size))
            k.accumulate(total, "add", value)
        place = as_place(k, mul(k, plane, prod(out)))
        k.store(y, k.mul(total, share), 0, place, **steps_of(names, out))
    return Routine([Task(k.kernel(), ("x", "y"))], ("x",), ("y",))


def adaptive_average_pool_gradient(planes, size, out, dtype):
    """What reaches x: each part's gradient, shared by its elements.

    Args:
        planes, size, out, dtype: as for `adaptive_average_pool`.

    Returns:
        Routine: input g; output x_grad.
    """
    k, blocks = Builder("adaptive_average_pool_gradient"), Blocks(planes, size)
    found = k.buffer("x_grad", dtype, elements_of(planes, size), written=True)
    g = k.buffer("g", dtype, elements_of(planes, out))
    with blocks.planes(k) as plane:
        fill_zero(k, found, prod(size), at=mul(k, plane, prod(size)))
        with open_loops(k, "part", out) as names:
            at, extents, share = _of_part(k, plane, size, out, names, dtype)
            place = as_place(k, mul(k, plane, prod(out)))
            value = k.mul(k.load(g, 0, place, **steps_of(names, out)), share)
            given = k.declare("given", dtype, 0.0)
            k.accumulate(given, "add", value)
            with open_loops(k, "at", extents, vector=True) as inner:
                steps, at = steps_of(inner, size), as_place(k, at)
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

"""Windows on planes: where they lie, and loops over planes, windows and elements."""

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import product
from math import prod

from rushlight._compiler.routines.nests import (
    add,
    all_of,
    as_place,
    mul,
    open_loops,
    rest_of,
)

_ELEMENTS = 32768  # of the planes in a block
_BLOCKS = 16  # at least, where there are enough planes
MANY = 25  # elements of a window; of more, loops are written


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
    def are_tiles(self):
        """Whether each element of the plane is in one window."""
        dims = zip(self.size, self.kernel, self.stride, self.dilation, self.pads)
        return len(self.taps) <= MANY and all(
            k == s and d == 1 and p == 0 and n == s * o
            for (n, k, s, d, p), o in zip(dims, self.out, strict=True)
        )


class Blocks:
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


def buffers(k, planes, windows, dtype, of_planes, of_windows, given=False):
    """The buffers of planes and of windows; `given` says which one is read."""
    planes_size = max(1, planes * prod(windows.size))
    windows_size = max(1, planes * prod(windows.out))
    return (
        k.buffer(of_planes, dtype, planes_size, written=given),
        k.buffer(of_windows, dtype, windows_size, written=not given),
    )


def steps_of(names, size):
    """The steps of a plane's dims, by the indices' names."""
    return {name: prod(size[dim + 1 :]) for dim, name in enumerate(names)}


class Outputs:
    """Loops over a plane's windows: the steps of an output, and the indices' names."""

    def __init__(self, k, windows, prefix="out", vector=True):
        self.loops = open_loops(k, prefix, windows.out, vector=vector)
        self.windows = windows

    def __enter__(self):
        names = self.loops.__enter__()
        return steps_of(names, self.windows.out), names

    def __exit__(self, *error):
        self.loops.__exit__(*error)


def taps_of(k, windows):
    """The elements of a window as contexts of indices: one by one, or in loops."""
    if len(windows.taps) <= MANY:
        return [nullcontext(tap) for tap in windows.taps]
    return [_in_loops(k, windows)]


@contextmanager
def _in_loops(k, windows):
    with open_loops(k, "tap", windows.kernel) as names:
        yield [k.index(name) for name in names]


def place_of(k, windows, tap, names):
    """Where an element of each window lies: (strides, offset, condition or None).

    Args:
        tap: the element's indices: ints, or those of loops.
        names: of the indices of the windows.
    """
    strides, offset, inside = {}, 0, []
    for dim, (name, index) in enumerate(zip(names, tap, strict=True)):
        step, dilation = prod(windows.size[dim + 1 :]), windows.dilation[dim]
        strides[name] = windows.stride[dim] * step
        offset -= windows.pads[dim] * step
        if isinstance(index, int):
            offset += index * dilation * step
            leaves = windows.leaves(dim, index)
        else:
            strides[index.name] = dilation * step
            leaves = any(windows.leaves(dim, i) for i in range(windows.kernel[dim]))
        if leaves:
            at = k.mul(k.index(name), windows.stride[dim])
            at = add(k, at, add(k, mul(k, index, dilation), -windows.pads[dim]))
            inside.append(k.le(k.const(0, "i64"), at))
            inside.append(k.lt(at, windows.size[dim]))
    return strides, offset, all_of(k, inside)


def element(k, windows, x, plane, tap, names):
    """An element of each window, 0 outside the plane; and whether it is inside."""
    strides, offset, inside = place_of(k, windows, tap, names)
    at = as_place(k, mul(k, plane, prod(windows.size)))
    return k.load(x, offset, at, inside, **strides), inside

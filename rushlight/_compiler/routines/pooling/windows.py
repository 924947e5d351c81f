"""Windows on planes: where they lie, and loops over planes, windows and elements.

# Note [Windows of symbolic sizes]
# All numbers of planes and windows may be symbolic.  What decides which code is written
# is then what holds for all sizes: a window may leave the plane unless its place from
# the end shows that it does not, and a symbolic number of elements is many.
"""

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import product
from math import prod

from rushlight._base.sized import is_multiple, is_same
from rushlight._base.symint import hint_of, is_symbolic
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
_FEW = 4096  # elements in a block, about, at least, of a number of planes not known
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

    @property
    def are_few(self):
        """Whether code is written for each element of a window."""
        return not any(map(is_symbolic, self.kernel)) and prod(self.kernel) <= MANY

    def last(self, dim):
        """Where the last window along a dim begins, or what it does not go beyond.

        The bound is for symbolic sizes: it is the size, and a known number.
        """
        n, k, s = self.size[dim], self.kernel[dim], self.stride[dim]
        p, d, o = self.pads[dim], self.dilation[dim], self.out[dim]
        found = (o - 1) * s - p
        if not is_symbolic(found - n):
            return found
        reach = n + 2 * p - d * (k - 1) - 1
        rounded_up = 0 if is_same(o, reach // s + 1) else s - 1
        return reach - p + rounded_up

    def leaves(self, dim, k):
        """Whether element k of some window along a dim may lie outside the plane."""
        along = k * self.dilation[dim]
        return along - self.pads[dim] < 0 or self.last(dim) + along >= self.size[dim]

    @property
    def are_tiles(self):
        """Whether each element of the plane is in one window."""
        dims = zip(self.size, self.kernel, self.stride, self.dilation, self.pads)
        return self.are_few and all(
            is_same(k, s) and d == 1 and p == 0 and is_same(n, s * o)
            for (n, k, s, d, p), o in zip(dims, self.out, strict=True)
        )


class Blocks:
    """Blocks of a few planes."""

    def __init__(self, planes, size):
        self.count, elements = planes, max(1, hint_of(prod(size)))
        most, each = max(1, _ELEMENTS // elements), -(-hint_of(planes) // _BLOCKS)
        if is_symbolic(planes):
            each = max(each, _FEW // elements)
        self.each = max(1, min(most, each))
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
        if not is_multiple(blocks.count, count):
            count = rest_of(k, blocks.count, first, count)
        self.inner = k.loop("plane", count)
        self.inner.__enter__()
        return add(k, first, k.index("plane"))

    def __exit__(self, *error):
        self.inner.__exit__(*error)
        self.outer.__exit__(*error)


def buffers(k, planes, windows, dtype, of_planes, of_windows, given=False):
    """The buffers of planes and of windows; `given` says which one is read."""
    return (
        k.buffer(of_planes, dtype, elements_of(planes, windows.size), written=given),
        k.buffer(of_windows, dtype, elements_of(planes, windows.out), not given),
    )


def elements_of(planes, size):
    """Elements of a buffer of planes, at least one."""
    found = planes * prod(size)
    return found if is_symbolic(found) else max(1, found)


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
    if windows.are_few:
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
            ends = 0, windows.kernel[dim] - 1
            leaves = any(windows.leaves(dim, i) for i in ends)
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

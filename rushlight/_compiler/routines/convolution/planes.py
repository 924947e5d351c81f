"""The geometry of convolutions: pictures laid out so that a tap is a shift.

# Note [Planes]
# A block of pictures is copied into local memory with its padding: one plane for each
# channel, in which the picture's rows follow each other.  There, the elements that one
# tap of the weight meets at all outputs are a run of memory, shifted by a fixed number
# of elements: outputs are computed for all positions of the plane, and those that
# belong to no output (where a row's padding lies) are left out when results are copied.
# With a stride s the plane is split in s planes for each dim, one for each remainder
# by s (phases); then a tap is a shift of one of them.

# Note [Parts]
# The gradient of a picture is such a convolution too, of g with the weight's taps in
# reverse.  With a stride s, a pixel meets only the taps of its remainder by s: the
# pixels of each remainder are one part, with taps of its own.
"""

from dataclasses import dataclass, replace
from itertools import product
from math import prod

from rushlight._compiler.loops.ir import LANES
from rushlight._compiler.routines.nests import (
    add,
    copy_box,
    fill_zero,
    mul,
)

_WORTH = 0.85  # of the vectors of positions


@dataclass(frozen=True)
class Part:
    """Outputs that have the same taps (Note [Parts]).

    Attributes:
        start, step, count: where they lie in the result, for each dim.
        taps: of (number in the weight, place of what it meets at output 0 in the
            padded source).
    """

    start: tuple
    step: tuple
    count: tuple
    taps: tuple


@dataclass(frozen=True)
class Sweep:
    """What a convolution reads where.

    Attributes:
        size: of the source, for each dim.
        steps: of the source, from output to output.
        lead: zeros before the source.
        parts: the outputs.
        is_apart: whether places that differ in the last dim are in planes apart: then
            the planes have no columns but the outputs', and there are more of them.
    """

    size: tuple
    steps: tuple
    lead: tuple
    parts: tuple
    is_apart: bool = False

    @property
    def rows(self):
        """The most outputs along the first dim of any part."""
        return max(part.count[0] for part in self.parts)


def forward_sweep(size, kernel, stride, lead, dilation, out):
    """The Sweep of a convolution, whose source is the picture."""
    taps = tuple(
        (number, tuple(k * d for k, d in zip(tap, dilation, strict=True)))
        for number, tap in enumerate(product(*map(range, kernel)))
    )
    zeros, ones = (0,) * len(size), (1,) * len(size)
    return Sweep(size, stride, lead, (Part(zeros, ones, out, taps),))


def input_sweep(size, kernel, stride, lead, dilation, out):
    """The Sweep of the gradient of the picture, whose source is g."""
    dims = [
        _input_parts(*one)
        for one in zip(size, kernel, stride, lead, dilation, strict=True)
    ]
    before = tuple(
        max(0, *(-place for part in dim for _, place in part[3])) for dim in dims
    )
    parts = []
    for choice in product(*dims):
        start, count = (tuple(part[i] for part in choice) for i in (0, 1))
        taps = []
        for tap in product(*(part[3] for part in choice)):
            number = 0
            for (k, _), extent in zip(tap, kernel, strict=True):
                number = number * extent + k
            place = (p + b for (_, p), b in zip(tap, before, strict=True))
            taps.append((number, tuple(place)))
        parts.append(Part(start, stride, count, tuple(taps)))
    return Sweep(out, (1,) * len(size), before, tuple(parts))


def _input_parts(size, kernel, stride, lead, dilation):
    """One dim's parts: (start, count, remainder, [(tap, place of what it meets)])."""
    parts = []
    for remainder in range(stride):
        first = -((remainder - lead) // stride)  # ceil((lead - remainder) / stride)
        count = (size - 1 + lead - remainder) // stride - first + 1
        taps = [k for k in range(kernel) if (k * dilation - remainder) % stride == 0]
        taps = [(k, first - (k * dilation - remainder) // stride) for k in taps]
        taps.sort(key=lambda tap: tap[1])
        if count > 0:
            start = stride * first + remainder - lead
            parts.append((start, count, remainder, taps))
    return parts


def apart_if_better(sweep):
    """The sweep with its columns apart, where that saves much of the work.

    It does for narrow pictures; but more planes are made, and so many stay few.
    """
    together, apart = sweep, replace(sweep, is_apart=True)
    before, after = (Planes(one, 1, 1, one.rows) for one in (together, apart))
    vectors = [
        max([-(-planes.positions(part) // LANES) for part in sweep.parts], default=0)
        for planes in (before, after)
    ]
    is_small = len(after.phases) <= 6 * max(1, len(before.phases))
    return apart if is_small and vectors[1] <= _WORTH * vectors[0] else together


class Planes:
    """The planes of one block (Note [Planes]).

    Args:
        sweep: the Sweep.
        channels: of the source that are held.
        together: pictures in a block.
        rows: outputs along the first dim in a block.

    Attributes:
        pitch: the sizes of a plane; strides: the steps of its dims.
        picture: elements from picture to picture.
        channel: elements from channel to channel.
    """

    def __init__(self, sweep, channels, together, rows):
        self.sweep, self.channels = sweep, channels
        self.together, self.rows = together, rows
        dims = range(len(sweep.size))
        counts = [self.counts(part) for part in sweep.parts]
        self.pitch = tuple(
            max(
                [1]
                + [
                    self.moved(place)[i] + count[i]
                    for part, count in zip(sweep.parts, counts, strict=True)
                    for _, place in part.taps
                ]
            )
            for i in dims
        )
        self.strides = tuple(prod(self.pitch[i + 1 :]) for i in dims)
        self.picture = prod(self.pitch)
        residues = {self.residues(p) for part in sweep.parts for _, p in part.taps}
        self.phases = {one: number for number, one in enumerate(sorted(residues))}
        # Planes an odd number of cache lines apart do not meet in the cache's sets.
        lines = -(-max(1, len(self.phases)) * together * self.picture // 16)
        self.channel = 16 * (lines | 1)

    def counts(self, part):
        """The sizes of a block's outputs of a part."""
        return (min(self.rows, part.count[0]), *part.count[1:])

    def residues(self, place):
        """The phase in which a place of the padded source lies."""
        found = tuple(p % s for p, s in zip(place, self.sweep.steps, strict=True))
        return (*found[:-1], place[-1]) if self.sweep.is_apart else found

    def moved(self, place):
        """Where in its phase a place lies."""
        found = tuple(p // s for p, s in zip(place, self.sweep.steps, strict=True))
        return (*found[:-1], 0) if self.sweep.is_apart else found

    def shift(self, place):
        """Where in a channel the tap begins that meets this place at output 0."""
        found = self.phases[self.residues(place)] * self.together * self.picture
        for moved, stride in zip(self.moved(place), self.strides, strict=True):
            found += moved * stride
        return found

    def positions(self, part):
        """From the first to the last output of a part: elements of the planes."""
        found = (self.together - 1) * self.picture + 1
        for count, stride in zip(self.counts(part), self.strides, strict=True):
            found += (count - 1) * stride
        return found

    def elements(self, reach):
        """Elements of memory, where taps read runs of up to so many elements."""
        shifts = [self.shift(p) for part in self.sweep.parts for _, p in part.taps]
        last = (self.channels - 1) * self.channel + max(shifts, default=0)
        return max(self.channels * self.channel, last + reach)

    def fill(self, k, planes, source, row, picture, elements, missing=None, some=None):
        """Copy pictures in, with zeros around them.

        Args:
            k: the builder.
            planes: the local buffer.
            source: (buffer, at): where the first channel of the first picture begins.
            row: the number of the block along the first dim; 0 if there is one.
            picture: from picture to picture in the source.
            elements: of the local buffer.
            missing: where pictures may be missing, the condition that the one with an
                index's name is there.
            some: how many pictures there are; by default all that a block may hold.
        """
        fill_zero(k, planes, elements)
        size = self.sweep.size
        steps = [prod(size[i + 1 :]) for i in range(len(size))]
        for residues, number in self.phases.items():
            loops = [(self.channels, self.channel, prod(size))]
            some = self.together if some is None else some
            loops.append((some, self.picture, picture))
            to, of, skipped = number * self.together * self.picture, 0, 0
            for dim, step in enumerate(self.sweep.steps):
                first, count = self._inside(dim, residues[dim], row)
                to += first * self.strides[dim]
                of += first * step * steps[dim]
                of += (residues[dim] - self.sweep.lead[dim]) * steps[dim]
                if dim == 0:
                    skipped = mul(k, row, self.rows * step * steps[dim])
                loops.append((count, self.strides[dim], step * steps[dim]))
            inside = self._conditions(k, residues[0], row, missing)
            place = source[0], of, add(k, source[1], skipped)
            copy_box(k, (planes, to, 0), place, loops, inside=inside)

    def _inside(self, dim, residue, row):
        """The rows of a plane that are in the picture: (first, how many).

        If there are several blocks along the dim: all rows that may be.
        """
        step, lead = self.sweep.steps[dim], self.sweep.lead[dim]
        if dim == 0 and not isinstance(row, int):
            return 0, self.pitch[0]
        first = max(0, -((residue - lead) // step))  # ceil((lead - residue) / step)
        stop = (self.sweep.size[dim] - 1 + lead - residue) // step + 1
        return first, max(0, min(stop, self.pitch[dim]) - first)

    def _conditions(self, k, residue, row, missing):
        """A function of the indices' names to conditions, or None."""
        if isinstance(row, int) and missing is None:
            return None
        step, lead = self.sweep.steps[0], self.sweep.lead[0]

        def conditions(names):
            found = [] if missing is None else [missing(names[1])]
            if not isinstance(row, int):
                at = add(k, mul(k, k.index(names[2]), step), residue - lead)
                at = add(k, at, mul(k, row, self.rows * step))
                found.append(k.le(k.const(0, "i64"), at))
                found.append(k.lt(at, self.sweep.size[0]))
            return found

        return conditions


def nests(items):
    """Items that lie at regular steps, as nests of loops.

    Args:
        items: whole numbers, in order.

    Returns:
        list: of (first item, number of the first item, [(extent, step of the items,
        step of the numbers), ...] from the outermost loop).

    >>> nests([0, 1, 2, 10, 11, 12])
    [(0, 0, [(2, 10, 3), (3, 1, 1)])]
    """
    found = [(item, number, []) for number, item in enumerate(items)]
    while True:
        longer = _grouped(found)
        if len(longer) == len(found):
            return found
        found = longer


def _grouped(found):
    """One loop around items of equal loops and steps, wherever there are some."""
    groups, begin = [], 0
    while begin < len(found):
        first, number, loops = found[begin]
        end, steps = begin + 1, None
        while end < len(found) and found[end][2] == loops:
            ahead = tuple(found[end][i] - found[end - 1][i] for i in (0, 1))
            if steps not in (None, ahead):
                break
            steps, end = ahead, end + 1
        if end > begin + 1:
            loops = [(end - begin, *steps), *loops]
        groups.append((first, number, loops))
        begin = end
    return groups

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

from rushlight._base.sized import is_same
from rushlight._base.symint import hint_of, is_symbolic
from rushlight._compiler.loops.ir import LANES
from rushlight._compiler.routines.convolution.boxes import box_of
from rushlight._compiler.routines.nests import (
    add,
    copy_box,
    fill_zero,
    least,
    most,
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
        result: the sizes of what they are parts of, where there are several.
        is_apart: whether places that differ in the last dim are in planes apart: then
            the planes have no columns but the outputs', and there are more of them.
    """

    size: tuple
    steps: tuple
    lead: tuple
    parts: tuple
    is_apart: bool = False
    result: tuple = ()

    @property
    def extents(self):
        """The most outputs along each dim of any part."""
        return tuple([self._extent(dim) for dim in range(len(self.size))])

    def _extent(self, dim):
        counts = [part.count[dim] for part in self.parts]
        if len(counts) == 1 or not any(map(is_symbolic, counts)):
            return max(counts)
        return -(-self.result[dim] // self.parts[0].step[dim])


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
        max([0, *(-place for part in dim for _, place in part[3])]) for dim in dims
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
    return Sweep(out, (1,) * len(size), before, tuple(parts), result=tuple(size))


def _input_parts(size, kernel, stride, lead, dilation):
    """One dim's parts: (start, count, remainder, [(tap, place of what it meets)])."""
    parts = []
    for remainder in range(stride):
        first = -((remainder - lead) // stride)  # ceil((lead - remainder) / stride)
        count = (size - 1 + lead - remainder) // stride - first + 1
        taps = [k for k in range(kernel) if (k * dilation - remainder) % stride == 0]
        taps = [(k, first - (k * dilation - remainder) // stride) for k in taps]
        taps.sort(key=lambda tap: tap[1])
        if is_symbolic(count) or count > 0:  # one that may be empty is a part too
            start = stride * first + remainder - lead
            parts.append((start, count, remainder, taps))
    return parts


def apart_if_better(sweep):
    """The sweep with its columns apart, where that saves much of the work.

    It does for narrow pictures; but more planes are made, and so many stay few.
    """
    together, apart = sweep, replace(sweep, is_apart=True)
    box = box_of(sweep.extents)
    before, after = (Planes(one, 1, 1, box) for one in (together, apart))
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
        box: outputs along each dim in a block, at most: ints.
        size: outputs along each dim, as `Boxes` has them; by default those.

    Attributes:
        pitch: the sizes of a plane; strides: the steps of its dims.
        picture: elements from picture to picture.
        channel: elements from channel to channel.
    """

    def __init__(self, sweep, channels, together, box, size=None):
        self.sweep, self.channels = sweep, channels
        self.together, self.box = together, box
        most = self._pitch(box)
        self.pitch = most if size is None else self._pitch(size)
        self.strides, self._longest = (
            tuple([prod(pitch[i + 1 :]) for i in range(len(pitch))])
            for pitch in (self.pitch, most)
        )
        self.picture = prod(most)
        residues = {self.residues(p) for part in sweep.parts for _, p in part.taps}
        self.phases = {one: number for number, one in enumerate(sorted(residues))}
        # Planes an odd number of cache lines apart do not meet in the cache's sets.
        lines = -(-max(1, len(self.phases)) * together * self.picture // 16)
        self.channel = 16 * (lines | 1)

    def _pitch(self, box):
        """The sizes of a plane, for boxes of a size."""
        pitch = []
        for dim, outputs in enumerate(box):
            found = [
                (self.moved(place)[dim], part.count[dim])
                for part in self.sweep.parts
                for _, place in part.taps
            ]
            if any(is_symbolic(count) for _, count in found):
                pitch.append(outputs + max([moved for moved, _ in found]))
            else:
                ends = [moved + min(outputs, count) for moved, count in found]
                pitch.append(max([1, *ends]))
        return tuple(pitch)

    def counts(self, part):
        """The sizes of a block's outputs of a part, at most."""
        pairs = zip(self.box, part.count, strict=True)
        return tuple([n if is_symbolic(c) else min(n, c) for n, c in pairs])

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
        return self._shift(place, self.strides)

    def _shift(self, place, strides):
        found = self.phases[self.residues(place)] * self.together * self.picture
        for moved, stride in zip(self.moved(place), strides, strict=True):
            found += moved * stride
        return found

    def taps(self, part):
        """(shift, number) of a part's taps, phase by phase."""
        found = [(self.residues(p), self.shift(p), n) for n, p in part.taps]
        return [tap[1:] for tap in sorted(found, key=lambda t: (t[0], hint_of(t[1])))]

    def positions(self, part):
        """From the first to the last output of a part, at most: elements of planes."""
        found = (self.together - 1) * self.picture + 1
        for count, stride in zip(self.counts(part), self._longest, strict=True):
            found += (count - 1) * stride
        return found

    def elements(self, reach):
        """Elements of memory, where taps read runs of up to so many elements."""
        places = [place for part in self.sweep.parts for _, place in part.taps]
        shifts = [self._shift(place, self._longest) for place in places]
        last = (self.channels - 1) * self.channel + max(shifts, default=0)
        return max(self.channels * self.channel, last + reach)

    def fill(
        self, k, planes, source, boxes, picture, elements, missing=None, some=None
    ):
        """Copy pictures in, with zeros around them.

        Args:
            k: the builder.
            planes: the local buffer.
            source: (buffer, at): where the first channel of the first picture begins.
            boxes: the Boxes, with the present one.
            picture: from picture to picture in the source.
            elements: of the local buffer.
            missing: where pictures may be missing, the condition that the one with an
                index's name is there.
            some: how many pictures there are; by default all that a block may hold.
        """
        fill_zero(k, planes, elements)
        size = self.sweep.size
        steps = [prod(size[i + 1 :]) for i in range(len(size))]
        some = self.together if some is None else some
        for residues, number in self.phases.items():
            loops = [(self.channels, self.channel, prod(size))]
            loops.append((some, self.picture, picture))
            to, of, skipped = number * self.together * self.picture, 0, 0
            to_at = 0
            for dim, step in enumerate(self.sweep.steps):
                first, count = self._inside(dim, residues[dim], boxes)
                if isinstance(first, int):
                    to += first * self.strides[dim]
                    of += first * step * steps[dim]
                else:
                    to_at = add(k, to_at, mul(k, first, self.strides[dim]))
                    skipped = add(k, skipped, mul(k, first, step * steps[dim]))
                of += (residues[dim] - self.sweep.lead[dim]) * steps[dim]
                skipped = add(k, skipped, boxes.start(dim, step * steps[dim]))
                loops.append((count, self.strides[dim], step * steps[dim]))
            inside = self._conditions(k, residues[0], boxes, missing)
            place = source[0], of, add(k, source[1], skipped)
            copy_box(k, (planes, to, to_at), place, loops, inside=inside)

    def _inside(self, dim, residue, boxes):
        """The rows of a plane that are in the picture: (first, how many).

        If there are several blocks along a dim of known size: all rows that may be.
        """
        step, lead = self.sweep.steps[dim], self.sweep.lead[dim]
        first = -((residue - lead) // step)  # ceil((lead - residue) / step)
        stop = (self.sweep.size[dim] - 1 + lead - residue) // step + 1
        if self._is_known(dim):
            if not isinstance(boxes.at[dim], int):
                return 0, self.pitch[dim]
            first = max(0, first)
            return first, max(0, min(stop, self.pitch[dim]) - first)
        k, before = boxes.k, mul(boxes.k, boxes.start(dim), -1)
        first = most(k, add(k, first, before), 0)
        stop = least(k, add(k, stop, before), self.pitch[dim])
        return first, most(k, add(k, stop, mul(k, first, -1)), 0)

    def _is_known(self, dim):
        """Whether sizes along a dim are known."""
        sizes = self.sweep.size[dim], *[part.count[dim] for part in self.sweep.parts]
        return not any(map(is_symbolic, sizes))

    def _conditions(self, k, residue, boxes, missing):
        """A function of the indices' names to conditions, or None."""
        is_whole = isinstance(boxes.at[0], int) or not self._is_known(0)
        if is_whole and missing is None:
            return None
        step, lead = self.sweep.steps[0], self.sweep.lead[0]

        def conditions(names):
            found = [] if missing is None else [missing(names[1])]
            if not is_whole:
                at = add(k, mul(k, k.index(names[2]), step), residue - lead)
                at = add(k, at, boxes.start(0, step))
                found.append(k.le(k.const(0, "i64"), at))
                found.append(k.lt(at, self.sweep.size[0]))
            return found

        return conditions


def nests(items):
    """Items that lie at regular steps, as nests of loops.

    Args:
        items: whole numbers, in order; maybe symbolic.

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


def _are_same(loops, others):
    """Whether loops have the same numbers, whatever the sizes."""
    pairs = zip(loops, others)
    return len(loops) == len(others) and all(
        is_same(n, m) for one, other in pairs for n, m in zip(one, other, strict=True)
    )


def _grouped(found):
    """One loop around items of equal loops and steps, wherever there are some."""
    groups, begin = [], 0
    while begin < len(found):
        first, number, loops = found[begin]
        end, steps = begin + 1, None
        while end < len(found) and _are_same(found[end][2], loops):
            ahead = tuple(found[end][i] - found[end - 1][i] for i in (0, 1))
            if steps is not None and not _are_same([steps], [ahead]):
                break
            steps, end = ahead, end + 1
        if end > begin + 1:
            loops = [(end - begin, *steps), *loops]
        groups.append((first, number, loops))
        begin = end
    return groups

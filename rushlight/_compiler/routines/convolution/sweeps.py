"""Sweeps: what direct convolutions and Winograd's have in common.

A block of pictures is copied into local memory (see planes.py), its sums are made
there, and they are copied to the result, with what follows (bias, relu) on the way.
"""

from dataclasses import dataclass
from math import prod

from rushlight._base.sized import is_multiple
from rushlight._base.symint import hint_of, is_symbolic
from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.ir import BYTES
from rushlight._compiler.routines import Routine, Task
from rushlight._compiler.routines.convolution.boxes import Boxes, box_of
from rushlight._compiler.routines.convolution.planes import Planes
from rushlight._compiler.routines.convolution.tiles import choose_tile
from rushlight._compiler.routines.nests import (
    add,
    all_of,
    as_place,
    copy_box,
    divided,
    least,
    mul,
)

_BLOCKS = 8  # as many blocks as there are at least, where the work can be split so
_FEW = 16  # pictures: an example of fewer says little about other batches


@dataclass(frozen=True)
class Shapes:
    """A convolution's sizes: (batch, groups * channels, *size) to outputs."""

    batch: int
    groups: int
    channels: int  # of the source, in a group
    outputs: int  # channels of the result, in a group
    result: tuple  # sizes of the result
    steps: tuple  # of the weight: from group to group, output to output, channel ...


class Sweeping:
    """Writes two tasks: arrange the weight, then the products.

    Args:
        sweep: the Sweep, whose parts are what sums are made for.
        results: the Parts of the result that those become.
        shapes: the Shapes.
        dtype: "f32" or "f64".
        bias, relu: whether they follow.
    """

    #: Bytes of planes and sums that a block may use.
    LOCAL = 400_000
    #: Take pictures together until there are so many positions.
    WANTED = 256
    #: Sums of one output at each position.
    SUMS = 1

    def __init__(self, sweep, results, shapes, dtype, bias=False, relu=False):
        self.sweep, self.results, self.shapes = sweep, results, shapes
        self.dtype, self.bias, self.relu = dtype, bias, relu
        self._choose_blocks()

    def arrange(self):
        """The kernel that arranges the weight, `arranged` elements of it."""
        raise NotImplementedError

    def add_locals(self):
        """Declare local memory of its own."""

    def make(self, number):
        """Write the sums of a part of the result."""
        raise NotImplementedError

    def is_made(self, number):
        """Whether a part of the result has sums; else it is zero."""
        return True

    def _choose_blocks(self):
        """How the work is split: pictures, rows, and tiles of outputs or groups."""
        shapes, sweep, count = self.shapes, self.sweep, 1
        rows, *self.others = box_of(sweep.extents)
        while self._bytes(-(-rows // count), 1) > self.LOCAL and count < rows:
            count += 1
        self.rows = -(-rows // count)
        self.boxes = Boxes(sweep.extents, (self.rows, *self.others))
        together = 1
        if hint_of(self.boxes.total) == 1:
            wanted = -(-self.WANTED // max(1, self._positions(rows, 1)))
            most = max(1, self._example() // _BLOCKS)
            while (
                together < min(wanted, most)
                and self._bytes(rows, together + 1) <= self.LOCAL
            ):
                together += 1
        self.together = together
        boxes = self.boxes.most, self.boxes.size
        self.planes = Planes(sweep, shapes.channels, together, *boxes)
        lanes = self._positions(self.rows, together)
        self.tile = choose_tile(self.dtype, lanes, shapes.outputs)
        self._split_outputs()

    def _split_outputs(self):
        """Where there are too few blocks, split the groups or the outputs too."""
        self.picture_blocks = -(-self.shapes.batch // self.together)
        picture_blocks = -(-self._example() // self.together)
        blocks = max(1, picture_blocks * hint_of(self.boxes.total))
        wanted, groups = -(-_BLOCKS // blocks), self.shapes.groups
        most = min(wanted, groups)
        self.groups = max(  # in a block
            d for d in range(1, groups + 1) if groups % d == 0 and groups // d >= most
        )
        self.group_blocks = groups // self.groups
        tiles = -(-self.shapes.outputs // self.tile.down)
        self.each = -(-tiles // min(wanted, tiles)) if groups == 1 else tiles
        self.output_blocks = -(-tiles // self.each)
        self.output_tiles = self.output_blocks * self.each  # maybe more than needed
        self.blocks = self.picture_blocks * self.boxes.total
        self.blocks *= self.group_blocks * self.output_blocks

    def _example(self):
        """The number of pictures by which is chosen."""
        batch = self.shapes.batch
        return max(hint_of(batch), _FEW) if is_symbolic(batch) else batch

    def _positions(self, rows, together):
        planes = Planes(self.sweep, 1, together, (rows, *self.others))
        return max(planes.positions(part) for part in self.sweep.parts)

    def _bytes(self, rows, together):
        box = (rows, *self.others)
        planes = Planes(self.sweep, self.shapes.channels, together, box)
        positions = max(planes.positions(part) for part in self.sweep.parts)
        elements = planes.channel * planes.channels
        elements += self.SUMS * self.shapes.outputs * positions
        return elements * BYTES[self.dtype]

    def routine(self, source, result):
        """The tasks, with the names of what they read and write."""
        bias = ("bias",) if self.bias else ()
        tasks = [
            Task(self.arrange(), ("w", "arranged"), 0),
            Task(self.products(), (source, "arranged", *bias, result), 1),
        ]
        scratch = {"arranged": (self.dtype, self.arranged)}
        return Routine(tasks, (source, "w", *bias), (result,), scratch)

    def products(self):
        """The kernel that makes the result of the source and the arranged weight."""
        k, shapes, planes = Builder("convolve"), self.shapes, self.planes
        self.k = k
        channels = shapes.groups * shapes.channels
        outputs = shapes.groups * shapes.outputs
        source_size = channels * prod(self.sweep.size)
        self.result_size = prod(shapes.result)
        source = k.buffer("source", self.dtype, max(1, shapes.batch * source_size))
        self.packed = k.buffer("arranged", self.dtype, self.arranged)
        self.bias = self.bias and k.buffer("bias", self.dtype, outputs)
        elements = max(1, shapes.batch * outputs * self.result_size)
        self.result = k.buffer("result", self.dtype, elements, written=True)
        self.held = k.local("planes", self.dtype, self.local)
        rows = self.each * self.tile.down * self.SUMS
        self.sums = k.local("sums", self.dtype, rows * self.width)
        self.add_locals()
        with k.loop("block", self.blocks, parallel=True):
            rest, split = divided(
                k, k.index("block"), self.group_blocks * self.output_blocks
            )
            picture = self.boxes.enter(k, rest)
            self.split = 0 if self.group_blocks * self.output_blocks == 1 else split
            self.first = mul(k, picture, self.together)
            size = shapes.channels * prod(self.sweep.size)
            at = mul(k, self.first, source_size)
            at = add(k, at, self.of_split(self.groups * size, 0))
            missing = None if self._has_all() else self._is_there
            self.pictures = self._pictures()
            with k.loop("group", self.groups):
                at = add(k, at, mul(k, k.index("group"), size))
                more = source_size, self.local, missing, self.pictures
                planes.fill(k, self.held, (source, at), self.boxes, *more)
                for number, part in enumerate(self.results):
                    self.make(number)
                    self._copy(number, part)
        return k.kernel()

    def _has_all(self):
        """Whether no block goes through pictures that are not there."""
        batch = self.shapes.batch
        return is_symbolic(batch) or batch % self.together == 0

    def _pictures(self):
        """How many pictures a block has."""
        k, batch = self.k, self.shapes.batch
        if not is_symbolic(batch) or is_multiple(batch, self.together):
            return self.together
        return least(k, add(k, batch, mul(k, self.first, -1)), self.together)

    def _is_there(self, name):
        """Whether there is a picture of this index."""
        k = self.k
        return k.lt(k.add(k.index(name), self.first), self.shapes.batch)

    def runs(self, part, run):
        """How many runs of positions a block has of a part."""
        counts = self._counts(part)
        if all(isinstance(count, int) for count in (self.pictures, *counts)):
            return -(-self.planes.positions(part) // run)
        steps = self.planes.picture, *self.planes.strides
        reach = self.boxes.reach((self.pictures, *counts), steps)
        return divided(self.k, add(self.k, reach, run - 1), run)[0]

    def _counts(self, part):
        """How many outputs of a part a block has along each dim, about."""
        return [
            self.boxes.left(dim, whole) if is_symbolic(whole) else count
            for dim, (whole, count) in enumerate(
                zip(part.count, self.planes.counts(part), strict=True)
            )
        ]

    def of_split(self, by_groups, by_outputs):
        """How far a block's groups or outputs lie from the first."""
        by = by_groups if self.group_blocks > 1 else by_outputs
        return mul(self.k, self.split, by)

    def _copy(self, number, part):
        """Copy a part's sums to the result."""
        k, shapes = self.k, self.shapes
        size, count = self.result_size, self.each * self.tile.down
        steps = [prod(shapes.result[i + 1 :]) for i in range(len(shapes.result))]
        outputs = shapes.groups * shapes.outputs
        if self.output_blocks == 1:
            count = shapes.outputs
        loops = [
            (count, size, self.SUMS * self.width),
            (self.pictures, outputs * size, self.planes.picture),
        ]
        at = mul(k, self.first, outputs * size)
        split = self.groups * shapes.outputs * size, count * size
        at = add(k, at, self.of_split(*split))
        at = add(k, at, mul(k, k.index("group"), shapes.outputs * size))
        for dim, step in enumerate(steps):
            at = add(k, at, self.boxes.start(dim, part.step[dim] * step))
        extents = self._counts(part)
        offset = sum(s * step for s, step in zip(part.start, steps, strict=True))
        for extent, step, ours, theirs in zip(
            extents, part.step, steps, self.planes.strides, strict=True
        ):
            loops.append((extent, step * ours, theirs))
        change = self._finish(None if self.is_made(number) else k.const(0, self.dtype))
        target = self.result, offset, at
        sums = self.sums, number % self.SUMS * self.width, 0
        copy_box(k, target, sums, loops, change, only_if=self._conditions(part))

    def _finish(self, instead):
        """What is done with each sum: add the bias, relu."""
        if not self.bias and not self.relu and instead is None:
            return None

        def change(value, names):
            k, outputs = self.k, self.shapes.outputs
            value = value if instead is None else instead
            if self.bias:
                of_split = (self.groups * outputs, self.each * self.tile.down)
                at = as_place(k, self.of_split(*of_split))
                steps = {"group": outputs, names[0]: 1}
                inside = all_of(k, self._is_output(names[0]))
                value = k.add(value, k.load(self.bias, 0, at, inside, **steps))
            return k.max(value, 0.0) if self.relu else value

        return change

    def _is_output(self, name):
        """The condition that an index means an output that there is, as a list."""
        k, count = self.k, self.each * self.tile.down
        if count * self.output_blocks <= self.shapes.outputs or self.output_blocks == 1:
            return []
        at = k.add(k.index(name), mul(k, self.split, count))
        return [k.lt(at, self.shapes.outputs)]

    def _conditions(self, part):
        """A function of the indices' names to what must hold for a result, or None."""
        k, has_all, count = self.k, self._has_all(), part.count[0]
        row_blocks = self.boxes.counts[0]
        is_whole = is_symbolic(count) or row_blocks * self.rows <= count
        if has_all and is_whole and not self._is_output("i0"):
            return None

        def conditions(names):
            found = self._is_output(names[0])
            if not has_all:
                found.append(self._is_there(names[1]))
            if not is_whole and row_blocks > 1:
                at = k.add(k.index(names[2]), self.boxes.start(0))
                found.append(k.lt(at, count))
            return found

        return conditions

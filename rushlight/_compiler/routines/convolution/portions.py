"""Portions: what the ways to make a weight's gradient have in common.

# Note [Portions]
# Pictures are split into a few portions, by their number alone.  Each has sums of its
# own, which a second task adds in order: results do not depend on the threads.  A
# portion goes through its pictures in units of some pictures, or some rows of one.
# Where the number of pictures is symbolic, that of portions is not, and each takes a
# symbolic share.
"""

from math import prod

from rushlight._base.sized import is_multiple
from rushlight._base.symint import hint_of, is_symbolic
from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.ir import BYTES, LANES
from rushlight._compiler.routines import Routine, Task
from rushlight._compiler.routines.convolution.boxes import Boxes, box_of
from rushlight._compiler.routines.convolution.planes import Planes
from rushlight._compiler.routines.nests import (
    add,
    as_place,
    divided,
    fill_zero,
    least,
    mul,
    rest_of,
)

_PORTIONS = 8  # of the batch, and as many blocks at least where they can be had
_SUMS = 2_000_000  # elements of all portions' sums together
_POSITIONS = 128  # take pictures together until there are so many outputs


class Portions:
    """Writes two tasks: sums of each portion, then their sum.

    A block's sums are `kinds` (taps, say) times `padded` channels times `columns`
    outputs, then `columns` for the bias.  The weight has `count` taps.

    Args:
        sweep: the Sweep of the forward convolution.
        out: the sizes of g.
        x_shape, w_shape, groups, dtype, bias: as for `weight_gradient`.
    """

    #: Bytes of local memory that a block may use.
    LOCAL = 500_000

    def __init__(self, sweep, out, x_shape, w_shape, groups, dtype, bias):
        self.sweep, self.out, self.groups = sweep, out, groups
        self.dtype, self.bias = dtype, bias
        self.batch, self.channels = x_shape[0], w_shape[1]
        self.outputs = w_shape[0] // groups
        (self.part,) = sweep.parts
        self._choose_blocks()
        boxes = self.boxes.most, self.boxes.size
        self.planes = Planes(sweep, self.channels, self.together, *boxes)
        self.taps = self.planes.taps(self.part)
        self.kinds = self.count = len(self.taps)

    def lay_out(self, columns, padded):
        """Fix how the sums lie: columns of outputs, channels of a kind."""
        self.columns, self.padded = columns, padded
        self.sums = (self.kinds * padded + self.bias) * columns  # of a block

    def add_locals(self):
        """Declare local memory; `self.local` elements of it are for planes."""
        raise NotImplementedError

    def add_unit(self):
        """Add a unit's products to the sums, when its planes are filled."""
        raise NotImplementedError

    def _choose_blocks(self):
        """How the work is split: portions of the batch, rows, outputs."""
        lanes = -(-self.outputs // LANES) * LANES
        weight = self.groups * lanes * self.channels * len(self.part.taps)
        self.is_cut = any(map(is_symbolic, (*self.out, *self.sweep.size)))
        (rows, *self.others), count = box_of(self.sweep.extents), 1
        while self._bytes(-(-rows // count), 1) > self.LOCAL and count < rows:
            count += 1
        self.rows = -(-rows // count)
        self.boxes = Boxes(self.sweep.extents, (self.rows, *self.others))
        box = (rows, *self.others, *self.part.step)
        positions = prod(box if self.is_cut else self.out)
        is_one = hint_of(self.boxes.total) == 1
        wanted = -(-_POSITIONS // max(1, positions)) if is_one else 1
        pictures = hint_of(self.batch)
        if is_symbolic(self.batch):  # an example of few says little about others
            pictures = max(pictures, 2 * _PORTIONS)
        self.together = max(1, min(wanted, -(-pictures // _PORTIONS)))
        while self.together > 1 and self._bytes(self.rows, self.together) > self.LOCAL:
            self.together -= 1
        self.units = -(-self.batch // self.together) * self.boxes.total
        self._choose_portions(max(1, _SUMS // weight))
        wanted = -(-_PORTIONS // (self.portions * self.groups))
        self.splits = min(max(wanted, -(-lanes // 128)), lanes // LANES)
        self.width = -(-lanes // LANES // self.splits) * LANES
        self.splits = -(-lanes // self.width)

    def _choose_portions(self, most):
        """How many portions, and units of each."""
        units = hint_of(self.units)
        self.portions = max(1, min(_PORTIONS, units, most))
        self.each = -(-units // self.portions)
        self.portions = max(1, -(-units // max(1, self.each)))
        if is_symbolic(self.units):
            if units < _PORTIONS:  # there may be more
                self.portions = min(_PORTIONS, most)
            self.each = -(-self.units // self.portions)
            self.are_missing = False
            return
        pictures = units // self.boxes.total * self.together
        self.are_missing = pictures > self.batch or units % max(1, self.each) != 0

    def _bytes(self, rows, together):
        planes = Planes(self.sweep, self.channels, together, (rows, *self.others))
        positions = together * rows * prod(self.others)
        outputs = min(128, -(-self.outputs // LANES) * LANES)
        elements = planes.channel * self.channels + positions * (outputs + LANES)
        return elements * BYTES[self.dtype]

    def routine(self):
        """The tasks, with the names of what they read and write."""
        blocks = self.portions * self.groups * self.splits
        bias = ("bias_grad",) if self.bias else ()
        tasks = [
            Task(self.portion(blocks), ("g", "x", "portions"), 0),
            Task(self.total(), ("portions", "w_grad", *bias), 1),
        ]
        scratch = {"portions": (self.dtype, max(1, blocks * self.sums))}
        return Routine(tasks, ("g", "x"), ("w_grad", *bias), scratch)

    # Sums of each portion

    def portion(self, blocks):
        """The kernel that makes the sums of portions, groups and outputs."""
        k = self.k = Builder("weight_sums")
        picture = self.groups * self.channels * prod(self.sweep.size)
        outputs = self.groups * self.outputs
        size = max(1, self.batch * outputs * prod(self.out))
        self.g = k.buffer("g", self.dtype, size)
        x = k.buffer("x", self.dtype, max(1, self.batch * picture))
        size = max(1, blocks * self.sums)
        self.found = k.buffer("portions", self.dtype, size, written=True)
        self.add_locals()
        with k.loop("block", blocks, parallel=True):
            rest, self.split = divided(k, k.index("block"), self.splits)
            self.split = 0 if self.splits == 1 else self.split
            portion, group = divided(k, rest, self.groups)
            self.group = 0 if self.groups == 1 else group
            self.own = mul(k, k.index("block"), self.sums)
            fill_zero(k, self.found, self.sums, at=self.own)
            first = mul(k, portion, self.each)
            with k.loop("unit", rest_of(k, self.units, first, self.each)):
                unit = add(k, first, k.index("unit"))
                number = self.boxes.enter(k, unit)
                self.first = mul(k, number, self.together)
                at = mul(k, self.group, self.channels * prod(self.sweep.size))
                source = (x, add(k, mul(k, self.first, picture), at))
                missing = self.is_there if self.are_missing else None
                self.pictures = self._pictures()
                more = picture, self.local, missing, self.pictures
                self.planes.fill(k, self.held, source, self.boxes, *more)
                self.counts = self._counts()
                self.add_unit()
        return k.kernel()

    def _pictures(self):
        """How many pictures a unit has."""
        k, batch = self.k, self.batch
        if not is_symbolic(self.units) or is_multiple(batch, self.together):
            return self.together
        return least(k, add(k, batch, mul(k, self.first, -1)), self.together)

    def _counts(self):
        """How many outputs a unit has along each dim."""
        if not self.is_cut:
            return self.planes.counts(self.part)
        return [self.boxes.left(dim, n) for dim, n in enumerate(self.part.count)]

    def is_there(self, name):
        """Whether there is a picture of this index."""
        k = self.k
        return k.lt(k.add(k.index(name), self.first), self.batch)

    def of_unit(self, positions):
        """Where g begins for a unit of so many positions of a picture.

        Where boxes are cut from rows: of so many rows of it.
        """
        k, size = self.k, prod(self.out)
        at = mul(k, self.first, self.groups * self.outputs * size)
        at = add(k, at, mul(k, self.group, self.outputs * size))
        at = add(k, at, mul(k, self.split, self.width * size))
        at = add(k, at, mul(k, self.boxes.at[0], positions))
        for dim in range(1, len(self.out) if self.is_cut else 0):
            step = self.part.step[dim] * prod(self.out[dim + 1 :])
            at = add(k, at, self.boxes.start(dim, step))
        return as_place(k, at)

    def conditions(self, image, position, positions, output):
        """What must hold for an element of g to be there.

        Args:
            image, position: names of indices.
            positions: how many a unit has of a picture.
            output: the number of the output, of this block.
        """
        k, found = self.k, []
        if self.are_missing:
            found.append(self.is_there(image))
        if not self.is_cut and self.boxes.counts[0] * positions > prod(self.out):
            at = k.add(k.index(position), mul(k, self.boxes.at[0], positions))
            found.append(k.lt(at, prod(self.out)))
        if (self.splits - 1) * self.width + self.columns > self.outputs:
            at = add(k, output, mul(k, self.split, self.width))
            found.append(k.lt(at, self.outputs))
        return found

    # The sum of the portions

    def total(self):
        """The kernel that adds the portions and arranges the result."""
        k = self.k = Builder("weight_total")
        outputs = self.groups * self.outputs
        blocks = self.portions * self.groups * self.splits
        found = k.buffer("portions", self.dtype, max(1, blocks * self.sums))
        size = max(1, outputs * self.channels * self.count)
        result = k.buffer("w_grad", self.dtype, size, written=True)
        if self.bias:
            of_bias = k.buffer("bias_grad", self.dtype, outputs, written=True)
        with k.loop("block", self.groups * self.splits, parallel=True):
            group, split = divided(k, k.index("block"), self.splits)
            split = 0 if self.splits == 1 else split
            first = mul(k, split, self.width)
            count = rest_of(k, self.outputs, first, self.width)
            at = add(k, mul(k, group, self.outputs), first)
            if self.bias:
                offset = self.kinds * self.padded * self.columns
                self._sum(found, of_bias, count, offset, (0, at, 1), {})
            self.finish(found, result, count, at)
        return k.kernel()

    def finish(self, found, result, count, first):
        """Write the weight's gradient for some outputs, from the first on."""
        k, taps = self.k, self.kinds
        at = as_place(k, mul(k, first, self.channels * taps))
        with k.loop("c", self.channels):
            for place, (_, number) in enumerate(self.taps):
                offset = place * self.padded * self.columns
                target = (number, at, self.channels * taps)
                self._sum(found, result, count, offset, target, {"c": taps})

    def _sum(self, found, result, count, offset, target, steps):
        """Sum the portions of some outputs into a result."""
        k, (to, at, step) = self.k, target
        each = self.groups * self.splits * self.sums
        with k.loop("output", count, vector=True):
            sum_of = k.declare("total", self.dtype, 0.0)
            by = {"output": 1, "block": self.sums, "portion": each}
            by |= dict.fromkeys(steps, self.columns)
            with k.loop("portion", self.portions):
                k.accumulate(sum_of, "add", k.load(found, offset, **by))
            k.store(result, sum_of, to, as_place(k, at), output=step, **steps)

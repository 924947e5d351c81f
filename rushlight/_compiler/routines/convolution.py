"""Convolutions and the gradient of their pictures, as routines.

Both are sweeps over planes (see planes.py): a block of pictures is copied into local
memory, tiles of sums are made in registers (Note [Tiles]), and the sums are copied to
the result, with what follows (bias, relu) done on the way.
"""

from dataclasses import dataclass
from math import prod

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.ir import BYTES, LANES
from rushlight._compiler.routines import Routine, Task
from rushlight._compiler.routines.nests import (
    add,
    all_of,
    as_place,
    copy_box,
    divided,
    mul,
    open_loops,
    rest_of,
)
from rushlight._compiler.routines.planes import (
    Planes,
    forward_sweep,
    input_sweep,
    nests,
)
from rushlight._compiler.routines.tiles import choose_tile

_LOCAL = 400_000  # bytes of local memory that a block may use
_BLOCKS = 8  # as many blocks as there are at least, where the work can be split so
_POSITIONS = 256  # take pictures together until there are so many outputs


@dataclass(frozen=True)
class _Shapes:
    """A convolution's sizes: (batch, groups * channels, *size) to outputs."""

    batch: int
    groups: int
    channels: int  # of the source, in a group
    outputs: int  # channels of the result, in a group
    result: tuple  # sizes of the result
    steps: tuple  # of the weight: from group to group, output to output, channel ...


def convolution(
    x_shape, w_shape, dtype, *, stride, pads, dilation, groups, out, **more
):
    """``y = w * x + bias``, maybe followed by relu.

    Args:
        x_shape: (N, C, *size).
        w_shape: (O, C / groups, *kernel).
        dtype: "f32" or "f64".
        stride, dilation: for each dim; groups: int.
        pads: (before, after) for each dim.
        out: the sizes of y.
        bias, relu: whether there are.

    Returns:
        Routine: inputs x, w (and bias); output y.
    """
    size, kernel, inside = x_shape[2:], w_shape[2:], w_shape[1]
    lead = tuple(before for before, _ in pads)
    sweep = forward_sweep(size, kernel, stride, lead, dilation, out)
    taps, outputs = prod(kernel), w_shape[0] // groups
    steps = (outputs * inside * taps, inside * taps, taps)
    shapes = _Shapes(x_shape[0], groups, inside, outputs, out, steps)
    return _Convolution(sweep, shapes, dtype, **more).routine("x", "y")


def input_gradient(g_shape, w_shape, dtype, *, stride, pads, dilation, groups, size):
    """What reaches x from g through ``y = w * x``.

    Args:
        g_shape: (N, O, *out).
        w_shape, dtype, stride, pads, dilation, groups: as for `convolution`.
        size: the sizes of x.

    Returns:
        Routine: inputs g, w; output x_grad.
    """
    out, kernel, inside = g_shape[2:], w_shape[2:], w_shape[1]
    lead = tuple(before for before, _ in pads)
    sweep = input_sweep(size, kernel, stride, lead, dilation, out)
    taps, outputs = prod(kernel), w_shape[0] // groups
    steps = (outputs * inside * taps, taps, inside * taps)
    shapes = _Shapes(g_shape[0], groups, outputs, inside, size, steps)
    return _Convolution(sweep, shapes, dtype).routine("g", "x_grad")


class _Convolution:
    """Writes the two tasks: arrange the weight, then the products.

    The weight is arranged as the inner loop reads it: for each part, group and tile of
    outputs the channels, for each the taps, for each the tile's numbers.
    """

    def __init__(self, sweep, shapes, dtype, bias=False, relu=False):
        self.sweep, self.shapes, self.dtype = sweep, shapes, dtype
        self.bias, self.relu = bias, relu
        self._choose_blocks()
        self.taps, self.starts, end = [], [], 0
        for part in sweep.parts:
            planes = self.planes
            taps = [(planes.residues(p), planes.shift(p), n) for n, p in part.taps]
            self.taps.append([tap[1:] for tap in sorted(taps)])
            self.starts.append(end)
            end += len(taps) * self.per_tap
        self.arranged = max(1, end)
        self.run = LANES * self.tile.across  # positions of a tile
        positions = [self.planes.positions(part) for part in sweep.parts]
        self.tiles = [-(-p // self.run) for p in positions]
        self.width = max(self.tiles) * self.run
        self.local = self.planes.elements(self.width)

    def _choose_blocks(self):
        """How the work is split: pictures, rows, and tiles of outputs or groups."""
        shapes, sweep = self.shapes, self.sweep
        rows, count = sweep.rows, 1
        while self._bytes(-(-rows // count), 1) > _LOCAL and count < rows:
            count += 1
        self.rows = -(-rows // count)
        self.row_blocks = -(-rows // self.rows)
        together = 1
        if self.row_blocks == 1:
            wanted = -(-_POSITIONS // max(1, self._positions(rows, 1)))
            most = max(1, shapes.batch // _BLOCKS)
            while (
                together < min(wanted, most)
                and self._bytes(rows, together + 1) <= _LOCAL
            ):
                together += 1
        self.together = together
        self.planes = Planes(sweep, shapes.channels, together, self.rows)
        lanes = self._positions(self.rows, together)
        self.tile = choose_tile(self.dtype, lanes, shapes.outputs)
        self._split_outputs()
        self.per_tap = (
            shapes.groups * self.output_tiles * shapes.channels * self.tile.down
        )

    def _split_outputs(self):
        """Where there are too few blocks, split the groups or the outputs too."""
        self.picture_blocks = -(-self.shapes.batch // self.together)
        blocks = max(1, self.picture_blocks * self.row_blocks)
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
        self.blocks = self.picture_blocks * self.row_blocks
        self.blocks *= self.group_blocks * self.output_blocks

    def _positions(self, rows, together):
        planes = Planes(self.sweep, 1, together, rows)
        return max(planes.positions(part) for part in self.sweep.parts)

    def _bytes(self, rows, together):
        planes = Planes(self.sweep, self.shapes.channels, together, rows)
        positions = max(planes.positions(part) for part in self.sweep.parts)
        elements = planes.channel * planes.channels + self.shapes.outputs * positions
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

    # The weight

    def arrange(self):
        """The kernel that arranges the weight."""
        k, shapes, down = Builder("arrange_weight"), self.shapes, self.tile.down
        by_group, by_output, by_channel = shapes.steps
        w = k.buffer("w", self.dtype, max(1, shapes.groups * by_group))
        arranged = k.buffer("arranged", self.dtype, self.arranged, written=True)
        with k.loop("block", shapes.groups * self.output_tiles, parallel=True):
            group, tile = divided(k, k.index("block"), self.output_tiles)
            at = add(k, mul(k, group, by_group), mul(k, tile, down * by_output))
            left = rest_of(k, shapes.outputs, mul(k, tile, down), down)
            with k.loop("c", shapes.channels), k.loop("o", down):
                inside = k.lt(k.index("o"), as_place(k, left))
                for start, taps in zip(self.starts, self.taps, strict=True):
                    for place, (_, number) in enumerate(taps):
                        value = k.load(
                            w,
                            number,
                            as_place(k, at),
                            inside,
                            c=by_channel,
                            o=by_output,
                        )
                        steps = {"c": len(taps) * down, "o": 1}
                        steps["block"] = shapes.channels * len(taps) * down
                        k.store(arranged, value, start + place * down, **steps)
        return k.kernel()

    # The products

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
        rows = self.each * self.tile.down
        self.sums = k.local("sums", self.dtype, rows * self.width)
        with k.loop("block", self.blocks, parallel=True):
            rest, split = divided(
                k, k.index("block"), self.group_blocks * self.output_blocks
            )
            picture, self.row = divided(k, rest, self.row_blocks)
            self.split = 0 if self.group_blocks * self.output_blocks == 1 else split
            self.first = mul(k, picture, self.together)
            size = shapes.channels * prod(self.sweep.size)
            at = mul(k, self.first, source_size)
            at = add(k, at, self._of_split(self.groups * size, 0))
            missing = self._is_there if shapes.batch % self.together else None
            with k.loop("group", self.groups):
                at = add(k, at, mul(k, k.index("group"), size))
                place, row = (source, at), self.row
                planes.fill(k, self.held, place, row, source_size, self.local, missing)
                for number in range(len(self.sweep.parts)):
                    self._part(number)
        return k.kernel()

    def _is_there(self, name):
        """Whether there is a picture of this index."""
        k = self.k
        return k.lt(k.add(k.index(name), self.first), self.shapes.batch)

    def _of_split(self, by_groups, by_outputs):
        """How far a block's groups or outputs lie from the first."""
        by = by_groups if self.group_blocks > 1 else by_outputs
        return mul(self.k, self.split, by)

    def _part(self, number):
        if self.taps[number]:
            k = self.k
            with k.loop("tile", self.tiles[number]), k.loop("outs", self.each):
                with k.loop("lane", LANES, vector=True):
                    self._sums(number)
        self._copy(number)

    def _sums(self, number):
        """One tile of sums, in registers (Note [Tiles])."""
        k, tile, taps = self.k, self.tile, self.taps[number]
        sums = [
            [k.declare(f"sum{o}_{v}", self.dtype, 0.0) for v in range(tile.across)]
            for o in range(tile.down)
        ]
        with k.loop("c", self.shapes.channels):
            for shift, place, loops in nests([shift for shift, _ in taps]):
                with open_loops(k, "tap", [loop[0] for loop in loops]) as names:
                    steps = list(zip(names, loops, strict=True))
                    self._step(sums, taps, shift, place, number, steps)
        for o in range(tile.down):
            for v in range(tile.across):
                k.store(
                    self.sums,
                    sums[o][v],
                    o * self.width + v * LANES,
                    outs=tile.down * self.width,
                    tile=self.run,
                    lane=1,
                )

    def _step(self, sums, taps, shift, place, number, loops):
        """Multiply the elements that a tap meets with the tile's weights."""
        k, down = self.k, self.tile.down
        size = self.shapes.channels * len(taps) * down  # of one tile's weights
        own = self.output_tiles * size
        at = as_place(k, self._of_split(self.groups * own, self.each * size))
        by_lanes = {name: loop[1] for name, loop in loops}
        by_numbers = {name: loop[2] * down for name, loop in loops}
        met = [
            k.load(
                self.held,
                shift + v * LANES,
                c=self.planes.channel,
                tile=self.run,
                lane=1,
                **by_lanes,
            )
            for v in range(self.tile.across)
        ]
        for o in range(down):
            weight = k.load(
                self.packed,
                self.starts[number] + place * down + o,
                at,
                group=own,
                outs=size,
                c=len(taps) * down,
                **by_numbers,
            )
            for v in range(self.tile.across):
                k.accumulate(sums[o][v], "add", k.mul(met[v], weight))

    def _copy(self, number):
        """Copy a part's sums to the result."""
        k, shapes, part = self.k, self.shapes, self.sweep.parts[number]
        size, count = self.result_size, self.each * self.tile.down
        steps = [prod(shapes.result[i + 1 :]) for i in range(len(shapes.result))]
        outputs = shapes.groups * shapes.outputs
        if self.output_blocks == 1:
            count = shapes.outputs
        loops = [
            (count, size, self.width),
            (self.together, outputs * size, self.planes.picture),
        ]
        at = mul(k, self.first, outputs * size)
        split = self.groups * shapes.outputs * size, count * size
        at = add(k, at, self._of_split(*split))
        at = add(k, at, mul(k, k.index("group"), shapes.outputs * size))
        at = add(k, at, mul(k, self.row, self.rows * part.step[0] * steps[0]))
        extents = self.planes.counts(part)
        offset = sum(s * step for s, step in zip(part.start, steps, strict=True))
        for extent, step, ours, theirs in zip(
            extents, part.step, steps, self.planes.strides, strict=True
        ):
            loops.append((extent, step * ours, theirs))
        change = self._finish(None if self.taps[number] else k.const(0, self.dtype))
        target, sums = (self.result, offset, at), (self.sums, 0, 0)
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
                at = as_place(k, self._of_split(*of_split))
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
        k, shapes = self.k, self.shapes
        has_all = shapes.batch % self.together == 0
        is_whole = self.row_blocks * self.rows <= part.count[0]
        if has_all and is_whole and not self._is_output("i0"):
            return None

        def conditions(names):
            found = self._is_output(names[0])
            if not has_all:
                found.append(self._is_there(names[1]))
            if not is_whole and self.row_blocks > 1:
                at = k.add(k.index(names[2]), mul(k, self.row, self.rows))
                found.append(k.lt(at, part.count[0]))
            return found

        return conditions

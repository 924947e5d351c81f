"""The gradient of a convolution's weight (and bias), as a routine.

# Note [Weight gradient]
# For each output channel, input channel and tap, the products of g with what the tap
# meets are summed over pictures and positions.  Pictures are laid out as planes, as in
# the other two products (Note [Planes]); g is transposed, so that the channels of one
# position lie side by side.  Then 16 channels of g are one vector, the elements of the
# planes are numbers that all lanes share, and a tile of sums stays in registers over a
# whole picture (Note [Tiles]).  Pictures are split into a few portions by their number
# alone; each has sums of its own, which a second task adds in order: results do not
# depend on the threads.
"""

from math import prod

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.ir import BYTES, LANES
from rushlight._compiler.routines import Routine, Task
from rushlight._compiler.routines.nests import (
    add,
    all_of,
    as_place,
    divided,
    fill_zero,
    mul,
    open_loops,
    rest_of,
)
from rushlight._compiler.routines.planes import Planes, forward_sweep, nests
from rushlight._compiler.routines.tiles import choose_sums

_LOCAL = 500_000  # bytes of local memory that a block may use
_PORTIONS = 8  # of the batch, and as many blocks at least where they can be had
_SUMS = 2_000_000  # elements of all portions' sums together
_POSITIONS = 128  # take pictures together until there are so many outputs


def weight_gradient(
    x_shape, w_shape, dtype, *, stride, pads, dilation, groups, out, bias=False
):
    """What reaches w (and the bias) from g through ``y = w * x + bias``.

    Args:
        x_shape: (N, C, *size).
        w_shape: (O, C / groups, *kernel).
        dtype: "f32" or "f64".
        stride, dilation: for each dim; groups: int.
        pads: (before, after) for each dim.
        out: the sizes of g (N, O, *out).
        bias: whether the bias's gradient is wanted too.

    Returns:
        Routine: inputs g, x; outputs w_grad (and bias_grad).
    """
    lead = tuple(before for before, _ in pads)
    sweep = forward_sweep(x_shape[2:], w_shape[2:], stride, lead, dilation, out)
    return _WeightGradient(sweep, x_shape, w_shape, groups, dtype, bias).routine()


class _WeightGradient:
    """Writes the two tasks: sums of each portion, then their sum."""

    def __init__(self, sweep, x_shape, w_shape, groups, dtype, bias):
        self.sweep, self.groups, self.dtype, self.bias = sweep, groups, dtype, bias
        self.batch, self.channels = x_shape[0], w_shape[1]
        self.outputs = w_shape[0] // groups
        (self.part,) = sweep.parts
        self.out = self.part.count
        self._choose_blocks()
        taps = self.part.taps
        tiled = choose_sums(dtype, self.width, self.channels, len(taps))
        self.tile, self.together_channels, self.together_taps = tiled
        self.padded = -(-self.channels // self.together_channels)
        self.padded *= self.together_channels
        self.planes = Planes(sweep, self.channels, self.together, self.rows)
        self.taps = sorted(
            (self.planes.residues(p), self.planes.shift(p), n) for n, p in taps
        )
        self.taps = [tap[1:] for tap in self.taps]
        self.columns = -(-self.width // (LANES * self.tile)) * LANES * self.tile
        self.sums = (len(taps) * self.padded + bias) * self.columns  # of a block
        # absent channels of the last tile read beyond the others
        extra = (self.padded - self.channels) * self.planes.channel
        self.local = self.planes.elements(self.planes.positions(self.part)) + extra

    def _choose_blocks(self):
        """How the work is split: portions of the batch, rows, outputs."""
        lanes = -(-self.outputs // LANES) * LANES
        weight = self.groups * lanes * self.channels * len(self.part.taps)
        rows, count = self.sweep.rows, 1
        while self._bytes(-(-rows // count), 1) > _LOCAL and count < rows:
            count += 1
        self.rows = -(-rows // count)
        self.row_blocks = -(-rows // self.rows)
        positions = prod(self.out)
        wanted = -(-_POSITIONS // max(1, positions)) if self.row_blocks == 1 else 1
        self.together = max(1, min(wanted, -(-self.batch // _PORTIONS)))
        while self.together > 1 and self._bytes(self.rows, self.together) > _LOCAL:
            self.together -= 1
        self.units = -(-self.batch // self.together) * self.row_blocks
        most = max(1, _SUMS // weight)
        self.portions = max(1, min(_PORTIONS, self.units, most))
        self.each = -(-self.units // self.portions)
        self.portions = max(1, -(-self.units // max(1, self.each)))
        pictures = self.units // self.row_blocks * self.together
        self.are_missing = pictures > self.batch or self.units % max(1, self.each) != 0
        wanted = -(-_PORTIONS // (self.portions * self.groups))
        self.splits = min(max(wanted, -(-lanes // 128)), lanes // LANES)
        self.width = -(-lanes // LANES // self.splits) * LANES
        self.splits = -(-lanes // self.width)

    def _bytes(self, rows, together):
        planes = Planes(self.sweep, self.channels, together, rows)
        positions = together * rows * prod(self.out[1:])
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
        self.held = k.local("planes", self.dtype, self.local)
        positions = self.together * self.rows * prod(self.out[1:])
        self.turned = k.local("turned", self.dtype, positions * self.columns)
        self.pitch = LANES * (-(-self.rows * prod(self.out[1:]) // LANES) | 1)
        self.few = k.local("few", self.dtype, LANES * self.pitch)
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
                number, self.row = divided(k, unit, self.row_blocks)
                self.first = mul(k, number, self.together)
                at = mul(k, self.group, self.channels * prod(self.sweep.size))
                source = (x, add(k, mul(k, self.first, picture), at))
                missing = self._is_there if self.are_missing else None
                self.planes.fill(
                    k, self.held, source, self.row, picture, self.local, missing
                )
                self._turn()
                self._add_up()
        return k.kernel()

    def _is_there(self, name):
        """Whether there is a picture of this index."""
        k = self.k
        return k.lt(k.add(k.index(name), self.first), self.batch)

    def _turn(self):
        """Transpose g: for each position the channels side by side.

        Channels often lie so far apart that they meet in the cache; so 16 of them are
        copied to where they do not before their elements are gathered.
        """
        k, inner, size = self.k, prod(self.out[1:]), prod(self.out)
        outputs, positions = self.groups * self.outputs, self.rows * inner
        at = mul(k, self.first, outputs * size)
        at = add(k, at, mul(k, self.group, self.outputs * size))
        at = add(k, at, mul(k, self.split, self.width * size))
        at = as_place(k, add(k, at, mul(k, self.row, positions)))
        with k.loop("image", self.together), k.loop("some", self.columns // LANES):
            with k.loop("output", LANES), k.loop("from", positions, vector=True):
                inside = all_of(k, self._conditions(positions))
                steps = {"image": outputs * size, "from": 1, "output": size}
                value = k.load(self.g, 0, at, inside, some=LANES * size, **steps)
                k.store(self.few, value, **{"from": 1, "output": self.pitch})
            with k.loop("to", positions), k.loop("lane", LANES, vector=True):
                value = k.load(self.few, to=1, lane=self.pitch)
                steps = {"image": positions * self.columns, "to": self.columns}
                k.store(self.turned, value, some=LANES, lane=1, **steps)

    def _conditions(self, positions):
        """What must hold for an element of g to be there."""
        k, found = self.k, []
        if self.are_missing:
            found.append(self._is_there("image"))
        if self.row_blocks * self.rows > self.out[0]:
            at = k.add(k.index("from"), mul(k, self.row, positions))
            found.append(k.lt(at, prod(self.out)))
        if (self.splits - 1) * self.width + self.columns > self.outputs:
            at = k.add(k.mul(k.index("some"), LANES), k.index("output"))
            at = add(k, at, mul(k, self.split, self.width))
            found.append(k.lt(at, self.outputs))
        return found

    def _add_up(self):
        """Add a unit's products to the sums."""
        k, taps = self.k, self.taps
        with k.loop("outs", self.columns // (LANES * self.tile)):
            if self.bias:
                self._add_up_bias()
            with k.loop("channels", self.padded // self.together_channels):
                if self.together_taps == 1:
                    for shift, place, loops in nests([shift for shift, _ in taps]):
                        with open_loops(k, "tap", [n for n, *_ in loops]) as names:
                            steps = [(n, *ways[1:]) for n, ways in zip(names, loops)]
                            self._tile([shift], place, steps)
                else:
                    for place in range(0, len(taps), self.together_taps):
                        some = taps[place : place + self.together_taps]
                        self._tile([shift for shift, _ in some], place, [])

    def _tile(self, shifts, place, loops):
        """One tile of sums over a unit's positions."""
        k = self.k
        rows = [
            (tap, c)
            for tap in range(len(shifts))
            for c in range(self.together_channels)
        ]
        with k.loop("lane", LANES, vector=True):
            sums = [
                [k.declare(f"sum{r}_{v}", self.dtype, 0.0) for v in range(self.tile)]
                for r in range(len(rows))
            ]
            with self._positions() as (by_plane, by_turned):
                turned = [
                    k.load(
                        self.turned,
                        v * LANES,
                        outs=LANES * self.tile,
                        lane=1,
                        **by_turned,
                    )
                    for v in range(self.tile)
                ]
                by_plane |= {name: shift for name, shift, _ in loops}
                by_plane["channels"] = self.together_channels * self.planes.channel
                for (tap, c), row in zip(rows, sums, strict=True):
                    offset = shifts[tap] + c * self.planes.channel
                    met = k.load(self.held, offset, **by_plane)
                    for v in range(self.tile):
                        k.accumulate(row[v], "add", k.mul(turned[v], met))
            self._keep(rows, sums, place, loops)

    def _positions(self):
        """Loops over a unit's positions; gives the steps in planes and in g."""
        k = self.k
        extents = [self.together, self.rows, *self.out[1:]]
        inner = prod(self.out[1:]) * self.columns
        turned = [self.rows * inner, inner]
        turned += [
            prod(self.out[i + 1 :]) * self.columns for i in range(1, len(self.out))
        ]
        plane = [self.planes.picture, *self.planes.strides]
        return _Positions(k, extents, plane, turned)

    def _keep(self, rows, sums, place, loops):
        """Add a tile's sums to the portion's."""
        k, each = self.k, self.padded * self.columns  # sums of a tap
        steps = {name: number * each for name, _, number in loops}
        steps |= {"channels": self.together_channels * self.columns}
        steps |= {"outs": LANES * self.tile, "lane": 1}
        at = as_place(k, self.own)
        for (tap, c), row in zip(rows, sums, strict=True):
            for v in range(self.tile):
                offset = (place + tap) * each + c * self.columns + v * LANES
                value = k.add(k.load(self.found, offset, at, **steps), row[v])
                k.store(self.found, value, offset, at, **steps)

    def _add_up_bias(self):
        """Add the sum of g to the bias's, which follows the weight's."""
        k, at = self.k, as_place(self.k, self.own)
        offset = len(self.taps) * self.padded * self.columns
        with k.loop("lane", LANES, vector=True):
            sums = [k.declare(f"of{v}", self.dtype, 0.0) for v in range(self.tile)]
            steps = {"outs": LANES * self.tile, "lane": 1}
            with self._positions() as (_, by_turned):
                for v in range(self.tile):
                    value = k.load(self.turned, v * LANES, **steps, **by_turned)
                    k.accumulate(sums[v], "add", value)
            for v in range(self.tile):
                value = k.load(self.found, offset + v * LANES, at, **steps)
                value = k.add(value, sums[v])
                k.store(self.found, value, offset + v * LANES, at, **steps)

    # The sum of the portions

    def total(self):
        """The kernel that adds the portions and arranges the result."""
        k = self.k = Builder("weight_total")
        taps, outputs = len(self.taps), self.groups * self.outputs
        blocks = self.portions * self.groups * self.splits
        found = k.buffer("portions", self.dtype, max(1, blocks * self.sums))
        size = max(1, outputs * self.channels * taps)
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
                offset = taps * self.padded * self.columns
                self._sum(found, of_bias, count, offset, (0, at, 1), {})
            at = as_place(k, mul(k, at, self.channels * taps))
            with k.loop("c", self.channels):
                for place, (_, number) in enumerate(self.taps):
                    offset = place * self.padded * self.columns
                    target = (number, at, self.channels * taps)
                    self._sum(found, result, count, offset, target, {"c": taps})
        return k.kernel()

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


class _Positions:
    """Loops over positions, for a ``with`` block."""

    def __init__(self, k, extents, plane, turned):
        self.loops = open_loops(k, "at", extents)
        self.plane, self.turned = plane, turned

    def __enter__(self):
        names = self.loops.__enter__()
        plane = dict(zip(names, self.plane, strict=True))
        return plane, dict(zip(names, self.turned, strict=True))

    def __exit__(self, *error):
        return self.loops.__exit__(*error)

"""Convolutions and the gradient of their pictures, as routines.

Both are sweeps over planes (see planes.py): a block of pictures is copied into local
memory, tiles of sums are made in registers (Note [Tiles]), and the sums are copied to
the result, with what follows (bias, relu) done on the way.
"""

from math import prod

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.ir import LANES
from rushlight._compiler.routines.convolution.planes import (
    apart_if_better,
    forward_sweep,
    input_sweep,
    nests,
)
from rushlight._compiler.routines.convolution.sweeps import Shapes, Sweeping
from rushlight._compiler.routines.convolution.winograd import Winograd, fits
from rushlight._compiler.routines.nests import (
    add,
    as_place,
    divided,
    mul,
    open_loops,
    rest_of,
)


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
    shapes = Shapes(x_shape[0], groups, inside, outputs, out, steps)
    if fits(dtype, kernel, stride, dilation, lead, shapes):
        return Winograd(size, lead, shapes, dtype, **more).routine("x", "y")
    sweep = apart_if_better(sweep)
    return _Direct(sweep, shapes, dtype, **more).routine("x", "y")


def input_gradient(
    g_shape, w_shape, dtype, *, stride, pads, dilation, groups, size, bias=False
):
    """What reaches x from g through ``y = w * x``; plus a bias, a transposed one.

    Args:
        g_shape: (N, O, *out).
        w_shape, dtype, stride, pads, dilation, groups: as for `convolution`.
        size: the sizes of x.
        bias: whether there is one, for each channel of x.

    Returns:
        Routine: inputs g, w (and bias); output x_grad.
    """
    out, kernel, inside = g_shape[2:], w_shape[2:], w_shape[1]
    lead = tuple(before for before, _ in pads)
    sweep = input_sweep(size, kernel, stride, lead, dilation, out)
    taps, outputs = prod(kernel), w_shape[0] // groups
    steps = (outputs * inside * taps, taps, inside * taps)
    shapes = Shapes(g_shape[0], groups, outputs, inside, size, steps)
    turned = tuple(2 - before for before in lead)
    if fits(dtype, kernel, stride, dilation, turned, shapes):
        made = Winograd(out, turned, shapes, dtype, bias=bias, turned=True)
        return made.routine("g", "x_grad")
    sweep = apart_if_better(sweep)
    return _Direct(sweep, shapes, dtype, bias).routine("g", "x_grad")


class _Direct(Sweeping):
    """Sums over the taps, in tiles that stay in registers.

    The weight is arranged as the inner loop reads it: for each part, group and tile of
    outputs the channels, for each the taps, for each the tile's numbers.
    """

    def __init__(self, sweep, shapes, dtype, bias=False, relu=False):
        super().__init__(sweep, sweep.parts, shapes, dtype, bias, relu)
        self.taps, self.starts, end = [], [], 0
        per_tap = shapes.groups * self.output_tiles * shapes.channels * self.tile.down
        planes = self.planes
        for part in sweep.parts:
            self.taps.append(planes.taps(part))
            self.starts.append(end)
            end += len(part.taps) * per_tap
        self.arranged = max(1, end)
        self.run = LANES * self.tile.across  # positions of a tile
        positions = [planes.positions(part) for part in sweep.parts]
        self.width = max(-(-p // self.run) for p in positions) * self.run
        self.local = planes.elements(self.width)

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

    def is_made(self, number):
        return bool(self.taps[number])

    def make(self, number):
        if self.is_made(number):
            k = self.k
            tiles = self.runs(self.sweep.parts[number], self.run)
            with k.loop("tile", tiles), k.loop("outs", self.each):
                with k.loop("lane", LANES, vector=True):
                    self._sums(number)

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
        at = as_place(k, self.of_split(self.groups * own, self.each * size))
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

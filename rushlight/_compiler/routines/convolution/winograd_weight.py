"""The gradient of a weight with 3 by 3 taps, by Winograd's form.

With the matrices of Note [Winograd] in winograd.py, what reaches the weight from the
gradient g of a square of outputs is  G' ((A g A') * (B' d B)) G.  The sum over squares
and pictures commutes with what stands outside, so 16 products are summed for each
square where there are 36, and the sum is transformed once, at the end.
"""

from contextlib import ExitStack
from math import prod

from rushlight._compiler.loops.ir import BYTES, LANES
from rushlight._compiler.routines.convolution.planes import Part, Planes, Sweep
from rushlight._compiler.routines.convolution.portions import Portions
from rushlight._compiler.routines.convolution.tiles import choose_sums
from rushlight._compiler.routines.convolution.winograd import (
    both_ways,
    pays_apart,
    transform_elements,
)
from rushlight._compiler.routines.nests import (
    add,
    all_of,
    as_place,
    divided,
    fill_zero,
    mul,
    rest_of,
)

_RUN = 48  # squares that are transformed and multiplied at once, at most


class WinogradWeight(Portions):
    """Sums of 16 elements for each output and input channel.

    Args:
        size: of the picture.
        lead: zeros before it.
        out, x_shape, w_shape, dtype, bias: as for `Portions`; there is one group.
    """

    LOCAL = 360_000  # besides transformed elements

    def __init__(self, size, lead, out, x_shape, w_shape, dtype, bias):
        squares = tuple(-(-n // 2) for n in out)
        taps = tuple((n, divmod(n, 4)) for n in range(16))
        whole = Part((0, 0), (2, 2), squares, taps)
        sweep = Sweep(size, (2, 2), lead, (whole,), pays_apart(*squares))
        super().__init__(sweep, out, x_shape, w_shape, 1, dtype, bias)
        self.count = 9
        self.shifts = [self.planes.shift(place) for _, place in taps]
        tiled = choose_sums(dtype, self.width, self.channels, 1)
        self.tile, self.channels_at_once, _ = tiled
        at_once, lanes = self.channels_at_once, LANES * self.tile
        padded = -(-self.channels // at_once) * at_once
        self.lay_out(-(-self.width // lanes) * lanes, padded)
        positions = self.planes.positions(whole)
        self.runs = -(-positions // _RUN)
        self.run = -(-positions // self.runs)
        self.local = self.planes.elements(self.runs * self.run)
        self.row_size = 2 * self.boxes.most[1]  # of transposed g
        self.picture_size = 2 * self.rows * self.row_size

    def _bytes(self, rows, together):
        planes = Planes(self.sweep, self.channels, together, (rows, *self.others))
        outputs = min(128, -(-self.outputs // LANES) * LANES)
        elements = planes.channel * self.channels
        elements += 4 * together * rows * self.others[0] * outputs
        return elements * BYTES[self.dtype]

    def add_locals(self):
        k = self.k
        self.held = k.local("planes", self.dtype, self.local)
        size = self.together * self.picture_size * self.columns
        self.turned = k.local("turned", self.dtype, size)
        self.held_columns = self.row_size if self.is_cut else self.out[1]
        self.pitch = LANES * (-(-2 * self.rows * self.held_columns // LANES) | 1)
        self.few = k.local("few", self.dtype, LANES * self.pitch)
        self.elements = k.local("elements", self.dtype, 16 * self.padded * self.run)
        self.gradients = k.local("gradients", self.dtype, 16 * self.run * self.columns)

    def add_unit(self):
        k = self.k
        self._turn()
        if self.bias:
            self._add_up_bias()
        with k.loop("run", self._runs()):
            self._transform_elements()
            self._transform_gradients()
            with k.loop("element", 16), k.loop("channels", self._channel_tiles()):
                with k.loop("outs", self.columns // (LANES * self.tile)):
                    with k.loop("lane", LANES, vector=True):
                        self._multiply()

    def _channel_tiles(self):
        return self.padded // self.channels_at_once

    def _runs(self):
        """How many runs of squares a unit has."""
        if not self.is_cut:
            return self.runs
        steps = self.planes.picture, *self.planes.strides
        reach = self.boxes.reach((self.pictures, *self.counts), steps)
        return divided(self.k, add(self.k, reach, self.run - 1), self.run)[0]

    def _sizes(self):
        """How many rows and columns of g a unit has."""
        k = self.k
        if not self.is_cut:
            return 2 * self.rows, self.out[1]
        return [
            rest_of(k, self.out[dim], self.boxes.start(dim, 2), mul(k, count, 2))
            for dim, count in enumerate(self.counts)
        ]

    def _turn(self):
        """Transpose g, 16 channels at a time: see `Turned`."""
        k, size, held = self.k, prod(self.out), self.held_columns
        positions = 2 * self.rows * self.out[1]
        at, picture = self.of_unit(positions), self.outputs * size
        rows, columns = self._sizes()
        if self.is_cut or self.row_size > columns:
            fill_zero(k, self.turned, self.turned.size)
        # rows of g that follow each other are one
        lines = [(rows, self.out[1], held), (columns, 1, 1)]
        lines = lines if self.is_cut else [(positions, 1, 1)]
        names = ["line", "from"][-len(lines) :]
        with k.loop("image", self.pictures), k.loop("some", self.columns // LANES):
            with k.loop("output", LANES), ExitStack() as stack:
                for name, (count, *_) in zip(names, lines, strict=True):
                    loop = k.loop(name, count, vector=name == "from")
                    stack.enter_context(loop)
                output = k.add(k.mul(k.index("some"), LANES), k.index("output"))
                inside = self.conditions("image", "from", positions, output)
                along = {name: line[1] for name, line in zip(names, lines)}
                steps = {"image": picture, **along, "output": size}
                steps["some"] = LANES * size
                value = k.load(self.g, 0, at, all_of(k, inside), **steps)
                along = {name: line[2] for name, line in zip(names, lines)}
                k.store(self.few, value, **along, output=self.pitch)
            with k.loop("row", rows), k.loop("column", columns):
                with k.loop("lane", LANES, vector=True):
                    value = k.load(self.few, row=held, column=1, lane=self.pitch)
                    steps = {"image": self.picture_size * self.columns, "lane": 1}
                    steps["row"] = self.row_size * self.columns
                    steps |= {"column": self.columns, "some": LANES}
                    k.store(self.turned, value, **steps)

    def _transform_elements(self):
        """The planes' elements, transformed: (16, channels, run)."""
        k, each = self.k, self.padded * self.run
        with k.loop("c", self.channels), k.loop("lane", self.run, vector=True):
            steps = {"c": self.planes.channel, "run": self.run, "lane": 1}
            met = [k.load(self.held, shift, **steps) for shift in self.shifts]
            rows = [met[i : i + 4] for i in range(0, 16, 4)]
            found = both_ways(rows, lambda x: transform_elements(k, x))
            for number, value in enumerate(found):
                k.store(self.elements, value, number * each, c=self.run, lane=1)

    def _transform_gradients(self):
        """The squares of g, transformed: (16, run, columns); 0 where there is none."""
        k, planes = self.k, self.planes
        rows, columns = self.counts
        with k.loop("square", self.run):
            position = k.add(k.index("square"), k.mul(k.index("run"), self.run))
            image, rest = divided(k, position, planes.picture)
            row, column = divided(k, rest, planes.strides[0])
            inside = k.and_(
                k.and_(k.lt(image, self.pictures), k.lt(row, rows)),
                k.lt(column, columns),
            )
            at = add(k, mul(k, image, self.picture_size), mul(k, column, 2))
            at = mul(k, add(k, at, mul(k, row, 2 * self.row_size)), self.columns)
            with k.loop("output", self.columns, vector=True):
                square = [
                    [
                        k.load(self.turned, place * self.columns, at, inside, output=1)
                        for place in (first, first + 1)
                    ]
                    for first in (0, self.row_size)
                ]
                found = both_ways(square, lambda x: _transform_gradients(k, x))
                for number, value in enumerate(found):
                    steps = {"square": self.columns, "output": 1}
                    place = number * self.run * self.columns
                    k.store(self.gradients, value, place, **steps)

    def _multiply(self):
        """Add one tile of one element's products, over a run of squares."""
        k, at_once = self.k, self.channels_at_once
        sums = [
            [k.declare(f"sum{c}_{v}", self.dtype, 0.0) for v in range(self.tile)]
            for c in range(at_once)
        ]
        with k.loop("square", self.run):
            steps = {"element": self.run * self.columns, "square": self.columns}
            steps |= {"outs": LANES * self.tile, "lane": 1}
            g = [k.load(self.gradients, v * LANES, **steps) for v in range(self.tile)]
            steps = {"element": self.padded * self.run, "channels": at_once * self.run}
            for c, row in enumerate(sums):
                met = k.load(self.elements, c * self.run, square=1, **steps)
                for v in range(self.tile):
                    k.accumulate(row[v], "add", k.mul(g[v], met))
        steps = {"element": self.padded * self.columns, "lane": 1}
        steps |= {"channels": at_once * self.columns, "outs": LANES * self.tile}
        for c, row in enumerate(sums):
            for v in range(self.tile):
                self._keep(row[v], c * self.columns + v * LANES, steps)

    def _keep(self, total, offset, steps):
        k, at = self.k, as_place(self.k, self.own)
        value = k.add(k.load(self.found, offset, at, **steps), total)
        k.store(self.found, value, offset, at, **steps)

    def _add_up_bias(self):
        """Add the sum of g to the bias's, which follows the weight's."""
        k = self.k
        with k.loop("some", self.columns // LANES):
            with k.loop("lane", LANES, vector=True):
                total = k.declare("total", self.dtype, 0.0)
                with k.loop("position", mul(k, self.pictures, self.picture_size)):
                    steps = {"position": self.columns, "some": LANES, "lane": 1}
                    k.accumulate(total, "add", k.load(self.turned, **steps))
                offset = self.kinds * self.padded * self.columns
                self._keep(total, offset, {"some": LANES, "lane": 1})

    def finish(self, found, result, count, first):
        """Add the portions and transform back."""
        k, channels = self.k, self.channels
        at = as_place(k, mul(k, first, channels * 9))
        each = self.splits * self.sums
        with k.loop("c", channels), k.loop("output", count, vector=True):
            sums = [k.declare(f"sum{n}", self.dtype, 0.0) for n in range(16)]
            with k.loop("portion", self.portions):
                steps = {"output": 1, "block": self.sums, "portion": each}
                for number, total in enumerate(sums):
                    place = number * self.padded * self.columns
                    value = k.load(found, place, c=self.columns, **steps)
                    k.accumulate(total, "add", value)
            rows = [sums[i : i + 4] for i in range(0, 16, 4)]
            for number, value in enumerate(both_ways(rows, lambda x: _finish(k, x))):
                k.store(result, value, number, at, c=9, output=9 * channels)


def _transform_gradients(k, x):
    """``A x``."""
    return [x[0], k.add(x[0], x[1]), k.sub(x[0], x[1]), k.neg(x[1])]


def _finish(k, x):
    """``G' x``."""
    half = k.mul(k.add(x[1], x[2]), 0.5)
    return [k.add(x[0], half), k.mul(k.sub(x[1], x[2]), 0.5), k.add(half, x[3])]

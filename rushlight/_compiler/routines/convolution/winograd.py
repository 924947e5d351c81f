"""Winograd's convolution with 3 by 3 taps: 16 products where there were 36.

# Note [Winograd]
# Four outputs, a square of 2 by 2, come from 4 by 4 elements d of a picture and the
# weight w as  A' ((G w G') * (B' d B)) A,  where * is element by element
# (S. Winograd 1980; A. Lavin and S. Gray 2015, arXiv:1509.09308):
#
#     B' = 1  0 -1  0      G =  1    0    0       A' = 1  1  1  0
#          0  1  1  0          1/2  1/2  1/2           0  1 -1 -1
#          0 -1  1  0          1/2 -1/2  1/2
#          0  1  0 -1           0    0    1
#
# What is summed over channels is 16 matrix products, of one element each of the 4 by 4,
# for all squares.  The planes are split by rows and columns, odd and even (Note
# [Planes], with stride 2), so that each of the 16 elements is, for all squares of a
# picture, one run of memory.
#
# Rounding errors are relative to the largest of the 4 by 4 elements and a little larger
# than a direct sum's, and where one of them is not finite, all four outputs are nan.
"""

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.ir import LANES
from rushlight._compiler.routines.convolution.boxes import box_of
from rushlight._compiler.routines.convolution.planes import Part, Sweep
from rushlight._compiler.routines.convolution.sweeps import Sweeping
from rushlight._compiler.routines.nests import as_place, mul, rest_of

_LEAST = 16  # channels, of both, from which on it is faster


def fits(dtype, kernel, stride, dilation, lead, shapes):
    """Whether Winograd's form is possible, and likely to be faster."""
    return (
        dtype == "f32"
        and kernel == (3, 3)
        and stride == dilation == (1, 1)
        and shapes.groups == 1
        and min(shapes.channels, shapes.outputs) >= _LEAST
        and all(size >= 4 for size in shapes.result)
        and min(lead) >= 0
    )


class Winograd(Sweeping):
    """Sums by Note [Winograd].

    For each run of positions the elements of all channels are transformed; then, for
    each tile of outputs, 16 matrix products are made and transformed back.  The weight
    is arranged by tiles of outputs, elements, channels and the tile's numbers.

    Args:
        size: of the source.
        lead: zeros before it.
        shapes, dtype, bias, relu: as for `Sweeping`.
        turned: whether the weight's taps are in reverse.
    """

    LOCAL = 560_000
    WANTED = 64
    SUMS = 4

    def __init__(self, size, lead, shapes, dtype, bias=False, relu=False, turned=False):
        squares = tuple(-(-n // 2) for n in shapes.result)
        taps = [(n, divmod(n, 4)) for n in range(16)]
        whole = Part((0, 0), (2, 2), squares, tuple(taps))
        results = [
            Part((a, b), (2, 2), _halves(shapes.result, (a, b)), ())
            for a in (0, 1)
            for b in (0, 1)
        ]
        sweep = Sweep(size, (2, 2), lead, (whole,), pays_apart(*squares))
        super().__init__(sweep, results, shapes, dtype, bias, relu)
        self.turned = turned
        self.run = LANES * self.tile.across
        self.tiles = -(-self.planes.positions(whole) // self.run)
        self.width = self.tiles * self.run
        self.local = self.planes.elements(self.width)
        self.shifts = [self.planes.shift(place) for _, place in taps]
        each = 16 * shapes.channels * self.tile.down
        self.arranged = self.output_tiles * each

    # The weight

    def arrange(self):
        """The kernel that transforms the weight."""
        k, shapes, down = Builder("transform_weight"), self.shapes, self.tile.down
        by_group, by_output, by_channel = shapes.steps
        w = k.buffer("w", self.dtype, by_group)
        arranged = k.buffer("arranged", self.dtype, self.arranged, written=True)
        with k.loop("block", self.output_tiles, parallel=True):
            first = mul(k, k.index("block"), down)
            at = as_place(k, mul(k, first, by_output))
            left = as_place(k, rest_of(k, shapes.outputs, first, down))
            with k.loop("c", shapes.channels), k.loop("o", down, vector=True):
                inside = k.lt(k.index("o"), left)
                steps = {"c": by_channel, "o": by_output}
                taps = [
                    [
                        k.load(w, self._tap(row, column), at, inside, **steps)
                        for column in range(3)
                    ]
                    for row in range(3)
                ]
                found = both_ways(taps, lambda x: _transform_weight(k, x))
                for number, value in enumerate(found):
                    steps = {"block": 16 * shapes.channels * down, "c": down, "o": 1}
                    k.store(arranged, value, number * shapes.channels * down, **steps)
        return k.kernel()

    def _tap(self, row, column):
        number = 3 * row + column
        return 8 - number if self.turned else number

    # The products

    def add_locals(self):
        k, each = self.k, 16 * self.run
        self.elements = k.local("elements", self.dtype, each * self.shapes.channels)
        self.products_of = k.local("products", self.dtype, each * self.tile.down)

    def make(self, number):
        if number:  # all are made with the first
            return
        k = self.k
        with k.loop("tile", self.runs(self.sweep.parts[0], self.run)):
            self._transform()
            with k.loop("outs", self.each):
                with k.loop("element", 16), k.loop("lane", LANES, vector=True):
                    self._multiply()
                self._transform_back()

    def _transform(self):
        """The elements of all channels, transformed: (16, channels, run)."""
        k, channels = self.k, self.shapes.channels
        with k.loop("c", channels), k.loop("lane", self.run, vector=True):
            steps = {"c": self.planes.channel, "tile": self.run, "lane": 1}
            met = [k.load(self.held, shift, **steps) for shift in self.shifts]
            rows = [met[i : i + 4] for i in range(0, 16, 4)]
            found = both_ways(rows, lambda x: transform_elements(k, x))
            for number, value in enumerate(found):
                place = number * channels * self.run
                k.store(self.elements, value, place, c=self.run, lane=1)

    def _multiply(self):
        """One tile of one element's matrix product, in registers."""
        k, tile, channels = self.k, self.tile, self.shapes.channels
        sums = [
            [k.declare(f"sum{o}_{v}", self.dtype, 0.0) for v in range(tile.across)]
            for o in range(tile.down)
        ]
        each = 16 * channels * tile.down
        at = as_place(k, self.of_split(0, self.each * each))
        with k.loop("c", channels):
            steps = {"element": channels * self.run, "c": self.run, "lane": 1}
            met = [
                k.load(self.elements, v * LANES, **steps) for v in range(tile.across)
            ]
            steps = {"element": channels * tile.down, "c": tile.down, "outs": each}
            for o in range(tile.down):
                weight = k.load(self.packed, o, at, **steps)
                for v in range(tile.across):
                    k.accumulate(sums[o][v], "add", k.mul(met[v], weight))
        for o in range(tile.down):
            for v in range(tile.across):
                place = o * self.run + v * LANES
                steps = {"element": tile.down * self.run, "lane": 1}
                k.store(self.products_of, sums[o][v], place, **steps)

    def _transform_back(self):
        """The four sums of each output of a tile at each position."""
        k, down = self.k, self.tile.down
        with k.loop("o", down), k.loop("lane", self.run, vector=True):
            made = [
                k.load(self.products_of, n * down * self.run, o=self.run, lane=1)
                for n in range(16)
            ]
            rows = [made[i : i + 4] for i in range(0, 16, 4)]
            found = both_ways(rows, lambda x: _transform_products(k, x))
            for number, value in enumerate(found):
                steps = {"outs": down * 4 * self.width, "o": 4 * self.width}
                steps |= {"tile": self.run, "lane": 1}
                k.store(self.sums, value, number * self.width, **steps)


def pays_apart(rows, columns):
    """Whether planes for each of the four columns save vectors worth their making."""
    rows, columns = box_of((rows, columns))
    vectors = -(-rows * columns // LANES)
    with_margin = (rows - 1) * (columns + 1) + columns
    return vectors <= 0.9 * -(-with_margin // LANES)


def _halves(size, start):
    """How many rows and columns begin at 0 or 1, in steps of 2."""
    return tuple((n - s + 1) // 2 for n, s in zip(size, start, strict=True))


def both_ways(rows, transform):
    """``T rows T'``, row by row, for ``transform(x) = T x``."""
    columns = [transform(column) for column in zip(*rows, strict=True)]
    rows = [transform(row) for row in zip(*columns, strict=True)]
    return [value for row in rows for value in row]


def _transform_weight(k, x):
    """``G x``."""
    ends = k.mul(k.add(x[0], x[2]), 0.5)
    middle = k.mul(x[1], 0.5)
    return [x[0], k.add(ends, middle), k.sub(ends, middle), x[2]]


def transform_elements(k, x):
    """``B' x``."""
    return [k.sub(x[0], x[2]), k.add(x[1], x[2]), k.sub(x[2], x[1]), k.sub(x[1], x[3])]


def _transform_products(k, x):
    """``A' x``."""
    middle = k.add(x[1], x[2])
    return [k.add(x[0], middle), k.sub(k.sub(x[1], x[2]), x[3])]

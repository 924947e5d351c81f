"""A weight's gradient by outputs: 16 of them are one vector.

# Note [Turned]
# g is transposed, so that the channels of one position lie side by side.  Then 16
# channels of g are one vector, the elements of the planes are numbers that all lanes
# share, and a tile of sums stays in registers over a whole unit (Note [Tiles]).
"""

from math import prod

from rushlight._compiler.loops.ir import LANES
from rushlight._compiler.routines.convolution.planes import nests
from rushlight._compiler.routines.convolution.portions import Portions
from rushlight._compiler.routines.convolution.tiles import choose_sums
from rushlight._compiler.routines.nests import all_of, as_place, open_loops


class Turned(Portions):
    """Sums by Note [Turned]."""

    def __init__(self, *args):
        super().__init__(*args)
        tiled = choose_sums(self.dtype, self.width, self.channels, self.kinds)
        self.tile, self.together_channels, self.together_taps = tiled
        padded = -(-self.channels // self.together_channels) * self.together_channels
        lanes = LANES * self.tile
        self.lay_out(-(-self.width // lanes) * lanes, padded)
        # absent channels of the last tile read beyond the others
        extra = (padded - self.channels) * self.planes.channel
        self.local = self.planes.elements(self.planes.positions(self.part)) + extra

    def add_locals(self):
        k, positions = self.k, prod(self.boxes.most)
        self.held = k.local("planes", self.dtype, self.local)
        size = self.together * positions * self.columns
        self.turned = k.local("turned", self.dtype, size)
        self.pitch = LANES * (-(-positions // LANES) | 1)
        self.few = k.local("few", self.dtype, LANES * self.pitch)

    def add_unit(self):
        self._turn()
        self._add_up()

    def _turn(self):
        """Transpose g: for each position the channels side by side.

        Channels often lie so far apart that they meet in the cache; so 16 of them are
        copied to where they do not before their elements are gathered.
        """
        k, positions = self.k, self.rows * prod(self.out[1:])
        at, size = self.of_unit(positions), prod(self.out)
        if self.is_cut:
            self._turn_box(at, size)
            return
        picture = self.groups * self.outputs * size
        with k.loop("image", self.pictures), k.loop("some", self.columns // LANES):
            with k.loop("output", LANES), k.loop("from", positions, vector=True):
                output = k.add(k.mul(k.index("some"), LANES), k.index("output"))
                inside = self.conditions("image", "from", positions, output)
                steps = {"image": picture, "from": 1, "output": size}
                steps["some"] = LANES * size
                value = k.load(self.g, 0, at, all_of(k, inside), **steps)
                k.store(self.few, value, **{"from": 1, "output": self.pitch})
            with k.loop("to", positions), k.loop("lane", LANES, vector=True):
                value = k.load(self.few, to=1, lane=self.pitch)
                steps = {"image": positions * self.columns, "to": self.columns}
                k.store(self.turned, value, some=LANES, lane=1, **steps)

    def _turn_box(self, at, size):
        """The same for a box, whose rows lie apart in g."""
        k, box = self.k, self.boxes.most
        ours = [prod(box[i + 1 :]) for i in range(len(box))]
        theirs = [prod(self.out[i + 1 :]) for i in range(len(box))]
        picture = self.groups * self.outputs * size
        with k.loop("image", self.pictures), k.loop("some", self.columns // LANES):
            with k.loop("output", LANES):
                with open_loops(k, "from", self.counts, vector=True) as names:
                    output = k.add(k.mul(k.index("some"), LANES), k.index("output"))
                    inside = self.conditions("image", None, 0, output)
                    steps = {"image": picture, "output": size, "some": LANES * size}
                    steps |= dict(zip(names, theirs, strict=True))
                    value = k.load(self.g, 0, at, all_of(k, inside), **steps)
                    steps = dict(zip(names, ours, strict=True))
                    k.store(self.few, value, output=self.pitch, **steps)
            with open_loops(k, "to", self.counts) as names:
                with k.loop("lane", LANES, vector=True):
                    steps = dict(zip(names, ours, strict=True))
                    value = k.load(self.few, lane=self.pitch, **steps)
                    steps = {name: self.columns * step for name, step in steps.items()}
                    steps |= {"image": prod(box) * self.columns, "some": LANES}
                    k.store(self.turned, value, lane=1, **steps)

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
        box = self.boxes.most
        extents = [self.pictures, *(self.counts if self.is_cut else box)]
        turned = [prod(box[i:]) * self.columns for i in range(len(box) + 1)]
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

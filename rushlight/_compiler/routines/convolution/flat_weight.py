"""A weight's gradient by positions, for few outputs: 16 positions are one vector.

# Note [Flat]
# Where a group has few outputs (one, in a depthwise convolution), vectors of outputs
# would be almost empty.  So g is laid out as the planes are, with zeros where there is
# no output: then vectors run along all positions of a unit, and what their lanes have
# added up is combined at the end.
"""

from math import prod

from rushlight._compiler.loops.ir import BYTES, LANES
from rushlight._compiler.routines.convolution.planes import Planes, nests
from rushlight._compiler.routines.convolution.portions import Portions
from rushlight._compiler.routines.nests import (
    as_place,
    copy_box,
    fill_zero,
    open_loops,
)

_SUMS = 20  # at once, in registers
_BODIES = 4  # groups of taps that are written out; for more there are loops
_MOST = 8  # outputs


def fits(outputs):
    """Whether there are so few outputs in a group that this is faster."""
    return outputs <= _MOST


class Flat(Portions):
    """Sums by Note [Flat]."""

    def __init__(self, *args):
        super().__init__(*args)
        self.some = min(self.kinds, 9)  # taps at once
        if self.kinds > _BODIES * self.some:
            self.some = 1
        most = min(self.outputs, 4, max(1, _SUMS // self.some))
        self.down = -(-self.outputs // -(-self.outputs // most))  # outputs at once
        self.lay_out(-(-self.outputs // self.down) * self.down, self.channels)
        self.reach = self.planes.positions(self.part)
        self.local = self.planes.elements(self.reach)
        lines = -(-self.together * self.planes.picture // LANES)
        self.pitch = LANES * (lines | 1)

    def _bytes(self, rows, together):
        planes = Planes(self.sweep, self.channels, together, (rows, *self.others))
        elements = planes.channel * self.channels
        elements += self.outputs * together * planes.picture
        return elements * BYTES[self.dtype]

    def add_locals(self):
        k = self.k
        self.held = k.local("planes", self.dtype, self.local)
        self.spread = k.local("spread", self.dtype, self.columns * self.pitch)

    def add_unit(self):
        self._spread()
        if self.is_cut:
            steps = self.planes.picture, *self.planes.strides
            self.reach = self.boxes.reach((self.pictures, *self.counts), steps)
        k, taps = self.k, self.taps
        with k.loop("outs", self.columns // self.down):
            if self.bias:
                self._add_up_bias()
            with k.loop("c", self.channels):
                if self.some == 1:
                    for shift, place, loops in nests([shift for shift, _ in taps]):
                        with open_loops(k, "tap", [n for n, *_ in loops]) as names:
                            steps = [(n, *ways[1:]) for n, ways in zip(names, loops)]
                            self._add_up([shift], place, steps)
                    return
                for place in range(0, len(taps), self.some):
                    some = taps[place : place + self.some]
                    self._add_up([shift for shift, _ in some], place, [])

    def _spread(self):
        """Lay out g as the planes are, with zeros where there is no output."""
        k, planes, size = self.k, self.planes, prod(self.out)
        fill_zero(k, self.spread, self.columns * self.pitch)
        steps = [prod(self.out[i + 1 :]) for i in range(len(self.out))]
        loops = [(self.outputs, self.pitch, size)]
        picture = self.groups * self.outputs * size
        loops.append((self.pictures, planes.picture, picture))
        loops += zip(self.counts, planes.strides, steps, strict=True)
        at = self.of_unit(self.rows * steps[0])
        copy_box(k, (self.spread, 0, 0), (self.g, 0, at), loops, inside=self._inside())

    def _inside(self):
        """A function of the indices' names to what must hold, or None."""
        k, row_blocks = self.k, self.boxes.counts[0]
        is_whole = self.is_cut or row_blocks * self.rows <= self.out[0]
        if is_whole and not self.are_missing:
            return None

        def conditions(names):
            found = [self.is_there(names[1])] if self.are_missing else []
            if not is_whole:
                at = k.add(k.index(names[2]), self.boxes.start(0))
                found.append(k.lt(at, self.out[0]))
            return found

        return conditions

    def _add_up(self, shifts, place, loops):
        """Add the products of some taps and outputs with one channel."""
        k = self.k
        sums = [
            [k.declare(f"sum{o}_{t}", self.dtype, 0.0) for t in range(len(shifts))]
            for o in range(self.down)
        ]
        with k.loop("position", self.reach, vector=True):
            steps = {name: shift for name, shift, _ in loops}
            steps |= {"c": self.planes.channel, "position": 1}
            met = [k.load(self.held, shift, **steps) for shift in shifts]
            for o, row in enumerate(sums):
                steps = {"outs": self.down * self.pitch, "position": 1}
                g = k.load(self.spread, o * self.pitch, **steps)
                for total, value in zip(row, met, strict=True):
                    k.accumulate(total, "add", k.mul(g, value))
        each = self.padded * self.columns
        steps = {name: number * each for name, _, number in loops}
        steps |= {"c": self.columns, "outs": self.down}
        for o, row in enumerate(sums):
            for t, total in enumerate(row):
                self._keep(total, (place + t) * each + o, steps)

    def _keep(self, total, offset, steps):
        k, at = self.k, as_place(self.k, self.own)
        value = k.add(k.load(self.found, offset, at, **steps), total)
        k.store(self.found, value, offset, at, **steps)

    def _add_up_bias(self):
        """Add the sum of g to the bias's, which follows the weight's."""
        k, start = self.k, self.kinds * self.padded * self.columns
        for o in range(self.down):
            total = k.declare(f"of{o}", self.dtype, 0.0)
            with k.loop("position", self.reach, vector=True):
                steps = {"outs": self.down * self.pitch, "position": 1}
                value = k.load(self.spread, o * self.pitch, **steps)
                k.accumulate(total, "add", value)
            self._keep(total, start + o, {"outs": self.down})

"""What a call of a recurrent network is about."""

from dataclasses import dataclass, replace
from functools import cached_property

from rushlight._compiler.routines._parts import pieces
from rushlight._compiler.routines.recurrent.cells import CELLS

#: Sequences of a block.
SEQUENCES = 8


@dataclass(frozen=True)
class Recurrent:
    """What a call is about.

    Attributes:
        kind: the name of the cell.
        time, batch: how many steps and sequences, at least 1; they may be symbolic.
        size, hidden: of the input and of a state.
        layers: how many.
        directions: 2 where each layer also goes through time backwards.
        dtype: "f32" or "f64".
        has_biases: whether each layer has b_ih and b_hh.
        has_noise: whether dropout's factors between the layers are given, each
            (time, batch, directions * hidden).
        gradients: for backward, which of "g_y", "g_hn" and "g_cn" are given.
    """

    kind: str
    time: int
    batch: int
    size: int
    hidden: int
    layers: int
    dtype: str
    has_biases: bool = True
    has_noise: bool = False
    gradients: tuple = ("g_y",)
    directions: int = 1

    def with_noise(self):
        """The same with dropout's factors between the layers."""
        return replace(self, has_noise=True)

    @property
    def cell(self):
        return CELLS[self.kind]

    @property
    def runs(self):
        """How many times a layer goes through time in one direction.

        Parameters, tapes and states are numbered by them: layer by layer, forwards and
        then backwards.
        """
        return self.layers * self.directions

    @property
    def width(self):
        """The size of a layer's output."""
        return self.directions * self.hidden

    @cached_property
    def names(self):
        """The parameters' names, in torch's order."""
        return tuple(name for n in range(self.runs) for name in self.names_of(n))

    def names_of(self, n):
        """The parameters' names of a run."""
        each = ["w_ih", "w_hh"] + ["b_ih", "b_hh"] * self.has_biases
        return [f"{name}{n}" for name in each]

    def tape_of(self, n):
        """The names of the parts of a run's tape (Note [Parts of a tape])."""
        return [f"{part}{n}" for part in self.cell.parts]

    def size_of(self, layer):
        """The size of a layer's input."""
        return self.width if layer else self.size

    @property
    def states(self):
        """The first states' names."""
        return ("h0", "c0") if self.cell.has_cell else ("h0",)

    @property
    def noises(self):
        return tuple(f"noise{n}" for n in range(self.has_noise * (self.layers - 1)))

    @property
    def tapes(self):
        """The names of all tapes' parts."""
        return tuple(name for n in range(self.runs) for name in self.tape_of(n))

    @cached_property
    def sizes(self):
        """{name: elements} of the buffers."""
        gates, hidden = self.cell.gates * self.hidden, self.hidden
        rows, states = self.time * self.batch, self.runs * self.batch * hidden
        sizes = {"x": rows * self.size, "y": rows * self.width}
        sizes |= dict.fromkeys(("h0", "c0", "hn", "cn"), states)
        sizes |= dict.fromkeys(self.noises, rows * self.width)
        for n in range(self.runs):
            for part, columns in self.cell.parts.items():
                sizes[f"{part}{n}"] = rows * columns * hidden
            sizes[f"w_ih{n}"] = gates * self.size_of(n // self.directions)
            sizes[f"w_hh{n}"] = gates * hidden
            sizes[f"b_ih{n}"] = sizes[f"b_hh{n}"] = gates
        sizes |= {f"g_{name}": size for name, size in sizes.items()}
        sums = pieces(SEQUENCES, self.batch)[1] * self.cell.slopes * hidden
        return sizes | {
            "across": gates * hidden,
            "across_input": gates * max(self.width, self.size),
            "d0": rows * self.cell.slopes * hidden,
            "d1": rows * self.cell.slopes * hidden,
            "sums0": sums,
            "sums1": sums,
            "source": rows * self.width,
            "g_source": rows * self.width,
        }

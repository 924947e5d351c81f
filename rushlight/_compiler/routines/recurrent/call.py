"""What a call of a recurrent network is about."""

from dataclasses import dataclass, replace
from functools import cached_property

from rushlight._compiler.routines.recurrent.cells import CELLS


@dataclass(frozen=True)
class Recurrent:
    """What a call is about.

    Attributes:
        kind: the name of the cell.
        time, batch: how many steps and sequences, at least 1.
        size, hidden: of the input and of a state.
        layers: how many.
        dtype: "f32" or "f64".
        has_biases: whether each layer has b_ih and b_hh.
        has_noise: whether dropout's factors between the layers are given, each
            (time, batch, hidden).
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

    def with_noise(self):
        """The same with dropout's factors between the layers."""
        return replace(self, has_noise=True)

    @property
    def cell(self):
        return CELLS[self.kind]

    @cached_property
    def names(self):
        """The parameters' names, in torch's order."""
        each = ["w_ih", "w_hh"] + ["b_ih", "b_hh"] * self.has_biases
        return tuple(f"{name}{n}" for n in range(self.layers) for name in each)

    @property
    def states(self):
        """The first states' names."""
        return ("h0", "c0") if self.cell.has_cell else ("h0",)

    @property
    def noises(self):
        return tuple(f"noise{n}" for n in range(self.has_noise * (self.layers - 1)))

    @property
    def tapes(self):
        """The names of the tapes' parts (Note [Parts of a tape])."""
        parts = self.cell.parts
        return tuple(f"{part}{n}" for n in range(self.layers) for part in parts)

    @cached_property
    def sizes(self):
        """{name: elements} of the buffers."""
        gates, hidden = self.cell.gates * self.hidden, self.hidden
        rows, states = self.time * self.batch, self.layers * self.batch * hidden
        sizes = {"x": rows * self.size, "y": rows * hidden}
        sizes |= dict.fromkeys(("h0", "c0", "hn", "cn"), states)
        sizes |= dict.fromkeys(self.noises, rows * hidden)
        for n in range(self.layers):
            for part, columns in self.cell.parts.items():
                sizes[f"{part}{n}"] = rows * columns * hidden
            sizes[f"w_ih{n}"] = gates * (hidden if n else self.size)
            sizes[f"w_hh{n}"] = gates * hidden
            sizes[f"b_ih{n}"] = sizes[f"b_hh{n}"] = gates
        sizes |= {f"g_{name}": size for name, size in sizes.items()}
        return sizes | {
            "across": gates * hidden,
            "across_input": gates * max(hidden, self.size),
            "d": rows * self.cell.slopes * hidden,
            "source": rows * hidden,
            "g_source": rows * hidden,
        }

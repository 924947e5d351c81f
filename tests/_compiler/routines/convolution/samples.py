"""Samples of convolutions, and what they are, tap by tap, in float64."""

from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np


@dataclass(frozen=True)
class Sample:
    """A convolution: (N, groups * channels, *size) to groups * outputs channels."""

    batch: int
    groups: int
    channels: int
    outputs: int
    size: tuple
    kernel: tuple
    stride: tuple
    pads: tuple
    dilation: tuple

    @property
    def out(self):
        dims = zip(self.size, self.kernel, self.stride, self.pads, self.dilation)
        return tuple(
            (n + a + b - d * (k - 1) - 1) // s + 1 for n, k, s, (a, b), d in dims
        )

    @property
    def attrs(self):
        return {
            "stride": self.stride,
            "pads": self.pads,
            "dilation": self.dilation,
            "groups": self.groups,
        }

    def arrays(self, dtype):
        """Random x, w, bias and g."""
        rng = np.random.default_rng(0)
        shapes = (
            (self.batch, self.groups * self.channels, *self.size),
            (self.groups * self.outputs, self.channels, *self.kernel),
            (self.groups * self.outputs,),
            (self.batch, self.groups * self.outputs, *self.out),
        )
        return [rng.standard_normal(shape).astype(dtype) for shape in shapes]

    def _taps(self):
        """Pairs (tap, slices of the padded picture that it meets)."""
        for tap in product(*map(range, self.kernel)):
            starts = (k * d for k, d in zip(tap, self.dilation))
            yield (
                tap,
                tuple(
                    slice(a, a + (n - 1) * s + 1, s)
                    for a, n, s in zip(starts, self.out, self.stride)
                ),
            )

    def _grouped(self, array, channels):
        return array.reshape(
            array.shape[0], self.groups, channels, *array.shape[2:]
        ).astype(np.float64)

    def _padded(self, x):
        x = self._grouped(x, self.channels)
        return np.pad(x, ((0, 0), (0, 0), (0, 0), *self.pads))

    def _weights(self, w):
        shape = (self.groups, self.outputs, self.channels, *self.kernel)
        return w.reshape(shape).astype(np.float64)

    def forward(self, x, w, bias):
        """The convolution."""
        x, w = self._padded(x), self._weights(w)
        y = np.zeros((self.batch, self.groups, self.outputs, *self.out))
        for tap, met in self._taps():
            part = x[(..., *met)]
            y += np.einsum("ngc...,goc->ngo...", part, w[(..., *tap)])
        y = y.reshape(self.batch, self.groups * self.outputs, *self.out)
        return y + bias.reshape(-1, *[1] * len(self.out))

    def input_gradient(self, g, w):
        """What reaches x."""
        g, w = self._grouped(g, self.outputs), self._weights(w)
        shape = (self.batch, self.groups, self.channels)
        found = self._padded(np.zeros((self.batch, shape[1] * shape[2], *self.size)))
        for tap, met in self._taps():
            part = np.einsum("ngo...,goc->ngc...", g, w[(..., *tap)])
            found[(..., *met)] += part
        inner = (slice(a, a + n) for (a, _), n in zip(self.pads, self.size))
        channels = self.groups * self.channels
        return found[(..., *inner)].reshape(self.batch, channels, *self.size)

    def weight_gradient(self, g, x):
        """What reaches w."""
        g, x = self._grouped(g, self.outputs), self._padded(x)
        found = np.zeros((self.groups, self.outputs, self.channels, *self.kernel))
        shape = (self.batch, self.groups)
        positions = prod(self.out)
        g = g.reshape(*shape, self.outputs, positions)
        for tap, met in self._taps():
            part = x[(..., *met)].reshape(*shape, self.channels, positions)
            found[(..., *tap)] = np.einsum("ngop,ngcp->goc", g, part)
        return found.reshape(-1, self.channels, *self.kernel)


def sample(batch, groups, channels, outputs, size, kernel, stride, pad, dilation):
    """A Sample, from numbers for all dims where these are one."""
    dims = len(size)

    def each(value):
        return value if isinstance(value, tuple) else (value,) * dims

    pads = tuple(p if isinstance(p, tuple) else (p, p) for p in each(pad))
    return Sample(
        batch,
        groups,
        channels,
        outputs,
        size,
        each(kernel),
        each(stride),
        pads,
        each(dilation),
    )


#: So small that the interpreter runs them in a moment.
TINY = {
    "padded": sample(2, 1, 2, 3, (4, 5), 3, 1, 1, 1),
    "plain": sample(1, 1, 3, 5, (5, 6), 3, 1, 0, 1),
    "strided": sample(2, 1, 3, 5, (7, 6), 3, 2, 1, 1),
    "all odd": sample(1, 2, 2, 3, (8, 9), (3, 2), (2, 3), (1, 0), (2, 1)),
    "point, strided": sample(3, 1, 2, 4, (4, 4), 1, 2, 0, 1),
    "depthwise": sample(1, 3, 1, 1, (6, 5), 2, 1, 1, 1),
    "sequence": sample(2, 1, 2, 3, (9,), 3, 2, 2, 3),
    "volume": sample(1, 1, 2, 2, (3, 4, 5), (2, 2, 3), (1, 2, 1), (1, 0, 1), 1),
    "uneven padding": sample(2, 1, 2, 2, (4, 5), 2, 1, ((0, 1), (1, 0)), 1),
    "gaps between windows": sample(1, 1, 2, 2, (7, 7), 2, 3, 0, 1),
    "padding beyond the kernel": sample(1, 1, 1, 2, (3, 3), 2, 1, 3, 1),
    "dilated and strided alike": sample(1, 1, 2, 2, (9, 8), 3, 2, 2, 2),
    "windows beside the picture": sample(2, 1, 2, 2, (2, 5), 1, (3, 2), 1, 1),
    "no pictures": sample(0, 1, 2, 2, (3, 4), 2, 1, 0, 1),
}
#: As networks have them; some are cut at the edges of blocks.
REAL = {
    "first layer": sample(8, 1, 1, 32, (28, 28), 3, 1, 0, 1),
    "second layer": sample(5, 1, 32, 64, (26, 26), 3, 1, 0, 1),
    "colours": sample(3, 1, 3, 32, (32, 32), 3, 1, 1, 1),
    "halving": sample(4, 1, 32, 64, (32, 32), 3, 2, 1, 1),
    "shortcut": sample(4, 1, 32, 64, (32, 32), 1, 2, 0, 1),
    "stem": sample(1, 1, 3, 40, (150, 151), 7, 2, 3, 1),
    "large pictures": sample(1, 1, 16, 20, (150, 151), 3, 1, 1, 1),
    "many small pictures": sample(37, 1, 20, 30, (4, 4), 3, 1, 1, 1),
    "many channels, one picture": sample(1, 1, 200, 90, (7, 7), 3, 1, 1, 1),
    "depthwise": sample(3, 32, 1, 1, (56, 57), 3, 2, 1, 1),
    "groups": sample(1, 4, 24, 20, (30, 30), 3, 1, 1, 1),
    "long sequence": sample(2, 1, 8, 8, (30001,), 5, 3, 2, 2),
    "volume": sample(1, 1, 8, 16, (20, 40, 41), 3, (1, 2, 2), 1, 1),
    "dilated": sample(2, 1, 16, 16, (40, 41), 3, 1, 4, 4),
}

"""The three products of a convolution, picture by picture (Note [Columns]).

    forward          y = w * x                columns of x, times the weight
    input_gradient   the transpose in x       the weight, times g, added up over taps
    weight_gradient  the transpose in w       columns of x, times g

All take and give arrays: x (N, C, *size), w (O, C/groups, *kernel), y (N, O, *out).
The batch is split into pieces that threads take in turn; each thread works in buffers
of its own, which it fills again for every picture.
"""

import threading
from itertools import product
from math import prod

import numpy

from rushlight._ops._team import share

_PIECES = 8  # of the batch; fixed, so that sums do not depend on the threads
_WORTH_SHARING = 3e6  # multiplications

_own = threading.local()


def _buffer(np, name, shape, dtype):
    """Memory of this thread that the next call under this name gets again."""
    if np is not numpy:
        return np.empty(shape, dtype)
    size, key = prod(shape), (name, dtype)
    kept = vars(_own).setdefault("kept", {})
    if key not in kept or kept[key].size < size:
        kept[key] = np.empty(size, dtype)
    return kept[key][:size].reshape(shape)


def _strided(np, array, shape, steps, offset):
    """A view of a contiguous array's memory, with steps and offset in elements."""
    steps = [s * array.itemsize for s in steps]
    if np is numpy:
        return numpy.ndarray(shape, array.dtype, array, offset * array.itemsize, steps)
    flat = array.reshape(-1)[offset:]
    return np.lib.stride_tricks.as_strided(flat, shape, steps)


class _Strips:
    """Strips of `count` pictures: (count, C, K, *strip)."""

    def __init__(self, np, plan, count, channels, dtype):
        self.np, self.plan, self.count, self.channels = np, plan, count, channels
        shape = (count, channels, plan.kernel[-1], *plan.strip)
        self.area = _buffer(np, "strips", shape, dtype)
        self.area.fill(0)
        rows = [slice(a, a + n) for n, (a, _) in zip(plan.size, plan.pads)][:-1]
        self.parts = []
        for k in range(plan.kernel[-1]):
            inner, outer = plan.meeting(-1, k)
            self.parts.append((self.area[:, :, k][(..., *rows, inner)], outer))

    def load(self, pictures):
        """Shift pictures into the strips; what is padding stays 0."""
        for part, outer in self.parts:
            part[...] = pictures[..., outer]

    def unload(self, pictures):
        """Add up the strips into pictures: the transpose of load."""
        pictures.fill(0)
        for part, outer in self.parts:
            place = pictures[..., outer]
            self.np.add(place, part, out=place)

    def rows(self, first, last):
        """The view (C, *kernel, count, last - first, *out[1:]) of a range of rows."""
        plan, area = self.plan, self.area
        steps = plan.strip_steps
        width = prod(plan.strip)
        taps = [d * step for d, step in zip(plan.dilation, steps)][:-1]
        outs = [s * step for s, step in zip(plan.stride, steps)][:-1]
        rows = (last - first, *plan.out[1:]) if outs else plan.out
        return _strided(
            self.np,
            area,
            (self.channels, *plan.kernel, self.count, *rows),
            (
                plan.kernel[-1] * width,
                *taps,
                width,
                self.channels * plan.kernel[-1] * width,
                *outs,
                1,
            ),
            first * outs[0] if outs else 0,
        )


class _Block:
    """The columns of a range of rows, and the strips' elements that they hold."""

    def __init__(self, strips, first, last):
        np, plan = strips.np, strips.plan
        self.np, self.rows = np, slice(first, last)
        self.source = strips.rows(first, last)
        shape = self.source.shape
        self.width = prod(shape[1 + len(plan.kernel) :])
        self.is_strip = plan.has_one_row and strips.count == 1
        if self.is_strip:  # strips are columns already
            self.columns = self.source
        else:
            self.columns = _buffer(np, "columns", shape, strips.area.dtype)
        self.taps = list(product(*map(range, plan.kernel[:-1])))

    def matrix(self, groups):
        """The columns as (G, C/G*T, positions)."""
        return self.columns.reshape(groups, -1, self.width)

    def gather(self):
        """Fill the columns from the strips."""
        if not self.is_strip:
            self.columns[...] = self.source

    def scatter(self):
        """Add up the columns into the strips: the transpose of gather."""
        for tap in () if self.is_strip else self.taps:
            place = self.source[(slice(None), *tap)]
            self.np.add(place, self.columns[(slice(None), *tap)], out=place)


class _Sweep:
    """One piece of the batch on its way through the product."""

    def __init__(self, np, plan, x_shape, outputs, groups, dtype):
        self.np, self.plan, self.dtype = np, plan, dtype
        self.channels, self.outputs, self.groups = x_shape[1], outputs, groups
        self.together = together(plan, x_shape)
        self.made = {}

    def batches(self, piece):
        """(first, last, strips, blocks) for the pictures that go together."""
        for first in range(*piece, self.together):
            last = min(first + self.together, piece[1])
            if last - first not in self.made:
                self.made[last - first] = self.buffers(last - first)
            yield first, last, *self.made[last - first]

    def buffers(self, count):
        """Strips for so many pictures, and their blocks of rows."""
        strips = _Strips(self.np, self.plan, count, self.channels, self.dtype)
        rows = self.channels * self.plan.taps * count
        return strips, [_Block(strips, *rows) for rows in self.plan.blocks(rows)]

    def outputs_of(self, y, first, last, block, copied):
        """Outputs of a block as (G, O/G, positions): a view, or a buffer for several.

        With `copied` the buffer gets y's values.
        """
        part = y[first:last, :, block.rows]
        shape = (self.groups, self.outputs // self.groups, block.width)
        if last - first == 1:
            return part[0].reshape(shape)  # a view: rows follow each other
        buffer = _buffer(self.np, "outputs", shape, self.dtype)
        if copied:
            _apart(buffer, part)[...] = part.swapaxes(0, 1)
        return buffer


def _apart(buffer, part):
    """Outputs of several pictures (G, O/G, positions) as (O, count, rows, ...)."""
    return buffer.reshape(part.shape[1], part.shape[0], *part.shape[2:])


def together(plan, x_shape):
    """How many pictures go into columns together."""
    return 1 if plan.is_plain else plan.pictures(*x_shape[:2])


def _pieces(plan, x_shape, w_size):
    """Ranges of the batch, in multiples of the pictures that go together."""
    step = together(plan, x_shape)
    steps = -(-x_shape[0] // step)
    is_small = x_shape[0] * plan.positions * w_size < _WORTH_SHARING
    count = 1 if is_small else min(_PIECES, steps)
    edges = [steps * i // count * step for i in range(count)] + [x_shape[0]]
    return list(zip(edges, edges[1:]))


def _run(np, function, pieces):
    if np is numpy and len(pieces) > 1:
        share(function, pieces)
    else:
        for piece in pieces:
            function(piece)


def forward(np, x, w, bias, plan, groups):
    """(N, O, *out): the convolution of x (N, C, *size) with w (O, C/G, *kernel)."""
    matrix = w.reshape(groups, w.shape[0] // groups, -1)
    y = np.empty((x.shape[0], w.shape[0], *plan.out), x.dtype)

    def plain(piece):
        part = slice(*piece)
        np.matmul(matrix, _grouped(x[part], groups), out=_grouped(y[part], groups))
        if bias is not None:
            y[part] += bias

    def swept(piece):
        sweep = _Sweep(np, plan, x.shape, len(w), groups, x.dtype)
        for first, last, strips, blocks in sweep.batches(piece):
            strips.load(x[first:last])
            for block in blocks:
                block.gather()
                out = sweep.outputs_of(y, first, last, block, copied=False)
                np.matmul(matrix, block.matrix(groups), out=out)
                if last - first > 1:
                    part = y[first:last, :, block.rows]
                    part.swapaxes(0, 1)[...] = _apart(out, part)
            if bias is not None:
                y[first:last] += bias

    if bias is not None:
        bias = bias.reshape(-1, *[1] * len(plan.out))
    x = np.ascontiguousarray(x) if plan.is_plain else x
    _run(np, plain if plan.is_plain else swept, _pieces(plan, x.shape, w.size))
    return y


def _grouped(pictures, groups):
    """(n, C, *size) as (n, G, C/G, positions)."""
    n, channels = pictures.shape[:2]
    return pictures.reshape(n, groups, channels // groups, -1)


def input_gradient(np, g, w, plan, groups):
    """(N, C, *size): what reaches x from g (N, O, *out)."""
    found = np.empty((len(g), w.shape[1] * groups, *plan.size), g.dtype)
    pieces = _pieces(plan, found.shape, w.size)
    if plan.is_plain:
        matrix = w.reshape(groups, w.shape[0] // groups, -1).swapaxes(1, 2)

        def plain(piece):
            part = slice(*piece)
            np.matmul(
                matrix, _grouped(g[part], groups), out=_grouped(found[part], groups)
            )

        _run(np, plain, pieces)
    elif plan.stride[-1] == 1:
        _spread(np, g, w, plan, groups, found, pieces)
    else:
        _scatter(np, g, w, plan, groups, found, pieces)
    return found


# Note [Spread]
# The gradient of a picture adds up K copies of g for each row of the kernel, shifted by
# the kernel's last dimension.  With stride 1 there, the shifted copies of g are made
# first (zero where they leave the picture) and the product sums over them, so what is
# left to add up are whole rows of the picture, one run of memory for each.


def _spread(np, g, w, plan, groups, found, pieces):
    """Write the gradient of the picture into `found` (Note [Spread])."""
    width, channels = plan.kernel[-1], found.shape[1]
    each = w.reshape(groups, g.shape[1] // groups, -1, width)  # (G, O/G, C/G*rows, K)
    matrix = np.ascontiguousarray(each.transpose(0, 2, 3, 1))
    matrix = matrix.reshape(groups, each.shape[2], -1)
    step = together(plan, found.shape)

    def piece_of(piece):
        made = {}
        for first in range(*piece, step):
            last = min(first + step, piece[1])
            count = last - first
            if count not in made:
                made[count] = [
                    _Rows(np, plan, count, channels, g, groups, *rows)
                    for rows in plan.blocks(width * g.shape[1] * count)
                ]
            picture = found[first:last].swapaxes(0, 1)
            picture.fill(0)
            for rows in made[count]:
                rows.load(g[first:last])
                np.matmul(matrix, rows.matrix, out=rows.product)
                rows.add_to(picture)

    _run(np, piece_of, pieces)


class _Rows:
    """Shifted copies of g for a range of rows, and what they add to the picture."""

    def __init__(self, np, plan, count, channels, g, groups, first, last):
        self.np, self.plan, self.limits = np, plan, (first, last)
        outer = plan.out[:-1]
        rows = (last - first, *outer[1:]) if outer else ()
        self.part = slice(first, last) if outer else slice(None)
        shape = (count, *rows, plan.size[-1])
        width = plan.kernel[-1]
        area = (groups, width, g.shape[1] // groups, *shape)
        self.area = _buffer(np, ("spread", first), area, g.dtype)
        self.area.fill(0)
        taps = plan.kernel[:-1]
        self.sums = _buffer(np, "sums", (channels, *taps, *shape), g.dtype)
        self.matrix = self.area.reshape(groups, -1, prod(shape))
        self.product = self.sums.reshape(groups, -1, prod(shape))
        self.taps = [(tap, *self.places(tap)) for tap in product(*map(range, taps))]

    def load(self, g):
        """Fill the shifted copies."""
        groups, width, each = self.area.shape[:3]
        part = g[:, :, self.part].reshape(
            len(g), groups, each, *self.area.shape[4:-1], -1
        )
        part = part.transpose(1, 2, 0, *range(3, part.ndim))
        for k in range(width):
            outputs, inputs = self.plan.meeting(-1, k)
            self.area[:, k][..., inputs] = part[..., outputs]

    def places(self, tap):
        """For a tap of the outer dimensions: slices of the sums, of the picture."""
        pairs = [
            self.plan.meeting(dim, k, *(self.limits if dim == 0 else ()))
            for dim, k in enumerate(tap)
        ]
        both = slice(None), slice(None)
        return tuple(
            (*both, *(pair[side] for pair in pairs), slice(None)) for side in (0, 1)
        )

    def add_to(self, picture):
        """Add the sums to the picture (C, count, *size)."""
        for tap, ours, theirs in self.taps:
            place = picture[theirs]
            self.np.add(place, self.sums[(slice(None), *tap)][ours], out=place)


def _scatter(np, g, w, plan, groups, found, pieces):
    """Write the gradient of the picture into `found`, by the columns' way back."""
    matrix = w.reshape(groups, g.shape[1] // groups, -1).swapaxes(1, 2)

    def piece_of(piece):
        sweep = _Sweep(np, plan, found.shape, g.shape[1], groups, g.dtype)
        for first, last, strips, blocks in sweep.batches(piece):
            strips.area.fill(0)
            for block in blocks:
                source = sweep.outputs_of(g, first, last, block, copied=True)
                np.matmul(matrix, source, out=block.matrix(groups))
                block.scatter()
            strips.unload(found[first:last])

    _run(np, piece_of, pieces)


def weight_gradient(np, g, x, plan, groups, shape):
    """(O, C/G, *kernel): what reaches w from g (N, O, *out)."""
    pieces = _pieces(plan, x.shape, prod(shape))
    sums = [None] * len(pieces)

    def plain(number):
        for i in range(*pieces[number]):
            columns = _grouped(x[i : i + 1], groups)[0]
            add_up(number, columns, _grouped(g[i : i + 1], groups)[0])

    def swept(number):
        sweep = _Sweep(np, plan, x.shape, g.shape[1], groups, x.dtype)
        for first, last, strips, blocks in sweep.batches(pieces[number]):
            strips.load(x[first:last])
            for block in blocks:
                block.gather()
                source = sweep.outputs_of(g, first, last, block, copied=True)
                add_up(number, block.matrix(groups), source)

    def add_up(number, columns, outputs):
        outputs = outputs.swapaxes(1, 2)
        if sums[number] is None:
            sums[number] = np.matmul(columns, outputs)
        else:
            part = _buffer(np, "products", sums[number].shape, x.dtype)
            np.matmul(columns, outputs, out=part)
            np.add(sums[number], part, out=sums[number])

    _run(np, plain if plan.is_plain else swept, list(range(len(pieces))))
    if sums[0] is None:
        return np.zeros(shape, x.dtype)
    total = sums[0]
    for other in sums[1:]:
        total += other
    return np.ascontiguousarray(total.swapaxes(1, 2)).reshape(shape)

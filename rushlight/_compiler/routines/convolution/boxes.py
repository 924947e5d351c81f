"""Boxes: how outputs are cut into what one block makes.

# Note [Boxes]
# The planes of a block are local memory, whose size is known when the machine code is
# made.  So a block makes a box of outputs: all along a dim whose size is known (but
# only some rows, where memory would not do), and a fixed number along one whose size is
# symbolic.  There the last box may be short: its loops end where the outputs do.  Along
# all dims but the first, boxes are as narrow as is enough for as few of them: the rows
# of the planes follow each other as closely as the outputs of the sizes at hand allow.
"""

from math import prod

from rushlight._base.symint import hint_of, is_symbolic
from rushlight._compiler.routines.nests import add, divided, mul, rest_of

_LONG = 256  # outputs along the only dim, at most, where the size is symbolic
_WIDE, _HIGH = 64, 32  # along the last and along others
_SHORT = {1: 16}  # at least, by dims: a small example says little about other sizes
_FEW = 2  # for all others


def box_of(extents):
    """Outputs of a box along each dim, by Note [Boxes], when memory is no matter."""
    found = []
    for dim, extent in enumerate(extents):
        if is_symbolic(extent):
            is_last = dim == len(extents) - 1
            most = _LONG if len(extents) == 1 else _WIDE if is_last else _HIGH
            example = max(hint_of(extent), _SHORT.get(len(extents), _FEW))
            extent = -(-example // -(-example // most))
        found.append(extent)
    return tuple(found)


class Boxes:
    """The boxes of one task.

    Args:
        extents: outputs along each dim, at most.
        most: outputs of a box along each dim, at most: ints.

    Attributes:
        size: of a box: where the extent is symbolic, so may it be.
        counts: boxes along each dim; total: their product.
        at: where the present box stands among them, for each dim: expressions, or 0.
    """

    def __init__(self, extents, most):
        self.most = tuple(most)
        self.counts = tuple(
            -(-extent // each) for extent, each in zip(extents, most, strict=True)
        )
        self.size = tuple(
            -(-extent // count) if dim and is_symbolic(extent) else each
            for dim, (extent, count, each) in enumerate(
                zip(extents, self.counts, most, strict=True)
            )
        )
        self.total, self.at = prod(self.counts), None

    def enter(self, k, number):
        """Take a number apart: the present box, and what is left of the number."""
        found = []
        for count in reversed(self.counts):
            number, place = divided(k, number, count)
            found.append(place)
        self.k, self.at = k, found[::-1]
        return number

    def start(self, dim, step=1):
        """Where the present box begins along a dim, in elements of a step."""
        return mul(self.k, self.at[dim], self.size[dim] * step)

    def left(self, dim, count):
        """How many of so many outputs the present box has along a dim."""
        size = self.size[dim]
        if isinstance(self.at[dim], int) and not is_symbolic(count):
            return min(size, count)
        return rest_of(self.k, count, self.start(dim), size)

    def reach(self, counts, steps):
        """From the first to the last of so many things along dims of these steps."""
        found = 1
        for count, step in zip(counts, steps, strict=True):
            found = add(self.k, found, mul(self.k, add(self.k, count, -1), step))
        return found

"""The geometry of a convolution: sizes, what goes where, blocks.

# Note [Columns]
# A convolution is a product of the weight (O, C*T) with columns (C*T, L): for each of
# the T taps of the kernel the elements of the picture that it meets at the L outputs.
# They are made in two steps.  *Strips* (C, K, padded sizes, W') shift the picture by
# the K taps along the last dimension only, padding included.  Columns then take whole
# rows of strips; with stride 1 their rows lie one after another, so each tap is one run
# of memory.  Back from columns to the picture the same two steps add up.  Columns are
# made for a few rows at a time, so that they are still in the cache when they are
# multiplied; of small pictures, several together.
"""

import functools
from math import prod

from rushlight._base.symint import is_symbolic

_BLOCK = 250_000  # elements of columns at a time
_SHORT = 64  # take pictures together until there are so many outputs


class Plan:
    """The geometry of one convolution, without batch and channels.

    Attributes:
        size: of the picture; kernel, stride, dilation: of the window.
        pads: (before, after) for each dimension.
        out: the sizes of the output (fewer than fit, where they are given);
            positions: their product.
        taps: the number of elements of the kernel.
        strip: the sizes of a strip: padded, and the output's last one.
        is_plain: the columns are the picture itself (1x1, stride 1, no padding), and
            it is not too small to be multiplied alone.
        has_one_row: strips are columns (only the last dimension has taps or steps).
    """

    def __init__(self, size, kernel, stride, pads, dilation, out=None):
        self.size, self.kernel, self.stride = size, kernel, stride
        self.pads, self.dilation = pads, dilation
        padded = [n + a + b for n, (a, b) in zip(size, pads)]
        self.out = out or _fitting(padded, kernel, stride, dilation)
        self.positions, self.taps = prod(self.out), prod(kernel)
        self.strip = (*padded[:-1], self.out[-1])
        self.strip_steps = [prod(self.strip[i + 1 :]) for i in range(len(size))]
        before = slice(None, -1)
        self.has_one_row = (
            prod(kernel[before]) == prod(stride[before]) == 1
            and self.strip[before] == self.out[before]
        )
        is_point = self.taps == stride[-1] == 1 and pads[-1] == (0, 0)
        is_same = self.has_one_row and is_point and self.strip == size
        self.is_plain = is_same and self.positions >= _SHORT // 2

    def meeting(self, dim, k, low=0, high=None):
        """Where tap k of a dimension meets the picture: (slice of outputs, of it).

        Only outputs from low to high are looked at; they count from low.
        """
        n, s = self.size[dim], self.stride[dim]
        high = self.out[dim] if high is None else high
        start = k * self.dilation[dim] - self.pads[dim][0]  # where output 0 meets it
        first = max(low, -(start // s))
        last = min(high, (n - 1 - start) // s + 1)
        if last <= first:
            return slice(0, 0), slice(0, 0)
        begin = start + first * s
        end = begin + (last - first - 1) * s + 1
        return slice(first - low, last - low), slice(begin, end, s)

    def blocks(self, rows_of_columns):
        """Ranges of output rows whose columns stay in the cache."""
        height = self.out[0]
        if self.has_one_row and len(self.out) == 1:
            return [(0, height)]
        row = max(1, rows_of_columns * self.positions // max(1, height))
        rows = max(1, min(height, _BLOCK // row))
        rows = -(-height // max(1, -(-height // rows)))  # blocks of about equal size
        return [(r, min(r + rows, height)) for r in range(0, height, max(1, rows))]

    def pictures(self, batch, channels):
        """How many pictures go together."""
        wanted = -(-_SHORT // max(1, self.positions))
        fitting = 4 * _BLOCK // max(1, channels * self.taps * self.positions)
        return max(1, min(batch, wanted, fitting))


@functools.lru_cache(maxsize=256)
def plan_of(size, kernel, stride, pads, dilation, out=None):
    """The Plan for these sizes."""
    return Plan(size, kernel, stride, pads, dilation, out)


def out_of(size, kernel, stride, pads, dilation, out=None):
    """The spatial sizes of a result, for a spec rule: sizes may be symbolic."""
    if out is None and any(map(is_symbolic, size)):
        padded = [n + a + b for n, (a, b) in zip(size, pads)]
        return _fitting(padded, kernel, stride, dilation)
    return out or plan_of(size, kernel, stride, pads, dilation).out


def _fitting(padded, kernel, stride, dilation):
    """How many places of the window fit into a padded picture."""
    dims = zip(padded, kernel, stride, dilation)
    return tuple([(n - d * (k - 1) - 1) // s + 1 for n, k, s, d in dims])

"""The windows of a pooling: sizes, arguments, planes in blocks."""

import functools
from itertools import product
from math import prod

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import as_index
from rushlight._base.symint import is_symbolic
from rushlight._core.state import STATE
from rushlight._ops._arguments import require_tensor
from rushlight._ops._team import share

_BLOCK = 65536  # elements of planes at a time


class Windows:
    """Where windows lie in a plane.

    Attributes:
        size: of the plane; kernel, stride, dilation: of the windows.
        pads: what counts as padding before the plane, for each dimension.
        out: how many windows there are, for each dimension.
        canvas: the sizes of a plane with all padding that a window reaches.
        taps: the indices of a window's elements, row by row; `count` of them.
        fit: whether there is a window.
    """

    def __init__(self, size, kernel, stride, pads, dilation, ceil_mode):
        self.size, self.kernel, self.stride = size, kernel, stride
        self.pads, self.dilation = pads, dilation
        self.out = tuple(
            _count(*one, ceil_mode) for one in zip(size, kernel, stride, pads, dilation)
        )
        self.count, self.fit = prod(kernel), all(n >= 1 for n in self.out)

    @functools.cached_property
    def canvas(self):
        dims = self.size, self.kernel, self.stride, self.pads, self.dilation, self.out
        return tuple(
            max(p + n, (o - 1) * s + d * (k - 1) + 1) for n, k, s, p, d, o in zip(*dims)
        )

    @functools.cached_property
    def taps(self):
        return list(product(*map(range, self.kernel)))

    @functools.cached_property
    def is_exact(self):
        """Whether there is no padding."""
        return self.canvas == self.size

    @functools.cached_property
    def is_apart(self):
        """Whether windows do not overlap, and cover everything."""
        dims = self.size, self.kernel, self.stride, self.dilation, self.out
        return self.is_exact and all(
            s == k and d == 1 and n == o * s for n, k, s, d, o in zip(*dims)
        )

    def at(self, tap):
        """The slices of the canvas that hold one element of every window."""
        return tuple(
            slice(k * d, k * d + (o - 1) * s + 1, s)
            for k, d, s, o in zip(tap, self.dilation, self.stride, self.out)
        )

    def inner(self):
        """The slices of the canvas that hold the plane."""
        return tuple(slice(p, p + n) for p, n in zip(self.pads, self.size))


def _count(n, k, s, p, d, ceil_mode):
    reach = n + 2 * p - d * (k - 1) - 1
    found = -(-reach // s) + 1 if ceil_mode else reach // s + 1
    if ceil_mode and (found - 1) * s >= n + p:  # a window must begin inside
        found -= 1
    return found


@functools.lru_cache(maxsize=256)
def windows_of(size, kernel, stride, pads, dilation, ceil_mode):
    """The Windows for these sizes."""
    return Windows(size, kernel, stride, pads, dilation, ceil_mode)


def windows_for(*args):
    """As `windows_of`; in a spec rule sizes may be symbolic."""
    if STATE.special and any(is_symbolic(n) for part in args[:-1] for n in part):
        return Windows(*args)
    return windows_of(*args)


def over_planes(np, function, planes, size):
    """Call ``function(first, last)`` for ranges of planes that fit the cache.

    Large jobs are split in eight pieces that threads take in turn.
    """
    step = max(1, _BLOCK // max(1, size))

    def piece_of(piece):
        for first in range(*piece, step):
            function(first, min(first + step, piece[1]))

    count = 8 if planes * size > 2 * _BLOCK and np.__name__ == "numpy" else 1
    edges = [planes * i // count for i in range(count + 1)]
    pieces = [piece for piece in zip(edges, edges[1:]) if piece[0] < piece[1]]
    share(piece_of, pieces)


# ------------------------------------------------------------------------- arguments


def sizes(value, dims, who, name):
    """An int, or a sequence of one or `dims` ints, as a tuple of `dims`."""
    if value.__class__ is int:
        return (value,) * dims
    if isinstance(value, (str, float)):
        raise ArgumentTypeError(
            explain(
                who,
                expected=f"argument '{name}' to be an int or a tuple of ints",
                got=f"{value!r} ({type(value).__name__})",
                do=f"Pass one number for each of the {dims} dimensions.",
            )
        )
    if hasattr(value, "__len__") and not hasattr(value, "_array"):
        found = tuple([as_index(v, who, name) for v in value])
    else:
        found = (as_index(value, who, name),)
    found = found * dims if len(found) == 1 else found
    if len(found) != dims:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected=f"{name} to be a single int or a tuple of {dims}",
                got=value,
                do="One number for each dimension.",
            )
        )
    return found


def check_window(kernel, stride, pads, dilation, who):
    """Refuse numbers that make no windows."""
    check = _checked if STATE.special else _checked_once
    check(kernel, stride, pads, dilation, who)


def _checked(kernel, stride, pads, dilation, who):
    problem = None
    if any(n < 1 for n in (*kernel, *stride, *dilation)):
        if min(kernel) < 1 or min(stride) < 1:
            problem = "kernel_size and stride greater than zero", f"{kernel}, {stride}"
        else:
            problem = "dilation greater than zero", dilation
    elif min(pads) < 0 or any(
        p > (d * (k - 1) + 1) // 2 for p, k, d in zip(pads, kernel, dilation)
    ):
        problem = (
            "padding that is not negative and at most half of the kernel",
            f"padding={pads}, kernel_size={kernel}, dilation={dilation}",
        )
    if problem:
        raise ArgumentRuntimeError(
            explain(who, expected=problem[0], got=problem[1], do="Correct it.")
        )


_checked_once = functools.lru_cache(maxsize=256)(_checked)  # of no symbolic numbers


def check_planes(x, dims, who):
    """Refuse arrays that hold no planes: (N, C, *size) or (C, *size), N may be 0."""
    is_batch = x.ndim == dims + 2
    inner = x.shape[1:] if is_batch else x.shape
    if x.ndim not in (dims + 1, dims + 2) or 0 in inner:
        raise ShapeError(
            explain(
                who,
                expected=f"a non-empty {dims + 1}D or {dims + 2}D (batch mode) tensor",
                got=f"size {list(x.shape)}",
                do="It is (N, C, ...) or (C, ...).",
            )
        )


def check_out(windows, who):
    """Refuse windows that do not fit into the plane."""
    if not windows.fit:
        raise ShapeError(
            explain(
                who,
                expected="an output of positive sizes",
                got=f"{list(windows.out)} from {list(windows.size)}: output size is "
                "too small",
                do="Use a larger input or a smaller kernel.",
            )
        )


def window_attrs(input, kernel_size, stride, padding, dilation, ceil_mode, dims, who):
    """The attributes of a pooling op, checked."""
    require_tensor(input, who)
    kernel = sizes(kernel_size, dims, who, "kernel_size")
    if stride is None or (hasattr(stride, "__len__") and not len(stride)):
        stride = kernel
    else:
        stride = sizes(stride, dims, who, "stride")
    pads = sizes(padding, dims, who, "padding")
    dilation = sizes(dilation, dims, who, "dilation")
    check_window(kernel, stride, pads, dilation, who)
    return {
        "kernel": kernel,
        "stride": stride,
        "pads": pads,
        "dilation": dilation,
        "ceil_mode": bool(ceil_mode),
    }


def as_planes(x, dims):
    """(N, C, *size) or (C, *size) as (planes, *size)."""
    return x.reshape(prod(x.shape[: x.ndim - dims]), *x.shape[x.ndim - dims :])

"""grid_sample and affine_grid: pictures read at places that a grid names."""

import itertools
import math

import numpy

from rushlight._base.dtype import bool as bool_dtype
from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ShapeError,
    explain,
)
from rushlight._core.dispatch import call, wants_record
from rushlight._core.expose import TORCH, expose
from rushlight._core.state import STATE
from rushlight._ops._arguments import require_tensor
from rushlight._ops.resize._samples import GRID_SAMPLE

_MODES = ("bilinear", "nearest", "bicubic")
_PADDINGS = ("zeros", "border", "reflection")
_A = -0.75  # the cubic convolution's parameter, as in `interpolate`


def grid_sample(input, grid, mode="bilinear", padding_mode="zeros", align_corners=None):
    """Read a picture at the places of a grid; -1 and 1 are its edges.

    Args:
        input: (N, C, H, W) or (N, C, D, H, W), float.
        grid: (N, H', W', 2) or (N, D', H', W', 3), the same dtype: x, y (and z).
        mode: "bilinear", "nearest", or for pictures "bicubic".
        padding_mode: what lies outside: "zeros", "border" or "reflection".
        align_corners: whether -1 and 1 are the centres of the corner elements, else
            their outer edges (as where left out).

    Returns:
        Tensor: (N, C, H', W') or (N, C, D', H', W').

    Raises:
        ValueError: for another mode or padding_mode.
        RuntimeError: for shapes or dtypes that do not fit.

    >>> import rushlight
    >>> x = rushlight.arange(4.0).reshape(1, 1, 2, 2)
    >>> rushlight.nn.functional.grid_sample(x, rushlight.zeros(1, 1, 1, 2))
    tensor([[[[1.5000]]]])
    """
    who = "grid_sample()"
    _check(input, grid, mode, padding_mode, who)
    rank = input.ndim - 2
    sizes = input.shape[2:]
    align = bool(align_corners)
    if mode != "bicubic" and _is_unseen(input, grid):
        attrs = {"mode": mode, "padding": padding_mode, "align": align}
        return call(GRID_SAMPLE, input, grid, **attrs)
    places = []
    for d in range(rank):  # the grid's last number is of the first spatial dimension
        x, size = grid[..., rank - 1 - d], sizes[d]
        places.append(_unscaled(x, size, align))
    read = _Reader(input, padding_mode, align)
    if mode == "bicubic":
        return _cubic(read, places)
    places = [read.padded(x, d) for d, x in enumerate(places)]
    if mode == "nearest":
        found = read([x.round().detach() for x in places])
        return found + _nothing(grid) if grid.requires_grad else found
    return _linear(read, places)


def _is_unseen(input, grid):
    """Whether one op on NumPy's floats will do: nothing is recorded, nobody looks."""
    array = input._array
    return (
        not STATE.special
        and not wants_record((input, grid))
        and array.__class__ is numpy.ndarray
        and array.dtype.char in "fd"
    )


def _nothing(grid):
    """A 0 that depends on the grid: steps have the gradient zero, not none."""
    everywhere = TORCH["ones"]((), dtype=bool_dtype, device=grid.device)
    return grid.masked_fill(everywhere, 0).sum()


def _check(input, grid, mode, padding_mode, who):
    require_tensor(input, who)
    require_tensor(grid, who, "grid")
    for name, value, known in (
        ("mode", mode, _MODES),
        ("padding_mode", padding_mode, _PADDINGS),
    ):
        if value not in known:
            raise ArgumentError(
                explain(
                    who,
                    expected=f"{name} to be one of {known}",
                    got=repr(value),
                    do="Correct the spelling.",
                )
            )
    rank = input.ndim - 2
    fits = (
        rank in (2, 3)
        and grid.ndim == input.ndim
        and grid.shape[0] == input.shape[0]
        and grid.shape[-1] == rank
        and 0 not in input.shape[2:]
    )
    if not fits:
        raise ShapeError(
            explain(
                who,
                expected="input (N, C, H, W) and grid (N, H', W', 2), or with depth",
                got=f"shapes {list(input.shape)} and {list(grid.shape)}",
                do="Add the batch dimension to both.",
            )
        )
    if grid.dtype != input.dtype or (mode == "bicubic" and rank == 3):
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="input and grid to have same dtype, and bicubic for 4-D input",
                got=f"{input.dtype} and {grid.dtype}, mode={mode!r}",
                do="Convert one of them.",
            )
        )


def _unscaled(x, size, align):
    """From [-1, 1] to places in [0, size - 1]."""
    if align:
        return (x + 1) / 2 * (size - 1)
    return ((x + 1) * size - 1) / 2


class _Reader:
    """Reads elements of a picture at whole places; outside it gives zeros."""

    def __init__(self, input, padding, align):
        self.input, self.padding, self.align = input, padding, align
        self.sizes = input.shape[2:]
        self.flat = input.reshape(*input.shape[:2], -1)

    def padded(self, x, d):
        """Places moved into the picture, where the padding says so."""
        size = self.sizes[d]
        if self.padding == "zeros":
            return x
        if self.padding == "reflection":
            x = _reflected(x, *((0.0, size - 1) if self.align else (-0.5, size)))
        return x.clamp(0, size - 1)

    def __call__(self, places):
        """(N, C, *) of whole places, one tensor (N, *) for each dimension."""
        inside, index = None, 0
        for x, size in zip(places, self.sizes, strict=True):
            ok = (x >= 0) & (x <= size - 1)
            inside = ok if inside is None else inside & ok
            index = index * size + x.clamp(0, size - 1).nan_to_num(0).long()
        n, c = self.flat.shape[:2]
        count = math.prod(index.shape[1:])
        where = index.reshape(n, 1, count).expand(n, c, count)
        found = self.flat.gather(2, where).reshape(n, c, *index.shape[1:])
        return found.masked_fill(~inside.unsqueeze(1), 0)


def _reflected(x, low, span):
    """Fold places back into [low, low + span]."""
    if span == 0:
        return x * 0
    x = (x - low).abs()
    turns = (x / span).detach().floor()
    rest = x - turns * span
    odd = turns.remainder(2) == 1
    return TORCH["where"](odd, span - rest, rest) + low


def _linear(read, places):
    """Weighted by the distances from the corners around."""
    lower = [x.detach().floor() for x in places]
    total = None
    for corner in itertools.product((0, 1), repeat=len(places)):
        weight = None
        for x, base, far in zip(places, lower, corner, strict=True):
            share = x - base if far else base + 1 - x
            weight = share if weight is None else weight * share
        value = read([b + far for b, far in zip(lower, corner, strict=True)])
        part = value * weight.unsqueeze(1)
        total = part if total is None else total + part
    return total


def _cubic(read, places):
    """Weighted by cubic convolution of the four places around in each direction."""
    lower = [x.detach().floor() for x in places]
    weights = [_cubic_weights(x - b) for x, b in zip(places, lower, strict=True)]
    total = None
    for i, j in itertools.product(range(4), repeat=2):
        taps = (lower[0] + (i - 1), lower[1] + (j - 1))
        moved = [read.padded(x, d).detach() for d, x in enumerate(taps)]
        weight = weights[0][i] * weights[1][j]
        part = read(moved) * weight.unsqueeze(1)
        total = part if total is None else total + part
    return total


def _cubic_weights(t):
    def near(x):
        return ((_A + 2) * x - (_A + 3)) * x * x + 1

    def far(x):
        return ((_A * x - 5 * _A) * x + 8 * _A) * x - 4 * _A

    return far(t + 1), near(t), near(1 - t), far(2 - t)


def affine_grid(theta, size, align_corners=None):
    """The grid for `grid_sample` that turns, stretches and moves a picture.

    Args:
        theta: (N, 2, 3) or (N, 3, 4), float: the maps' matrices.
        size: of the result of grid_sample: (N, C, H, W) or (N, C, D, H, W).
        align_corners: as for `grid_sample`.

    Returns:
        Tensor: (N, H, W, 2) or (N, D, H, W, 3).

    Raises:
        ValueError: for shapes or dtypes that do not fit.
        NotImplementedError: for other numbers of dimensions.

    >>> import rushlight
    >>> theta = rushlight.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
    >>> rushlight.nn.functional.affine_grid(theta, (1, 1, 1, 2)).shape
    torch.Size([1, 1, 2, 2])
    """
    who = "affine_grid()"
    require_tensor(theta, who, "theta")
    rank = len(size) - 2
    wanted = (theta.shape[0] if theta.ndim else 0, rank, rank + 1)
    bad_theta = rank in (2, 3) and tuple(theta.shape) != wanted
    if bad_theta or not theta.is_floating_point():
        raise ArgumentError(
            explain(
                who,
                expected=f"a batch of {rank}D affine matrices of shape "
                f"Nx{rank}x{rank + 1}, floating point",
                got=f"{theta.dtype} of shape {list(theta.shape)}",
                do="Pass (N, 2, 3) for pictures.",
            )
        )
    if rank not in (2, 3):
        raise NotImplementedError(
            explain(
                who,
                expected="size of 4 or 5 numbers",
                got=list(size),
                do="affine_grid only supports 4D and 5D sizes.",
            )
        )
    if any(n <= 0 for n in size):
        raise ArgumentError(
            explain(
                who, expected="a non-zero, positive size", got=list(size), do="Fix it."
            )
        )
    lines = [_line(theta, n, bool(align_corners)) for n in size[2:]]
    places = list(TORCH["meshgrid"](*lines, indexing="ij"))[::-1]
    places.append(places[0].new_ones(places[0].shape))
    base = TORCH["stack"](places, -1).reshape(1, -1, rank + 1)
    found = base @ theta.mT
    return found.reshape(theta.shape[0], *size[2:], rank)


def _line(theta, n, align):
    options = {"dtype": theta.dtype, "device": theta.device}
    if n <= 1:
        return TORCH["zeros"](n, **options)
    line = TORCH["linspace"](-1, 1, n, **options)
    return line if align else line * (n - 1) / n


for _function in (grid_sample, affine_grid):
    expose(_function, torch=False, method=False, functional=True)

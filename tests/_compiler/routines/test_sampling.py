"""grid_sample as a routine: the bits of the eager rule, also where places are nan."""

import itertools

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from rushlight._base.symbols import Sizes
from rushlight._compiler.large.routines import REQUESTS
from rushlight._compiler.loops.checker import check_kernel
from rushlight._compiler.loops.interpreter import run_kernel
from rushlight._compiler.routines.sampling import grid_sample
from rushlight._compiler.runtime.routine import NativeRoutine
from rushlight._core.table import TABLE
from tests._compiler.routines.running import SymbolicRoutine, interpret

OPTIONS = list(
    itertools.product(
        ("bilinear", "nearest"), ("zeros", "border", "reflection"), (False, True)
    )
)
SPECIAL = [1, -1, 0, np.nan, np.inf, -np.inf]


def operands(sizes, out, dtype):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 3, *sizes)).astype(dtype)
    grid = (rng.standard_normal((2, *out, len(sizes))) * 1.2).astype(dtype)
    grid.reshape(-1)[:6] = SPECIAL
    return x, grid


@pytest.mark.parametrize("mode, padding, align", OPTIONS)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_a_picture_is_read_as_by_the_eager_rule(mode, padding, align, dtype):
    x, grid = operands((5, 4), (37, 3), dtype)
    attrs = {"mode": mode, "padding": padding, "align": align}
    got = NativeRoutine(*REQUESTS["grid_sample"](x, grid, **attrs))([x, grid])
    with np.errstate(all="ignore"):
        want = TABLE["grid_sample"].eager(_Numpy, x, grid, **attrs)
    np.testing.assert_array_equal(got, want)


class _Numpy:
    np = np


def test_a_volume_is_read_in_parts():
    x, grid = operands((5, 4, 1), (50, 5, 5), "f4")
    attrs = {"mode": "bilinear", "padding": "zeros", "align": False}
    found = REQUESTS["grid_sample"](x, grid, **attrs)
    assert found[0].tasks[0].blocks == 4
    with np.errstate(all="ignore"):
        want = TABLE["grid_sample"].eager(_Numpy, x, grid, **attrs)
    np.testing.assert_array_equal(NativeRoutine(*found)([x, grid]), want)


def test_it_never_reads_outside():
    x, grid = operands((3, 2), (9,), "f8")
    attrs = {"mode": "bilinear", "padding": "zeros", "align": False}
    (task,) = grid_sample(2, 3, (3, 2), 9, "f64", **attrs).tasks
    check_kernel(task.kernel)
    y = np.empty((2, 3, 9))
    with np.errstate(all="ignore"):
        run_kernel(task.kernel, (), [a.reshape(-1) for a in (x, grid, y)])
        want = TABLE["grid_sample"].eager(_Numpy, x, grid, **attrs)
    np.testing.assert_array_equal(y, want)


def test_other_dtypes_and_nothing_are_left_to_numpy():
    x, grid = operands((3, 2), (9,), "f8")
    attrs = {"mode": "nearest", "padding": "zeros", "align": False}
    assert REQUESTS["grid_sample"](x, grid.astype("f4"), **attrs) is None
    assert REQUESTS["grid_sample"](x, grid[:, :0], **attrs) is None


@pytest.mark.parametrize("mode, padding, align", OPTIONS)
def test_sizes_may_be_symbolic(mode, padding, align):
    sizes = Sizes()
    sizes.is_strict = False
    batch, channels, rows, columns, count = [sizes.symbol(n) for n in (2, 3, 5, 4, 7)]
    attrs = {"mode": mode, "padding": padding, "align": align}
    args = batch, channels, (rows, columns), count, "f64"
    routine = grid_sample(*args, **attrs)
    assert not sizes.equalities
    native = SymbolicRoutine(routine, sizes)
    for values in ((2, 2, 2, 3, 4), (3, 2, 6, 5, 1500)):
        n, c, *plane, places = values
        x, grid = operands(plane, (places,), "f8")
        x, grid = np.resize(x, (n, c, *plane)), np.resize(grid, (n, places, 2))
        with np.errstate(all="ignore"):
            want = TABLE["grid_sample"].eager(_Numpy, x, grid, **attrs)
        arrays = {"x": x, "grid": grid, "y": np.empty((n, c, places))}
        if places < 100:
            interpret(routine, arrays, values)
            np.testing.assert_array_equal(arrays["y"], want)
        native(arrays, values)
        np.testing.assert_array_equal(arrays["y"], want)

"""Poolings of symbolic sizes: one routine for all gives what the eager rules give."""

import numpy as np
import pytest

from rushlight._base.symbols import Sizes
from rushlight._compiler.codegen.llvm import machine
from rushlight._compiler.routines.pooling import (
    Windows,
    adaptive_average_pool,
    adaptive_average_pool_gradient,
    average_pool,
    average_pool_gradient,
    max_pool,
    max_pool_gradient,
)
from rushlight._core.table import TABLE
from tests._compiler.routines.running import SymbolicRoutine, interpret

#: (kernel, stride, pads, dilation, ceil): None in the kernel is the whole plane.
CASES = {
    "halves": ((2, 2), (2, 2), (0, 0), (1, 1), False),
    "overlapping": ((3, 3), (2, 2), (1, 1), (1, 1), False),
    "dilated": ((3, 2), (2, 3), (1, 1), (2, 1), False),
    "ceil": ((2, 3), (2, 2), (0, 1), (1, 1), True),
    "many elements": ((6, 5), (1, 2), (2, 1), (1, 1), False),
    "sequence": ((3,), (2,), (1,), (1,), False),
    "whole": ((None,), (None,), (0,), (1,), False),
    "whole rows": ((2, None), (2, 1), (0, 0), (1, 1), False),
}
#: Planes and their sizes: the first are the hints; the first two are interpreted too.
VALUES = [(3, 7, 6), (2, 8, 7), (40, 8, 8), (7, 12, 26), (2, 7, 6)]


class Numpy:
    np = np


def windows_of(size, case):
    """The Windows of a case, and the attributes of its op."""
    kernel, stride, pads, dilation, ceil = CASES[case]
    size = size[: len(kernel)]
    kernel = tuple(n if k is None else k for n, k in zip(size, kernel))
    stride = tuple(n if s is None else s for n, s in zip(size, stride))
    out = []
    for n, k, s, p, d in zip(size, kernel, stride, pads, dilation):
        reach = n + 2 * p - d * (k - 1) - 1
        out.append((-(-reach // s) if ceil else reach // s) + 1)
    attrs = {"kernel": kernel, "stride": stride, "pads": pads, "dilation": dilation}
    windows = Windows(size, kernel, stride, pads, dilation, tuple(out))
    return windows, {**attrs, "ceil_mode": ceil}


def symbols(which="all"):
    """Sizes, and planes and the sizes of one: symbols, or only the first."""
    sizes = Sizes()
    sizes.is_strict = False  # as after a trace
    made = [sizes.symbol(n) for n in VALUES[0]]
    return sizes, made if which == "all" else [made[0], *VALUES[0][1:]]


def check(sizes, routine, each):
    """The routine gives the same, interpreted and as machine code.

    Args:
        sizes, routine: symbolic.
        each: pairs of values, and {name: array}: of results what they should be.
    """
    assert not sizes.equalities
    native = SymbolicRoutine(routine, sizes) if machine.is_available() else None
    for number, (values, arrays) in enumerate(each):
        found = {name: np.full_like(arrays[name], 5) for name in routine.outputs}
        given = {**arrays, **found}
        if number < 2:
            interpret(routine, given, values)
            same(found, arrays)
        if native is not None:
            found = {name: np.full_like(a, 5) for name, a in found.items()}
            native({**arrays, **found}, values)
            same(found, arrays)


def same(found, wanted):
    for name, array in found.items():
        np.testing.assert_allclose(array, wanted[name], 1e-12, 1e-13, err_msg=name)


def eager(name, *arrays, **attrs):
    with np.errstate(all="ignore"):
        return TABLE[name].eager(Numpy, *arrays, **attrs)


@pytest.mark.parametrize(
    "case, which", [*((case, "all") for case in CASES), ("overlapping", "planes")]
)
def test_max_pool(case, which):
    sizes, (planes, *size) = symbols(which)
    windows, _ = windows_of(tuple(size), case)
    each, rng = [], np.random.default_rng(0)
    for values in VALUES if which == "all" else [VALUES[0], (20, *VALUES[0][1:])]:
        fixed, attrs = windows_of(values[1:], case)
        x = rng.integers(-3, 4, (values[0], *fixed.size)).astype(float)
        x[0, ..., :2], x[1, ..., 1] = -np.inf, np.nan
        y, winners = eager("max_pool", x, winners=True, **attrs)
        g = rng.standard_normal((values[0], *fixed.out))
        x_grad = eager("max_pool_backward", g, winners, size=x.shape, **attrs)
        arrays = {"x": x, "y": y, "winners": winners, "g": g, "x_grad": x_grad}
        each.append((values, arrays))
    check(sizes, max_pool(planes, windows, "f64"), each)
    check(sizes, max_pool_gradient(planes, windows, "f64"), each)


@pytest.mark.parametrize(
    "pads_count, divisor", [(True, None), (False, None), (True, 3)]
)
@pytest.mark.parametrize("case", [case for case in CASES if case != "dilated"])
def test_average_pool(case, pads_count, divisor):
    sizes, (planes, *size) = symbols()
    windows, _ = windows_of(tuple(size), case)
    each, rng = [], np.random.default_rng(0)
    for values in VALUES:
        fixed, attrs = windows_of(values[1:], case)
        attrs |= {"count_include_pad": pads_count, "divisor": divisor}
        x = rng.standard_normal((values[0], *fixed.size))
        y = eager("avg_pool", x, **attrs)
        g = rng.standard_normal((values[0], *fixed.out))
        x_grad = eager("avg_pool_backward", g, size=x.shape, **attrs)
        each.append((values, {"x": x, "y": y, "g": g, "x_grad": x_grad}))
    how = {"pads_count": pads_count, "divisor": divisor}
    check(sizes, average_pool(planes, windows, "f64", **how), each)
    check(sizes, average_pool_gradient(planes, windows, "f64", **how), each)


@pytest.mark.parametrize("out", [(3, 2), (5, None), (1, 12)])
def test_adaptive_average_pool(out):
    def parts(size):
        return tuple(n if o is None else o for n, o in zip(size, out))

    sizes, (planes, *size) = symbols()
    each, rng = [], np.random.default_rng(0)
    for values in VALUES:
        x = rng.standard_normal(values)
        y = eager("adaptive_avg_pool", x, parts=parts(values[1:]))
        g = rng.standard_normal(y.shape)
        x_grad = eager("adaptive_avg_pool_backward", g, size=values[1:])
        each.append((values, {"x": x, "y": y, "g": g, "x_grad": x_grad}))
    args = planes, size, parts(size), "f64"
    check(sizes, adaptive_average_pool(*args), each)
    check(sizes, adaptive_average_pool_gradient(*args), each)


def test_a_symbolic_number_of_planes_asks_nothing():
    sizes, (planes, *_) = symbols()
    windows, _ = windows_of((9, 7), "overlapping")
    max_pool_gradient(planes * 64, windows, "f32")
    average_pool_gradient(planes * 64, windows, "f32")
    adaptive_average_pool(planes * 64, (9, 7), (2, 2), "f32")
    assert not sizes.conditions()

"""Poolings as routines: the largest, averages."""

from itertools import product

import numpy as np
import pytest

from rushlight._compiler.routines.pooling import pools
from rushlight._compiler.routines.pooling.windows import Windows
from tests._compiler.routines.running import (
    compiled,
    interpret,
    same_for_any_threads,
)

#: Windows (size, kernel, stride, pads, dilation, out); out is as in ceil mode in some.
WINDOWS = {
    "halves": Windows((4, 6), (2, 2), (2, 2), (0, 0), (1, 1), (2, 3)),
    "rest left over": Windows((5, 7), (2, 2), (2, 2), (0, 0), (1, 1), (2, 3)),
    "overlapping": Windows((5, 7), (3, 3), (2, 2), (1, 1), (1, 1), (3, 4)),
    "dilated, ceil": Windows((5, 7), (3, 2), (2, 3), (1, 1), (2, 1), (2, 3)),
    "beyond the end": Windows((6, 5), (2, 3), (3, 2), (1, 1), (1, 1), (3, 3)),
    "sequence": Windows((9,), (3,), (2,), (1,), (1,), (5,)),
    "many elements": Windows((7, 7), (6, 5), (1, 2), (2, 1), (1, 1), (6, 3)),
    "volume": Windows((4, 5, 6), (2, 2, 2), (2, 1, 2), (0, 1, 0), (1, 1, 1), (2, 6, 3)),
}


def elements(windows):
    """For each window: its place, and (number, place) of its elements in the plane."""
    for out in product(*map(range, windows.out)):
        inside = []
        for number, tap in enumerate(windows.taps):
            at = tuple(
                o * s - p + k * d
                for o, s, p, k, d in zip(
                    out, windows.stride, windows.pads, tap, windows.dilation
                )
            )
            if all(0 <= a < n for a, n in zip(at, windows.size)):
                inside.append((number, at))
        yield out, inside


def planes_of(windows, dtype=np.float64):
    rng = np.random.default_rng(0)
    return rng.integers(-3, 4, (3, *windows.size)).astype(dtype)


def largest(x, windows):
    """Values and winners, by definition."""
    y = np.empty((len(x), *windows.out), x.dtype)
    winners = np.empty(y.shape, np.uint8)
    for plane, (out, inside) in product(range(len(x)), elements(windows)):
        best, winner = -np.inf, inside[0][0]
        for number, at in inside:
            value = x[(plane, *at)]
            if value > best or np.isnan(value):
                best, winner = value, number
        y[(plane, *out)], winners[(plane, *out)] = best, winner
    return y, winners


def sizes_of_windows(windows, pads_count):
    """How many elements each window counts."""
    counts = np.ones(())
    for n, k, s, p, o in zip(
        windows.size, windows.kernel, windows.stride, windows.pads, windows.out
    ):
        first = np.arange(o) * s - p
        last = np.minimum(first + k, n + p)
        if not pads_count:
            first, last = np.maximum(first, 0), np.minimum(last, n)
        counts = counts[..., None] * (last - first)
    return counts


@pytest.mark.parametrize("run", [interpret, compiled])
@pytest.mark.parametrize("name", WINDOWS)
def test_max_pool(name, run):
    if run is compiled:
        pytest.importorskip("llvmlite")
    windows = WINDOWS[name]
    x = planes_of(windows)
    x[0, ..., :6], x[1, ..., 1], x[2, ..., -1] = -np.inf, np.nan, np.inf
    wanted, who = largest(x, windows)
    y, winners = np.full(wanted.shape, 9.0), np.full(who.shape, 99, np.uint8)
    run(pools.max_pool(3, windows, "f64"), {"x": x, "y": y, "winners": winners})
    np.testing.assert_array_equal(y, wanted)
    np.testing.assert_array_equal(winners, who)
    y[...] = 9
    run(pools.max_pool(3, windows, "f64", winners=False), {"x": x, "y": y})
    np.testing.assert_array_equal(y, wanted)


@pytest.mark.parametrize("run", [interpret, compiled])
@pytest.mark.parametrize("name", WINDOWS)
def test_max_pool_gradient(name, run):
    if run is compiled:
        pytest.importorskip("llvmlite")
    windows = WINDOWS[name]
    _, winners = largest(planes_of(windows), windows)
    g = np.random.default_rng(1).standard_normal(winners.shape)
    wanted = np.zeros((3, *windows.size))
    for plane, (out, inside) in product(range(3), elements(windows)):
        at = dict(inside)[winners[(plane, *out)]]
        wanted[(plane, *at)] += g[(plane, *out)]
    found = np.full(wanted.shape, 9.0)
    arrays = {"g": g, "winners": winners, "x_grad": found}
    run(pools.max_pool_gradient(3, windows, "f64"), arrays)
    np.testing.assert_allclose(found, wanted, rtol=1e-14, atol=1e-15)


def test_winners_that_are_none_stay_in_the_plane():
    for name in ("overlapping", "many elements", "halves"):
        windows = WINDOWS[name]
        winners = np.full((3, *windows.out), 255, np.uint8)
        g, found = np.ones(winners.shape), np.zeros((3, *windows.size))
        arrays = {"g": g, "winners": winners, "x_grad": found}
        interpret(pools.max_pool_gradient(3, windows, "f64"), arrays)
        assert found.sum() in (g.sum(), 0)


def test_large_windows_have_large_winners():
    windows = Windows((20, 20), (18, 18), (1, 1), (0, 0), (1, 1), (3, 3))
    assert pools.winner_dtype(windows) == "i32"
    x = np.zeros((1, 20, 20), np.float32)
    x[0, 17, 17] = 1
    y, winners = np.empty((1, 3, 3), np.float32), np.zeros((1, 3, 3), np.int32)
    arrays = {"x": x, "y": y, "winners": winners}
    interpret(pools.max_pool(1, windows, "f32"), arrays)
    rows, columns = np.divmod(winners[0], 18)
    assert (rows == [[17], [16], [15]]).all()
    assert (columns == [[17, 16, 15]]).all()


@pytest.mark.parametrize("run", [interpret, compiled])
@pytest.mark.parametrize("divisor", [None, 3])
@pytest.mark.parametrize("pads_count", [True, False])
@pytest.mark.parametrize("name", [n for n in WINDOWS if n != "dilated, ceil"])
def test_average_pool(name, pads_count, divisor, run):
    if run is compiled:
        pytest.importorskip("llvmlite")
    windows = WINDOWS[name]
    x = np.random.default_rng(0).standard_normal((3, *windows.size))
    shares = 1 / (divisor or sizes_of_windows(windows, pads_count))
    shares = np.broadcast_to(shares, windows.out)
    g = np.random.default_rng(1).standard_normal((3, *windows.out))
    wanted, back = np.zeros(g.shape), np.zeros(x.shape)
    for plane, (out, inside) in product(range(3), elements(windows)):
        for _, at in inside:
            wanted[(plane, *out)] += x[(plane, *at)] * shares[out]
            back[(plane, *at)] += g[(plane, *out)] * shares[out]
    y, found = np.full(g.shape, 9.0), np.full(x.shape, 9.0)
    how = {"pads_count": pads_count, "divisor": divisor}
    run(pools.average_pool(3, windows, "f64", **how), {"x": x, "y": y})
    np.testing.assert_allclose(y, wanted, rtol=1e-12, atol=1e-14)
    arrays = {"g": g, "x_grad": found}
    run(pools.average_pool_gradient(3, windows, "f64", **how), arrays)
    np.testing.assert_allclose(found, back, rtol=1e-12, atol=1e-14)


def test_threads_change_nothing():
    pytest.importorskip("llvmlite")
    windows = Windows((40, 41), (3, 3), (2, 2), (1, 1), (1, 1), (20, 21))
    x = np.random.default_rng(0).standard_normal((100, 40, 41)).astype(np.float32)
    y = np.empty((100, 20, 21), np.float32)
    winners = np.empty(y.shape, np.uint8)
    arrays = {"x": x, "y": y, "winners": winners}
    assert same_for_any_threads(pools.max_pool(100, windows, "f32"), arrays)
    arrays = {"g": y, "winners": winners, "x_grad": np.empty_like(x)}
    routine = pools.max_pool_gradient(100, windows, "f32")
    assert same_for_any_threads(routine, arrays)
    assert routine.tasks[0].blocks >= 8


def test_no_planes():
    windows = WINDOWS["halves"]
    y, winners = np.empty((0, 2, 3)), np.empty((0, 2, 3), np.uint8)
    arrays = {"x": np.empty((0, 4, 6)), "y": y, "winners": winners}
    interpret(pools.max_pool(0, windows, "f64"), arrays)

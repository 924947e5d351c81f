"""Running totals and extremes: NumPy's bits, in every layout."""

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from rushlight._base.symbols import Sizes
from rushlight._compiler.loops.checker import check_kernel
from rushlight._compiler.loops.interpreter import run_kernel
from rushlight._compiler.routines.scans import scan
from rushlight._compiler.runtime.routine import NativeRoutine
from tests._compiler.routines.running import SymbolicRoutine, interpret

#: (lead, length, inner): rows in lanes, few rows, columns, columns in parts.
SHAPES = [(37, 9, 1), (3, 50, 1), (1, 40, 1), (2, 7, 33), (1, 300, 140), (70, 600, 1)]
UFUNCS = {"add": np.add, "mul": np.multiply, "max": np.maximum, "min": np.minimum}
LABELS = {"f4": "f32", "f8": "f64", "i8": "i64"}


def numbers(shape, dtype):
    values = np.random.default_rng(0).uniform(-2, 2, shape)
    if dtype == "i8":
        return (values * 9).astype(dtype)
    values[0, 1, 0], values[-1, -1, -1] = np.nan, -np.inf
    return values.astype(dtype)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("dtype, total", [("f4", "f64"), ("f8", None), ("i8", None)])
@pytest.mark.parametrize("kind", ["add", "mul"])
@pytest.mark.parametrize("shape", SHAPES)
def test_totals_are_numpys(shape, kind, dtype, total, reverse):
    x = numbers(shape, dtype)
    routine = scan(kind, shape, LABELS[dtype], total=total, reverse=reverse)
    got = NativeRoutine(routine, [(shape, x.dtype)])([x])
    with np.errstate(all="ignore"):
        source = x[:, ::-1] if reverse else x
        wide = "f8" if dtype == "f4" else dtype
        want = UFUNCS[kind].accumulate(source, 1, wide).astype(dtype)
    np.testing.assert_array_equal(got[:, ::-1] if reverse else got, want)


@pytest.mark.parametrize("dtype", ["f4", "f8", "i8"])
@pytest.mark.parametrize("kind", ["max", "min"])
@pytest.mark.parametrize("shape", SHAPES)
def test_extremes_know_their_places(shape, kind, dtype):
    x = numbers(shape, dtype)
    x[:, 2:4] = x[:, :1]  # equal ones: the last counts
    routine = scan(kind, shape, LABELS[dtype], places=True)
    outputs = [(shape, x.dtype), (shape, np.dtype("i8"))]
    values, places = NativeRoutine(routine, outputs)([x])
    want = UFUNCS[kind].accumulate(x, 1)
    np.testing.assert_array_equal(values, want)
    reached = (x == want) | (x != x)
    order = np.arange(shape[1]).reshape(1, -1, 1)
    want = np.maximum.accumulate(np.where(reached, order, 0), 1)
    np.testing.assert_array_equal(places, want)


@pytest.mark.parametrize("shape", [(37, 5, 1), (3, 6, 1), (2, 4, 33)])
def test_a_scan_stays_within_its_buffers(shape):
    (task,) = scan("max", shape, "f64", places=True, reverse=True).tasks
    check_kernel(task.kernel)
    x = numbers(shape, "f8")
    values, places = np.empty_like(x), np.empty(shape, "i8")
    run_kernel(task.kernel, (), [a.reshape(-1) for a in (x, values, places)])
    want = np.maximum.accumulate(x[:, ::-1], 1)[:, ::-1]
    np.testing.assert_array_equal(values, want)


@pytest.mark.parametrize("which", ["all", "lead", "length"])
@pytest.mark.parametrize("hints", [(37, 9, 1), (3, 50, 1), (2, 7, 33), (2, 9, 4100)])
def test_sizes_may_be_symbolic(hints, which):
    sizes = Sizes()
    sizes.is_strict = False
    symbols = [n if n == 1 else sizes.symbol(n) for n in hints]
    kept = {"all": (), "lead": (1, 2), "length": (2,)}[which]
    shape = [hints[d] if d in kept else symbols[d] for d in range(3)]
    plain = scan("add", shape, "f64", reverse=True)
    largest = scan("max", shape, "f64", places=True)
    assert not sizes.equalities
    total, extreme = SymbolicRoutine(plain, sizes), SymbolicRoutine(largest, sizes)
    for sized in ((2, 3, 2), (5, 4, 3), (20, 31, 40)):
        sized = [1 if n == 1 else m for n, m in zip(hints, sized)]
        sized = [hints[d] if d in kept else n for d, n in enumerate(sized)]
        values = tuple(n for n, hint in zip(sized, hints) if hint != 1)
        x = np.random.default_rng(0).standard_normal(sized)
        want = np.add.accumulate(x[:, ::-1], 1)[:, ::-1]
        for run in [interpret, *[lambda _, *a: total(*a)]][x.size > 300 :]:
            y = np.empty_like(x)
            run(plain, {"x": x, "y": y}, values)
            np.testing.assert_array_equal(y, want)
        y, at = np.empty_like(x), np.empty(x.shape, "i8")
        extreme({"x": x, "y": y, "at": at}, values)
        np.testing.assert_array_equal(y, np.maximum.accumulate(x, 1))
        np.testing.assert_array_equal(np.take_along_axis(x, at, 1), y)

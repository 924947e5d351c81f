"""Rows added up by their numbers, as a routine."""

import numpy as np
import pytest

from rushlight._base.symbols import Sizes
from rushlight._compiler.routines.rows import add_rows
from tests._compiler.routines.running import (
    SymbolicRoutine,
    compiled,
    interpret,
    same_for_any_threads,
)


def _arrays(numbers, rows, width, low=0):
    rng = np.random.default_rng(0)
    values = rng.standard_normal((numbers, width))
    index = rng.integers(low, rows, numbers)
    return {"values": values, "index": index, "table": np.full((rows, width), 9.0)}


@pytest.mark.parametrize("run", [interpret, compiled])
@pytest.mark.parametrize(("skipped", "negative"), [(-1, False), (2, False), (-1, True)])
@pytest.mark.parametrize(
    ("numbers", "rows", "width"), [(9, 4, 5), (3, 6, 1), (1, 3, 70)]
)
def test_add_rows(numbers, rows, width, skipped, negative, run):
    if run is compiled:
        pytest.importorskip("llvmlite")
    arrays = _arrays(numbers, rows, width, -rows if negative else 0)
    attrs = {"skipped": skipped, "negative": negative}
    run(add_rows(numbers, rows, width, "f64", **attrs), arrays)
    wanted = np.zeros((rows, width))
    np.add.at(wanted, arrays["index"], arrays["values"])
    if skipped >= 0:
        wanted[skipped] = 0
    np.testing.assert_allclose(arrays["table"], wanted, rtol=1e-12)


def test_columns_are_shared_among_threads():
    pytest.importorskip("llvmlite")
    arrays = _arrays(300, 20, 256)
    routine = add_rows(300, 20, 256, "f64")
    assert routine.tasks[0].blocks == 8
    assert same_for_any_threads(routine, arrays)


def test_numbers_outside_write_nothing():
    arrays = _arrays(2, 3, 4)
    arrays["index"][:] = 3, -1
    interpret(add_rows(2, 3, 4, "f64"), arrays)
    assert not arrays["table"].any()


@pytest.mark.parametrize("hints", [(9, 4, 5), (3000, 40, 64)])
@pytest.mark.parametrize("negative", [False, True])
def test_all_sizes_may_be_symbolic(hints, negative):
    pytest.importorskip("llvmlite")
    sizes = Sizes()
    sizes.is_strict = False
    numbers, rows, width = [sizes.symbol(n) for n in hints]
    routine = add_rows(numbers, rows, width * 4, "f64", negative=negative)
    assert not sizes.conditions()
    native = SymbolicRoutine(routine, sizes)
    for values in ((9, 4, 5), (2, 2, 2), (700, 90, 33)):
        arrays = _arrays(*values[:2], values[2] * 4, -values[1] if negative else 0)
        wanted = np.zeros_like(arrays["table"])
        np.add.at(wanted, arrays["index"], arrays["values"])
        if values[0] < 700:
            interpret(routine, arrays, values)
            np.testing.assert_allclose(arrays["table"], wanted, rtol=1e-12)
        arrays["table"][:] = 9
        native(arrays, values)
        np.testing.assert_allclose(arrays["table"], wanted, rtol=1e-12)

"""Routines in eager mode: when they are compiled, and that results stay."""

import threading

import numpy as np
import pytest

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.routines import Routine, Task
from rushlight._compiler.runtime import routine as module
from rushlight._compiler.runtime.routine import AdaptiveRoutine, NativeRoutine


def scaling(size, factor):
    """y = factor * (x + 1), in two tasks with memory between them."""
    first = Builder("add_one")
    x = first.buffer("x", "f32", max(1, size))
    sums = first.buffer("sums", "f32", max(1, size), written=True)
    with first.loop("block", 4, parallel=True):
        with first.loop("i", size // 4, vector=True):
            value = first.load(x, block=size // 4, i=1)
            first.store(sums, first.add(value, 1.0), block=size // 4, i=1)
    second = Builder("scale")
    sums = second.buffer("sums", "f32", max(1, size))
    y = second.buffer("y", "f32", max(1, size), written=True)
    with second.loop("block", 1, parallel=True):
        with second.loop("i", size, vector=True):
            value = second.mul(second.load(sums, i=1), float(factor))
            second.store(y, value, i=1)
    tasks = [
        Task(first.kernel(), ("x", "sums"), 0),
        Task(second.kernel(), ("sums", "y"), 1),
    ]
    return Routine(tasks, ("x",), ("y",), {"sums": ("f32", max(1, size))})


class Counted:
    """A NumPy form and a request that count how often they are called."""

    def __init__(self):
        self.plain_calls = self.requests = 0

    def plain(self, x, *, factor):
        self.plain_calls += 1
        return ((x + np.float32(1)) * np.float32(factor)).astype(x.dtype)

    def request(self, x, *, factor):
        self.requests += 1
        if x.dtype != np.float32:
            return None
        return scaling(x.size, factor), [(x.shape, x.dtype)]


@pytest.fixture
def eager(monkeypatch):
    """Whatever is asked for is compiled at once."""
    pytest.importorskip("llvmlite")
    monkeypatch.setattr(module, "FEWEST", 1)
    monkeypatch.setattr(module, "MOST", 1)


def test_a_routine_runs():
    pytest.importorskip("llvmlite")
    x = np.random.default_rng(0).standard_normal((3, 8)).astype(np.float32)
    native = NativeRoutine(scaling(24, 2), [((3, 8), np.float32)])
    np.testing.assert_array_equal(native((x,)), (x + 1) * 2)
    np.testing.assert_array_equal(native((x.T.copy().T,)), (x + 1) * 2)


def test_nothing_is_compiled_before_it_pays():
    counted = Counted()
    tuned = AdaptiveRoutine(counted.plain, counted.request)
    x = np.ones(8, np.float32)
    for _ in range(20):
        np.testing.assert_array_equal(tuned(x, factor=3), np.full(8, 6))
    assert counted.requests == 0
    assert counted.plain_calls == 20


def test_what_pays_is_compiled_and_gives_the_same(eager):
    counted = Counted()
    tuned = AdaptiveRoutine(counted.plain, counted.request)
    x = np.arange(32, dtype=np.float32)
    found = [tuned(x, factor=3) for _ in range(5)]
    assert all(np.array_equal(found[0], other) for other in found)
    assert 1 <= counted.plain_calls <= 2
    assert len({id(result) for result in found}) == 5


def test_calls_and_bytes_are_counted_not_seconds():
    pytest.importorskip("llvmlite")
    for size, calls in ((16, 1000), (100_000, 20), (4_000_000, 2)):
        counted = Counted()
        tuned = AdaptiveRoutine(counted.plain, counted.request)
        x = np.zeros(size, np.float32)
        for _ in range(calls + 3):
            tuned(x, factor=2)
        assert counted.plain_calls == calls, size


def test_each_shape_and_attribute_counts_for_itself(eager):
    counted = Counted()
    tuned = AdaptiveRoutine(counted.plain, counted.request)
    for size, factor in [(8, 2), (16, 2), (8, 3)]:
        for _ in range(4):
            x = np.full(size, 1, np.float32)
            np.testing.assert_array_equal(tuned(x, factor=factor), (x + 1) * factor)
    assert len(tuned.entries) == 3
    assert all(entry.native is not None for entry in tuned.entries.values())


def test_what_has_no_routine_stays_as_it_is(eager):
    counted = Counted()
    tuned = AdaptiveRoutine(counted.plain, counted.request)
    for _ in range(5):
        assert tuned(np.ones(4, np.float16), factor=2).dtype == np.float16
    assert counted.requests == 1
    assert counted.plain_calls == 5


def test_attributes_that_cannot_be_remembered():
    counted = Counted()
    tuned = AdaptiveRoutine(counted.plain, counted.request)
    factor = np.array(2.0)  # not hashable
    np.testing.assert_array_equal(tuned(np.ones(4, np.float32), factor=factor), [4] * 4)
    assert not tuned.entries


def test_errors_are_those_of_the_numpy_form(eager):
    def plain(x):
        raise ValueError("no such thing")

    tuned = AdaptiveRoutine(plain, lambda x: None)
    for _ in range(3):
        with pytest.raises(ValueError, match="no such thing"):
            tuned(np.ones(4))


def test_what_cannot_be_compiled_is_said_and_stays(eager):
    def request(x):
        raise ValueError("no such routine")

    tuned = AdaptiveRoutine(np.negative, request)
    with pytest.warns(UserWarning, match="negative could not be.*no such routine"):
        assert (tuned(np.ones(4)) == -1).all()
    assert (tuned(np.ones(4)) == -1).all()


def test_not_everything_is_remembered(monkeypatch):
    monkeypatch.setattr(module, "LIMIT", 5)
    counted = Counted()
    tuned = AdaptiveRoutine(counted.plain, counted.request)
    for size in range(20):
        tuned(np.ones(size, np.float32), factor=1)
    assert len(tuned.entries) == 5


def test_several_threads(eager):
    counted = Counted()
    tuned = AdaptiveRoutine(counted.plain, counted.request)
    wrong = []

    def work(number):
        x = np.full(64, number, np.float32)
        for _ in range(30):
            if not np.array_equal(tuned(x, factor=2), (x + 1) * 2):
                wrong.append(number)

    workers = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong
    assert counted.requests == 1
    assert counted.plain_calls <= 120

"""Timer and what it measures."""

import pytest

import rushlight
from rushlight.utils.benchmark import Compare, Measurement, Timer
from rushlight.utils.benchmark.measurement import TaskSpec


def test_statement_sees_its_globals():
    log = []
    found = Timer("log.append(x)", globals={"log": log, "x": 1}).timeit(5)
    assert len(log) >= 5
    assert found.number_per_run == 5
    assert found.median > 0


def test_threads_are_set_and_restored():
    seen, before = [], rushlight.get_num_threads()
    scope = {"seen": seen, "count": rushlight.get_num_threads}
    Timer("seen.append(count())", globals=scope, num_threads=1).timeit(1)
    assert set(seen) == {1}
    assert rushlight.get_num_threads() == before


def test_autorange():
    called = []
    found = Timer("pass").blocked_autorange(lambda n, t: called.append(n), 0.002)
    assert len(called) == len(found.times)
    assert sum(found.raw_times) >= 0.002
    assert len(Timer("pass").adaptive_autorange(0.9, min_run_time=0.001).times) > 3


def test_text():
    task = TaskSpec("x + 1", label="add", num_threads=2)
    text = repr(Measurement(100, [3e-4], task))
    assert text.splitlines()[1:] == [
        "add",
        "  3.00 us",
        "  1 measurement, 100 runs, 2 threads",
    ]
    many = Measurement(10, [1e-5, 1e-5, 3e-5, 9e-5], task)
    assert "Median: 2.00 us" in repr(many)
    assert "WARNING" in repr(many)
    assert many.stmt == "x + 1"


def test_compare():
    results = [
        Measurement(1, [t], TaskSpec("f", label="job", sub_label=s, description=d))
        for t, s, d in [(1e-3, "a", "old"), (2e-3, "a", "new"), (5e-3, "b", "old")]
    ]
    lines = str(Compare(results)).splitlines()
    assert "job" in lines[0]
    assert lines[1].split() == ["|", "old", "|", "new"]
    assert lines[3].split() == ["a", "|", "1.0", "|", "2.0"]
    assert lines[-1] == "Times are in milliseconds (ms)."


def test_other_languages_are_refused():
    with pytest.raises(NotImplementedError, match="Python"):
        Timer("1;", language="c++")

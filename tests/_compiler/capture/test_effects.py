"""Effects are seen before they are done, and only those of the user's code."""

import copy
import datetime
import logging
import os
import random
import sys
import time

import numpy as np
import pytest

import rushlight as t
from rushlight._compiler.capture.effects import watching_effects
from rushlight._compiler.capture.tracer import TraceStop

STATE = {}
COUNT = 0


class _Thing:
    value = 0

    def stores(self):
        self.value = 1

    def deletes(self):
        del self.value


def _stores_a_global():
    global COUNT
    COUNT = COUNT + 1


def _stores_in_a_closure():
    count = 0

    def inner():
        nonlocal count
        count += 1

    return inner


@pytest.mark.parametrize(
    "function, reason",
    [
        (_Thing().stores, "_Thing.stores stores value"),
        (_Thing().deletes, "_Thing.deletes stores value"),
        (_stores_a_global, "stores COUNT"),
        (_stores_in_a_closure(), "stores count of its closure"),
        (lambda: time.perf_counter(), "time.perf_counter()"),
        (lambda: random.gauss(0, 1), "random"),
        (lambda: random.Random(3).random(), "random.random()"),
        (lambda: print(), "print()"),
        (lambda: open(__file__), r"open()"),
        (lambda: np.random.rand(), "draws random numbers"),
        (lambda: np.random.seed(5), "draws random numbers"),
        (lambda: t.rand(1), "draws random numbers"),
    ],
)
def test_what_stops_a_trace(function, reason, capsys):
    states = random.getstate(), np.random.get_state()[1].copy()
    with pytest.raises(TraceStop) as stopped:
        with watching_effects():
            function()
    assert reason in str(stopped.value)
    assert sys.getprofile() is None
    assert COUNT == 0 and _Thing.value == 0 and capsys.readouterr().out == ""
    random.setstate(states[0])


@pytest.mark.parametrize(
    "function",
    [
        lambda: sorted([3, 1]) and "a".upper(),
        lambda: list(range(3)).append(4),
        lambda: t.ones(2) + np.ones(2, "f4").sum(),
        lambda: t.nn.Linear(2, 2, device="meta"),
        lambda: _Thing(),
    ],
)
def test_what_does_not(function):
    with watching_effects():
        function()


def test_what_imports_do_is_not_the_functions(tmp_path, monkeypatch):
    text = "class A:\n def __init__(s): s.put()\n def put(s): s.b = 1\nA()\n"
    (tmp_path / "imported_while_tracing.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))

    def f(x):
        import imported_while_tracing  # noqa: F401

        return x * 2

    assert t.compile(f, fullgraph=True)(t.ones(1)).item() == 2


def test_code_is_shown_once_before_it_runs():
    seen = []

    def inner():
        return len(seen)

    with watching_effects(lambda frame: seen.append(frame.f_code.co_name)):
        assert inner() >= 1
        inner()
    assert seen.count("inner") == 1


def test_errors_leave_nothing_behind():
    with pytest.raises(KeyError), watching_effects():
        STATE["missing"]
    assert sys.getprofile() is None


def _catches_all(x):
    try:
        return x if x.sum().item() > 0 else -x
    except Exception:  # noqa: BLE001 - the case under test
        return x * 100


def _catches_one(x):
    try:
        return x if bool(x.sum()) else -x
    except RuntimeError:
        return x * 100


@pytest.mark.parametrize(
    "function, who", [(_catches_all, "item"), (_catches_one, "bool")]
)
def test_a_caught_error_is_no_way_to_go(function, who):
    compiled = t.compile(function)
    with pytest.warns(UserWarning, match=rf"goes on after an error: {who}\(\)"):
        assert compiled(t.ones(2)).tolist() == [1.0, 1.0]
    assert compiled(t.ones(2)).tolist() == [1.0, 1.0]


def test_generators_of_its_own_start_anew():
    def f(x):
        return x + t.rand(2, generator=t.Generator().manual_seed(1))

    compiled = t.compile(f)
    with pytest.warns(UserWarning, match="draws from a generator of its own"):
        first = compiled(t.zeros(2))
    assert compiled(t.zeros(2)).equal(first)


class _Holder:
    pass


HOLDER, NUMBERS = _Holder(), np.zeros(2)
HOLDER.items = []


def _adds_to_numbers():
    NUMBERS[0] += 1
    return NUMBERS[0]


@pytest.mark.parametrize(
    "act, reason",
    [
        (lambda: sys.stdout.flush() or sys.__stdout__.write(""), "write()"),
        (lambda: logging.getLogger("one").error("text"), "writes to a log"),
        (lambda: os.environ.update(A_NAME_OF_TESTS="1"), "putenv()"),
        (lambda: setattr(HOLDER, "kept", 1), "setattr()"),
        (lambda: HOLDER.items.append(1), "writes to HOLDER.items"),
        (_adds_to_numbers, "writes to NUMBERS"),
        (lambda: datetime.datetime.now(), "datetime.now()"),
    ],
)
def test_more_that_runs_uncompiled(act, reason):
    def f(x):
        act()
        return x * 2

    compiled = t.compile(f)
    with pytest.warns(UserWarning) as said:
        assert compiled(t.ones(1)).item() == 2
    assert reason in str(said[0].message)
    os.environ.pop("A_NAME_OF_TESTS", None)


def test_a_caught_stop_is_a_stop_all_the_same():
    def f(x):
        try:
            time.time()
        except Exception:  # noqa: BLE001 - the case under test
            return x * 100
        return x

    with pytest.warns(UserWarning, match=r"time.time\(\)"):
        assert t.compile(f)(t.ones(1)).item() == 1


_WEIGHT = t.tensor(2.0)


@pytest.mark.parametrize(
    "reading",
    [
        lambda x: x * _WEIGHT.item(),
        lambda x: x * float(_WEIGHT),
        lambda x: x * _WEIGHT.tolist(),
        lambda x: x * float(_WEIGHT.numpy()),
        lambda x: x * float(np.asarray(_WEIGHT)),
        lambda x: x * 2 if _WEIGHT else x,
        lambda x: x * len(repr(_WEIGHT)),
        lambda x: x * t.tensor([_WEIGHT, 1.0]),
        lambda x: x * t.full((2,), _WEIGHT),
        lambda x: x * copy.deepcopy(_WEIGHT),
    ],
)
def test_what_a_tensor_outside_contains_is_not_frozen(reading):
    with pytest.raises(TraceStop, match="needs the values of a tensor"):
        with watching_effects():
            reading(t.ones(2))
    compiled, before = t.compile(reading), _WEIGHT.clone()
    with pytest.warns(UserWarning, match="needs the values of a tensor"):
        compiled(t.ones(2))
    try:
        _WEIGHT.mul_(100)
        assert compiled(t.ones(2)).equal(reading(t.ones(2)))
    finally:
        _WEIGHT.copy_(before)

"""Containers outside of a traced function stay as they are, and are never forgotten."""

import functools
from collections import Counter, deque

import numpy as np
import pytest

import rushlight as t
from rushlight import nn
from rushlight._compiler.capture.containers import WrittenStop, keeping_containers

LOG = []


def _appends_to_a_global(x):
    LOG.append(x)
    return x + 1


def _calls_what_appends(x):
    return _appends_to_a_global(x) * 2


class _Keeps(nn.Module):
    def __init__(self):
        super().__init__()
        self.seen = []

    def forward(self, x):
        self.seen.append(x)
        return x + 1


_KEEPS = _Keeps()


def _writing(container, write):
    """A function with a container in its closure, which it writes."""

    def run(x):
        write(container, x)
        return x + 1

    return run


@pytest.mark.parametrize(
    "container, write",
    [
        ([], lambda c, x: c.append(x)),
        ([1], lambda c, x: c.__setitem__(0, x)),
        ({}, lambda c, x: c.update(a=x)),
        ({"a": 1}, lambda c, x: c.__setitem__("a", 2)),
        ({"a": {}}, lambda c, x: c["a"].update(b=3)),
        (set(), lambda c, x: c.add(4)),
        (deque(maxlen=2), lambda c, x: c.append(x)),
        (Counter(), lambda c, x: c.update("a")),
    ],
)
def test_a_written_container_is_put_right_and_said(container, write):
    before = repr(container)
    with pytest.raises(WrittenStop, match="writes to container"):
        with keeping_containers(_writing(container, write), []):
            write(container, t.ones(1))
    assert repr(container) == before


def test_it_is_put_right_after_errors_too():
    held = [1]
    with pytest.raises(ZeroDivisionError):
        with keeping_containers(lambda: held, []):
            held.clear()
            raise ZeroDivisionError
    assert held == [1]


@pytest.mark.parametrize(
    "function, name",
    [
        (_appends_to_a_global, "LOG"),
        (_calls_what_appends, "LOG"),
        (functools.partial(_calls_what_appends), "LOG"),
        (_Keeps(), "self.seen"),
        (lambda x, keeps=_KEEPS: keeps(x), "seen"),
    ],
)
def test_functions_that_write_run_uncompiled(function, name):
    LOG.clear()
    compiled = t.compile(function)
    with pytest.warns(UserWarning, match=rf"writes to \S*{name}") as said:
        compiled(t.ones(2))
    for _ in range(2):
        assert compiled(t.ones(2)).sum() >= 4
    seen = LOG or getattr(function, "seen", None) or function.__defaults__[0].seen
    assert [s.tolist() for s in seen] == [[1.0, 1.0]] * 3
    assert len(said) == 1


def test_hooks_that_keep_results_keep_them_all():
    model, kept = nn.Sequential(nn.Linear(2, 2), nn.ReLU()), []
    model[0].register_forward_hook(lambda module, args, out: kept.append(out.detach()))
    compiled = t.compile(model)
    with pytest.warns(UserWarning, match="writes to kept"):
        compiled(t.ones(1, 2))
    compiled(t.zeros(1, 2))
    assert kept[1].tolist() == [model[0].bias.tolist()]


def test_a_cache_that_is_filled_at_the_first_call_is_compiled_at_the_second():
    cache = {}

    def f(x):
        if "mask" not in cache:
            cache["mask"] = t.ones(2) * 3
        return x * cache["mask"]

    compiled = t.compile(f)
    with pytest.warns(UserWarning, match="writes to cache"):
        compiled(t.ones(2))
    assert compiled(t.ones(2)).tolist() == [3.0, 3.0]
    assert len(compiled.kinds) == 1


def test_containers_of_its_own_may_be_written():
    def helper(x, parts):
        parts.append(x)

    def f(x):
        parts, sizes = [], {}
        for row in x:
            helper(row, parts)
            sizes[len(parts)] = row
        return t.stack(parts) * len(sizes)

    assert t.compile(f, fullgraph=True)(t.ones(2, 1)).tolist() == [[2.0], [2.0]]


@pytest.mark.parametrize(
    "argument", [[], {}, [1.0], {"a": 2.0}], ids=["list", "dict", "full", "full dict"]
)
def test_arguments_that_are_written_are_the_callers(argument):
    def f(x, given):
        given.clear()
        (given.update if isinstance(given, dict) else given.extend)({"k": x})
        return x * 2

    compiled = t.compile(f)
    with pytest.warns(UserWarning, match="a list or dict among its arguments"):
        compiled(t.ones(1), argument)
    assert len(argument) == 1


@pytest.mark.parametrize("make", [np.array, set, bytearray])
def test_arguments_whose_contents_may_change_are_not_compiled(make):
    compiled = t.compile(lambda x, k: x * float(next(iter(k))))
    with pytest.warns(UserWarning, match="whose contents may change"):
        compiled(t.ones(1), make([1]))
    assert [compiled(t.ones(1), make([i])).item() for i in range(4)] == [0, 1, 2, 3]


def test_objects_without_a_hash_are_told_apart():
    class Factor:
        __hash__ = None

        def __init__(self, value):
            self.value = value

    compiled = t.compile(lambda x, f: x * f.value, fullgraph=True)
    assert [compiled(t.ones(1), Factor(i)).item() for i in range(5)] == [0, 1, 2, 3, 4]

"""Containers: lists, dicts and sets outside of a traced function must stay as they are.

# Note [Written containers]
# A trace that appends to a list of somebody else's would do it once and never again,
# and leave shadows there.  So the containers that a function can reach (its closure,
# the globals that it names, its owner's attributes, its modules and their hooks, and
# the same of the functions among these) are remembered before it is traced, put right
# afterwards if need be, and then the function is not compiled.
"""

import functools
import sys
import types
from collections import deque
from contextlib import contextmanager

import numpy as np

from rushlight._compiler.capture.effects import is_ours
from rushlight._compiler.capture.guards import global_names, is_module
from rushlight._compiler.capture.tracer import TraceStop
from rushlight._core.tensor import Tensor

#: How many things are looked at, and into how long containers.
_MOST, _LONGEST = 20000, 2000
#: Elements up to which arrays are compared.
_LARGEST = 1 << 16
_KINDS = (list, dict, set, deque, bytearray, np.ndarray)
_FUNCTIONS = (types.FunctionType, types.MethodType, functools.partial)


class WrittenStop(TraceStop):
    """A container outside was written; the next call may find it filled."""


class Containers:
    """What some containers hold.

    Attributes:
        kept: {id: (container, a copy of it, its name)}.
        globals: triples (table, name, value) that the code was seen to name.
    """

    def __init__(self):
        self.kept, self.globals, self._seen = {}, [], {}

    def add(self, things):
        """Remember the containers that can be reached from pairs (name, thing)."""
        stack = list(things)
        while stack and len(self._seen) < _MOST:
            name, thing = stack.pop()
            if id(thing) in self._seen or _is_dull(thing):
                continue
            self._seen[id(thing)] = thing
            if isinstance(thing, _KINDS):
                self.kept[id(thing)] = thing, _copy(thing), name
            stack += _inside(name, thing)

    def add_frame(self, frame):
        """Remember what the code that a frame begins to run finds in its globals."""
        table = frame.f_globals
        names = [name for name in global_names(frame.f_code) if name in table]
        self.globals += [(table, name, table[name]) for name in names]
        self.add([(name, table[name]) for name in names])

    def restore(self):
        """Put back what was changed; the name of one that was, or None."""
        changed = None
        for thing, before, name in self.kept.values():
            if not _is_as(thing, before):
                changed = changed or name
                _refill(thing, before)
        return changed


@contextmanager
def keeping_containers(function, leaves):
    """Put containers right that the block writes, and stop a trace that did.

    Raises:
        WrittenStop: with the name of the container.
    """
    containers = Containers()
    owner = getattr(function, "__self__", None)
    leaves = [("an argument", leaf) for leaf in leaves]
    containers.add([("", function), ("", owner), *leaves])
    try:
        yield containers
    except BaseException:
        containers.restore()
        raise
    changed = containers.restore()
    if changed is not None:
        raise WrittenStop(f"it writes to {changed}, which lives on outside")


def _is_dull(thing):
    return thing is None or thing.__class__ in (
        int,
        float,
        str,
        bool,
        Tensor,
        type(...),
    )


def _refill(thing, before):
    if isinstance(thing, np.ndarray):
        thing[...] = before
        return
    thing.clear()
    (thing.update if hasattr(thing, "update") else thing.extend)(before)


def _copy(thing):
    if isinstance(thing, np.ndarray):
        return thing.copy() if thing.size <= _LARGEST else thing
    return dict(thing) if isinstance(thing, dict) else list(thing)


def _is_as(thing, before):
    if isinstance(thing, np.ndarray):
        return thing is before or thing.tobytes() == before.tobytes()
    if len(thing) != len(before):
        return False
    if isinstance(thing, dict):
        return all(
            a is b and thing[a] is before[b] for a, b in zip(thing, before, strict=True)
        )
    return all(a is b for a, b in zip(thing, before, strict=True))


def _inside(name, thing):
    """Pairs (name, thing) of what a thing holds."""
    if isinstance(thing, dict):
        if len(thing) > _LONGEST:
            return []
        return [(f"{name}[{key!r}]", value) for key, value in thing.items()]
    if isinstance(thing, (list, tuple, deque)):
        if len(thing) > _LONGEST:
            return []
        return [(f"{name}[{place}]", value) for place, value in enumerate(thing)]
    if isinstance(thing, _FUNCTIONS):
        return _in_function(name, thing)
    if is_module(thing) or _is_users(type(thing)):
        own = getattr(thing, "__dict__", {})
        return [
            (_joined(name, key), value)
            for table in (own, *[vars(k) for k in type(thing).__mro__ if _is_users(k)])
            for key, value in table.items()
        ]
    return []


def _in_function(name, thing):
    if isinstance(thing, functools.partial):
        return [(name, thing.func), (name, thing.args), (name, thing.keywords)]
    if isinstance(thing, types.MethodType):
        return [("self", thing.__self__), (name, thing.__func__)]
    if is_ours(thing.__code__.co_filename):
        return [(name, getattr(thing, "__wrapped__", None))]
    table, found = thing.__globals__, [(name, thing.__defaults__)]
    found.append((name, thing.__kwdefaults__))
    for code in _codes(thing.__code__):
        found += [(n, table[n]) for n in global_names(code) if n in table]
    for free, cell in zip(thing.__code__.co_freevars, thing.__closure__ or ()):
        try:
            found.append((free, cell.cell_contents))
        except ValueError:  # not filled yet
            continue
    return found


def _codes(code):
    """A function's code and that of the functions written in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


@functools.lru_cache(4096)
def _is_users(kind):
    """Whether a class is the user's: one whose methods' code is."""
    for value in vars(kind).values():
        value = getattr(value, "__func__", value)
        if isinstance(value, types.FunctionType):
            return not is_ours(value.__code__.co_filename)
    home = getattr(sys.modules.get(kind.__module__), "__file__", None)
    return home is not None and not is_ours(home)


def _joined(name, key):
    return f"{name or 'self'}.{key}"

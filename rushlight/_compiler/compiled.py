"""Compiled: a function that is traced once for each kind of call, then runs compiled.

# Note [Falling back]
# Where a call cannot be traced, the function runs as it is written, and says so once,
# with the reason and the line.  Nothing that a trace does can be seen outside: it
# works on shadows, and what it would change is found before it is done (effects.py).
"""

import functools
import os
import threading
import traceback
import warnings

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._compiler.capture.effects import watching_effects
from rushlight._compiler.capture.guards import Guards, key_of, modules_of, without_sizes
from rushlight._compiler.capture.trace import trace
from rushlight._compiler.runtime.entry import Entry
from rushlight._core.state import STATE
from rushlight._core.tensor import Tensor

#: How many kinds of calls one function is compiled for, and how many that differ in
#: sizes alone (a last partial batch, a growing sequence); others run uncompiled.
MOST_ENTRIES, MOST_SIZES = 64, 8
_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


class Compiled:
    """A compiled function; call it like the function.

    Attributes:
        function: as it was given.
        entries: {key: list of Entry}; an empty list where tracing failed.
        reasons: why calls were not compiled, in order.
    """

    def __init__(self, function, *, fullgraph=False, names=None):
        self.function, self.fullgraph = function, fullgraph
        self.entries, self.reasons = {}, []
        self._names = names or dict
        self._lock = threading.RLock()
        self._disabled = self._said = False
        self._message = None
        functools.update_wrapper(self, function, updated=())

    def __call__(self, *args, **kwargs):
        if STATE.special or self._disabled:
            return self.function(*args, **kwargs)
        key, leaves = key_of(args, kwargs)
        for entry in self.entries.get(key, ()):
            if entry.holds():
                break
        else:
            entry = self._compile(key, args, kwargs, leaves)
            if entry is None:
                found = self.function(*args, **kwargs)
                self._say_why()
                return found
        return entry([leaves[place] for place in entry.places])

    def __get__(self, owner, kind=None):
        return self if owner is None else functools.partial(self, owner)

    def _compile(self, key, args, kwargs, leaves):
        with self._lock:
            known = self.entries.get(key)
            if known == [] and not self.fullgraph:
                return None
            if not self._has_room(key):
                self.entries.setdefault(key, [])
                return None
            try:
                with watching_effects():
                    traced = trace(self.function, args, kwargs, self._names())
                guards = Guards(self.function, modules_of(self.function, leaves))
                entry = Entry(traced, guards, _first_places(leaves))
            except Exception as error:  # noqa: BLE001 - Note [Falling back]
                self.entries.setdefault(key, [])
                self._give_up(str(error), error)
                return None
            self.entries.setdefault(key, []).append(entry)
            return entry

    def _has_room(self, key):
        """Whether one more kind of call is to be compiled."""
        if sum(map(len, self.entries.values())) >= MOST_ENTRIES:
            self._give_up(f"it was compiled for {MOST_ENTRIES} kinds of calls already")
            return False
        kind = without_sizes(key)
        if sum(
            bool(e) and without_sizes(k) == kind for k, e in self.entries.items()
        ) >= (MOST_SIZES):
            self._give_up(f"it was compiled for {MOST_SIZES} sets of sizes already")
            return False
        return True

    def _give_up(self, reason, error=None):
        name = getattr(self.function, "__qualname__", type(self.function).__name__)
        place = _users_line(error)
        self.reasons.append(f"{reason}{place}")
        if self.fullgraph:
            raise ArgumentRuntimeError(
                explain(
                    "rushlight.compile(fullgraph=True)",
                    expected=f"{name} to be traced as one graph",
                    got=f"{reason}{place}",
                    do="Change that line, or leave fullgraph=True away.",
                )
            ) from error
        self._message = (
            f"rushlight.compile: {name} runs uncompiled, because {reason}{place}"
        )

    def _say_why(self):
        """Warn, once for a function; calls that fail anyway only raise their error."""
        if self._message and not self._said:
            self._said = True
            warnings.warn(self._message, stacklevel=3)


def _first_places(leaves):
    """Where each tensor stands for the first time among the arguments' leaves."""
    places = {}
    for place, leaf in enumerate(leaves):
        if isinstance(leaf, Tensor):
            places.setdefault(id(leaf._array), place)
    return list(places.values())


def _users_line(error):
    """Where in the user's code an error came up."""
    if error is None:
        return ""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not frame.filename.startswith(_HERE):
            return f" ({frame.filename}:{frame.lineno}: {frame.line})"
    return ""

"""Compiled: a function that is traced once for each kind of call, then runs compiled.

# Note [Falling back]
# Where a call cannot be traced, the function runs as it is written, and says so once,
# with the reason and the line.  Nothing that a trace does can be seen outside: it
# works on shadows, and what it would change is found before it is done (effects.py).
"""

import functools
import threading
import traceback
import warnings
import weakref

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._compiler import log, report
from rushlight._compiler.capture.containers import WrittenStop, keeping_containers
from rushlight._compiler.capture.effects import is_ours, watching_effects
from rushlight._compiler.capture.guards import Guards, key_of, modules_of
from rushlight._compiler.capture.sizes import (
    FEW,
    FixedSize,
    Symbols,
    changing,
    check_marks,
    is_any_small,
    kind_of,
    marks_of,
    without_last_moved,
)
from rushlight._compiler.capture.trace import trace
from rushlight._compiler.capture.tracer import TraceStop
from rushlight._compiler.runtime.entry import Entry
from rushlight._compiler.stance import STANCE
from rushlight._core.state import STATE
from rushlight._core.tensor import Tensor

#: How many kinds of calls one function is compiled for, and how many that differ in
#: sizes alone (a last partial batch, a growing sequence); others run uncompiled.
MOST_ENTRIES, MOST_SIZES = 64, 8
#: Kinds of calls that are remembered, compiled or not.
MOST_FAILURES = 4096
#: Who asks for values, as errors name it.
_NEED_VALUES = frozenset(
    "item() bool() int() float() tolist() numpy() indexing nonzero() unique() "
    "masked_select() unique_consecutive() bincount() repeat_interleave()".split()
)
#: Every Compiled that somebody still has.
LIVING = weakref.WeakSet()


class Compiled:
    """A compiled function; call it like the function.

    Args:
        function: a function or module.
        fullgraph: raise where a call cannot be compiled.
        names: ``() -> {id of a tensor: name}``, for printing.
        eager: run as written, always.
        limit: how many kinds of calls are compiled.
        dynamic: whether sizes are symbolic from the first call on (True), never
            (False), or where they keep changing (Note [When sizes become symbolic]).
        waits: run the first call of each kind as written.
        name: for messages.
        say: what is called with the reason why calls are not compiled, once; by default
            a warning.

    Attributes:
        function: as it was given.
        entries: {key: list of Entry}; an empty list where tracing failed.
        symbolic: {kind of call: list of Entry with symbolic sizes}; None where there
            can be none.
        reasons: why calls were not compiled, in order.
    """

    def __init__(
        self,
        function,
        *,
        fullgraph=False,
        names=None,
        eager=False,
        limit=None,
        dynamic=None,
        waits=False,
        name=None,
        say=None,
    ):
        self.function, self.fullgraph = function, fullgraph
        self.entries, self.symbolic, self.reasons = {}, {}, []
        self._dynamic = dynamic
        self._names, self._say = names or dict, say or warn
        self._own_limit = limit
        self._waits, self._seen, self._again = waits, set(), set()
        self._lock = threading.RLock()
        self._disabled, self._said = eager, False
        self._message = None
        functools.update_wrapper(self, function, updated=())
        own = getattr(function, "__qualname__", type(function).__name__)
        self.name = name or own
        LIVING.add(self)

    def __call__(self, *args, **kwargs):
        if STATE.special or self._disabled or STANCE.eager:
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
        return entry(leaves)

    def __get__(self, owner, kind=None):
        return self if owner is None else functools.partial(self, owner)

    def _compile(self, key, args, kwargs, leaves):
        with self._lock:
            known = self.entries.get(key)
            if known == [] and not self.fullgraph:
                return None
            entry = self._symbolic_entry(key, leaves)
            if entry is not None:
                return entry
            if self._is_to_wait(key) or self._is_unfinished(leaves):
                return None
            if not self._has_room(key):
                self._remember_failure(key)
                return None
            try:
                entry = self._with_symbols(key, args, kwargs, leaves)
                if entry is None:
                    entry = self._traced(args, kwargs, leaves)
            except FixedSize:
                raise
            except Exception as error:  # noqa: BLE001 - Note [Falling back]
                if not isinstance(error, WrittenStop) or key in self._again:
                    self._remember_failure(key)
                self._again.add(key)  # a cache may be filled by then
                self._give_up(_reason(error), error)
                return None
            self.entries.setdefault(key, []).append(entry)
            log.say_entry(self.name, key, entry)
            return entry

    def _traced(self, args, kwargs, leaves, symbols=None):
        """An Entry for a call; None where symbols are found to be equal or fixed."""
        with (
            keeping_containers(self.function, leaves) as containers,
            watching_effects(containers.add_frame),
        ):
            traced = trace(self.function, args, kwargs, self._names(), symbols)
        if symbols and symbols.groups_after() is not None:
            return None
        modules = modules_of(self.function, leaves)
        guards = Guards(self.function, modules, containers.globals)
        return Entry(traced, guards, _first_places(leaves))

    def _symbolic_entry(self, key, leaves):
        """An entry with symbolic sizes that serves a call, or None."""
        for entry in self.symbolic.get(kind_of(key)) or ():
            if entry.serves(key, leaves) and entry.holds():
                if len(self.entries) < MOST_FAILURES:
                    self.entries.setdefault(key, []).append(entry)
                return entry
        return None

    def _with_symbols(self, key, args, kwargs, leaves):
        """A new Entry with symbols for sizes that keep changing, or None."""
        kind = kind_of(key)
        known = [k for k, e in self.entries.items() if e and kind_of(k) == kind]
        wanted = len(known) >= FEW if self._dynamic is None else self._dynamic
        marks = marks_of(leaves)
        wanted = wanted or any(said.changes for said in marks.values())
        if not wanted or self.symbolic.get(kind, ()) is None:
            return None
        keys, at_once = [*known, key], bool(self._dynamic)
        groups = changing(keys, at_once, marks)
        reason, tried = "none is above 1", []
        while groups and groups not in tried:
            tried.append(groups)
            symbols = Symbols(groups, leaves, key)
            try:
                entry = self._traced(args, kwargs, leaves, symbols)
                after, reason = symbols.groups_after(), symbols.why_fixed()
            except Exception as error:  # noqa: BLE001 - then each size for itself
                after = without_last_moved(groups)
                reason = f"{_reason(error)}{_users_line(error)}"
            if after is None:
                check_marks(marks, symbols, self.name, reason)
                self.symbolic.setdefault(kind, []).append(entry)
                return entry if entry.serves(key, leaves) else None
            groups = after
        log.say("fallbacks", f"{self.name}: its sizes stay fixed: {reason}")
        check_marks(marks, None, self.name, reason)
        if tried and not is_any_small(keys, at_once):
            self.symbolic.setdefault(kind, None)
        return None

    def _is_to_wait(self, key):
        """Whether a call that no entry serves is to run as written (Note [Stances])."""
        known, stance = any(self.entries.values()), STANCE.name
        if stance == "fail_on_recompile" and known:
            raise ArgumentRuntimeError(
                explain(
                    f"{self.name} in the stance fail_on_recompile",
                    expected="a call of a kind that is compiled",
                    got=f"a new one (Detected recompile): {report.call_text(key)}",
                    do='Make such a call before, or take the stance "default".',
                )
            )
        if stance == "eager_on_recompile" and known:
            return True
        waits = self._waits or stance == "eager_then_compile"
        if waits and key not in self._seen and len(self._seen) < 4 * MOST_ENTRIES:
            self._seen.add(key)
            return True
        return False

    def _is_unfinished(self, leaves):
        """Whether a lazy module has no parameters yet: its first call makes them."""
        return any(
            is_lazy is not None and is_lazy()
            for root in modules_of(self.function, leaves)
            for module in root.modules()
            for is_lazy in [getattr(module, "has_uninitialized_params", None)]
        )

    def _remember_failure(self, key):
        if len(self.entries) < MOST_FAILURES:
            self.entries.setdefault(key, [])

    def _has_room(self, key):
        """Whether one more kind of call is to be compiled."""
        limit = MOST_ENTRIES if self._own_limit is None else self._own_limit
        if len(self.kinds) >= limit:
            self._give_up(f"it was compiled for {limit} kinds of calls already")
            return False
        kind = kind_of(key)
        if len({id(e) for k, e in self.kinds if kind_of(k) == kind}) >= MOST_SIZES:
            self._give_up(f"it was compiled for {MOST_SIZES} sets of sizes already")
            return False
        return True

    def _give_up(self, reason, error=None):
        name, place = self.name, _users_line(error)
        if f"{reason}{place}" not in self.reasons:
            self.reasons.append(f"{reason}{place}")
        log.say("fallbacks", f"{name} runs uncompiled: {reason}{place}")
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
            self._say(self._message)

    def reset(self):
        """Forget what was compiled, and why some was not."""
        with self._lock:
            self.entries.clear()
            self.symbolic.clear()
            self.reasons.clear()
            self._seen.clear()
            self._message, self._said = None, False

    # ------------------------------------------------------------------- seeing it

    @property
    def kinds(self):
        """List of (key of its first call, Entry): what is compiled, oldest first."""
        all_of_them = [(k, e) for k, own in list(self.entries.items()) for e in own]
        first = {id(e): (k, e) for k, e in reversed(all_of_them)}
        return list(reversed(first.values()))

    @property
    def graph(self):
        """The graphs of all kinds of calls, forward and backward, as text."""
        return report.graphs_text(self.kinds)

    @property
    def loops(self):
        """All kernels in the loop language, as text."""
        return report.loops_text(self.kinds)

    @property
    def code(self):
        """All kernels as optimised LLVM text."""
        return report.code_text(self.kinds)

    def explain(self, profile=False):
        """What was fused into what, what was not compiled and why.

        Args:
            profile: bool, run each piece for some milliseconds on random numbers and
                say how long it takes.

        Returns:
            `explain.Explanation`: print it, or read its fields.
        """
        from rushlight._compiler.explain import explain as explained

        return explained(self.name, self.kinds, self.reasons, profile)


def _reason(error):
    """Why a trace failed, in words."""
    text = str(error) or type(error).__name__
    who = text.partition(":")[0]
    if not isinstance(error, TraceStop):
        if "'Spec' object" in text or who == "a meta tensor":
            return "an operation needs the values of a tensor, which a trace has not"
        if who in _NEED_VALUES:
            return f"{who} needs the values of a tensor, which a trace has not"
    return text


def warn(message, level=4):
    """Warn whoever called a compiled function, `level` frames above."""
    warnings.warn(message, stacklevel=level)


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
        if not is_ours(frame.filename):
            return f" ({frame.filename}:{frame.lineno}: {frame.line})"
    return ""

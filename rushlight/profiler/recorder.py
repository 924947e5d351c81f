"""Recording: an interceptor that times operations, and the user's own marks."""

import functools
import sys
import threading
from contextvars import ContextVar
from time import perf_counter_ns

from rushlight._core.intercept import intercepting
from rushlight._core.tensor import Tensor

#: The recorders of this thread that are on; record_function tells them all.
_RECORDERS: ContextVar[tuple] = ContextVar("recorders", default=())
_PACKAGE = __name__.partition(".")[0] + "."


class Mark:
    """One stretch of time: an operation or a user's own mark, with what it held."""

    __slots__ = ("name", "start", "stop", "parent", "facts", "is_user")

    def __init__(self, name, start, parent, facts, is_user):
        self.name, self.start, self.stop = name, start, start
        self.parent, self.facts, self.is_user = parent, facts, is_user


class Recorder:
    """Times every operation of one thread while it is on.

    Args:
        shapes: keep the inputs' shapes.
        memory: keep the bytes of results.
        stack: keep the user's lines that led to each operation.
        flops: keep the floating-point operations of products and convolutions.
    """

    def __init__(self, shapes=False, memory=False, stack=False, flops=False):
        self.shapes, self.memory, self.stack, self.flops = shapes, memory, stack, flops
        self.marks, self.open, self.on = [], None, False
        self.thread = threading.get_native_id()
        self._context = None

    def enter(self):
        """Begin to watch this thread; nothing is kept before `on` is set."""
        self._context = intercepting(self.see)
        self._context.__enter__()
        _RECORDERS.set((*_RECORDERS.get(), self))

    def leave(self):
        """Stop watching."""
        self.on = False
        _RECORDERS.set(tuple(r for r in _RECORDERS.get() if r is not self))
        self._context.__exit__(None, None, None)

    def restart(self):
        """Forget what was recorded."""
        self.marks, self.open = [], None

    def see(self, call, proceed):
        """The interceptor: time one operation."""
        if not self.on:
            return proceed()
        name = f"aten::{call.op.name}{'' if call.target is None else '_'}"
        mark = self.begin(name, self._facts(call))
        try:
            result = proceed()
        finally:
            self.end(mark)
        if self.memory and call.target is None and not call.op.view:
            results = result if isinstance(result, tuple) else (result,)
            mark.facts["memory"] = sum(t.nbytes for t in results)
        return result

    def begin(self, name, facts, is_user=False):
        """Open a stretch inside the one that is open."""
        mark = Mark(name, perf_counter_ns(), self.open, facts, is_user)
        self.marks.append(mark)
        self.open = mark
        return mark

    def end(self, mark):
        """Close a stretch."""
        mark.stop = perf_counter_ns()
        self.open = mark.parent

    def _facts(self, call):
        facts = {}
        if self.shapes:
            facts["shapes"] = [_shape(value) for value in call.inputs]
        if self.flops:
            facts["flops"] = count_flops(call)
        if self.stack:
            facts["stack"] = user_lines()
        return facts


def _shape(value):
    return list(value._array.shape) if isinstance(value, Tensor) else []


def count_flops(call):
    """Multiplications and additions of a product, or of add and mul; else 0."""
    name, tensors = call.op.name, [t for t in call.inputs if isinstance(t, Tensor)]
    if name in ("add", "mul") and tensors:
        return max(t._array.size for t in tensors)
    shapes = [t._array.shape for t in tensors]
    if name in ("mm", "bmm", "matmul") and min(map(len, shapes)) >= 2:
        rows = max(shapes, key=lambda s: len(s))[:-2]
        size = shapes[0][-2] * shapes[0][-1] * shapes[1][-1]
        return 2 * functools.reduce(lambda a, b: a * b, rows, size)
    if name == "linear":
        return 2 * tensors[0]._array.size * shapes[1][0]
    if name in ("addmm", "baddbmm"):
        return 2 * tensors[1]._array.size * shapes[2][-1]
    return 0


def user_lines():
    """Outside lines that led here, the innermost first: ``file(line): function``."""
    lines, frame = [], sys._getframe(1)
    while frame is not None:
        if not frame.f_globals.get("__name__", "").startswith(_PACKAGE):
            code = frame.f_code
            lines.append(f"{code.co_filename}({frame.f_lineno}): {code.co_name}")
        frame = frame.f_back
    return lines


class record_function:  # noqa: N801 - torch's public name
    """A stretch of the program under a name of one's own; also a decorator.

    Args:
        name: what it is called in tables and traces.
        args: a text to keep with it.

    >>> with record_function("forward"):
    ...     pass
    """

    def __init__(self, name, args=None):
        self.name, self.args = name, args
        self._marks = ()

    def __enter__(self):
        facts = {} if self.args is None else {"args": self.args}
        self._marks = [
            (recorder, recorder.begin(self.name, dict(facts), is_user=True))
            for recorder in _RECORDERS.get()
            if recorder.on
        ]
        return self

    def __exit__(self, *exc):
        for recorder, mark in self._marks:
            recorder.end(mark)
        self._marks = ()

    def __call__(self, function):
        @functools.wraps(function)
        def named(*args, **kwargs):
            with record_function(self.name, self.args):
                return function(*args, **kwargs)

        return named

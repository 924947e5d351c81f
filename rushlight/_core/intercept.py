"""Interceptors: how tracing, autocast, profiling and guards see every operation.

An interceptor is a callable ``(call, proceed) -> result``.  `call` tells the op, its
inputs and attributes and, for an in-place form, the tensor it writes to; `proceed()`
runs the rest of the stack and at last the operation itself.  Stacks are per thread
(and per async task).  The stack costs nothing while it is empty: STATE.special.
"""

import functools
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from rushlight._core.state import STATE

#: What captures a function in this thread (the compiler's tracer), or None.  Steps of
#: optimizers and schedulers are handed to its `defer`: they are replayed, not traced.
CAPTURE: ContextVar[Any] = ContextVar("capture", default=None)

_STACK: ContextVar[tuple[Any, ...]] = ContextVar("interceptors", default=())


def deferrable(method):
    """A method that a capture replays as it is: it is not run while one is on."""

    @functools.wraps(method)
    def run(self, *args, **kwargs):
        capture = CAPTURE.get()
        if capture is None:
            return method(self, *args, **kwargs)
        return capture.defer(run, self, args, kwargs)

    return run


class Call:
    """One operation on its way: op, inputs, attrs, and target for in-place forms."""

    __slots__ = ("op", "inputs", "attrs", "target")

    def __init__(self, op, inputs, attrs, target=None):
        self.op, self.inputs, self.attrs, self.target = op, inputs, attrs, target


@contextmanager
def intercepting(interceptor):
    """Put an interceptor on this thread's stack for the length of a block."""
    token = _STACK.set((*_STACK.get(), interceptor))
    STATE.count("special", 1)
    try:
        yield interceptor
    finally:
        STATE.count("special", -1)
        _STACK.reset(token)


def intercepted(call, operation):
    """Run an operation through this thread's interceptors, innermost first."""
    return _through(_STACK.get(), call, operation)


def _through(stack, call, operation):
    if not stack:
        return operation(call)
    *rest, innermost = stack
    token = _STACK.set(tuple(rest))
    try:
        return innermost(call, lambda: _through(tuple(rest), call, operation))
    finally:
        _STACK.reset(token)

"""Functions that the compiler leaves alone, or runs once while it traces.

# Note [Disabled functions]
# A function is traced as a whole or not at all.  So one that calls a disabled function
# runs as it is written too: the disabled one stops the trace.
"""

import functools
import sys
from contextlib import contextmanager

from rushlight._backends import SPEC_DEVICE
from rushlight._base.device import META
from rushlight._compiler.capture.tracer import TraceStop
from rushlight._compiler.stance import STANCE
from rushlight._core.intercept import _STACK, CAPTURE


def is_tracing():
    """Whether this thread is tracing a function."""
    return CAPTURE.get() is not None


def is_disabled(function):
    """Whether `disabled` made a function."""
    return getattr(function, "_is_disabled", False)


def disabled(function, recursive=True, reason=None):
    """A function that is never traced (Note [Disabled functions]).

    Args:
        function: callable.
        recursive: whether compiled functions that it calls run as written too.
        reason: str or None, said where it stops a trace.
    """
    name = getattr(function, "__qualname__", type(function).__name__)
    why = f" ({reason})" if reason else ""

    @functools.wraps(function)
    def run(*args, **kwargs):
        if is_tracing():
            raise TraceStop(f"it calls {name}, which is disabled for the compiler{why}")
        if not recursive:
            return function(*args, **kwargs)
        STANCE.eager += 1
        try:
            return function(*args, **kwargs)
        finally:
            STANCE.eager -= 1

    run.__dict__["_is_disabled"] = True
    return run


def constant(function):
    """A function whose result is computed once for each trace, untraced."""

    @functools.wraps(function)
    def run(*args, **kwargs):
        if not is_tracing():
            return function(*args, **kwargs)
        with _untraced():
            return function(*args, **kwargs)

    return run


@contextmanager
def _untraced():
    """Run a block of a traced function as if nothing were traced."""
    stack, capture, device = _STACK.set(()), CAPTURE.set(None), SPEC_DEVICE.set(META)
    profile = sys.getprofile()
    sys.setprofile(None)
    try:
        yield
    finally:
        sys.setprofile(profile)
        SPEC_DEVICE.reset(device)
        CAPTURE.reset(capture)
        _STACK.reset(stack)

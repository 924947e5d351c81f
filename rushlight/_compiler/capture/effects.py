"""Effects: what a trace must not do, seen before it is done.

A trace is replayed as a graph, so what the function does beside computing would happen
once and never again.  While it is traced a profile function sees every call of a
builtin and every Python function that is entered:

* calls of clocks, random generators, files and print stop the trace;
* reading the values of a tensor stops it: they may be others in the next call;
* a function of the user's that stores an attribute or a global (outside ``__init__``)
  stops the trace before its first line runs.

# Note [Errors in a trace]
# Where a value is asked for, a trace raises an error.  A function that catches it would
# be traced on a way that it does not go with data, so a trace that ends well after an
# error of ours was made is not used.
"""

import builtins
import datetime
import dis
import functools
import gc
import io
import os
import random
import sys
import time
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from rushlight._base.errors import explain
from rushlight._compiler.capture.tracer import TraceStop
from rushlight._core.node import Node
from rushlight._core.tensor import Tensor

_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_TRUSTED = tuple(
    folder + os.sep
    for folder in (_PACKAGE, os.path.dirname(os.__file__), os.path.dirname(np.__file__))
)
#: Below its frames is what called the compiled function.
_TRACE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "trace.py")
_READING = "item tolist numpy __bool__ __index__ __array__ __dlpack__ __deepcopy__"
#: By its code, what gives the values of its first argument, a tensor.
_READERS = {
    getattr(Tensor, name).__code__: name.strip("_")
    for name in f"{_READING} __repr__ storage untyped_storage".split()
}
_EXPLAIN, _STOPPED = explain.__code__, TraceStop.__init__.__code__
_LOGGING = os.path.join("logging", "__init__.py")
_errors: ContextVar[list] = ContextVar("errors")
_STORES = frozenset({"STORE_ATTR", "STORE_GLOBAL", "DELETE_ATTR", "DELETE_GLOBAL"})
_CLOCKS = "time time_ns perf_counter perf_counter_ns monotonic process_time sleep"
_FORBIDDEN = {id(getattr(time, name)): f"time.{name}()" for name in _CLOCKS.split()} | {
    id(builtins.print): "print()",
    id(builtins.input): "input()",
    id(builtins.open): "open()",
    id(builtins.exec): "exec()",
    id(builtins.setattr): "setattr()",
    id(builtins.delattr): "delattr()",
    id(os.urandom): "os.urandom()",
}


@contextmanager
def watching_effects(on_code=None):
    """Stop a trace in this thread when it is about to do something else.

    Args:
        on_code: called with the first frame of each code of the user's that is run.

    Raises:
        TraceStop: from the line that would do it.
    """
    before, collects = sys.getprofile(), gc.isenabled()
    states = _random_states()
    gc.disable()  # what collecting calls is not the function's doing
    if before is None:
        sys.setprofile(_see if on_code is None else _seeing(on_code))
    token = _errors.set([])
    try:
        yield
        errors = _errors.get()
    finally:
        _errors.reset(token)
        if before is None:
            sys.setprofile(None)
        if collects:
            gc.enable()
    if errors:
        raise TraceStop(f"it goes on after an error: {errors[0]}")
    if states != _random_states():
        raise TraceStop("it draws random numbers outside of recorded operations")


def _seeing(on_code):
    known = set()

    def see(frame, event, function):
        if event == "call" and frame.f_code not in known:
            known.add(frame.f_code)
            if not is_ours(frame.f_code.co_filename):
                on_code(frame)
        _see(frame, event, function)

    return see


def _see(frame, event, function):
    if event == "call":
        if frame.f_code is _EXPLAIN:  # Note [Errors in a trace]
            _errors.get([]).append(frame.f_locals["who"])
            return
        if frame.f_code is _STOPPED:
            _errors.get([]).append(frame.f_locals["reason"])
            return
        if frame.f_code in _READERS:
            _check_reading(frame)
        if _logs(frame.f_code):
            _stop("it writes to a log")
        for what, owner in _stores(frame.f_code):
            is_own = isinstance(frame.f_locals.get(owner), Node)  # a Function's ctx
            if not is_own and not _is_importing(frame):
                _stop(what)
    elif event == "c_call":
        name = _FORBIDDEN.get(id(function))
        owner = getattr(function, "__self__", None)
        if name is None and isinstance(owner, random.Random):
            name = f"random.{function.__name__}()"
        elif owner is datetime.datetime or owner is datetime.date:
            name = f"datetime.{function.__name__}()"
        elif _acts_outside(function, owner) and not _is_importing(frame):
            _stop(f"it calls {function.__name__}()")
        if name is not None and not is_ours(frame.f_code.co_filename):
            _stop(f"it calls {name}")


def is_ours(filename):
    """Whether a file is Rushlight's, Python's or NumPy's."""
    if "site-packages" in filename and not filename.startswith(_TRUSTED[::2]):
        return False
    return filename.startswith((*_TRUSTED, "<"))


def _stop(reason):
    """Stop the trace, even if the function catches it (Note [Errors in a trace])."""
    sys.setprofile(None)
    _errors.get([]).append(reason)
    raise TraceStop(reason)


def _check_reading(frame):
    """Stop where a real tensor's values are read; shadows have none to give."""
    array = getattr(frame.f_locals[frame.f_code.co_varnames[0]], "_array", None)
    if isinstance(array, np.ndarray):
        who = _READERS[frame.f_code]
        _stop(f"{who}() needs the values of a tensor, which a trace has not")


def _logs(code):
    """Whether code is where Python's loggers begin to write."""
    return code.co_name == "_log" and code.co_filename.endswith(_LOGGING)


def _acts_outside(function, owner):
    """Whether a builtin writes to a stream or the environment, whoever calls it."""
    if isinstance(owner, io.IOBase):
        return function.__name__ in ("write", "writelines")
    return function is os.putenv or function is os.unsetenv


def _is_importing(frame):
    """Whether a frame runs for an import, whose doings are no effects of a call."""
    while frame is not None and frame.f_code.co_filename != _TRACE:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


@functools.lru_cache(4096)
def _stores(code):
    """What a user's function stores outside of itself.

    Returns:
        list: pairs (in words, the local variable whose attribute it is, or None).
    """
    if is_ours(code.co_filename) or code.co_name in ("__init__", "<module>"):
        return []
    found, before = [], None
    for instruction in dis.get_instructions(code):
        name, what = instruction.opname, instruction.argval
        if name in _STORES:
            found.append((f"{code.co_qualname} stores {what}", _loaded(before)))
        elif name == "STORE_DEREF" and what in code.co_freevars:
            found.append((f"{code.co_qualname} stores {what} of its closure", None))
        before = instruction
    return found


def _loaded(instruction):
    """The local variable that an instruction has loaded last, or None."""
    if instruction is None or not instruction.opname.startswith("LOAD_FAST"):
        return None
    name = instruction.argval
    return name[-1] if isinstance(name, tuple) else name


def _random_states():
    """The states of Python's, NumPy's and Rushlight's generators, to compare."""
    from rushlight._core.generator import default_generator

    numpys = np.random.get_state(legacy=True)
    return (
        random.getstate(),
        (numpys[0], numpys[1].tobytes(), *numpys[2:]),
        bytes(default_generator.state_bytes()),
    )

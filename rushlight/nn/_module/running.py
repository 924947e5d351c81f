"""Errors that pass through a module's call are told which module was running.

# Note [Named once]
# The innermost module that an error passes is the one that was running; the calls
# around it still stand on the stack, so the whole path is found there and then.  The
# outer calls see that it was done.  A call that succeeds pays nothing: the work is in
# an `except` clause, which Python enters for errors only.
"""

import sys
from contextlib import suppress


def name_running(error, module):
    """Complete an error's message by the module that raised it, once.

    Args:
        error: RushlightError, whose first argument is its text.
        module: Module, the one whose call the error passes.
    """
    if "module_path" in error.__dict__:
        return
    error.module_path = None
    if not error.args or not isinstance(error.args[0], str):
        return
    with suppress(Exception):  # a name is no reason to lose the error itself
        path = path_of_running(sys._getframe(1), module)
        error.module_path = path
        text = f"{error.args[0]} In {path} ({type(module).__name__})."
        error.args = (text, *error.args[1:])


def path_of_running(frame, module):
    """The path of a module that is running: ``model.encoder.2.fc1``.

    Args:
        frame: the frame of its call.
        module: Module.

    Returns:
        str: it begins with the caller's name of the outermost module that leads here,
        or with its class.
    """
    for outer, caller in _calls(frame):
        for path, each in outer.named_modules():
            if each is module:
                start = _variable(caller, outer) or type(outer).__name__
                whole = f"{start}.{path}" if path else start
                return whole.replace("._orig_mod", "")  # what compile() puts around
    return type(module).__name__


def _calls(frame):
    """(module, the frame that called it) of all calls, the outermost first."""
    code, calls = frame.f_code, []
    while frame is not None:
        if frame.f_code is code:
            calls.append((frame.f_locals["self"], frame.f_back))
        frame = frame.f_back
    return reversed(calls)


def _variable(frame, module):
    """What the calling code calls a module: a variable, or an attribute of self."""
    if frame is None:
        return None
    for name, value in frame.f_locals.items():
        if value is module and name != "self":
            return name
    for name, value in frame.f_globals.items():
        if value is module:
            return name
    owner = frame.f_locals.get("self")
    for name, value in getattr(owner, "__dict__", {}).items():
        if value is module:
            return f"self.{name}"
    return None

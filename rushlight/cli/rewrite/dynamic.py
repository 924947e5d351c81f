"""What rewritten code calls where a name or a source is known only as it runs."""

import __future__

import builtins
import sys

from rushlight.cli.rewrite.compiling import to_code
from rushlight.cli.rewrite.names import ROOTS, is_torch, root_of, translate
from rushlight.cli.rewrite.transform import matters

FUTURE_FLAGS = 0
for _name in __future__.all_feature_names:
    FUTURE_FLAGS |= getattr(__future__, _name).compiler_flag


def import_(name, globals=None, locals=None, fromlist=(), level=0):
    """Python's `__import__`, for the user's code: torch's names give our modules."""
    if level or not isinstance(name, str) or not is_torch(name):
        return builtins.__import__(name, globals, locals, fromlist, level)
    module = builtins.__import__(translate(name), globals, locals, fromlist)
    return module if fromlist else sys.modules[ROOTS[root_of(name)]]


def module_name(name):
    """The name under which `sys.modules` holds what the user's code asks it for."""
    return translate(name) if isinstance(name, str) else name


def source(text, function):
    """What `exec` or `eval` is to be given in place of a source text.

    Anything else comes back as it is: code, a syntax tree, the argument of a function
    of the user's that has the same name, text with a fault for Python to report.
    """
    if function is not builtins.exec and function is not builtins.eval:
        return text
    if isinstance(text, bytearray | memoryview):
        text = bytes(text)
    if not isinstance(text, str | bytes) or not matters(text):
        return text
    flags = sys._getframe(1).f_code.co_flags & FUTURE_FLAGS
    try:
        if function is builtins.exec:
            return to_code(text, "<string>", "exec", flags)
        return to_code(
            text.lstrip(" \t" if isinstance(text, str) else b" \t"),
            "<string>",
            "eval",
            flags,
        )
    except (SyntaxError, ValueError):
        return text

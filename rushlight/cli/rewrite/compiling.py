"""From source to code with torch's imports rewritten, and the cache for modules.

The cache is Python's own kind: a file in `__pycache__` beside the module, under a
variant of the name that plain Python never reads, valid while the source's hash is the
one in it.
"""

import builtins
import importlib.util
import marshal
import sys
import types
from ast import PyCF_ONLY_AST

from rushlight.cli.rewrite.names import shadowed
from rushlight.cli.rewrite.transform import matters, rewrite

# Raise it when the same source gives other code than before.
VERSION = 2

# Python's own, whatever takes its name later (hooks.py does).
python_compile = builtins.compile

_HEADER = importlib.util.MAGIC_NUMBER + (0b11).to_bytes(4, "little")


def to_code(text, filename, mode="exec", flags=0, optimize=-1):
    """Compile source text, str or bytes, with its torch imports rewritten.

    Raises:
        SyntaxError: what Python's compile raises for the same text.
    """
    if not matters(text):
        return python_compile(text, filename, mode, flags, True, optimize)
    limit = sys.getrecursionlimit()
    for room in (1, 4):
        # A tree may nest as deep as Python lets functions call each other, which is
        # less than what it compiles from text (3 times that).
        sys.setrecursionlimit(room * limit)
        try:
            return _rewritten(text, filename, mode, flags, optimize)
        except SyntaxError:
            break
        except RecursionError:
            if room > 1:
                raise
        finally:
            sys.setrecursionlimit(limit)
    # Compiled from the text, the same error knows its line's text.
    return python_compile(text, filename, mode, flags, True, optimize)


def _rewritten(text, filename, mode, flags, optimize):
    tree = python_compile(text, filename, mode, flags | PyCF_ONLY_AST, True)
    compiled = tree if rewrite(tree) else text
    return python_compile(compiled, filename, mode, flags, True, optimize)


def module_code(loader, path):
    """The rewritten code of a module: from the cache, or compiled and then cached.

    None if there is nothing to rewrite: the module is then Python's own business.
    """
    source = loader.get_data(path)
    if not matters(source):
        return None
    cached, stamp = _place(path), _HEADER + importlib.util.source_hash(source)
    code = _read(loader, cached, stamp)
    if code is None:
        code = to_code(source, path)
        if cached is not None and not sys.dont_write_bytecode:
            loader.set_data(cached, stamp + marshal.dumps(code))
    return code


def _place(path):
    """Where the code of a module is cached; None where Python has no such place."""
    variant = f"rushlight{VERSION}{''.join(shadowed())}"
    level = sys.flags.optimize or ""
    try:
        return importlib.util.cache_from_source(path, optimization=f"{variant}{level}")
    except NotImplementedError:
        return None


def _read(loader, cached, stamp):
    """The code in a cache file; None if there is none, or not for this source."""
    try:
        data = memoryview(loader.get_data(cached))
        if data[: len(stamp)] != stamp:
            return None
        code = marshal.loads(data[len(stamp) :])
    except (OSError, TypeError, ValueError, EOFError):
        return None
    return code if isinstance(code, types.CodeType) else None

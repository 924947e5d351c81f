"""What an import of a module that Rushlight lacks says."""

import importlib
import os
import re
import sys

from rushlight._base.errors import explain
from rushlight.cli.rewrite.names import ROOTS, torch_name
from rushlight.cli.rewrite.ownership import HOUSE, is_own, is_stdlib, package_of

_CLI = os.path.join(HOUSE, "cli", "")

# Rooms of Rushlight's that are none of torch's.
_OURS = ("cli", "guard", "report", "vision")


class ModuleGuide:
    """The last finder: raises an error that names the nearest modules there are."""

    def find_spec(self, name, path=None, target=None):
        """Raise ModuleNotFoundError for one that the user asks Rushlight for."""
        if name.startswith(ROOTS["torch"] + ".") and not _asked_by_rushlight():
            raise ModuleNotFoundError(_message(name), name=name)


def _asked_by_rushlight():
    """Whether the import is Rushlight's own: then the fault is not in a script."""
    frame = sys._getframe(2)
    while frame is not None:
        path = frame.f_code.co_filename
        if not (path.startswith(("<frozen importlib", _CLI)) or is_stdlib(path)):
            return path.startswith(HOUSE)
        frame = frame.f_back
    return False


def _message(name):
    import difflib

    parent, _, last = name.rpartition(".")
    there = modules_of(parent)
    near = difflib.get_close_matches(last, there, 3, 0.6) or there
    listed = ", ".join(torch_name(f"{parent}.{each}") for each in near[:8])
    return explain(
        f"import {torch_name(name)}",
        expected=f"a module that Rushlight has ({listed})"
        if near
        else f"a module ({torch_name(parent)} holds none)",
        got=f"{torch_name(name)!r}",
        do="`rushlight check` lists all that a script uses and Rushlight lacks.",
    )


def modules_of(package):
    """The modules of torch's that lie in a package of Rushlight, sorted."""
    import pkgutil

    module = sys.modules.get(package) or importlib.import_module(package)
    found = [m.name for m in pkgutil.iter_modules(getattr(module, "__path__", ()))]
    hidden = _OURS if package == ROOTS["torch"] else ()
    return sorted(n for n in found if not n.startswith("_") and n not in hidden)


_NOT_A_NAME = re.compile(r"cannot import name '(\w+)' from '(rushlight[\w.]*)'")


def guide(error):
    """Add to an uncaught error what Rushlight knows of it.

    To `from torch... import NAME` which names are near, and to one that was raised by
    an installed package which looks for torch, how to let it find Rushlight.
    """
    _guide_to_name(error)
    _guide_to_also(error)


def _guide_to_also(error):
    import traceback

    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    paths = [frame.f_code.co_filename for frame in frames]
    last = next((p for p in reversed(paths) if not is_stdlib(p) and p[0] != "<"), "")
    package = package_of(last)
    if package is None or is_own(last):
        return
    try:
        with open(last, "rb") as file:
            if b"torch" not in file.read():
                return
    except OSError:
        return
    error.add_note(
        f"{package} is an installed package, and Rushlight is not torch to it. "
        f"`rushlight run --also {package} ...` lets it use Rushlight, as your own "
        "files do (docs/run.md)."
    )


def _guide_to_name(error):
    found = isinstance(error, ImportError) and _NOT_A_NAME.match(str(error))
    if not found:
        return
    import difflib

    name, module = found.groups()
    near = difflib.get_close_matches(name, dir(importlib.import_module(module)), 3)
    hint = f"The nearest that it has: {', '.join(near)}. " if near else ""
    error.add_note(
        f"Rushlight's {torch_name(module)} has no {name}. {hint}"
        "`rushlight check` lists all that a script uses and Rushlight lacks."
    )

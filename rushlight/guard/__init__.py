"""Guards: the silent bugs of training, named at the line that makes them.

``rushlight.guard("error")``, ``rushlight.guard("off", "stale-grad")``,
``with rushlight.guard.allow("stale-grad"):``, ``rushlight.guard.explain(name)``.
pages/ has a page for each check, which the tests run.
"""

import os
import sys
import types

from rushlight._core.guarding import GUARDS as _GUARDS
from rushlight.guard._report import (
    BOOK as _BOOK,
)
from rushlight.guard._report import (
    GuardError,
    GuardWarning,
    allow,
    check_level,
    check_names,
    summary,
)
from rushlight.guard._watcher import switch as _switch
from rushlight.guard.checks.model.nonfinite_op import thorough

__all__ = [
    "GuardError",
    "GuardWarning",
    "allow",
    "checks",
    "explain",
    "summary",
    "thorough",
    "watch",
]


def set_level(level, *names):
    """Say how loud guards are; ``rushlight.guard(...)`` is this function.

    Args:
        level: "error", "warn" or "off".
        names: of checks; all of them if left out.

    Raises:
        ValueError: for another level, or a name that no check has.

    >>> import rushlight
    >>> rushlight.guard("off", "growing-graph")
    >>> rushlight.guard("warn")
    """
    check_level(level)
    check_names(names)
    if names:
        _BOOK.levels.update(dict.fromkeys(names, level))
    else:
        _BOOK.default = level
        _BOOK.levels.clear()
    _switch()


def checks():
    """{name: what it looks for}, of all checks.

    >>> import rushlight
    >>> rushlight.guard.checks()["stale-grad"]
    'a step uses gradients that an earlier step already used'
    """
    return {name: check.SUMMARY for name, check in sorted(_BOOK.checks.items())}


def explain(name):
    """What a check looks for, why that is a bug, and why the check is precise.

    Args:
        name: of a check.

    Returns:
        str: its page in rushlight/guard/pages, with a bad and a good example.

    Raises:
        ValueError: for a name that no check has.

    >>> import rushlight
    >>> rushlight.guard.explain("stale-grad").splitlines()[0]
    '# stale-grad: a step uses gradients that an earlier step already used'
    """
    check_names([name])
    page = os.path.join(os.path.dirname(__file__), "pages", f"{name}.md")
    with open(page, encoding="utf-8") as file:
        return file.read()


def __getattr__(name):
    if name not in ("Watch", "watch"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from rushlight.guard import watching

    return getattr(watching, name)


class _Room(types.ModuleType):
    """This module, which can be called."""

    def __call__(self, level, *names):
        set_level(level, *names)


sys.modules[__name__].__class__ = _Room
_level = os.environ.get("RUSHLIGHT_GUARD", "warn")
_BOOK.default = _level if _level in ("error", "warn", "off") else "warn"
_switch()

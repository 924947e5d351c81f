"""A check that fails stops no training: it is told once, and guards go off.

With RUSHLIGHT_GUARD_STRICT in the environment, as in the tests, its error is raised.
"""

import functools
import os
import traceback
import warnings

from rushlight._core.guarding import GUARDS
from rushlight.guard._report import BOOK, GuardError, GuardWarning

STRICT = "RUSHLIGHT_GUARD_STRICT"
#: What a guarded place goes on with that asks for a value: which of its arguments.
_GIVES = {"loading": 1}
#: These look at the frames of their callers, and may have none of ours between.
_BARE = ("training", "dropping", "switched")


def safe(method):
    """A method of a watcher that raises nothing but GuardError."""
    place = method.__name__

    @functools.wraps(method)
    def safely(self, *args):
        try:
            return method(self, *args)
        except GuardError:
            raise
        except Exception as error:  # whatever it is, training goes on
            if STRICT in os.environ:
                raise
            _tell(place, error)
            return args[_GIVES[place]] if place in _GIVES else None

    return safely


def safe_class(kind):
    """Make all guarded places of a watcher's class safe."""
    for name, method in list(vars(kind).items()):
        if callable(method) and not name.startswith("_") and name not in _BARE:
            setattr(kind, name, safe(method))
    return kind


def _tell(place, error):
    BOOK.default = "off"
    BOOK.levels.clear()
    GUARDS.on = False
    last = traceback.extract_tb(error.__traceback__)[-1]
    told = f"{type(error).__name__}: {error}; {last.filename}:{last.lineno}"
    warnings.warn(
        f"a guard failed in {place}() ({told}): guards are off from here. The program "
        "goes on; please tell Rushlight's authors.",
        GuardWarning,
        stacklevel=3,
    )

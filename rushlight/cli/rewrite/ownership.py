"""Whose code it is: the user's own, or something that was installed.

Only the user's own files see Rushlight under torch's name.  A file is the user's unless
it lies in the standard library, in a folder of installed packages, or in Rushlight.
"""

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))
# The folder of the package rushlight.
HOUSE = os.path.dirname(os.path.dirname(_HERE))
_STDLIB = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_INSTALLED = tuple(
    f"{os.sep}{folder}{os.sep}" for folder in ("site-packages", "dist-packages")
)

# Folders and files of installed packages that were named with `run --also`.
_also = []


def adopt(paths):
    """Count these folders and files as the user's own, wherever they lie."""
    _also.extend(path for path in paths if path not in _also)


def adopted():
    """The folders and files that `adopt` was told of."""
    return list(_also)


def is_installed(path):
    """Whether a path lies among the installed packages or in Rushlight."""
    return path.startswith(HOUSE + os.sep) or any(part in path for part in _INSTALLED)


def package_of(path):
    """The installed package that a file belongs to; None for Rushlight and others'.

    >>> package_of(os.path.join(os.sep, "lib", "site-packages", "einops", "x.py"))
    'einops'
    """
    if path.startswith(HOUSE + os.sep):
        return None
    for folder in _INSTALLED:
        if folder in path:
            name = path.rpartition(folder)[2].partition(os.sep)[0]
            return name.partition(".")[0]
    return None


def is_stdlib(path):
    """Whether a path lies in Python's own library."""
    return path.startswith(_STDLIB) and not is_installed(path)


def is_own(path):
    """Whether a source file is the user's own."""
    if path.startswith("<"):
        return False
    path = os.path.abspath(path)
    if any(path == own or path.startswith(own + os.sep) for own in _also):
        return True
    return not is_installed(path) and not path.startswith(_STDLIB)


def is_own_code():
    """Whether the code that asked, some calls above, is the user's.

    Python's library and Rushlight ask on someone's behalf, and so does code that was
    compiled from a string: then the answer is that of whoever called them.
    """
    frame = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if _is_main_text(frame, path):
            return True
        if not (path.startswith(("<", HOUSE + os.sep)) or is_stdlib(path)):
            return is_own(path)
        frame = frame.f_back
    return True


def _is_main_text(frame, path):
    """Whether a frame runs text of the main program: -c, stdin, an interactive cell."""
    main = frame.f_globals.get("__name__") == "__main__"
    return main and path.startswith("<") and not path.startswith("<frozen")

"""The user's own line: the innermost frame that is not of this package."""

import linecache
import os
import sys

_OWN = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


class Place(tuple):
    """(file, line), printed as ``file:line``."""

    __slots__ = ()

    def __str__(self):
        return f"{os.path.basename(self[0])}:{self[1]}"

    def text(self):
        """The source of the line, or an empty string."""
        return linecache.getline(self[0], self[1]).strip()


def user_place():
    """The line of the user's program that is running now."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith(_OWN) and not name.startswith("<frozen"):
            if not name.startswith("<short path"):
                return Place((name, frame.f_lineno))
        frame = frame.f_back
    return Place(("<unknown>", 0))


def is_own(frame):
    """Whether a frame belongs to this package."""
    return frame.f_code.co_filename.startswith(_OWN)

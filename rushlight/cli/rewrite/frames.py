"""Tracebacks without the runner's own frames."""

import os
import types

_CLI = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def clean(error):
    """Take the runner's frames out of the tracebacks of an error and of its causes."""
    waiting, seen = [error], set()
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        each.__traceback__ = _without_ours(each.__traceback__)
        waiting += [each.__cause__, each.__context__, *getattr(each, "exceptions", ())]


def _without_ours(traceback):
    whole, kept = traceback, []
    while traceback is not None:
        if not _path(traceback).startswith(_CLI):
            kept.append(traceback)
        else:
            # The import machinery that called us: Python hides its own frames too.
            while kept and _path(kept[-1]).startswith("<frozen importlib"):
                kept.pop()
        traceback = traceback.tb_next
    if not kept:
        return whole  # the fault is the runner's own: show it
    last = None
    for each in reversed(kept):
        last = types.TracebackType(last, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return last


def _path(traceback):
    return traceback.tb_frame.f_code.co_filename

"""Guards turned on for a block, with what they find."""

import warnings
from contextlib import contextmanager

import rushlight
from rushlight.guard._report import BOOK, finish
from rushlight.guard._watcher import CHECKS, switch


def forget():
    """Start as a fresh process does."""
    BOOK.findings.clear()
    for check in CHECKS:
        getattr(check, "forget", bool)()


@contextmanager
def guarded(level="warn", notes=False):
    """Turn guards on; gives the list of findings, filled when the block ends.

    Args:
        level: how loud they are.
        notes: whether facts that are only told in a summary count too.
    """
    forget()
    findings, old = [], (BOOK.default, dict(BOOK.levels))
    rushlight.guard(level)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rushlight.guard.GuardWarning)
            yield findings
            BOOK.ended = False
            finish()
    finally:
        findings.extend(f for f in BOOK.findings.values() if notes or not f.note)
        forget()
        BOOK.default, BOOK.levels = old
        switch()

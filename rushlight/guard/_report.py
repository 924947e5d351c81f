"""Findings: how loud each check is, what was said already, the summary at exit."""

import atexit
import os
import sys
import warnings
from contextlib import contextmanager
from contextvars import ContextVar

from rushlight._base.errors import ArgumentError, RushlightError, explain
from rushlight.guard._places import user_place

LEVELS = ("error", "warn", "off")

_allowed = ContextVar("allowed guards", default=frozenset())


class GuardWarning(UserWarning):
    """A silent bug that a guard named."""


class GuardError(RushlightError, RuntimeError):
    """The same as an error, for ``rushlight.guard("error")``."""


for _kind in (GuardWarning, GuardError):
    _kind.__module__ = "rushlight.guard"


class Finding:
    """One finding: the check's name, the user's line, and the three sentences.

    Attributes:
        note: whether it is a fact that only the author can judge: it is never a
            warning, and stands in the summary at exit and in doctor's report.
        later: what became of it by the end of the run, for the summary.
    """

    __slots__ = ("check", "place", "saw", "why", "do", "count", "note", "later")

    def __init__(self, check, place, saw, why, do, note=False):
        self.check, self.place, self.count = check, place, 1
        self.saw, self.why, self.do = saw, why, do
        self.note, self.later = note, ""

    def __str__(self):
        line = self.place.text()
        shown = f" `{line}`" if line else ""
        return (
            f"[{self.check}] {self.place}{shown}: {self.saw}. {self.why}. "
            f"Fix: {self.do}. More: rushlight.guard.explain({self.check!r})"
        )

    def warning(self):
        """The text of its warning: Python tells the line's number and source."""
        return (
            f"[{self.check}] {self.saw}.\n  Why: {self.why}.\n  Fix: {self.do}.\n"
            f"  More: rushlight.guard.explain({self.check!r})"
        )


class Book:
    """What is set and what was found.

    Attributes:
        default: the level of checks without one of their own.
        levels: {check: level}.
        findings: {(check, place): Finding}, in the order in which they were made.
        checks: {name: check}, those that are loaded.
        collect: whether findings are only collected, as `rushlight doctor` wants.
        ended: whether the checks of a whole run have had their say.
    """

    def __init__(self):
        self.default, self.levels, self.collect = "warn", {}, False
        self.ended = False
        self.findings, self.checks = {}, {}

    def level(self, check):
        """How loud a check is."""
        return self.levels.get(check, self.default)


BOOK = Book()


def check_level(level):
    """Refuse what is no level."""
    if level not in LEVELS:
        raise ArgumentError(
            explain(
                "guard()",
                expected=f"one of {', '.join(map(repr, LEVELS))}",
                got=repr(level),
                do='guard("warn") is the default.',
            )
        )


def check_names(names):
    """Refuse names that no check has."""
    for name in names:
        if name not in BOOK.checks:
            raise ArgumentError(
                explain(
                    "guard",
                    expected=f"the name of a check: {', '.join(sorted(BOOK.checks))}",
                    got=repr(name),
                    do="rushlight.guard.explain(name) tells what each looks for.",
                )
            )


def is_listening(check):
    """Whether a check may speak here and now."""
    return BOOK.level(check) != "off" and check not in _allowed.get()


def found(check, *, saw, why, do, place=None, note=False):
    """Say that a check found something: once for each line of the user's.

    Args:
        check: its name.
        saw: what was seen, with names, shapes, numbers.
        why: why that is a bug.
        do: the fix, in one line.
        place: Place; the line that is running if left out.
        note: whether it is only for the summary (Finding.note).

    Returns:
        Finding: the new one; None where nothing new was said.

    Raises:
        GuardError: where the check's level is "error".
    """
    if not is_listening(check):
        return None
    place = user_place() if place is None else place
    old = BOOK.findings.get((check, place)) or _same(check, saw)
    if old is not None:
        old.count += 1
        return None
    finding = Finding(check, place, saw, why, do, note)
    BOOK.findings[check, place] = finding
    if BOOK.collect or note:
        return finding
    if BOOK.level(check) == "error":
        raise GuardError(str(finding))
    warnings.warn_explicit(finding.warning(), GuardWarning, place[0], place[1])
    return finding


def _same(check, saw):
    """A finding with the same words at another line: two loops over one model."""
    for finding in BOOK.findings.values():
        if finding.check == check and finding.saw == saw:
            return finding
    return None


@contextmanager
def allow(*names):
    """Let one or more checks be silent for the length of a block.

    Args:
        names: of checks.

    Raises:
        ValueError: for a name that no check has.

    >>> import rushlight
    >>> with rushlight.guard.allow("stale-grad"):
    ...     pass
    """
    check_names(names)
    token = _allowed.set(_allowed.get() | frozenset(names))
    try:
        yield
    finally:
        _allowed.reset(token)


def finish():
    """Let the checks that look at a whole run have their say, once.

    Raises:
        GuardError: where the level of one that found something is "error".
    """
    if BOOK.ended:
        return
    BOOK.ended, error = True, None
    for check in BOOK.checks.values():
        try:
            getattr(check, "ending", _nothing)()
        except GuardError as raised:
            error = raised
    if error is not None:
        raise error


def _nothing():
    """What a check that does not look at whole runs says at their end."""


def summary(verbose=False):
    """What the checks found, in a line each; nothing more than a count where nothing.

    Args:
        verbose: whether each check that ran has a line too.

    Returns:
        str.
    """
    ran = sorted(name for name in BOOK.checks if BOOK.level(name) != "off")
    found = [finding for finding in BOOK.findings.values() if not finding.note]
    head = (
        f"{len(found)} finding{'s' * (len(found) != 1)}" if found else "nothing found"
    )
    lines = [f"rushlight guard: {head} ({len(ran)} checks ran)"]
    for finding in found:
        often = f", {finding.count} times" if finding.count > 1 else ""
        later = f": {finding.later}" if finding.later else ""
        lines.append(f"  {finding.check} at {finding.place}{often}{later}")
    lines += [f"  note {each}" for each in BOOK.findings.values() if each.note]
    if verbose:
        lines += [f"  ran {name:17} {BOOK.checks[name].SUMMARY}" for name in ran]
    return "\n".join(lines)


@atexit.register
def _at_exit():
    if BOOK.collect or not BOOK.checks:
        return
    if not hasattr(sys, "last_type"):  # the program did not end by an error
        try:
            finish()
        except GuardError as error:
            sys.stderr.write(f"{error}\n")
    verbose = os.environ.get("RUSHLIGHT_GUARD") == "verbose"
    if verbose or any(not finding.note for finding in BOOK.findings.values()):
        sys.stderr.write(summary(verbose) + "\n")

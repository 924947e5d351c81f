"""The report of `rushlight doctor`: what was checked, found, where, how to mend it."""

import textwrap
from contextlib import contextmanager

from rushlight.guard._norms import table
from rushlight.guard._report import BOOK, finish
from rushlight.guard._seen import idle, told


@contextmanager
def collecting():
    """Collect findings for the length of a block, in place of warnings.

    Returns:
        list: filled with the findings when the block ends.

    >>> with collecting() as findings:
    ...     pass
    >>> findings
    []
    """
    findings, BOOK.collect = [], True
    try:
        yield findings
        finish()
    finally:
        findings.extend(BOOK.findings.values())
        BOOK.findings.clear()
        BOOK.collect = False


def report(findings, counts=None, *, verbose=False, ending=None):
    """The text of a report.

    Args:
        findings: list, from `collecting`.
        counts: what passed each guarded place, from `_seen.counting`; None if unknown.
        verbose: whether each check has a line.
        ending: str, how the program ended where it was by an error.

    Returns:
        str: lines of at most 88 characters, but for a list of all checks.

    >>> print(report([]).splitlines()[0])
    rushlight doctor: nothing found
    """
    notes = [finding for finding in findings if finding.note]
    findings = [finding for finding in findings if not finding.note]
    head = _counted(len(findings), "finding") if findings else "nothing found"
    head += f", {_counted(len(notes), 'note')}" if notes else ""
    lines = [f"rushlight doctor: {head}"]
    if ending:
        lines += _wrapped(f"The program ended early: {ending}")
    lines.append("")
    for number, finding in enumerate(findings, 1):
        lines += _lines(f"{number}.", finding)
    for finding in notes:
        lines += _lines("Note:", finding)
    lines += table()
    lines += _checks({finding.check for finding in findings}, counts, verbose)
    return "\n".join(lines)


def _checks(marked, counts, verbose):
    """What was watched, and what the checks made of it."""
    ran = sorted(name for name in BOOK.checks if BOOK.level(name) != "off")
    unused = set() if counts is None else set(idle(ran, counts))
    quiet = [name for name in ran if name not in marked and name not in unused]
    lines = [] if not counts else _wrapped(f"Watched: {told(counts) or 'nothing'}.")
    some = f"{len(marked)} found something, " if marked else ""
    head = f"{_counted(len(ran), 'check')} ran: {some}{len(quiet)} found nothing"
    if unused:
        head += f", {len(unused)} had nothing to look at"
    if not verbose:
        return [*lines, *_wrapped(f"{head} (--verbose lists them).")]
    lines += _wrapped(f"{head}.")
    for name in ran:
        mark = "x" if name in marked else "-" if name in unused else " "
        lines.append(f"  [{mark}] {name:17} {BOOK.checks[name].SUMMARY}")
    return lines


def _wrapped(text):
    return textwrap.wrap(text, 88, break_long_words=False, break_on_hyphens=False)


def _counted(count, word):
    return f"{count} {word}{'s' * (count != 1)}"


def _lines(mark, finding):
    often = f" ({finding.count} times)" if finding.count > 1 else ""
    lines = [f"{mark} {finding.check} at {finding.place}{often}"]
    if finding.place.text():
        lines.append(f"     {finding.place.text()}")
    for head, text in (
        ("Seen", finding.saw),
        ("Why", finding.why),
        ("Fix", finding.do),
        ("Then", finding.later),
    ):
        lines += textwrap.wrap(
            f"{head + ':':6}{text}." if text else "",
            88,
            initial_indent="   ",
            subsequent_indent=" " * 9,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return [*lines, ""]

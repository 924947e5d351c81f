"""The report of `rushlight doctor`: what was checked, found, where, how to mend it."""

import textwrap
from contextlib import contextmanager

from rushlight.guard._norms import table
from rushlight.guard._report import BOOK, finish


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


def report(findings):
    """The text of a report.

    Args:
        findings: list, from `collecting`.

    Returns:
        str: lines of at most 88 characters.

    >>> print(report([]).splitlines()[0])
    rushlight doctor: nothing found
    """
    notes = [finding for finding in findings if finding.note]
    findings = [finding for finding in findings if not finding.note]
    told = _counted(len(findings), "finding") if findings else "nothing found"
    told += f", {_counted(len(notes), 'note')}" if notes else ""
    lines = [f"rushlight doctor: {told}", ""]
    for number, finding in enumerate(findings, 1):
        lines += _lines(f"{number}.", finding)
    for finding in notes:
        lines += _lines("Note:", finding)
    lines += table()
    ran = sorted(name for name in BOOK.checks if BOOK.level(name) != "off")
    lines.append(f"{len(ran)} checks ran:")
    marks = {finding.check for finding in findings}
    for name in ran:
        mark = "x" if name in marks else " "
        lines.append(f"  [{mark}] {name:17} {BOOK.checks[name].SUMMARY}")
    return "\n".join(lines)


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
        )
    return [*lines, ""]

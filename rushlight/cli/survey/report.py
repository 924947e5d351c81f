"""What `rushlight check` prints of a program: its torch names, present and missing."""

import ast
import json
import tokenize
from dataclasses import dataclass

from rushlight._base.errors import explain
from rushlight.cli import CommandError
from rushlight.cli.survey.lookup import look_up
from rushlight.cli.survey.uses import uses_in


@dataclass(frozen=True)
class Row:
    """One torch name of a program: where it is used and whether Rushlight has it."""

    name: str
    lines: tuple
    present: bool
    optional: bool
    nearest: tuple


@dataclass(frozen=True)
class Report:
    """All torch names of one file, in the order of their first use."""

    file: str
    rows: tuple

    @property
    def missing(self):
        """The rows of names that the program needs and Rushlight lacks."""
        return [row for row in self.rows if not row.present and not row.optional]


def report_on(path):
    """Read one program and look its names up.

    Raises:
        CommandError: the file cannot be read or is not Python.
    """
    lines, optional = {}, {}
    for place, tree in _trees(path):
        for use in uses_in(tree):
            lines.setdefault(use.name, []).append(f"{place}{use.line}")
            optional[use.name] = optional.get(use.name, True) and use.optional
    rows = []
    for name, where in lines.items():
        answer = look_up(name)
        there = tuple(dict.fromkeys(where))
        rows.append(Row(name, there, answer.present, optional[name], answer.nearest))
    return Report(path, tuple(rows))


def _trees(path):
    """Pairs (what to write before a line's number, syntax tree) of a file's parts."""
    try:
        if path.endswith(".ipynb"):
            from rushlight.cli.rewrite.notebook import code_cells, parse_cell

            for number, text in enumerate(code_cells(path), 1):
                yield f"cell {number}:", parse_cell(text, path, lambda *_: None)
            return
        with tokenize.open(path) as file:
            yield "", ast.parse(file.read(), path)
    except (OSError, SyntaxError, ValueError) as error:
        raise CommandError(
            explain(
                f"check {path}",
                expected="a Python file or a notebook",
                got=f"{type(error).__name__}: {error}",
                do="Mend the file, or look at the path.",
            )
        ) from None


def as_json(reports):
    """The reports as JSON."""
    files = [
        {
            "file": report.file,
            "names": [
                {
                    "name": row.name,
                    "lines": [_number(line) for line in row.lines],
                    "present": row.present,
                    "optional": row.optional,
                    "nearest": list(row.nearest),
                }
                for row in report.rows
            ],
        }
        for report in reports
    ]
    missing = sum(len(report.missing) for report in reports)
    return json.dumps({"files": files, "missing": missing}, indent=2)


def _number(line):
    return int(line) if line.isdigit() else line


def as_text(reports):
    """The reports as tables of plain text."""
    return "\n\n".join(_table(report) for report in reports)


def _table(report):
    if not report.rows:
        return f"{report.file}: uses no torch name"
    cells = [(row.name, _lines(row.lines), _status(row)) for row in report.rows]
    wide = max(len(name) for name, _, _ in cells)
    long = max(len("lines"), *(len(lines) for _, lines, _ in cells))
    head = ("name", "lines", "in Rushlight")
    rows = [head, ("-" * wide, "-" * long, "-" * len(head[2])), *cells]
    table = [f"  {a:{wide}}  {b:{long}}  {c}".rstrip() for a, b, c in rows]
    return "\n".join([f"{report.file}: {_summary(report)}", "", *table])


def _summary(report):
    count, missing = len(report.rows), len(report.missing)
    names = f"{count} torch name{'s' if count > 1 else ''}"
    return f"{names}, {missing} missing" if missing else f"{names}, none missing"


def _lines(lines):
    """Line numbers; of many, the first few."""
    shown = ", ".join(lines[:6])
    return f"{shown}, ... ({len(lines)})" if len(lines) > 6 else shown


def _status(row):
    if row.present:
        return "yes"
    status = "no (optional)" if row.optional else "MISSING"
    return f"{status}; near: {', '.join(row.nearest)}" if row.nearest else status

"""Running a notebook's code cells in their order, as one program.

A cell's last expression is shown, as in Jupyter.  Commands for IPython or the shell
(`%matplotlib inline`, `!pip install ...`) are left out, and a line says so.
"""

import ast
import asyncio
import inspect
import json
import linecache
import re
import sys
import traceback

from rushlight._base.errors import explain
from rushlight.cli import CommandError
from rushlight.cli.rewrite.compiling import python_compile
from rushlight.cli.rewrite.transform import rewrite

# Lines that are IPython's: magics, shell commands, help; also as assigned values.
_COMMAND = re.compile(r"\s*([%!?]|[\w.,\s]+=\s*[%!]|[\w.]+\?\??\s*$)")
# What stands before the code of a cell and says only how to run it.
_AROUND = re.compile(r"%%(time|timeit|capture|prun)\b")


def run_cells(path, namespace):
    """Run every code cell of the notebook at `path` in one namespace.

    Raises:
        CommandError: the file is no notebook.
    """
    namespace.setdefault("display", _display)
    if sys.excepthook is sys.__excepthook__:
        # Python's own reads a line of code from a file: a cell is part of one.
        sys.excepthook = traceback.print_exception
    for number, text in enumerate(code_cells(path), 1):
        _run_cell(text, f"{path}, cell {number}", namespace)


def code_cells(path):
    """The source text of each code cell of a notebook, in order."""
    try:
        with open(path, encoding="utf-8") as file:
            notebook = json.load(file)
        sheets = notebook.get("worksheets", [notebook])  # format 3 had several
        cells = [cell for sheet in sheets for cell in sheet["cells"]]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        return ["".join(cell.get("source", cell.get("input", ()))) for cell in code]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CommandError(
            explain(
                "run",
                expected="a Jupyter notebook (JSON with cells)",
                got=f"{path!r}, where {type(error).__name__}: {error}",
                do="Save it again from Jupyter.",
            )
        ) from None


def _run_cell(text, name, namespace):
    linecache.cache[name] = len(text), None, text.splitlines(True), name
    tree = parse_cell(text, name, _say_left_out)
    rewrite(tree)
    shown = []
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        if not text.rstrip().endswith(";"):
            shown = [ast.Interactive([tree.body.pop()])]
    for part, mode in [(tree, "exec"), *((each, "single") for each in shown)]:
        _run(_compiled(part, name, mode), namespace)


def _compiled(tree, name, mode):
    return python_compile(tree, name, mode, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, True)


def _run(code, namespace):
    """Run code, which may await at its top level."""
    result = eval(code, namespace)
    if code.co_flags & inspect.CO_COROUTINE:
        asyncio.run(result)


def parse_cell(text, name, leave_out):
    """The tree of a cell; of what is IPython's, `leave_out(name, line, what)` is told.

    Raises:
        SyntaxError: the rest is not Python.
    """
    lines = text.splitlines()
    first = next((n for n, line in enumerate(lines) if line.strip()), None)
    if first is not None and lines[first].startswith("%%"):
        if not _AROUND.match(lines[first]):
            leave_out(name, first + 1, f"the cell `{lines[first]}`")
            return ast.Module([], [])
        leave_out(name, first + 1, f"`{lines[first]}`")
        lines[first] = ""
    while True:
        try:
            flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            return python_compile("\n".join(lines), name, "exec", flags, True)
        except SyntaxError as error:
            place = (error.lineno or 0) - 1
            if not 0 <= place < len(lines) or not _COMMAND.match(lines[place]):
                raise
            leave_out(name, place + 1, f"`{lines[place].strip()}`")
            line = lines[place]
            lines[place] = line[: len(line) - len(line.lstrip())] + "pass"


def _say_left_out(name, line, what):
    print(
        f"rushlight run: {name}, line {line}: left out {what}: "
        "IPython's commands are not Python's.",
        file=sys.stderr,
    )


def _display(*objects, **_):
    """What IPython's display comes to in a terminal."""
    for each in objects:
        print(repr(each))

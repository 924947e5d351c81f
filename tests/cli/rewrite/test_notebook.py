"""Notebooks: their cells run in order, IPython's commands do not."""

import json

import pytest

from rushlight.cli import CommandError
from rushlight.cli.rewrite.notebook import code_cells, parse_cell
from tests.cli.running import rushlight


def notebook(*cells):
    """The text of a notebook with these code cells, and a text cell."""
    made = [{"cell_type": "markdown", "source": ["import torch"]}]
    made += [{"cell_type": "code", "source": c.splitlines(True)} for c in cells]
    return json.dumps({"nbformat": 4, "cells": made})


CELLS = [
    "%matplotlib inline\nimport torch\nimport torch.nn as nn, helper, sys",
    "!pip install torch\nif True:\n    %time\n    x = 'shown'\nfiles = !ls\nx",
    "x;",
    "None",
    "%%bash\nrm -r *",
    "%%time\ntext = '''\n%not a command\n'''\nprint(text)",
    "import asyncio\nawait asyncio.sleep(0)\ndisplay(sys.argv)",
    "exec('import torch; print(torch.__name__)')\nprint(__name__, helper.where)",
    "def f():\n    import torch.nn.functional\n    return 1 / 0",
    "f()",
]


def test_a_notebook_runs(tmp_path):
    files = {
        "book.ipynb": notebook(*CELLS),
        "helper.py": "import torch\nwhere = torch.__name__",
    }
    done = rushlight(tmp_path, "run", "book.ipynb", "x", files=files, check=False)
    assert done.stdout == (
        "'shown'\n\n%not a command\n\n['book.ipynb', 'x']\nrushlight\n"
        "__main__ rushlight\n"
    )
    said = done.stderr.splitlines()
    left_out = [line for line in said if "left out" in line]
    assert [line.split("left out ")[1].split(": ")[0] for line in left_out] == [
        "`%matplotlib inline`",
        "`!pip install torch`",
        "`%time`",
        "`files = !ls`",
        "the cell `%%bash`",
        "`%%time`",
    ]
    assert "book.ipynb, cell 2, line 3" in left_out[2]
    book = tmp_path / "book.ipynb"
    assert [line for line in said[len(left_out) :] if set(line) - set(" ^~")] == [
        "Traceback (most recent call last):",
        f'  File "{book}, cell 10", line 1, in <module>',
        "    f()",
        f'  File "{book}, cell 9", line 3, in f',
        "    return 1 / 0",
        "ZeroDivisionError: division by zero",
    ]
    assert done.returncode == 1


def test_older_notebooks_have_sheets(tmp_path):
    path = tmp_path / "old.ipynb"
    cell = {"cell_type": "code", "input": "x = 1"}
    path.write_text(json.dumps({"worksheets": [{"cells": [cell]}, {"cells": []}]}))
    assert code_cells(path) == ["x = 1"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"cells": 3}', '{"cells": [{}]}'])
def test_another_file_is_no_notebook(text, tmp_path):
    path = tmp_path / "book.ipynb"
    path.write_text(text)
    with pytest.raises(CommandError, match="expected a Jupyter notebook"):
        code_cells(path)


@pytest.mark.parametrize("text", ["x = (", "!ls\nx = = 1", "def f():\nreturn"])
def test_what_is_not_python_either_is_a_fault(text):
    with pytest.raises(SyntaxError):
        parse_cell(text, "cell", lambda *_: None)


def test_an_empty_cell_is_fine():
    assert parse_cell("\n  \n", "cell", None).body == []

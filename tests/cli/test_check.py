"""`rushlight check`: the table, the JSON, the exit status."""

import json
import re

import pytest

from rushlight.cli import main
from tests.cli.rewrite.test_notebook import notebook
from tests.cli.running import write

SCRIPT = """
    import torch
    import torch.nn as nn
    try:
        from torch.utils.nothing import here
    except ImportError:
        here = None

    class Net(nn.Module):
        def __init__(self):
            self.a = nn.Linear(2, 2)
            self.b = nn.Linaer(2, 2)
"""
TABLE = """\
train.py: 6 torch names, 1 missing

  name                      lines  in Rushlight
  ------------------------  -----  ------------
  torch                     2      yes
  torch.nn                  3      yes
  torch.utils.nothing.here  5      no (optional)
  torch.nn.Module           9      yes
  torch.nn.Linear           11     yes
  torch.nn.Linaer           12     MISSING; near: torch.nn.Linear
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"train.py": SCRIPT})
    return tmp_path


def test_a_table(capsys):
    assert main(["check", "train.py"]) == 1
    # Of the near names only the nearest is sure.
    assert re.sub(r"(near: [^,\n]+).*", r"\1", capsys.readouterr().out) == TABLE


def test_nothing_missing(folder, capsys):
    write(folder, {"good.py": "import torch\n" * 9, "none.py": "import os"})
    assert main(["check", "good.py", "none.py"]) == 0
    said = capsys.readouterr().out
    assert "good.py: 1 torch name, none missing" in said
    assert "1, 2, 3, 4, 5, 6, ... (9)" in said
    assert said.endswith("\n\nnone.py: uses no torch name\n")


def test_json(capsys):
    assert main(["check", "--json", "train.py"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["missing"] == 1
    (file,) = said["files"]
    assert file["file"] == "train.py"
    last = file["names"][-1]
    assert last.pop("nearest")[0] == "torch.nn.Linear"
    assert last == {
        "name": "torch.nn.Linaer",
        "lines": [12],
        "present": False,
        "optional": False,
    }


def test_a_notebook(folder, capsys):
    write(folder, {"book.ipynb": notebook("!ls", "%x\nimport torch\ntorch.qqqqqqq")})
    assert main(["check", "book.ipynb"]) == 1
    assert "torch.qqqqqqq  cell 2:3  MISSING\n" in capsys.readouterr().out


def test_a_folder(folder, capsys):
    env = "env/lib/site-packages/x.py"
    write(folder, {"a/b.py": "import torch", env: SCRIPT, ".git/x.py": SCRIPT})
    assert main(["check", "a", "env", ".git/.."]) == 1
    said = capsys.readouterr().out
    assert said.count("torch name") == 3
    assert "site-packages" not in said


@pytest.mark.parametrize(
    "name, text", [("no.py", None), ("bad.py", "x = ("), ("bad.ipynb", "[]")]
)
def test_a_file_that_cannot_be_read(name, text, folder, capsys):
    if text is not None:
        write(folder, {name: text})
    assert main(["check", name]) == 2
    said = capsys.readouterr().err
    assert said.startswith("rushlight: ")
    assert name in said

"""Imports of what Rushlight lacks: the error names what it has."""

import os

import pytest

from rushlight.cli.rewrite import missing
from tests.cli.running import environment, rushlight

ASKED = """
import importlib, sys, torch
for statement in [
    "import torch.nnn",
    "import torch.nn.functionel as F",
    "from torch.foo.bar import baz",
    "import torchvision.transform",
    "importlib.import_module('torch.nnn')",
]:
    try:
        exec(statement)
    except ModuleNotFoundError as error:
        print(type(error).__name__, error.name, error, sep=" | ")
try:
    from torch.nn import Linaer
except ImportError as error:
    print(type(error).__name__, str(error).partition(" (")[0])
"""


def test_a_missing_module_names_the_nearest(tmp_path):
    said = rushlight(tmp_path, "run", "-c", ASKED).stdout.splitlines()
    wanted = [
        ("rushlight.nnn", "import torch.nnn: expected", "torch.nn"),
        ("rushlight.nn.functionel", "import torch.nn.functionel:", "nn.functional"),
        ("rushlight.foo", "import torch.foo: expected", "got 'torch.foo'."),
        ("rushlight.vision.transform", "import torchvision.transform:", "transforms"),
        ("rushlight.nnn", "import torch.nnn: expected", "`rushlight check`"),
    ]
    for line, (name, start, contains) in zip(said, wanted):
        kind, found, message = line.split(" | ")
        assert (kind, found) == ("ModuleNotFoundError", name)
        assert message.startswith(start)
        assert contains in message
    assert said[-1] == "ImportError cannot import name 'Linaer' from 'rushlight.nn'"
    assert len(said) == 6


@pytest.mark.parametrize(
    "statement, note",
    [
        ("from torch.nn import Linaer", "The nearest that it has: Linear"),
        ("from torch import zzzzz", "Rushlight's torch has no zzzzz. `rushlight"),
        ("from os import zzzzz", None),
    ],
)
def test_an_uncaught_missing_name_gets_a_note(statement, note, tmp_path):
    done = rushlight(tmp_path, "run", "-c", statement, check=False)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert note in last if note else last.startswith("ImportError")


PROBE = """
import sys, json
def ask(x):
    if "torch" in sys.modules:
        return type(x).__name__
    raise RuntimeError("no framework")
"""


@pytest.mark.parametrize("also", [(), ("--also", "probe")])
def test_a_package_that_looks_for_torch_is_named(also, tmp_path):
    text = "import sys; sys.path.append('site-packages'); import probe, torch"
    files = {
        "site-packages/probe.py": PROBE,
        "main.py": f"{text}\nprint(probe.ask(torch.ones(1)))",
    }
    given = os.environ.get("PYTHONPATH", "")
    env = environment(PYTHONPATH=f"{given}{os.pathsep}site-packages")
    done = rushlight(
        tmp_path, "run", *also, "main.py", files=files, check=False, env=env
    )
    if also:
        assert (done.stdout, done.stderr) == ("Tensor\n", "")
    else:
        assert "RuntimeError: no framework" in done.stderr
        assert "`rushlight run --also probe ...`" in done.stderr.splitlines()[-1]


def test_the_modules_there_are():
    assert "functional" in missing.modules_of("rushlight.nn")
    top = missing.modules_of("rushlight")
    assert "nn" in top
    assert not {"cli", "vision", "_core"} & set(top)


def test_what_rushlight_itself_misses_is_pythons_to_say():
    guide = missing.ModuleGuide()
    ask = compile(
        "guide.find_spec('rushlight.nothing')", missing.HOUSE + "/x.py", "eval"
    )
    assert eval(ask, {"guide": guide}) is None
    with pytest.raises(ModuleNotFoundError, match="import torch.nothing: expected"):
        guide.find_spec("rushlight.nothing")
    assert guide.find_spec("nothing") is None

"""The command line itself: help, version, unknown commands, the commands' contract."""

import importlib
import os
import subprocess
import sys

import pytest

import rushlight
from rushlight import cli
from tests.cli.running import environment


def test_every_command_keeps_the_contract(capsys):
    for name in cli.commands():
        module = cli.command(name)
        assert module.__doc__.partition("\n")[0].endswith(".")
        assert callable(module.main)
        with pytest.raises(SystemExit) as ended:
            cli.parser(name).parse_args(["--help"])
        assert ended.value.code == 0
        assert capsys.readouterr().out.startswith(f"usage: rushlight {name}")


@pytest.mark.parametrize("argv", [[], ["help"], ["--help"], ["-h"]])
def test_help_lists_every_command(argv, capsys):
    assert cli.main(argv) == 0
    said = capsys.readouterr().out
    assert said.startswith("usage: rushlight COMMAND")
    for name in cli.commands():
        assert f"\n  {name} " in said


def test_help_for_a_command(capsys):
    with pytest.raises(SystemExit):
        cli.main(["help", "check"])
    assert capsys.readouterr().out.startswith("usage: rushlight check")


@pytest.mark.parametrize("argv", [["--version"], ["-V"]])
def test_version(argv, capsys):
    assert cli.main(argv) == 0
    assert capsys.readouterr().out == f"rushlight {rushlight.__version__}\n"


@pytest.mark.parametrize(
    "argv, hint",
    [
        (["rnu"], "Did you mean run?"),
        (["zzz"], "got 'zzz'"),
        (["help", "zzz"], "'zzz'"),
    ],
)
def test_an_unknown_command(argv, hint, capsys):
    assert cli.main(argv) == 2
    said = capsys.readouterr().err
    assert said.startswith("rushlight: COMMAND: expected one of check,")
    assert hint in said
    assert "`rushlight help` says what each does" in said


def test_a_command_is_a_file(tmp_path, monkeypatch, capsys):
    (tmp_path / "greet.py").write_text(
        '"""Greet somebody."""\n'
        "def add_arguments(parser): parser.add_argument('name')\n"
        "def main(args): print('hello', args.name); return 3\n"
    )
    (tmp_path / "_tools.py").write_text("raise SystemError")
    monkeypatch.setattr(cli, "__path__", [*cli.__path__, str(tmp_path)])
    try:
        assert cli.main(["greet", "anna"]) == 3
        assert cli.main(["help"]) == 0
    finally:
        sys.modules.pop("rushlight.cli.greet", None)
    said = capsys.readouterr().out
    assert said.startswith("hello anna\n")
    assert "  greet      Greet somebody." in said
    assert "_tools" not in said


@pytest.mark.parametrize("module", ["rushlight", "rushlight.cli"])
def test_the_modules_are_the_command(module, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", module, "nonsense"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(),
    )
    assert done.returncode == 2
    assert done.stderr.startswith("rushlight: COMMAND")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away_is_no_error(unbuffered):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "rushlight", "help"],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(PYTHONUNBUFFERED=unbuffered),
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


def test_the_machinery_imports_no_heavy_package():
    # What `help` needs, beyond what `import rushlight` itself brings.
    for name in ("run", "check"):
        importlib.import_module(f"rushlight.cli.{name}")
    program = (
        "import rushlight, sys; before = set(sys.modules); import rushlight.cli.run, "
        "rushlight.cli.check, rushlight.cli.rewrite.launch\n"
        "heavy = {'argparse', 'difflib', 'json', 'multiprocessing', 'subprocess'}\n"
        "print(sorted((sys.modules.keys() - before) & heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True
    )
    assert done.stdout == "[]\n"

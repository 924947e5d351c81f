"""`rushlight run`'s own command line; what it does is tested in rewrite/."""

import pytest

from rushlight.cli import run
from tests.cli.running import rushlight


@pytest.mark.parametrize(
    "argv, also, rest",
    [
        ([], [], []),
        (["x.py"], [], ["x.py"]),
        (["x.py", "--also", "y"], [], ["x.py", "--also", "y"]),
        (["--also", "a", "--also=b", "x.py", "-h"], ["a", "b"], ["x.py", "-h"]),
        (["-m", "x", "--help"], [], ["-m", "x", "--help"]),
        (["--also", "a", "-c", "x"], ["a"], ["-c", "x"]),
        (["-", "x"], [], ["-", "x"]),
        (["--", "-odd.py", "--"], [], ["-odd.py", "--"]),
    ],
)
def test_its_own_options_end_where_the_program_begins(argv, also, rest):
    args = run.read(argv)
    assert (args.also, args.rest) == (also, rest)


@pytest.mark.parametrize("argv", [["--alos", "x"], ["-x", "y.py"]])
def test_an_unknown_option_is_refused(argv, capsys):
    with pytest.raises(SystemExit) as ended:
        run.read(argv)
    assert ended.value.code == 2
    assert "unrecognized arguments" in capsys.readouterr().err


def test_help_is_its_own_only_before_the_program(tmp_path):
    ours = rushlight(tmp_path, "run", "--help")
    assert ours.stdout.startswith("usage: rushlight run")
    files = {"x.py": "import argparse; argparse.ArgumentParser('mine').parse_args()"}
    theirs = rushlight(tmp_path, "run", "x.py", "--help", files=files)
    assert theirs.stdout.startswith("usage: mine")

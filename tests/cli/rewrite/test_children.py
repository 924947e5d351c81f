"""Processes that a program starts see torch as it does."""

import os
import sys

import pytest

from rushlight.cli.rewrite import children, ownership
from tests.cli.running import environment, rushlight

WORK = """
import multiprocessing as mp
import pickle
import sys
from concurrent.futures import ProcessPoolExecutor

import torch.nn as nn
import helper


class Thing(nn.Module):
    def __eq__(self, other):
        return type(other) is Thing


def work(thing):
    import torch.nn.functional as F
    names = F.__name__, __import__("torch").__name__, helper.torch.__name__
    exec("import torch; names += (torch.__name__,)", scope := {"names": names})
    return scope["names"], thing == Thing(), "torch" in [*sys.modules]


if __name__ == "__main__":
    with ProcessPoolExecutor(1, mp_context=mp.get_context(sys.argv[1])) as pool:
        print(pool.submit(work, Thing()).result())
"""


@pytest.mark.parametrize(
    "method",
    [
        "fork",
        pytest.param("spawn", marks=pytest.mark.slow),
        pytest.param("forkserver", marks=pytest.mark.slow),
    ],
)
def test_workers(tmp_path, method):
    files = {"main.py": WORK, "helper.py": "import torch"}
    done = rushlight(tmp_path, "run", "-m", "main", method, files=files)
    names = ("rushlight.nn.functional", "rushlight", "rushlight", "rushlight")
    assert done.stdout == f"{(names, True, False)}\n"
    assert done.stderr == ""


def test_a_spawned_script(tmp_path):
    files = {"main.py": WORK, "helper.py": "import torch"}
    done = rushlight(tmp_path, "run", "main.py", "spawn", files=files)
    names = ("rushlight.nn.functional", "rushlight", "rushlight", "rushlight")
    assert done.stdout == f"{(names, True, False)}\n"


def test_what_a_child_raises_shows_the_users_lines(tmp_path):
    files = {
        "main.py": """
            import multiprocessing, torch
            def work():
                raise ValueError("from the child")
            if __name__ == "__main__":
                child = multiprocessing.get_context("spawn").Process(target=work)
                child.start()
                child.join()
                print(child.exitcode)
        """
    }
    done = rushlight(tmp_path, "run", "main.py", files=files)
    assert done.stdout == "1\n"
    assert 'raise ValueError("from the child")' in done.stderr
    assert "cli/rewrite" not in done.stderr


def test_pickles_of_the_programs_classes_can_be_read_by_its_next_run(tmp_path):
    files = {
        "main.py": """
            import os, pickle, torch
            class Thing:
                pass
            if os.path.exists("thing"):
                print(type(pickle.load(open("thing", "rb"))) is Thing)
            else:
                pickle.dump(Thing(), open("thing", "wb"))
        """
    }
    assert rushlight(tmp_path, "run", "main.py", files=files).stdout == ""
    assert rushlight(tmp_path, "run", "main.py").stdout == "True\n"


def test_another_python_on_the_users_code(tmp_path):
    files = {
        "other.py": "import torch, sys; print(torch.__name__, sys.argv[1:])",
        "main.py": """
            import subprocess, sys
            command = [sys.executable, "-u", "other.py", "--lr", "1"]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
            print(done.stdout, done.args == command)
            command = [sys.executable, "-c", "import sys; print(sys.argv)"]
            print(subprocess.check_output(command, text=True))
        """,
    }
    done = rushlight(tmp_path, "run", "main.py", files=files)
    assert done.stdout == "rushlight ['--lr', '1']\n True\n['-c']\n\n"


ME = sys.executable


@pytest.mark.parametrize(
    "command, place",
    [
        ([ME, "other.py"], 1),
        ([ME, "-u", "-W", "error", "-X", "dev", "other.py", "-c"], 6),
        ([ME, "-c", "import torch"], 1),
        ([ME, "-m", "torch.distributed.run", "x.py"], 1),
        ([ME, "-m", "package.part"], 1),
        ([ME, "-"], 1),
        ([os.path.basename(ME), "other.py"], 1),
        ([os.fsencode(ME), b"other.py"], 1),
    ],
)
def test_a_command_on_the_users_code_gets_the_runner(
    command, place, tmp_path, monkeypatch
):
    monkeypatch.setenv("PATH", os.path.dirname(ME))
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "part.py").touch()
    ours = children.runner_command(command, tmp_path)
    command = [os.fsdecode(part) for part in command]
    assert ours[:place] == command[:place]
    assert ours[place] == "-c"
    assert "rushlight" in ours[place + 1]
    assert ours[place + 2 :] == ["run", *command[place:]]


@pytest.mark.parametrize(
    "command",
    [
        [],
        [ME],
        [ME, "-V"],
        [ME, "-c", "print(1)"],
        [ME, "-m", "pip", "install", "x"],
        [ME, os.__file__],
        ["no-such-program", "other.py"],
        ["python9", "other.py"],
        ["git", "status"],
    ],
)
def test_any_other_command_stays(command, tmp_path):
    assert children.runner_command(command, tmp_path) is None


def test_adopted_packages_are_handed_on(monkeypatch, tmp_path):
    monkeypatch.setattr(ownership, "_also", ["/somewhere/probe"])
    ours = children.runner_command([ME, "other.py"], tmp_path)
    assert ours[3:] == ["run", "--also", "/somewhere/probe", "other.py"]


@pytest.mark.slow
def test_a_child_finds_rushlight_though_only_its_parent_had_the_path(tmp_path):
    import rushlight as package

    folder = os.path.dirname(os.path.dirname(package.__file__))
    files = {"main.py": WORK, "helper.py": "import torch"}
    # As with `python -m rushlight` in a checkout: the path is the start's own.
    start = (
        f"import sys; sys.path.insert(0, {folder!r})\nfrom rushlight.cli import main"
    )
    code = f"{start}\nsys.exit(main(['run', 'main.py', 'spawn']))"
    from tests.cli.running import python

    done = python(tmp_path, "-c", code, files=files, env=environment(PYTHONPATH=""))
    assert done.stdout.endswith("True, False)\n")

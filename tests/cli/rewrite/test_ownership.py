"""Whose file it is, and who asked."""

import os
import sys
import sysconfig

import numpy
import pytest

import rushlight
from rushlight.cli.rewrite import ownership


@pytest.fixture(autouse=True)
def nothing_adopted(monkeypatch):
    monkeypatch.setattr(ownership, "_also", [])


def test_the_users_files_are_the_users(tmp_path, monkeypatch):
    assert ownership.is_own(str(tmp_path / "train.py"))
    monkeypatch.chdir(tmp_path)
    assert ownership.is_own("train.py")


NOT_OWN = {
    "stdlib": os.__file__,
    "a folder of the stdlib": os.path.join(
        os.path.dirname(os.__file__), "json", "x.py"
    ),
    "an installed package": numpy.__file__,
    "an environment in the project": os.path.join(
        os.sep, "project", ".venv", "lib", "python3", "site-packages", "x.py"
    ),
    "Debian's packages": os.path.join(os.sep, "usr", "lib", "dist-packages", "x.py"),
    "Rushlight": rushlight.__file__,
    "text": "<string>",
}


@pytest.mark.parametrize("path", NOT_OWN.values(), ids=NOT_OWN.keys())
def test_the_rest_is_not(path):
    assert not ownership.is_own(path)


def test_site_packages_are_not_stdlib():
    path = os.path.join(sysconfig.get_path("stdlib"), "site-packages", "x.py")
    assert not ownership.is_stdlib(path)
    assert ownership.is_stdlib(os.__file__)


def test_an_adopted_package_is_own():
    folder = os.path.dirname(numpy.__file__)
    ownership.adopt([folder])
    ownership.adopt([folder])
    assert ownership.adopted() == [folder]
    assert ownership.is_own(numpy.__file__)
    assert not ownership.is_own(folder + "_extra.py")


def _answer(filename, name):
    """What is_own_code says to code of some file, called by a stranger's code."""
    stranger = {"ask": ownership.is_own_code, "__name__": "stranger"}
    exec(compile("def call(f): return f()", numpy.__file__, "exec"), stranger)
    asker = {"ask": ownership.is_own_code, "__name__": name}
    exec(compile("def f(): return ask()", filename, "exec"), asker)
    return stranger["call"](asker["f"])


@pytest.mark.parametrize(
    "filename, name, answer",
    [
        ("train.py", "train", True),
        (os.__file__, "os", False),
        ("<string>", "anything", False),
        ("<stdin>", "__main__", True),
        ("<frozen runpy>", "__main__", False),
        (numpy.__file__, "numpy", False),
    ],
)
def test_who_asked(filename, name, answer):
    assert _answer(filename, name) is answer


def test_a_stack_of_the_stdlib_only_is_nobodys_elses():
    import threading

    said = []
    code = compile("said.append(ask())", "<string>", "exec")
    scope = {"said": said, "ask": ownership.is_own_code}
    thread = threading.Thread(target=exec, args=(code, scope))
    thread.start()
    thread.join()
    assert said == [True]
    assert "torch" not in sys.modules

"""`rushlight run X` is as `python X`: what a program sees, and how it ends."""

import signal
import subprocess
import sys

import pytest

from tests.cli.running import environment, python, rushlight, write

SEEN = """
import sys
names = {k: v for k, v in globals().items() if k not in ("__loader__", "sys")}
print(names, type(globals().get("__loader__")), sys.argv, sys.path[0])
print(__name__, sys.modules["__main__"].__dict__ is globals(), sys.stdin.readline())
"""


@pytest.mark.parametrize(
    "argv",
    [
        ["seen.py", "--help", "-c", "x"],
        ["folder/seen.py"],
        ["folder", "x"],
        ["-c", SEEN, "--also", "x"],
        ["-m", "seen", "x", "-m", "y"],
        ["-m", "folder"],
    ],
)
def test_a_program_sees_what_python_shows_it(argv, tmp_path):
    files = {"seen.py": SEEN, "folder/seen.py": SEEN, "folder/__main__.py": SEEN}
    theirs = python(tmp_path, *argv, files=files, input="a line\n")
    ours = rushlight(tmp_path, "run", *argv, input="a line\n")
    assert _same(ours.stdout) == _same(theirs.stdout)


def _same(text):
    """Text without the addresses of objects."""
    import re

    return re.sub(r"0x[0-9a-f]+", "", text)


def test_a_program_from_standard_input(tmp_path):
    text = "import sys, torch\nprint(torch.__name__, sys.argv, __file__, sys.path[0])"
    done = rushlight(tmp_path, "run", "-", "x", input=text)
    assert done.stdout == "rushlight ['-', 'x'] <stdin> \n"


# What is run -> (exit status, last line of stderr).
ENDS = {
    "import torch": (0, None),
    "import sys; sys.exit(7)": (7, None),
    "import sys; sys.exit('bye')": (1, "bye"),
    "raise SystemExit": (0, None),
    "import torch; 1 / 0": (1, "ZeroDivisionError: division by zero"),
    "import sys; sys.excepthook = lambda *a: print(a[0], len(a), file=sys.stderr)\n"
    "1 / 0": (1, "<class 'ZeroDivisionError'> 3"),
    "import atexit, sys\natexit.register(print, 'last', file=sys.stderr)\n1 / 0": (
        1,
        "last",
    ),
}


@pytest.mark.parametrize("text", ENDS)
def test_a_program_ends_as_in_python(text, tmp_path):
    theirs = python(tmp_path, "-c", text, check=False) if "torch" not in text else None
    ours = rushlight(tmp_path, "run", "-c", text, check=False)
    status, last = ENDS[text]
    assert ours.returncode == status
    assert (ours.stderr.splitlines() or [None])[-1] == last
    if theirs:
        assert ours.returncode == theirs.returncode
        # Python 3.13.0 alone finds the line of a text by its name, and not by its code.
        assert ours.stderr == theirs.stderr or sys.version_info[:3] == (3, 13, 0)


FAILS = {
    "helper.py": """
        import torch
        def boom(x):
            return (
                x / 0
            )
    """,
    "main.py": """
        import torch.nn as nn
        from helper import boom
        def main():
            import torch.nn.functional
            try:
                [boom(x) for x in (1,)]
            except ZeroDivisionError as error:
                raise ValueError("the program's") from error
        main()
    """,
    "torch/__init__.py": "from torch import nn",
    "torch/nn/__init__.py": "from torch.nn import functional",
    "torch/nn/functional.py": "",
}


def test_a_traceback_is_pythons_to_the_letter(tmp_path):
    """Python runs the program with a package torch of nothing, as the measure."""
    theirs_folder, ours_folder = tmp_path / "a", tmp_path / "b"
    theirs_folder.mkdir()
    ours_folder.mkdir()
    theirs = python(theirs_folder, "main.py", files=FAILS, check=False)
    files = {name: text for name, text in FAILS.items() if "torch" not in name}
    ours = rushlight(ours_folder, "run", "main.py", files=files, check=False)
    assert ours.stderr == theirs.stderr.replace(str(theirs_folder), str(ours_folder))
    assert "ValueError" in ours.stderr


@pytest.mark.parametrize("name", ["bad.py", "imports_bad.py"])
@pytest.mark.parametrize("text", ["x = (1 +\n", "def f():\n  pass\n return 1\n"])
def test_a_fault_in_the_text_is_shown_as_python_shows_it(name, text, tmp_path):
    files = {"bad.py": "import torch\n" + text, "imports_bad.py": "import bad"}
    theirs = python(tmp_path, name, files=files, check=False)
    ours = rushlight(tmp_path, "run", name, check=False)
    assert (ours.stderr, ours.returncode) == (theirs.stderr, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_an_interrupt_ends_it_as_it_ends_python(tmp_path):
    text = """
        import torch, time
        def work():
            print("ready", flush=True)
            time.sleep(60)
        work()
    """
    write(tmp_path, {"main.py": text})
    process = subprocess.Popen(
        [sys.executable, "-m", "rushlight", "run", "main.py"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    # A shell reports death by this signal as 128 + 2.
    assert process.returncode == -signal.SIGINT
    lines = said.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1] == "KeyboardInterrupt"
    assert said.count("Traceback") == 1
    assert [line.split(", ")[2] for line in lines if line.startswith("  File")] == [
        "in <module>",
        "in work",
    ]


def test_a_program_may_ask_which_lines_are_its_own(tmp_path):
    files = {
        "main.py": """
            import inspect, torch, traceback
            def f():
                return inspect.getsource(f), inspect.currentframe().f_lineno
            print(f())
            try:
                import torch.nn.functional
                1 / 0
            except ZeroDivisionError:
                traceback.print_exc()
        """
    }
    done = rushlight(tmp_path, "run", "main.py", files=files)
    assert "return inspect.getsource(f)" in done.stdout
    assert done.stdout.endswith(", 4)\n")
    assert done.stderr.count("File") == 1
    assert "line 8" in done.stderr


# Command lines that cannot be run -> what the answer says.
NONSENSE = {
    (): "got nothing",
    ("-c",): "got nothing",
    ("-m",): "got nothing",
    ("no.py",): "got no file 'no.py'",
    ("x.pyc",): "got compiled code, 'x.pyc'",
    ("--also", "no_such_package", "x.py"): "got 'no_such_package'",
    ("broken.ipynb",): "expected a Jupyter notebook",
}


@pytest.mark.parametrize("argv", NONSENSE)
def test_a_command_line_that_makes_no_sense(argv, tmp_path):
    files = {"x.pyc": "", "broken.ipynb": "[]"}
    done = rushlight(tmp_path, "run", *argv, files=files, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("rushlight: ")
    assert NONSENSE[argv] in done.stderr
    assert "Traceback" not in done.stderr


def test_a_zip_file(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "app.pyz", "w") as archive:
        archive.writestr("__main__.py", "import torch, part; print(torch.__name__)")
        archive.writestr("part.py", "import torch; print(torch.__name__)")
    done = rushlight(tmp_path, "run", "app.pyz")
    assert done.stdout == "rushlight\nrushlight\n"

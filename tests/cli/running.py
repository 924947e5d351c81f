"""Running the command line in a process of its own."""

import os
import subprocess
import sys
from textwrap import dedent


def write(folder, files):
    """Write files, given as {name: text}, into a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")


def rushlight(folder, *argv, files=(), check=True, **options):
    """Run `rushlight ARGV...` in a folder, after writing files there.

    With `check` the command must succeed.  Returns the CompletedProcess, with text.
    """
    return _run(
        [sys.executable, "-m", "rushlight"], folder, argv, files, check, options
    )


def python(folder, *argv, files=(), check=True, **options):
    """The same with plain Python in place of `rushlight`."""
    return _run([sys.executable], folder, argv, files, check, options)


def _run(program, folder, argv, files, check, options):
    write(folder, dict(files))
    options.setdefault("env", environment())
    done = subprocess.run(
        [*program, *map(str, argv)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )
    assert not check or done.returncode == 0, done.stderr
    return done


def environment(**changes):
    """This process's environment, with one thread for NumPy and pyc files allowed."""
    env = dict(os.environ, OMP_NUM_THREADS="1", **changes)
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    return env

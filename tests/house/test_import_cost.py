"""`import rushlight` costs little more than `import numpy`."""

import os
import re
import subprocess
import sys

import pytest

from tests.house.source import report

# Time of `import rushlight`, NumPy's part of it included, over that of `import numpy`.
# About 1.8 when this was written; more than 2.5 is no longer "little more".
RATIO = 2.5
ROUNDS = 7

# What only some programs need is imported when they first need it.
ON_FIRST_USE = """
    asyncio concurrent.futures ctypes.util cupy curses distutils doctest email ftplib
    html http importlib.metadata llvmlite logging multiprocessing pandas PIL pdb
    pkg_resources rich safetensors scipy setuptools socket sqlite3 ssl tarfile tkinter
    torch typing_extensions unittest urllib.request xml
""".split()


def python(*arguments, **variables):
    """The output of a fresh Python process: (stdout, stderr)."""
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | variables,
    )
    return done.stdout, done.stderr


def seconds(module, compiled):
    """Seconds of work to import a module; `compiled`: a folder for .pyc files.

    The process's own time, so that what else the machine does counts little.
    """
    program = f"import time; t = time.process_time(); import {module}"
    said, _ = python(
        "-c",
        f"{program}; print(time.process_time() - t)",
        PYTHONPYCACHEPREFIX=str(compiled),
        PYTHONDONTWRITEBYTECODE="",
    )
    return float(said)


def importers(trace):
    """For each module in the output of `-X importtime`, the one that imported it."""
    lines = re.findall(r"^import time:.*\|( +)(\S+)$", trace, re.MULTILINE)
    waiting, found = [], {}
    for blanks, name in lines:
        depth = len(blanks)
        while waiting and waiting[-1][0] > depth:
            found[waiting.pop()[1]] = name
        waiting.append((depth, name))
    return found


def chain(name, found):
    """The way from a module up to the one that was asked for."""
    path = [name]
    while path[-1] in found:
        path.append(found[path[-1]])
    return " <- ".join(path)


def test_import_brings_nothing_that_few_programs_need():
    ours = importers(python("-X", "importtime", "-c", "import rushlight")[1])
    numpys = importers(python("-X", "importtime", "-c", "import numpy, ml_dtypes")[1])
    report(
        [chain(name, ours) for name in ON_FIRST_USE if name in ours.keys() - numpys],
        "Import it inside the function that needs it.",
    )


@pytest.mark.slow
def test_import_is_little_slower_than_numpys(tmp_path):
    seconds("rushlight", tmp_path)  # the first import compiles
    pairs = [
        (seconds("rushlight", tmp_path), seconds("numpy", tmp_path))
        for _ in range(ROUNDS)
    ]
    ours, numpys = (min(times) for times in zip(*pairs))  # the least disturbed
    assert ours <= RATIO * numpys, (
        f"import rushlight takes {ours * 1e3:.0f} ms, import numpy {numpys * 1e3:.0f}: "
        f"more than {RATIO} times as long; see python -X importtime"
    )


def test_importers_are_found():
    trace = """import time: self [us] | cumulative | imported package
import time:        98 |         98 |     c
import time:       218 |        316 |   b
import time:        98 |         98 |   d
import time:       218 |        316 | a
"""
    assert importers(trace) == {"c": "b", "b": "a", "d": "a"}
    assert chain("c", importers(trace)) == "c <- b <- a"

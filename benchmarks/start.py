"""What `rushlight run` costs before the first line of a script runs.

    python benchmarks/start.py [ROUNDS]

Starts, in turns, an empty script in plain Python, one that imports NumPy, one that
imports Rushlight, and an empty one by `rushlight run`; then times what rewriting adds
to compiling a source text.  Prints medians and minima in milliseconds.
"""

import ast
import os
import statistics
import subprocess
import sys
import tempfile
import time

from rushlight.cli.rewrite.compiling import to_code

STARTS = {
    "python, empty script": ["empty.py"],
    "python, import numpy": ["-c", "import numpy"],
    "python, import rushlight": ["-c", "import rushlight"],
    "rushlight run, empty script": ["-m", "rushlight", "run", "empty.py"],
}


def seconds(call):
    """How long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def starts(rounds):
    """{name: seconds of each round} of whole processes, taken in turns."""
    times = {name: [] for name in STARTS}
    with tempfile.TemporaryDirectory() as folder:
        open(os.path.join(folder, "empty.py"), "w").close()
        for _ in range(rounds):
            for name, argv in STARTS.items():
                command = [sys.executable, *argv]
                times[name].append(
                    seconds(lambda c=command: subprocess.run(c, cwd=folder, check=True))
                )
    return times


def compiling(rounds):
    """{name: seconds of each round} of compiling a text of 1000 lines with imports."""
    with open(ast.__file__, encoding="utf-8") as file:
        text = "import torch\n" * 10 + "".join(file.readlines()[:990])
    while True:  # end at a whole statement
        try:
            compile(text, "x", "exec")
            break
        except SyntaxError:
            text = text.rpartition("\n")[0]
    return {
        "compile 1000 lines": [
            seconds(lambda: compile(text, "x", "exec")) for _ in range(rounds)
        ],
        "rewrite and compile them": [
            seconds(lambda: to_code(text, "x")) for _ in range(rounds)
        ],
    }


def main():
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    for name, times in (starts(rounds) | compiling(rounds)).items():
        middle, least = statistics.median(times) * 1e3, min(times) * 1e3
        print(f"{name:30} median {middle:7.1f} ms   least {least:7.1f} ms")


if __name__ == "__main__":
    main()

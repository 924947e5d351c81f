"""Shared by the benchmarks whose measurements are processes that take turns."""

import argparse
import json
import os
import subprocess
import sys


def arguments(doc):
    """The command line of such a benchmark."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--torch-python", default=sys.executable)
    parser.add_argument("--rushlight-python", default=sys.executable)
    return parser.parse_args()


def measure(python, script, *words):
    """What a script prints last, as JSON, when it is run with ``--run`` and words."""
    here = os.path.dirname(os.path.abspath(__file__))
    path = os.pathsep.join([here, os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [python, script, "--run", *map(str, words)],
        capture_output=True,
        text=True,
        env=dict(os.environ, PYTHONPATH=path),
        check=True,
    )
    return json.loads(done.stdout.strip().splitlines()[-1])

"""What holds for every test: seeds, this checkout in subprocesses, processes."""

import os
import random
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent

# Programs that tests start import this checkout too, wherever they run.
_paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
os.environ["PYTHONPATH"] = os.pathsep.join(path for path in _paths if path)


def pytest_xdist_auto_num_workers(config):
    """One process a core for the whole suite; none where files or tests are named."""
    if config.args != config.getini("testpaths"):
        return 0
    return min(len(os.sched_getaffinity(0)), 8)


@pytest.fixture(autouse=True)
def seeds():
    """Start every test from the same random state, whichever ran before it."""
    random.seed(0)
    np.random.seed(0)
    manual_seed = getattr(sys.modules.get("rushlight"), "manual_seed", None)
    if manual_seed is not None:
        manual_seed(0)

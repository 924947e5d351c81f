"""What holds for every test: seeds, this checkout in subprocesses, processes."""

import os
import random
import sys
from pathlib import Path

# One thread for each process of NumPy: the cores are the test processes' own.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Tests do on purpose what guards name; tests/guard turns them on.
os.environ.setdefault("RUSHLIGHT_GUARD", "off")
os.environ.setdefault("RUSHLIGHT_GUARD_STRICT", "1")  # a check's own error is seen

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent

# Programs that tests start import this checkout too, wherever they run.
_paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
os.environ["PYTHONPATH"] = os.pathsep.join(path for path in _paths if path)


def pytest_xdist_auto_num_workers(config):
    """One process a core for folders of tests; none where files or tests are named."""
    if all(Path(name.split("::")[0]).is_file() for name in config.args):
        return 0
    return min(os.cpu_count() or 1, 8)


@pytest.fixture(autouse=True)
def seeds():
    """Start every test from the same random state, whichever ran before it."""
    random.seed(0)
    np.random.seed(0)
    report = sys.modules.get("rushlight.guard._report")
    if report is not None and report.BOOK.default != "off":
        sys.modules["rushlight"].guard("off")  # an earlier test turned it on
    manual_seed = getattr(sys.modules.get("rushlight"), "manual_seed", None)
    if manual_seed is not None:
        manual_seed(0)

"""Freed memory is kept: large results fault in once, not at every operation."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import resource
import rushlight as torch
x = torch.ones(1_000_000)
for _ in range(5):
    x + x
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(50):
    x + x
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a setting of Linux's C library")
def test_repeated_large_results_cause_no_page_faults():
    alone = {**os.environ, "RUSHLIGHT_NUM_THREADS": "1"}  # no kernel is loaded
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=alone,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < 1000  # each of the fifty results has about 1000 pages

"""The project's correct programs run with guards as errors: no false alarm."""

import shutil
from pathlib import Path

import pytest

from tests.cli.running import rushlight

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = sorted(
    [
        *(ROOT / "examples").glob("*.py"),
        *(ROOT / "tests/programs/recorded").glob("*.py"),
    ]
)


@pytest.mark.slow
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_correct_program_raises_no_alarm(path, tmp_path):
    shutil.copy(path, tmp_path)
    done = rushlight(tmp_path, "run", "--guard", "error", path.name)
    assert "rushlight guard" not in done.stderr


def test_there_are_many():
    assert len(PROGRAMS) >= 40

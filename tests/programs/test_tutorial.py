"""Whole programs print under `rushlight run` what PyTorch 2.13 printed for them.

The programs in recorded/ are kept with that output.  The chapter's
own, with their data, lie beside the checkout (../shared/tutorial) where they are at
hand; without them their tests are skipped.
"""

import shutil
from pathlib import Path

import pytest

from tests.cli.running import rushlight
from tests.programs.measure import same

PROGRAMS = Path(__file__).parent / "recorded"
SHARED = Path(__file__).resolve().parents[3] / "shared"
CHAPTER = SHARED / "tutorial"

# Programs that take more than about a second.
SLOW = {"02_training_loop", "09_loader", "11_adamw_loop"}


def names(folder):
    """The programs of a folder, the slow ones marked."""
    stems = sorted(path.stem for path in folder.glob("*.py"))
    return [
        pytest.param(stem, marks=pytest.mark.slow if stem in SLOW else ())
        for stem in stems
    ]


def check(folder, program, expected):
    """Run a program in a folder and compare what it prints."""
    done = rushlight(folder, "run", program)
    theirs = expected.read_text("utf-8")
    assert same(done.stdout, theirs), f"{done.stdout}\n--- PyTorch:\n{theirs}"


@pytest.mark.parametrize("name", names(PROGRAMS))
def test_a_recorded_program(name, tmp_path):
    shutil.copy(PROGRAMS / f"{name}.py", tmp_path)
    check(tmp_path, f"{name}.py", PROGRAMS / f"{name}.txt")


@pytest.mark.skipif(not CHAPTER.exists(), reason="the chapter's programs are not here")
@pytest.mark.parametrize("name", names(CHAPTER) or [""])
def test_a_program_of_the_chapter(name, tmp_path):
    data = SHARED / "data"
    if name == "11_adamw_loop":
        pytest.importorskip("pandas")
    shutil.copytree(data / "fashion-mnist-900", tmp_path / "data")
    shutil.copy(data / "german-credit.txt", tmp_path)
    shutil.copy(CHAPTER / f"{name}.py", tmp_path)
    check(tmp_path, f"{name}.py", CHAPTER / "expected" / f"{name}.txt")


@pytest.mark.parametrize(
    "ours, theirs, answer",
    [
        ("tensor([0.1234])\n", "tensor([0.1235])\n", True),
        ("-1.20e-05 x", "-1.21e-05 x", True),
        ("0.1234", "0.1236", False),
        ("0.123", "0.1234", False),
        ("1.0e-05", "1.0e-04", False),
        ("12", "13", False),
        ("tensor(0.5)", "tensor(0.5, grad_fn=<X>)", False),
        ("1.0 ", "1.0", False),
        ("-0.0001", "0.0000", True),
    ],
)
def test_the_measure(ours, theirs, answer):
    assert same(ours, theirs) is answer

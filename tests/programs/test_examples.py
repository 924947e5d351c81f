"""The programs in examples/ print what PyTorch 2.13 printed for them.

Their output is kept in recorded/examples; `python -m tests.programs.record` writes it
anew where PyTorch is installed.
"""

import ast
import shutil
from pathlib import Path

import pytest

from tests.cli.running import rushlight
from tests.programs.measure import same

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
RECORDED = Path(__file__).parent / "recorded" / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.py"))


def run(name, folder, *argv):
    """What an example prints in a folder of its own."""
    shutil.copy(EXAMPLES / f"{name}.py", folder)
    return rushlight(folder, "run", f"{name}.py", *argv).stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_an_example(name, tmp_path):
    ours = run(name, tmp_path)
    theirs = (RECORDED / f"{name}.txt").read_text("utf-8")
    assert same(ours, theirs), f"{ours}\n--- PyTorch:\n{theirs}"


def test_each_is_recorded_and_says_what_it_teaches():
    assert len(NAMES) >= 20
    assert NAMES == sorted(path.stem for path in RECORDED.glob("*.txt"))
    listed = (EXAMPLES / "README.md").read_text("utf-8")
    for name in NAMES:
        tree = ast.parse((EXAMPLES / f"{name}.py").read_text("utf-8"))
        assert "Lesson: " in ast.get_docstring(tree), name
        assert f"[{name}]({name}.py)" in listed


@pytest.mark.slow
def test_a_resumed_classifier_ends_as_a_whole_one(tmp_path):
    whole = run("image_classifier", tmp_path, "--epochs", "3").splitlines()
    options = ("--checkpoint", "net.pt")
    run("image_classifier", tmp_path, "--epochs", "2", *options)
    rest = run("image_classifier", tmp_path, "--epochs", "3", *options, "--resume")
    assert rest.splitlines()[-1] == whole[-1]


@pytest.mark.slow
def test_a_saved_gpt_writes_and_goes_on(tmp_path):
    run("gpt", tmp_path, "--steps", "20", "--out", "gpt.pt", "--write", "5")
    options = ("--resume", "gpt.pt", "--write", "9")
    rest = run("gpt", tmp_path, "--steps", "10", *options)
    assert "step 30: loss" in rest
    written = run("gpt", tmp_path, "--steps", "0", *options).splitlines()
    assert len("\n".join(written[1:])) == 10

"""The programs in examples/, run live by both: the same printed numbers."""

import shutil

import pytest

pytest.importorskip("torch")

from tests.cli.running import python, rushlight
from tests.programs.measure import same
from tests.programs.test_examples import EXAMPLES, NAMES

CREDITS = EXAMPLES.parents[1] / "shared" / "data" / "german-credit.txt"

pytestmark = pytest.mark.parity


@pytest.mark.parametrize("name", NAMES)
def test_an_example(name, tmp_path):
    shutil.copy(EXAMPLES / f"{name}.py", tmp_path)
    text = (tmp_path / f"{name}.py").read_text("utf-8")
    if "torchvision" in text:
        found = python(tmp_path, "-c", "import torchvision", check=False)
        if found.returncode:
            pytest.skip("torchvision is not installed, or not for this torch")
    theirs = python(tmp_path, f"{name}.py").stdout
    ours = rushlight(tmp_path, "run", f"{name}.py").stdout
    assert same(ours, theirs), f"{ours}\n--- PyTorch:\n{theirs}"


@pytest.mark.skipif(not CREDITS.exists(), reason="the table of credits is not here")
@pytest.mark.parametrize("name, option", [("tabular", "--csv"), ("credit", "--data")])
def test_a_real_table(name, option, tmp_path):
    shutil.copy(EXAMPLES / f"{name}.py", tmp_path)
    argv = f"{name}.py", option, str(CREDITS)
    theirs = python(tmp_path, *argv).stdout
    ours = rushlight(tmp_path, "run", *argv).stdout
    assert same(ours, theirs), f"{ours}\n--- PyTorch:\n{theirs}"

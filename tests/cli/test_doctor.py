"""`rushlight doctor`: its report, as a new user reads it."""

import re

import pytest

from rushlight import guard
from rushlight.guard import _seen
from tests.cli.running import rushlight

BAD = """\
import torch
from torch import nn

model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.ones(6, 3), torch.ones(6)
for _ in range(3):
    loss = nn.functional.mse_loss(model(x).squeeze(1), y)
    loss.backward()
    optimizer.step()
print("end")
"""
FINE = BAD.replace(
    "    loss.backward()", "    optimizer.zero_grad()\n    loss.backward()"
)
FAILING = FINE.replace('print("end")', "model(x.double())")
EXITING = BAD.replace('print("end")', 'raise SystemExit("stopped")')


def doctor(folder, source, *options):
    files = {"train.py": source}
    return rushlight(folder, "doctor", *options, "train.py", files=files, check=False)


@pytest.mark.slow
def test_a_bug(tmp_path):
    done = doctor(tmp_path, BAD)
    assert (done.returncode, done.stdout) == (3, "end\n")
    lines = done.stderr.splitlines()
    assert lines[:4] == [
        "rushlight doctor: 1 finding",
        "",
        "1. stale-grad at train.py:10 (2 times)",
        "     optimizer.step()",
    ]
    assert (
        "Fix:  call optimizer.zero_grad() once before each backward()." in done.stderr
    )
    assert "Watched: 3 losses, 3 backward passes, 3 optimizer steps." in lines
    assert re.search(
        r"\d+ checks ran: 1 found something, \d+ found nothing, \d+ had\s+nothing",
        done.stderr,
    )
    assert all(len(line) <= 88 for line in lines)


@pytest.mark.slow
def test_a_correct_program(tmp_path):
    done = doctor(tmp_path, FINE)
    assert (done.returncode, done.stdout) == (0, "end\n")
    assert done.stderr.startswith("rushlight doctor: nothing found\n\n")


@pytest.mark.slow
def test_each_check_has_a_line(tmp_path):
    lines = doctor(tmp_path, BAD, "--verbose").stderr.splitlines()
    told = re.findall(r"^  \[(.)\] (\S+)", "\n".join(lines), re.M)
    marks = {name: mark for mark, name in told}
    assert sorted(marks) == sorted(guard.checks())
    assert marks["stale-grad"] == "x"
    assert marks["no-optimizer"] == " "
    assert marks["data-order"] == "-"


@pytest.mark.slow
def test_a_program_that_fails(tmp_path):
    done = doctor(tmp_path, FAILING)
    assert done.returncode == 1
    head, report = done.stderr.split("rushlight doctor: nothing found\n")
    assert report.startswith("The program ended early: DtypeError: linear(): expected")
    frames = re.findall(r'File "(.*)", line', head)
    assert [frame.rpartition("/")[2] for frame in frames] == ["train.py"]
    whole = doctor(tmp_path, FAILING, "--verbose").stderr
    assert len(re.findall(r'File "(.*)", line', whole)) > 1


@pytest.mark.slow
def test_a_program_that_exits(tmp_path):
    done = doctor(tmp_path, EXITING)
    assert done.returncode == 1
    assert done.stderr.startswith("stopped\nrushlight doctor: 1 finding\n\n")


@pytest.mark.slow
def test_a_program_that_is_interrupted(tmp_path):
    done = doctor(tmp_path, BAD.replace('print("end")', "raise KeyboardInterrupt"))
    assert done.returncode == 130
    assert "rushlight doctor: 1 finding\nThe program ended early" in done.stderr


@pytest.mark.slow
def test_the_cause_comes_before_its_effect(tmp_path):
    source = FINE.replace("loss = ", "loss = (model(x).mean() * 0).log() + ")
    report = doctor(tmp_path, source).stderr
    first, second = report.index("1. nonfinite-op"), report.index("2. nonfinite-loss")
    assert first < second
    assert "`rushlight doctor` names" not in report


def test_a_page_is_printed(tmp_path):
    done = rushlight(tmp_path, "doctor", "--explain", "stale-grad")
    assert done.stdout == guard.explain("stale-grad") + "\n"
    done = rushlight(tmp_path, "doctor", "--explain", "stale", check=False)
    assert done.returncode == 2
    assert "expected the name of a check" in done.stderr


def test_help_is_its_own(tmp_path):
    done = rushlight(tmp_path, "help", "doctor")
    assert done.stdout.startswith("usage: rushlight doctor [--verbose]")


def test_what_a_check_needs_is_a_guarded_place():
    from rushlight.guard._watcher import WATCHER

    assert set(_seen.NEEDS) <= set(guard.checks())
    for place in {*_seen.NEEDS.values(), *_seen.PLACES}:
        assert callable(getattr(WATCHER, place))

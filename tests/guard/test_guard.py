"""The frame: levels, allowances, what is said and how often, the command line."""

import os
import re
import subprocess
import sys
import warnings

import pytest

import rushlight
from rushlight import guard
from rushlight._core.guarding import GUARDS
from tests.guard.guarded import guarded

SCRIPT = """\
import torch

w = torch.nn.Parameter(torch.ones(2))
optimizer = torch.optim.SGD([w], lr=0.1)
for _ in range(3):
    (w * w).sum().backward()
    optimizer.step()
print("end")
"""


def write_fraction():
    x = rushlight.tensor([1, 2])
    x[0] = 0.5


def test_a_warning_is_said_once_for_each_line():
    with guarded() as findings, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        write_fraction()
        write_fraction()
        rushlight.tensor([1])[0] = 1.5
    assert [w.category for w in said] == [guard.GuardWarning] * 2
    assert said[0].filename == __file__
    lines = str(said[0].message).splitlines()
    assert lines[0].startswith("[truncated-write] 1 values with a fraction")
    assert [line[:7] for line in lines[1:]] == ["  Why: ", "  Fix: ", "  More:"]
    assert [finding.count for finding in findings] == [2, 1]


def test_an_error_stops_the_line():
    with guarded("error"):
        with pytest.raises(guard.GuardError, match=r"Fix: make the tensor a float one"):
            write_fraction()
        with pytest.raises(RuntimeError, match="truncated-write"):
            rushlight.tensor([1])[0] = 1.5


def test_off_switches_the_guarded_places_off():
    with guarded("off") as findings:
        assert not GUARDS.on
        write_fraction()
    assert findings == []


def test_one_check_has_its_own_level():
    with guarded("error") as findings:
        guard("off", "truncated-write")
        write_fraction()
        guard("warn", "truncated-write")
        write_fraction()
        guard("error")
    assert len(findings) == 1


def test_allow_holds_for_a_block():
    with guarded("error"):
        with guard.allow("truncated-write", "stale-grad"):
            write_fraction()
        with pytest.raises(guard.GuardError):
            write_fraction()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: guard("loud"),
        lambda: guard("warn", "stale"),
        lambda: guard.allow("stale").__enter__(),
        lambda: guard.explain("stale"),
    ],
)
def test_wrong_names_are_refused(wrong):
    with pytest.raises(ValueError, match="expected (one of|the name of a check)"):
        wrong()


def test_summary_counts():
    with guarded(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        count = len(guard.checks())
        quiet = f"rushlight guard: nothing found ({count} checks ran)"
        assert guard.summary() == quiet
        assert len(guard.summary(verbose=True).splitlines()) == 1 + count
        for _ in range(3):
            write_fraction()
        head, line = guard.summary().splitlines()
        assert head == f"rushlight guard: 1 finding ({count} checks ran)"
        assert re.fullmatch(r"  truncated-write at test_guard.py:\d+, 3 times", line)


def run(folder, *command, **environment):
    (folder / "train.py").write_text(SCRIPT)
    return subprocess.run(
        [sys.executable, "-m", "rushlight", *command, "train.py"],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=100,
    )


def test_run_warns_by_itself_and_sums_up(tmp_path):
    done = run(tmp_path, "run", RUSHLIGHT_GUARD="warn")
    assert done.returncode == 0
    assert done.stdout == "end\n"
    assert "train.py:7: GuardWarning: [stale-grad]" in done.stderr
    assert "  stale-grad at train.py:7, 2 times" in done.stderr


def test_run_with_guards_as_errors(tmp_path):
    done = run(tmp_path, "run", "--guard", "error")
    assert done.returncode == 1
    assert "rushlight.guard.GuardError: [stale-grad] train.py:7" in done.stderr


def test_run_without_guards(tmp_path):
    done = run(tmp_path, "run", "--guard", "off", RUSHLIGHT_GUARD="warn")
    assert (done.returncode, done.stdout, done.stderr) == (0, "end\n", "")


def test_the_same_words_at_two_lines_are_one_finding():
    with guarded() as findings, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rushlight.tensor([1, 2])[0] = 0.5
        rushlight.tensor([1, 2])[0] = 0.5
        rushlight.tensor([1, 2, 3])[0] = 0.5
    assert [finding.count for finding in findings] == [2, 1]


def test_a_quiet_run_is_summed_up_where_it_is_asked(tmp_path):
    source = "import torch\nprint(torch.ones(2))\nw = torch.nn.Linear(1, 1).eval()\n"
    (tmp_path / "quiet.py").write_text(source)
    command = [sys.executable, "-m", "rushlight", "run", "quiet.py"]
    for level in ("warn", "verbose"):
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, "RUSHLIGHT_GUARD": level},
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert done.returncode == 0
        told = "nothing found" in done.stderr and "  ran stale-grad" in done.stderr
        assert told if level == "verbose" else done.stderr == ""

"""What a stranger may read: no paths of anyone's machine, no notes to oneself."""

import re
import subprocess

import pytest

from tests.house.source import ROOT, report

BLANKS = r"[ \t]+$"

# Pattern -> why it does not belong here.
FORBIDDEN = {
    r"(?<![\w.])/(?:work|home|root|Users|mnt|opt)/\w": "a path of somebody's machine",
    r"(?<![\w.])/tmp/\w": "a path of somebody's machine (use tempfile or tmp_path)",
    r"[A-Z]:\\\\?Users": "a path of somebody's machine",
    r"(?i)\b(?:issue|ticket|task) #?\d+\b": "a number of ours (upstream: the URL)",
    r"\b(?:FIXME|XXX|HACK)\b": "a note to oneself (a TODO names its owner)",
    r"\bTODO\b(?!\([\w-]+\))": "a TODO without its owner: TODO(name)",
    r"(?i)\bas an ai\b": "a slip of the pen",
    BLANKS: "blanks at the end of the line",
    r"\r": "a carriage return",
    "^<{7} |^>{7} ": "the mark of an unfinished merge",
}
# What says these words because it must.
SPEAKS_OF_THEM = {"tests/house/test_text.py"}
TEXT = {".py", ".md", ".toml", ".txt", ".cfg", ".yml", ".yaml", ".sh", ".json", ""}
BINARY_KILOBYTES = 512


def tracked():
    """Paths of the files that belong to the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("not a git checkout: there is no list of what belongs to it")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def faults(text, allowed=frozenset()):
    """Pairs (line number, message) of what does not belong in a text."""
    for pattern, why in FORBIDDEN.items():
        for found in re.finditer(pattern, text, re.MULTILINE):
            if pattern not in allowed:
                number = text.count("\n", 0, found.start()) + 1
                yield number, f"{found[0].strip()!r}: {why}"


def test_texts_are_fit_for_strangers():
    problems = []
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix not in TEXT or name in SPEAKS_OF_THEM or not path.is_file():
            continue
        content = path.read_bytes()
        if b"\0" in content:
            continue
        # Recorded output may end its lines in blanks, as what was recorded does.
        allowed = {BLANKS} if path.suffix == ".txt" else set()
        for number, fault in faults(content.decode("utf-8"), allowed):
            problems.append(f"{name}:{number}: {fault}")
    report(problems, "Say it so that it holds on any machine and for any reader.")


def test_nothing_large_is_kept():
    problems = [
        f"{path.relative_to(ROOT)}: {path.stat().st_size >> 10} KB"
        for path in tracked()
        if path.is_file() and path.stat().st_size > BINARY_KILOBYTES << 10
    ]
    report(
        problems, f"At most {BINARY_KILOBYTES} KB a file: make it when it is needed."
    )


@pytest.mark.parametrize(
    "line",
    [
        "see /work/main/x.py",
        "open('/tmp/a.pt')",
        "/home/anna/data",
        "# TODO: later",
        "# fix for issue #12",
        "x = 1 ",
        "XXX",
    ],
)
def test_a_fault_is_found(line):
    assert list(faults(line))


@pytest.mark.parametrize(
    "line",
    [
        "https://github.com/numpy/numpy/issues/123",
        "TODO(anna): when NumPy 3 is out",
        "docs/work/x and a.b/tmp/c",
        "x / tmp / y",
        "#!/usr/bin/env bash",
    ],
)
def test_what_is_fine_is_left_alone(line):
    assert not list(faults(line))

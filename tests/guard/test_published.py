"""The published bugs: which check names each, which are not named, and the share."""

import re
import warnings
from pathlib import Path

import pytest

import rushlight
from tests.guard.guarded import guarded
from tests.guard.published import framework, lists, taxonomy, traincheck
from tests.guard.published.case import CASES, SOURCES

PAGE = Path(__file__).resolve().parents[2] / "rushlight/guard/pages/README.md"
FAMILIES = (traincheck, taxonomy, lists)
CAUGHT = [case for case in CASES if case.check is not None]
MISSED = [case for case in CASES if case.check is None]


def run(program):
    """The checks that speak while a program runs."""
    rushlight.manual_seed(0)
    with guarded() as findings, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        program(rushlight)
    return findings


@pytest.mark.parametrize("case", CAUGHT, ids=repr)
def test_its_check_names_it(case):
    findings = run(case.program)
    assert {finding.check for finding in findings} == {case.check}
    assert "tests/guard/published/" in findings[0].place[0].replace("\\", "/")


@pytest.mark.parametrize("case", MISSED, ids=repr)
def test_no_check_names_it(case):
    """Whoever builds a check for one of these moves it to the caught."""
    assert [str(finding) for finding in run(case.program)] == []


@pytest.mark.parametrize("program", framework.PROGRAMS, ids=lambda p: p.__name__)
def test_the_framework_does_not_do_it(program):
    assert run(program) == []


def share(source):
    """(caught, all) of a source."""
    mine = [case for case in CASES if case.source == source]
    return sum(case.check is not None for case in mine), len(mine)


def test_the_share_is_the_one_that_is_told():
    text = PAGE.read_text(encoding="utf-8")
    told = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \|", text, re.M)
    expected = [(s, *map(str, share(s))) for s in SOURCES]
    assert told == expected
    whole = f"{len(CAUGHT)} of {len(CASES)} published bugs"
    assert whole in re.sub(r"\s+", " ", text)


def test_each_case_says_what_it_must():
    assert len(CASES) >= 40
    assert len({repr(case) for case in CASES}) == len(CASES)
    assert {case.source for case in CASES} == set(SOURCES)
    for case in CASES:
        assert case.torch
        assert case.check is None or case.check in rushlight.guard.checks()
    assert len(traincheck.ELSEWHERE) == 7

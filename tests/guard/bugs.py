"""Programs with bugs as tests: each is named, by its check alone."""

import os
import warnings

import pytest

from tests.guard.guarded import guarded


def bug(programs, check, *words):
    """Enter a program in a list, with the check that names it and words it says."""

    def enter(program):
        programs.append(pytest.param(program, check, words, id=program.__name__))
        return program

    return enter


def named(programs):
    """A test of each program that was entered."""

    @pytest.mark.parametrize(("program", "check", "words"), programs)
    def test(program, check, words):
        with guarded() as findings, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            program()
        assert {finding.check for finding in findings} == {check}
        text = str(findings[0])
        own = os.path.basename(program.__code__.co_filename)
        assert f"{own}:" in text or "loops.py:" in text  # or the loop that it calls
        for word in words:
            assert word in text

    return test

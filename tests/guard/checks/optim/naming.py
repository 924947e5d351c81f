"""Programs with a bug as tests: each is named, by its check alone."""

import warnings

import pytest

import rushlight as torch
from rushlight.guard import _mentions
from tests.guard.guarded import guarded


def naming(programs):
    """A test of each (program, check, words), all of one file.

    Args:
        programs: list; `bug` below fills it.
    """

    @pytest.mark.parametrize(("program", "check", "words"), programs)
    def test(program, check, words, monkeypatch):
        torch.manual_seed(0)
        # the program is this file alone, not whatever tests are loaded beside it
        monkeypatch.setattr(_mentions, "_files", list)
        notes = check == "never-trained" or "note" in words
        with guarded(notes=notes) as findings, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            program()
        assert {finding.check for finding in findings} == {check}
        text = f"{findings[0]} {findings[0].later}"
        own = program.__code__.co_filename.rpartition("/")[2]
        assert f"{own}:" in text or "correct.py:" in text
        for word in words:
            assert word in text or (word == "note" and findings[0].note)

    return test


def entering(programs):
    """What enters a program in a list, with its check and words of its message."""

    def bug(check, *words):
        def enter(program):
            programs.append(pytest.param(program, check, words, id=program.__name__))
            return program

        return enter

    return bug

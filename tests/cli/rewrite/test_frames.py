"""Tracebacks without the runner's frames."""

import traceback

from rushlight.cli.rewrite import frames


def _raise(filename, then="1 / 0"):
    """The error of code that claims to come from a file."""
    try:
        exec(compile(then, filename, "exec"), {"_raise": _raise})
    except ZeroDivisionError as error:
        return error


def _files(error):
    return [each.filename for each in traceback.extract_tb(error.__traceback__)]


def test_the_runners_frames_go_and_others_stay():
    error = _raise(frames.__file__)
    before = _files(error)
    assert before[-1] == frames.__file__
    frames.clean(error)
    assert _files(error) == before[:-1] == [__file__]


def test_the_import_machinery_that_called_us_goes_too():
    inner = compile("1 / 0", frames.__file__, "exec")
    outer = compile("exec(inner)", "<frozen importlib._bootstrap>", "exec")
    try:
        exec(outer, {"inner": inner})
    except ZeroDivisionError as error:
        frames.clean(error)
        assert _files(error) == [__file__]


def test_causes_are_cleaned_and_circles_end():
    first, second = _raise(frames.__file__), _raise(frames.__file__)
    first.__context__ = second
    second.__cause__ = first
    group = ExceptionGroup("", [second])
    frames.clean(group)
    assert _files(first) == _files(second) == [__file__]


def test_the_runners_own_fault_is_shown():
    error = _raise(frames.__file__)
    error.__traceback__ = error.__traceback__.tb_next
    frames.clean(error)
    assert _files(error) == [frames.__file__]

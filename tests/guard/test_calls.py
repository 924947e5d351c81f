"""Calls as the user wrote them: dropped results, given arguments, sources."""

import ast
import sys

import pytest

from rushlight.guard._calls import call_source, given, is_dropped, user_frame

SEEN = []


def asked(*args, **kwargs):
    """Look at the call that is running, from inside."""
    frame = sys._getframe(1)
    SEEN[:] = is_dropped(frame), given(frame.f_code, frame.f_lasti), call_source(frame)
    return SEEN


def test_a_statement_drops_its_result():
    asked()
    assert SEEN[0]
    asked(
        1,
        two=2,
    )
    assert SEEN[0]


def test_other_uses_keep_it():
    kept = asked()
    assert not kept[0]
    assert not asked()[0]
    assert not (lambda: asked())()[0]
    for _ in range(20):  # also once the interpreter has specialised the call
        kept = asked()
        assert not kept[0]


@pytest.mark.parametrize("times", [1, 40])
def test_arguments_are_counted_and_named(times):
    options = {"training": True}
    for _ in range(times):
        asked(1, 2)
        assert SEEN[1] == (2, ())
        asked(1, p=2, training=3)
        assert SEEN[1] == (1, ("p", "training"))
        asked(1, **options)
        assert SEEN[1] is None
        asked(*[1, 2])
        assert SEEN[1] is None


def test_the_source_is_that_of_the_call_alone():
    _ = asked([int("1")] * 3, "\u00e4"), asked(2)
    assert ast.unparse(SEEN[2]) == "asked(2)"
    asked(
        *[1] * 3,
        "\u00e4",
    )
    assert ast.unparse(SEEN[2]) == "asked(*[1] * 3, '\u00e4')"


def test_without_a_source_there_is_none():
    exec(compile("asked(1)", "<nowhere>", "exec"), {"asked": asked})
    assert SEEN[0] and SEEN[1] == (1, ()) and SEEN[2] is None


def test_the_users_frame_is_this_one():
    assert user_frame() is sys._getframe()

"""Calls of the user's as they are written: read from code, only when one is suspect."""

import ast
import dis
import linecache
import sys

from rushlight.guard._places import is_own

_CACHE = dis.opmap["CACHE"]
_DROP = dis.opmap["POP_TOP"]


def user_frame():
    """The innermost frame of the user's program."""
    frame = sys._getframe(1)
    while frame is not None and is_own(frame):
        frame = frame.f_back
    return frame


def is_dropped(frame):
    """Whether a frame throws away the result of the call that it waits for.

    The next instruction says so: ``f(x)`` as a statement removes the result, while
    ``y = f(x)``, ``return f(x)`` and the last line of a notebook's cell keep it.
    """
    code = frame.f_code.co_code
    place = frame.f_lasti + 2
    while place < len(code) and code[place] == _CACHE:
        place += 2
    return place < len(code) and code[place] == _DROP


def given(code, place):
    """(number of positional arguments, names of the others) of a call in a code object.

    Args:
        code: code object.
        place: offset of the call's instruction, or of the caches behind it.

    Returns:
        tuple, or None where it cannot be told (``f(*args)``).
    """
    steps = [step for step in dis.get_instructions(code) if step.offset <= place]
    steps = [step for step in steps if step.opname not in ("CACHE", "PRECALL")]
    if len(steps) < 2 or steps[-1].opname not in ("CALL", "CALL_KW"):
        return None
    step, before = steps[-1], steps[-2]
    named = step.opname == "CALL_KW" or before.opname == "KW_NAMES"
    names = code.co_consts[before.arg] if named else ()
    return step.arg - len(names), names


def call_source(frame):
    """The call that a frame waits for as a syntax tree; None without its source."""
    positions = list(frame.f_code.co_positions())
    place = frame.f_lasti // 2
    if place >= len(positions) or None in positions[place]:
        return None
    first, last, start, end = positions[place]
    name = frame.f_code.co_filename
    lines = [linecache.getline(name, n).encode() for n in range(first, last + 1)]
    if not all(lines):
        return None
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][start:]
    try:
        tree = ast.parse("(" + b"".join(lines).decode() + ")", mode="eval").body
    except (SyntaxError, UnicodeDecodeError):
        return None
    return tree if isinstance(tree, ast.Call) else None


def assigned(frame, name):
    """What the last assignment above a frame's line gave to a name, as a syntax tree.

    Returns:
        An expression; None without the source, or where there is none.
    """
    text = "".join(linecache.getlines(frame.f_code.co_filename))
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return None
    found = None
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or node.lineno >= frame.f_lineno:
            continue
        if [t.id for t in node.targets if isinstance(t, ast.Name)] == [name]:
            if found is None or node.lineno > found.lineno:
                found = node
    return None if found is None else found.value

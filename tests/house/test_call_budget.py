"""How many Python calls stand between an expression and NumPy."""

import gc
import sys

import pytest

import rushlight

ADD, GENERAL = 6, 10

# Expression -> Python calls allowed, with and without a graph being recorded.
BUDGET = {
    "a + b": ADD,
    "a + 1.0": ADD,
    "a * b": GENERAL,
    "rushlight.add(a, b)": ADD,
    "-a": GENERAL,
    "a.exp()": GENERAL,
    "a.relu()": GENERAL,
    "a.sum()": GENERAL,
    "a.sum(1)": GENERAL,
    "a.mean(dim=0)": GENERAL,
    "a.view(16)": GENERAL,
    "a.t()": GENERAL,
    "a @ b": GENERAL,
    "a[0]": GENERAL,
    "a[1:, ::2]": GENERAL,
    "a[index]": GENERAL,
    "a > b": GENERAL,
}


def python_calls(expression, names):
    """The functions written in Python that evaluating an expression calls, in order."""
    code = compile(expression, "<expression>", "eval")
    for _ in range(3):  # what is looked up or cached at first is not the path
        eval(code, names)
    called = []

    def note(frame, event, _):
        name = frame.f_code.co_qualname
        # From Python 3.12 on a list in brackets is no call of its own.
        if event == "call" and frame.f_code is not code and "<listcomp>" not in name:
            called.append(name)

    gc.collect()
    gc.disable()
    sys.setprofile(note)
    try:
        eval(code, names)
    finally:
        sys.setprofile(None)
        gc.enable()
    return called


@pytest.mark.parametrize("records", [False, True], ids=["plain", "graph"])
@pytest.mark.parametrize("expression", BUDGET)
def test_calls_stay_in_budget(expression, records):
    names = {
        "rushlight": rushlight,
        "a": rushlight.ones(4, 4, requires_grad=records),
        "b": rushlight.ones(4, 4, requires_grad=records),
        "index": rushlight.tensor([0, 2]),
    }
    called = python_calls(expression, names)
    if len(called) > BUDGET[expression]:
        path = " -> ".join(called)
        pytest.fail(
            f"`{expression}` makes {len(called)} Python calls of "
            f"{BUDGET[expression]} allowed: {path}",
            pytrace=False,
        )


def test_calls_are_counted():
    def outer():
        return inner() + inner()

    def inner():
        return 1

    assert len(python_calls("f()", {"f": outer})) == 3

"""nonfinite-loss: backward() begins at a loss that is nan or infinite."""

import math

from rushlight._core.node import AccumulateGrad, Output
from rushlight.guard._history import latest_course
from rushlight.guard._report import found, is_listening
from rushlight.guard.checks.step_order import SCALED

NAME = "nonfinite-loss"
SUMMARY = "backward() begins at a loss that is nan or infinite"


def starting(tensor):
    """backward() begins at a tensor."""
    array = tensor._array
    if array.size != 1 or array.dtype.kind != "f" or array.itemsize == 2:
        return
    value = float(array)
    if value - value != 0 and not SCALED[0] and is_listening(NAME):
        _say(tensor, value)


def _say(tensor, value):
    found(
        NAME,
        saw=f"the loss is {value}{_origin(tensor._edge)}{latest_course()}",
        why="Every gradient becomes nan or infinite, and with the next step every "
        "parameter",
        do="lower the learning rate, clip the gradients, or keep log, sqrt and "
        "divisions away from 0 (clamp, eps); with an infinite or nan input, clean "
        "the data; `rushlight doctor` names the first such operation",
    )


def _origin(edge):
    """The oldest operation in the graph that kept a value that is not finite."""
    for node in sorted(_nodes(edge), key=lambda n: n.number):
        for edge in node.edges:
            leaf = edge.variable if edge.__class__ is AccumulateGrad else None
            if leaf is not None and not _is_finite(leaf._array):
                from rushlight.guard._names import name_of

                return f"; {name_of(leaf)} already holds values that are not finite"
        for value in node.saved or ():
            array = getattr(value, "_array", getattr(value, "array", None))
            if array is not None and not _is_finite(array):
                return (
                    f"; the oldest operation in its graph that kept a value that is "
                    f"not finite is {node.name()}, shape {list(array.shape)}"
                )
    return ""


def _nodes(edge):
    seen, stack = set(), [edge]
    while stack and len(seen) < 10_000:
        node = stack.pop()
        node = node.node if node.__class__ is Output else node
        if node is None or node in seen or node.__class__ is AccumulateGrad:
            continue
        seen.add(node)
        stack.extend(node.edges)
    return seen


def _is_finite(array):
    if getattr(getattr(array, "dtype", None), "kind", "") != "f":
        return True
    total = float(abs(array).max()) if array.size else 0.0
    return math.isfinite(total)

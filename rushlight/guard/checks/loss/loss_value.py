"""nonfinite-loss: backward() begins at a loss that is nan or infinite."""

from rushlight._core.node import AccumulateGrad
from rushlight.guard._history import SCALED, latest_course
from rushlight.guard._report import found, is_listening
from rushlight.guard.checks.data.nonfinite_input import (
    is_finite,
    largest,
    named,
    nodes_of,
)
from rushlight.guard.checks.model.nonfinite_op import STATE

NAME = "nonfinite-loss"
SUMMARY = "backward() begins at a loss that is nan or infinite"


def starting(tensor):
    """backward() begins at a tensor."""
    array = tensor._array
    if array.size != 1 or array.dtype.kind != "f" or array.itemsize == 2:
        return
    value = array.item()
    if value - value != 0 and not SCALED[0] and is_listening(NAME):
        _say(tensor, value)


def _say(tensor, value):
    nothing = _mean_of_nothing(tensor._edge) if value != value else None
    if nothing is not None:
        found(
            NAME,
            saw=f"the loss is nan; {nothing}: the mean over none is 0 / 0",
            why="Every gradient becomes nan, and with the next step every parameter",
            do="leave such batches out (if there is anything to count: loss.backward())"
            ", or divide a sum by max(count, 1)",
        )
        return
    if named(tensor):
        return
    found(
        NAME,
        saw=f"the loss is {value}{_origin(tensor._edge)}{latest_course()}"
        f"{largest(tensor)}",
        why="Every gradient becomes nan or infinite, and with the next step every "
        "parameter",
        do="lower the learning rate, clip the gradients, or keep log, sqrt and "
        "divisions away from 0 (clamp, eps); with an infinite or nan input, clean "
        "the data" + ("" if STATE.active else _DOCTOR),
    )


_DOCTOR = "; `rushlight doctor` names the first such operation"


def _mean_of_nothing(edge):
    """Which mean in the graph counts nothing, or None."""
    for node in nodes_of(edge):
        name = getattr(node.op, "name", None)
        if name in ("cross_entropy", "nll_loss") and node.saved is not None:
            told = _uncounted(name, node.saved)
            if told is not None:
                return told
        elif name == "mean" and node.saved is not None and 0 in node.saved[0]:
            return f"{name}() of an empty tensor {list(node.saved[0])}"
        elif name in _MEANS:
            shape = getattr(node.edges[0], "shape", ())
            if 0 in shape:
                return f"{name}() of an empty tensor {list(shape)}"
    return None


_MEANS = frozenset(
    "mse_loss smooth_l1_loss huber_loss binary_cross_entropy "
    "binary_cross_entropy_with_logits".split()
)


def _uncounted(name, saved):
    """What is told of a loss over classes that counts none of its targets."""
    values = dict(zip(_SAVED[name], saved[-len(_SAVED[name]) :], strict=True))
    targets = values["target"]._array
    if values["reduction"] != "mean":
        return None
    counted = targets[targets != values["ignore_index"]]
    if not targets.size:
        return f"{name}() got no targets"
    if not counted.size:
        return (
            f"all {targets.size} targets of {name}() equal ignore_index "
            f"({values['ignore_index']})"
        )
    weight = values["weight"]
    if weight is not None and not weight._array[counted].any():
        return f"the classes of all {counted.size} targets of {name}() have weight 0"
    return None


_SAVED = {
    "cross_entropy": ("target", "weight", "ignore_index", "reduction", "smoothing"),
    "nll_loss": ("target", "weight", "ignore_index", "reduction"),
}


def _origin(edge):
    """The oldest operation in the graph that kept a value that is not finite."""
    for node in nodes_of(edge):
        for edge in node.edges:
            leaf = edge.variable if edge.__class__ is AccumulateGrad else None
            if leaf is not None and not is_finite(leaf._array):
                from rushlight.guard._names import name_of

                return f"; {name_of(leaf)} already holds values that are not finite"
        for value in node.saved or ():
            array = getattr(value, "_array", getattr(value, "array", None))
            if array is not None and not is_finite(array):
                return (
                    f"; the oldest operation in its graph that kept a value that is "
                    f"not finite is {node.name()}, shape {list(array.shape)}"
                )
    return ""

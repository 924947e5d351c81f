"""nonfinite-op: the first operation whose output is not finite although its inputs are.

# Note [Only what arrives]
# Infinite values are often meant: masks filled with -inf, a / b under nan_to_num.  So
# every value that is not finite keeps its origin, the operation that made it of finite
# ones, and hands it on to what is computed from it; an origin is named when it arrives
# at the loss that backward starts from, or at a gradient that a step uses.  Looking at
# every operation is slow: it is on in `rushlight doctor` and inside `thorough()`.
"""

import sys
import weakref
from contextlib import contextmanager

import numpy as np

from rushlight._core.intercept import intercepting
from rushlight._core.node import Output
from rushlight._core.tensor import Tensor
from rushlight.guard import _norms
from rushlight.guard._history import SCALED
from rushlight.guard._names import listed
from rushlight.guard._places import user_place
from rushlight.guard._report import found
from rushlight.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
)

NAME = "nonfinite-op"
SUMMARY = "the first operation with values that are not finite from finite ones"


class State:
    """What is known of the step that runs.

    Attributes:
        active: whether operations are looked at.
        backward: whether backward runs.
        modules: those that are running, outermost first.
        bad: {id of an array that is not finite: (weak array, its origin or None)}.
        made: {id of a node: (weak node, running modules, line)}, of the forward pass.
        last: the latest origin of this step's backward, or None.
    """

    def __init__(self):
        self.active = self.backward = False
        self.modules = []
        self.forget()

    def forget(self):
        """Begin a new step."""
        self.bad, self.made, self.last = {}, {}, None


STATE = State()


@contextmanager
def thorough():
    """Look at every operation for the length of a block.

    >>> with thorough():
    ...     pass
    """
    before = register_module_forward_pre_hook(_enter)
    after = register_module_forward_hook(_leave, always_call=True)
    STATE.active = True
    _norms.RECORDS.clear()
    try:
        with intercepting(_look):
            yield
    finally:
        STATE.active = STATE.backward = False
        STATE.modules.clear()
        STATE.forget()
        before.remove()
        after.remove()


def _enter(module, args):
    STATE.modules.append(module)


def _leave(module, args, output):
    while STATE.modules and STATE.modules.pop() is not module:
        pass


# --------------------------------------------------------------------- each operation


def _look(call, proceed):
    came_in = [value for value in _parts(call.inputs) if not _is_finite(value)]
    origins = [origin for value in came_in if (origin := _origin(value))]
    result = proceed()
    for value in _parts((result,)):
        if not isinstance(value, Tensor):
            continue
        if not _is_finite(value):
            _note_bad(call, value, came_in, origins)
        if not STATE.backward and value._edge is not None:
            _note_made(value._edge)
    return result


def _parts(values):
    for value in values:
        if isinstance(value, list | tuple):
            yield from _parts(value)
        else:
            yield value


def _note_bad(call, value, came_in, origins):
    origin = origins[0] if origins else None
    if not came_in:
        origin = _described(call, value)
        if STATE.backward:
            STATE.last = origin
    array = value._array
    STATE.bad[id(array)] = weakref.ref(array), origin
    if len(STATE.bad) > 100_000:
        STATE.bad.clear()


def _note_made(edge):
    node = edge.node if edge.__class__ is Output else edge
    known = STATE.made.get(id(node))
    if known is None or known[0]() is not node:
        running = STATE.modules[:1] + STATE.modules[-1:]
        STATE.made[id(node)] = weakref.ref(node), running, user_place()
    if len(STATE.made) > 100_000:
        STATE.made.clear()


def _origin(value):
    """Where a value that is not finite comes from; None where it is not known."""
    array = getattr(value, "_array", None)
    for _ in range(4):
        if not isinstance(array, np.ndarray):
            return None
        known = STATE.bad.get(id(array))
        if known is not None and known[0]() is array:
            return known[1]
        array = array.base
    return None


def _is_finite(value):
    array = value._array if isinstance(value, Tensor) else value
    if isinstance(array, float):
        return array - array == 0
    if not isinstance(array, np.ndarray):
        return True
    if array.dtype.kind == "V" and array.dtype.names is None:  # bfloat16, float8
        array = array.astype(np.float32)
    return array.dtype.kind not in "fc" or bool(np.isfinite(array).all())


# ---------------------------------------------------------------------------- origins


def _described(call, value):
    """(text, line) of an operation that made values that are not finite."""
    array = value._array
    if array.dtype.kind == "V":
        array = array.astype(np.float32)
    bad = array[~np.isfinite(array)]
    shapes = [list(v.shape) for v in call.inputs if isinstance(v, Tensor)]
    running, place, phase = STATE.modules[:1] + STATE.modules[-1:], user_place(), ""
    if STATE.backward:
        running, place, phase = _forward_of(sys._getframe(1), place)
    text = (
        f"{phase}{call.op.name}() of shapes {', '.join(map(str, shapes))} gave "
        f"{bad.size} of {array.size} values that are not finite (the first is "
        f"{bad.flat[0]}) from finite ones{_path(running)}"
    )
    return text, place


def _forward_of(frame, place):
    """(modules, line, words) of the forward operation whose gradient is computed."""
    while frame is not None:
        node = frame.f_locals.get("node") if frame.f_code.co_name in _WALKS else None
        known = STATE.made.get(id(node))
        if known is not None and known[0]() is node:
            return known[1], known[2], f"in backward, for {node.name()}, "
        frame = frame.f_back
    return [], place, "in backward, "


#: The functions of the tape that run a node's rule; their local `node` is the node.
_WALKS = frozenset(("run", "run_carefully"))


def _path(running):
    """A running module's path, as ``, in Net.encoder.2``."""
    if not running:
        return ""
    root, inner = running[0], running[-1]
    for path, module in root.named_modules(prefix=type(root).__name__):
        if module is inner:
            return f", in {path}"
    return f", in a {type(inner).__name__}"


# --------------------------------------------------------------------------- arrivals


def starting(tensor):
    """backward() begins at a loss."""
    if not _is_finite(tensor) and not SCALED[0]:
        _say("the loss is not finite", _origin(tensor))
    STATE.backward = True


def backward(walk):
    """backward() has run."""
    STATE.backward = False


def stepping(optimizer):
    """step() is about to run."""
    _norms.stepping(optimizer)
    bad = [
        p
        for group in optimizer.param_groups
        for p in group["params"]
        if p._grad is not None and not _is_finite(p._grad)
    ]
    if bad:
        origins = [origin for p in bad if (origin := _origin(p._grad))]
        what = f"the gradients of {len(bad)} parameters ({listed(bad)}) are not finite"
        _say(what, origins[0] if origins else STATE.last)
    STATE.forget()


def _say(what, origin):
    if origin is None:
        return
    where, place = origin
    found(
        NAME,
        saw=f"{what}; first, {where}",
        why="From there nan and infinity spread to every parameter",
        do="keep log, sqrt and divisions away from 0 (clamp, eps), and exp from "
        "large values",
        place=place,
    )

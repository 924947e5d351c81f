"""nonfinite-op: the first operation whose output is not finite although its inputs are.

# Note [Only what arrives]
# Infinite values are often meant: masks filled with -inf, a / b under nan_to_num.  So
# each step's first such operation is only remembered, and named when the loss that
# backward starts from, or a gradient that a step uses, is not finite.  Looking at every
# operation is slow: it is on in `rushlight doctor` and inside `thorough()`.
"""

from contextlib import contextmanager

import numpy as np

from rushlight._core.intercept import intercepting
from rushlight._core.tensor import Tensor
from rushlight.guard import _norms
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
        first: (operation, shape, value, module's path, line), or None.
        modules: those that are running, outermost first.
        backward: whether backward runs.
    """

    def __init__(self):
        self.active, self.backward = False, False
        self.first, self.modules = None, []


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
        STATE.active, STATE.first = False, None
        STATE.modules.clear()
        before.remove()
        after.remove()


def _enter(module, args):
    STATE.modules.append(module)


def _leave(module, args, output):
    while STATE.modules and STATE.modules.pop() is not module:
        pass


def _look(call, proceed):
    looking = STATE.first is None and not call.op.view
    finite = looking and all(_is_finite(value) for value in call.inputs)
    result = proceed()
    if finite:
        for value in result if isinstance(result, tuple) else (result,):
            if not _is_finite(value):
                STATE.first = _described(call, value)
                break
    return result


def _is_finite(value):
    if isinstance(value, list | tuple):
        return all(_is_finite(part) for part in value)
    array = value._array if isinstance(value, Tensor) else value
    if isinstance(array, float):
        return array - array == 0
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fc":
        return True
    return bool(np.isfinite(array).all())


def _described(call, value):
    array = value._array
    bad = array[~np.isfinite(array)]
    phase = "in backward, " if STATE.backward else ""
    shapes = [list(v.shape) for v in call.inputs if isinstance(v, Tensor)]
    text = (
        f"{phase}{call.op.name}() of shapes {', '.join(map(str, shapes))} gave "
        f"{bad.size} of {array.size} values that are not finite (the first is "
        f"{bad.flat[0]}) from finite ones{_path()}"
    )
    return text, user_place()


def _path():
    """The running module's path, as ``, in Net.encoder.2``."""
    if not STATE.modules:
        return ""
    root, inner = STATE.modules[0], STATE.modules[-1]
    for path, module in root.named_modules(prefix=type(root).__name__):
        if module is inner:
            return f", in {path}"
    return f", in a {type(inner).__name__}"


def starting(tensor):
    """backward() begins at a loss."""
    if not STATE.active:
        return
    if not _is_finite(tensor):
        _say("the loss is not finite")
    STATE.backward = True


def backward(walk):
    """backward() has run."""
    STATE.backward = False


def stepping(optimizer):
    """step() is about to run."""
    if not STATE.active:
        return
    _norms.stepping(optimizer)
    bad = [
        p
        for group in optimizer.param_groups
        for p in group["params"]
        if p._grad is not None and not _is_finite(p._grad)
    ]
    if bad:
        _say(f"the gradients of {len(bad)} parameters ({listed(bad)}) are not finite")
    STATE.first = None


def _say(what):
    if STATE.first is None:
        return
    where, place = STATE.first
    found(
        NAME,
        saw=f"{what}; first, {where}",
        why="From there nan and infinity spread to every parameter",
        do="keep log, sqrt and divisions away from 0 (clamp, eps), and exp from "
        "large values",
        place=place,
    )

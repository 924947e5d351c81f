"""flat-loss: no gradient can pass, so every gradient is exactly 0 from the first step.

# Note [Flat from the start]
# A hinge that is satisfied, or an outlier whose loss is cut off, gives gradients of 0
# too.  So three things must come together: all gradients of an optimizer's first five
# steps are exactly 0, the loss is not (but for one class), and an operation that stops
# every gradient stands in the graph: a clamp beyond whose bounds all values lie,
# rounding, a softmax or cross entropy over one class.
"""

import weakref

from rushlight._base.spec import Spec
from rushlight._core.node import AccumulateGrad, Output
from rushlight.guard._places import user_place
from rushlight.guard._report import found, is_listening

NAME = "flat-loss"
SUMMARY = "nothing but gradients of 0, because an operation stops them all"

STEPS = 5
_ROUNDING = frozenset("round round_decimals floor ceil trunc sign".split())
_CLAMPS = frozenset("clamp clamp_min clamp_max hardtanh".split())


class State:
    """What is known of optimizers that have not moved anything yet.

    Attributes:
        flat: {optimizer: how many of its steps had gradients of 0 only}.
        cause: (what stops the gradients, fix) of the latest backward, or None.
        place: its line.
    """

    def __init__(self):
        self.flat = weakref.WeakKeyDictionary()
        self.cause = self.place = None


STATE = State()


def forget():
    """Start as a fresh process does."""
    STATE.__init__()


def starting(tensor):
    """backward() begins while an optimizer has had gradients of 0 only."""
    STATE.cause, STATE.place = _cause(tensor), user_place()


def stepping(optimizer, steps, closure):
    """One of an optimizer's first steps is about to run."""
    if closure is not None or STATE.flat.get(optimizer, 0) != steps - 1:
        return
    gradients = [
        p._grad
        for group in optimizer.param_groups
        for p in group["params"]
        if p._grad is not None
    ]
    STATE.flat.pop(optimizer, None)
    if not gradients or any(map(_moves, gradients)):
        return
    if steps < STEPS:
        STATE.flat[optimizer] = steps
    elif STATE.cause is not None and is_listening(NAME):
        _say(optimizer, len(gradients))


def _moves(gradient):
    array = gradient._array
    if array.__class__ is Spec:
        return True
    return bool(array.reshape(-1)[:64].any()) or bool(array.any())


def _cause(tensor):
    """The operation that stops all gradients, and what to do about it; or None."""
    value = tensor._array.item() if tensor._array.size == 1 else 1.0
    seen, stack = set(), [tensor._edge]
    while stack and len(seen) < 500:
        node = stack.pop()
        node = node.node if node.__class__ is Output else node
        if node is None or node in seen or node.__class__ is AccumulateGrad:
            continue
        seen.add(node)
        told = _stopped_by(node, value) if node.saved is not None else None
        if told is not None:
            return told
        stack.extend(node.edges)
    return None


def _stopped_by(node, value):
    """Why no gradient passes a node, and what to do about it; or None."""
    name, shape = getattr(node.op, "name", None), list(node.shape)
    if name == "cross_entropy" and node.shape[1][1:2] == (1,):
        cause = "cross_entropy() over 1 class, which is 0 for any score"
        return cause, "use binary_cross_entropy_with_logits for a single output"
    if not value:
        return None
    if name in _ROUNDING:
        cause = f"{name}() {shape} in the graph, whose derivative is 0"
        return cause, "leave the rounding out of the loss (round what you report)"
    if name == "softmax" and _is_over_one(node):
        cause = f"softmax() of {shape} over an axis of size 1: it is 1 for any score"
        return cause, "use sigmoid for a single output"
    if name in _CLAMPS and _is_beyond(node):
        cause = f"{name}() {shape}: all values lie beyond its bounds"
        return cause, "leave the bound out, or apply it to what you report only"
    return None


def _is_over_one(node):
    """Whether a softmax runs over an axis of size 1."""
    out, dim = node.saved
    return bool(out.array.ndim) and out.array.shape[dim] == 1


def _is_beyond(node):
    """Whether all values that a clamp got lie beyond its bounds."""
    array, *bounds = node.saved
    array = array._array
    name = node.op.name
    low = bounds[0] if name != "clamp_max" else None
    high = bounds[-1] if name != "clamp_min" else None
    beyond = False
    if low is not None:
        beyond = array < low
    if high is not None:
        beyond = beyond | (array > high)
    return bool(array.size) and bool(beyond.all())


def _say(optimizer, count):
    cause, do = STATE.cause
    found(
        NAME,
        saw=f"all {count} gradients were exactly 0 in the first {STEPS} steps of "
        f"{type(optimizer).__name__}; they are stopped by {cause}",
        why="The parameters do not move",
        do=do,
        place=STATE.place,
    )

"""step-order: step, backward, zero_grad and clipping in an order that does nothing.

# Note [Facts of order]
# zero_grad() threw away what backward() had filled, and the step found nothing.
# The first step ran before any backward, and the same line stepped again after one.
# Gradients were clipped after the step that used them, or still multiplied by a scaler.
# Three times running: a clipping that found no gradients, then a backward, then a step;
# or one backward and two steps with its gradients, unchanged.
# A step used gradients that a scaler had multiplied and nothing divided since.
# zero_grad() cleared unused gradients more than ten times, no value moved, and the run
# ended without a step.
# (After 64 steps only one in sixteen is looked at: Note [Resting] in _history.)
# Twice running: of k backwards of a loss divided by k, zero_grad() threw k - 1 away.
"""

import weakref

import numpy as np

from rushlight._core.node import AccumulateGrad, Node
from rushlight.guard import _history
from rushlight.guard._history import (
    COUNT,
    LAST_LOSS,
    LIVES,
    REST,
    SCALED,
    history_of,
)
from rushlight.guard._places import user_place
from rushlight.guard._report import found, is_listening
from rushlight.guard.checks.optim import no_optimizer
from rushlight.nn.parameter import Parameter

NAME = "step-order"
SUMMARY = "step, backward, zero_grad, clipping in an order that does nothing"

LAST_SCALED = [None]  # a weak reference to the last loss that a scaler multiplied
#: A limit for which nobody clips: the norm is only measured.
NO_LIMIT = 1e6
#: So often must gradients be cleared before it counts that no step came.
LEAST = 10


class Recent:
    """What happened last, whoever did it.

    Attributes:
        clipped: (count of backwards, line) of a clipping that found no gradients.
        parts: k, where the last loss was divided by a whole number k, else 0.
        stepped: count of backwards at the last step.
        asking: whether backward() is looked at: zero_grad() threw parts of a loss
            away, or an optimizer clears gradients and has not stepped yet.
        inputs: whether the last backward, when it was looked at, reached leaves that
            are no parameters, as an attack on the inputs does.
    """

    def __init__(self):
        self.clipped, self.parts, self.stepped = None, 0, 0
        self.asking = self.inputs = False


RECENT = Recent()


def forget():
    """Start as a fresh process does."""
    LAST_SCALED[0] = None
    RECENT.__init__()
    _history.forget()


def ending():
    """The run is over: who cleared gradients and never stepped?"""
    for history in LIVES:
        count, values = history.notes.get("cleared", (0, None))
        if not history.steps and count > LEAST and values is not None:
            _say_never(history, count)


# ------------------------------------------------------------------------- what happens


def zeroing(optimizer):
    """zero_grad() is about to run."""
    gradient = _first_gradient(optimizer)
    if gradient is not None and "_consumed" not in gradient.__dict__:
        history = history_of(optimizer)
        history.discarded = COUNT[0], user_place()
        if not history.steps and not RECENT.inputs:
            _cleared_without_step(optimizer, history)
        if RECENT.parts and RECENT.stepped != COUNT[0]:
            history.notes["thrown"] = history.notes.get("thrown", 0) + 1
            RECENT.asking = True


def starting(tensor):
    """backward() begins at a loss."""
    COUNT[0] = count = COUNT[0] + 1
    array, scaled = tensor._array, LAST_SCALED[0]
    if array.__class__ is np.ndarray and array.size == 1 and array.dtype.kind == "f":
        LAST_LOSS[0] = array.item()
    else:
        LAST_LOSS[0] = None
    SCALED[0] = scaled is not None and scaled() is tensor
    RECENT.parts = _parts(tensor._edge) if count < 4 * REST else 0


def _parts(edge):
    """k of a loss that is something / k, else 0."""
    if not isinstance(edge, Node) or edge.op is None or not edge.saved:
        return 0
    by = edge.saved[-1]
    if by.__class__ not in (int, float) or not by:
        return 0
    if edge.op.name == "mul":
        by = 1 / by
    elif edge.op.name != "div":
        return 0
    return round(by) if by > 1.5 and abs(by - round(by)) < 1e-6 else 0


def backward(walk):
    """backward() has run: mark what it filled where somebody will ask."""
    if SCALED[0]:
        _mark(walk, "_scaled")
    if RECENT.asking:
        _mark(walk, "_filled")
        leaves = [e for e in walk.waiting if e.__class__ is AccumulateGrad]
        RECENT.inputs = not all(isinstance(e.variable, Parameter) for e in leaves)


def _mark(walk, name):
    """Mark the gradients that a backward filled with their versions."""
    for edge in walk.waiting:
        leaf = edge.variable if edge.__class__ is AccumulateGrad else None
        gradient = None if leaf is None else leaf._grad
        if gradient is not None:
            gradient.__dict__[name] = gradient._version


def _cleared_without_step(optimizer, history):
    """Gradients are cleared that nobody used, before any step: look if values move."""
    count, values = history.notes.get("cleared", (0, None))
    RECENT.asking = RECENT.asking or count < LEAST
    if count == 0:
        values = _values(optimizer)
    elif count == LEAST and values != _values(optimizer):
        values = None
    history.notes["cleared"] = count + 1, values


def _values(optimizer):
    """The first values of each parameter."""
    firsts = []
    for group in optimizer.param_groups:
        for param in group["params"]:
            if param._array.__class__ is np.ndarray:
                firsts.append(param._array.reshape(-1)[:4].tolist())
    return firsts


def stepping(optimizer, closure):
    """step() is about to run."""
    history = optimizer.__dict__.get("_guard_history") or history_of(optimizer)
    steps = history.steps = history.steps + 1
    if steps > REST:
        optimizer._watched = not steps & 15
    if steps > REST and steps & 15 != 1:
        loss = LAST_LOSS[0]
        if history.growing or loss is not None and not loss <= history.limit:
            history.look(optimizer)
        else:
            history.course.append((loss, optimizer.param_groups[0].get("lr"), None))
        RECENT.stepped = COUNT[0]
        return
    history.look(optimizer)
    if closure is not None:
        return
    gradient = _first_gradient(optimizer)
    if history.discarded is not None and history.discarded[0] == COUNT[0]:
        if not _holds_anything(optimizer):
            _say_discarded(optimizer, history.discarded[1])
    elif gradient is None:
        if history.steps == 1 and COUNT[0] == 0:
            history.empty = user_place()
        elif steps > 3:
            no_optimizer.barren(optimizer, history)
    else:
        history.notes.pop("barren", None)
        if history.empty is not None:
            _step_after_an_empty_one(optimizer, history)
        if LAST_SCALED[0] is not None:
            _step_on_scaled(optimizer, gradient)
        if "_consumed" in gradient.__dict__:
            _step_on_used(optimizer, history, gradient)
        if RECENT.clipped is not None:
            _step_after_early_clipping(optimizer, history)
        if "thrown" in history.notes:
            _step_after_thrown(history, gradient)
    history.discarded = None
    RECENT.stepped, RECENT.asking = COUNT[0], False


def clipping(gradients, limit):
    """Gradients are about to be clipped."""
    if not limit < NO_LIMIT or not is_listening(NAME):
        return
    if not gradients or _is_zero(gradients[0]._array):
        RECENT.clipped = COUNT[0], user_place()
        return
    RECENT.clipped = None
    if all(g.__dict__.get("_scaled") == g._version for g in gradients):
        _say_scaled_clipping(gradients, limit)
        return
    for gradient in gradients:
        version = gradient.__dict__.get("_consumed")
        if version is None or version != gradient._version:
            return
        gradient.__dict__.pop("_consumed")
    found(
        NAME,
        saw=f"{len(gradients)} gradients are clipped to {float(limit):g} after the "
        "step() that used them",
        why="The step has been taken with the gradients as they were",
        do="clip between backward() and optimizer.step()",
    )


def _first_gradient(optimizer):
    for group in optimizer.param_groups:
        for param in group["params"]:
            if param._grad is not None:
                return param._grad
    return None


def _is_zero(array):
    """Whether all values are 0; looks at all only where the first one is."""
    if array.__class__ is not np.ndarray or not array.size:
        return False
    return array.flat[0] == 0 and not array.any()


# ----------------------------------------------------------------- what follows from it


def _holds_anything(optimizer):
    for group in optimizer.param_groups:
        for param in group["params"]:
            if param._grad is not None and param._grad._array.any():
                return True
    return False


def _step_after_an_empty_one(optimizer, history):
    """An empty first step: of the same line, with one backward in between?"""
    line, history.empty = history.empty, None
    if history.steps == 2 and COUNT[0] == 1 and user_place() == line:
        _say_early(optimizer, line)


def _step_on_scaled(optimizer, gradient):
    if gradient.__dict__.get("_scaled") == gradient._version:
        found(
            NAME,
            saw=f"{type(optimizer).__name__}.step() uses gradients that are still "
            "multiplied by the gradient scaler's scale",
            why="The step is larger by that factor, thousands of times",
            do="call scaler.step(optimizer) in place of optimizer.step()",
        )


def _step_on_used(optimizer, history, gradient):
    """Two steps for each backward, unchanged in between, three times running?"""
    if gradient.__dict__["_consumed"] != gradient._version or not gradient._array.any():
        return
    if not type(optimizer).__module__.startswith("rushlight.optim."):
        return
    last, running = history.notes.get("reused", (0, 0))
    running = running + 1 if last + 1 == COUNT[0] else 1
    history.notes["reused"] = COUNT[0], running
    if running == 3:
        found(
            NAME,
            saw=f"{history.kind}.step() uses gradients that a step() has used already, "
            "without a backward() in between, in each of the last 3 rounds",
            why="Every gradient is applied twice",
            do="call step() once for each backward(), of one optimizer for each "
            "parameter",
        )


def _step_after_early_clipping(optimizer, history):
    """Clipping, one backward, step: three times running?"""
    count, line = RECENT.clipped
    RECENT.clipped = None
    if count + 1 != COUNT[0]:
        return
    last, running = history.notes.get("clipped", (0, 0))
    running = running + 1 if last + 1 == COUNT[0] else 1
    history.notes["clipped"] = COUNT[0], running
    if running == 3:
        found(
            NAME,
            saw=f"gradients are clipped before backward(), 3 times running: there "
            f"were none yet, and {history.kind}.step() uses them unclipped",
            why="Clipping changes the gradients that are there, not those to come",
            do="clip between backward() and optimizer.step()",
            place=line,
        )


def _step_after_thrown(history, gradient):
    """Were k - 1 of k backwards of a loss / k thrown away, twice running?"""
    thrown = history.notes.pop("thrown")
    kept = gradient.__dict__.get("_filled") == gradient._version
    if thrown + 1 != RECENT.parts or not kept:
        history.notes.pop("thrown before", None)
        return
    if history.notes.get("thrown before") == thrown:
        found(
            NAME,
            saw=f"the loss is divided by {RECENT.parts}, but zero_grad() threw "
            f"{thrown} of {RECENT.parts} backward()s' gradients away before this "
            "step()",
            why="To accumulate, gradients must stay from one backward() to the next",
            do="call zero_grad() only after a step()",
        )
    history.notes["thrown before"] = thrown


# ------------------------------------------------------------------------- what is said


def _say_scaled_clipping(gradients, limit):
    found(
        NAME,
        saw=f"{len(gradients)} gradients are clipped to {float(limit):g} while they "
        "are still multiplied by the gradient scaler's scale",
        why="They are clipped to a limit that is smaller by that factor",
        do="call scaler.unscale_(optimizer) between backward() and clipping",
    )


def _say_discarded(optimizer, line):
    name = type(optimizer).__name__
    found(
        NAME,
        saw=f"{name}.step() has nothing to use: zero_grad() at {line} cleared the "
        "gradients that backward() had just filled",
        why="The parameters do not move",
        do="move zero_grad() before backward(), or after step()",
    )


def _say_never(history, count):
    found(
        NAME,
        saw=f"zero_grad() of {history.kind} cleared gradients {count} times that "
        "backward() had filled, and its step() never ran",
        why="The parameters do not move",
        do="call optimizer.step() after backward(), with its parentheses",
        place=history.place,
    )


def _say_early(optimizer, line):
    found(
        NAME,
        saw=f"{type(optimizer).__name__}.step() at {line} ran before any backward()",
        why="It did nothing, and every later step uses the gradients of the batch "
        "before",
        do="call loss.backward() before optimizer.step()",
        place=line,
    )


def scaled(tensor):
    """A gradient scaler has multiplied a loss."""
    LAST_SCALED[0] = weakref.ref(tensor)

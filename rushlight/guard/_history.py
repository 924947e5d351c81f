"""What each optimizer went through: steps, losses, rates, norms of gradients.

# Note [Course]
# To tell how a training blew up, its last steps must be known when it is too late to
# look.  Losses and rates are there anyway and are kept of the last eight steps.  A norm
# costs a pass over all gradients: it is taken at the first three steps, once the loss
# is far above the first one, or once a check asks for it; never at more than one in
# sixteen of all steps, and 32.

# Note [Resting]
# What goes right for REST steps is rarely wrong later.  From then on the order of calls
# is looked at in one of sixteen steps: gradients are marked after a step whose number
# sixteen divides, and followed up to the next step.
"""

import math
from collections import deque

import numpy as np

from rushlight.guard._places import user_place

COUNT = [0]  # backwards so far
SCALED = [False]  # whether the last began at a loss that a gradient scaler multiplied
REST = 64
LIVES = []  # the History of each optimizer, also of those that are gone
_MOST = 512
LAST_LOSS = [None]
#: At which count of backwards the watcher rests (Note [Rest] in _resting.py).
LONG = 112
REST_AT = [LONG]
_latest = []  # the History of the optimizer that stepped last


class History:
    """What an optimizer went through.

    Attributes:
        kind: the name of its class.
        place: the line where it was made.
        steps: how many.
        empty: the line of a first step that came before any backward, or None.
        discarded: (count of backwards, line) of a zero_grad() that threw away
            gradients nobody had used.
        moving: whether any step had a learning rate that was not 0.
        schedules: its learning rate schedules, as check idle_schedule keeps them.
        course: (loss, rate, norm or None) of its last steps (Note [Course]).
        growing: whether gradients pile up, so that norms are worth a look.
        growth: (step, loss, norm) from then on, at steps that are powers of two.
        lowest: (loss, step) of the lowest loss, or None.
        limit: the loss above which norms are worth a look: far above the first.
        notes: what else a check keeps, by the check's name.
    """

    __slots__ = (
        "kind",
        "place",
        "steps",
        "empty",
        "discarded",
        "moving",
        "schedules",
        "course",
        "growing",
        "growth",
        "lowest",
        "limit",
        "notes",
        "_norms",
        "__weakref__",
    )

    def __init__(self, optimizer):
        self.kind, self.place = type(optimizer).__name__, user_place()
        self.steps, self.empty, self.discarded, self.moving = 0, None, None, False
        self.schedules, self.course, self.notes = [], deque(maxlen=8), {}
        self.growing, self.growth, self.lowest = False, [], None
        self.limit, self._norms = math.inf, 0
        if len(LIVES) < _MOST:
            LIVES.append(self)

    def look(self, optimizer):
        """A step is about to run: keep its loss, rate and norm."""
        _latest[:] = (self,)
        loss, rate = LAST_LOSS[0], optimizer.param_groups[0].get("lr")
        norm = None
        if loss is not None:
            if self.lowest is None:
                self.limit, self.lowest = 4 * abs(loss), (loss, self.steps)
            elif loss < self.lowest[0]:
                self.lowest = loss, self.steps
        is_far = loss is not None and not loss <= self.limit
        if self.steps < 4 or self.growing or is_far:
            if self._norms < 32 + (self.steps >> 4):
                self._norms += 1
                norm = norm_of_gradients(optimizer)
        self.course.append((loss, rate, norm))
        if self.growing and not self.steps & (self.steps - 1):
            self.growth.append((self.steps, loss, norm))

    def told(self):
        """The course in words; empty where there is too little of it."""
        losses = [loss for loss, _, _ in self.course if loss is not None]
        norms = [norm for _, _, norm in self.course if norm is not None]
        if len(losses) < 2:
            return ""
        rate = number(self.course[-1][1])
        text = f"in the last steps of {self.kind} (lr {rate:g}) the loss was "
        text += listed_numbers(losses)
        if len(norms) > 1:
            text += f" and the norm of all gradients {listed_numbers(norms)}"
        if self.growing:
            text += ", as each step uses the gradients of earlier ones too (stale-grad)"
        return text


def latest_course():
    """What the optimizer that stepped last went through, as an end of a sentence."""
    told = _latest[0].told() if _latest else ""
    return f"; {told}" if told else ""


def history_of(optimizer):
    """An optimizer's History."""
    own = optimizer.__dict__
    found = own.get("_guard_history")
    if found is None:
        found = own["_guard_history"] = History(optimizer)
    return found


def forget():
    """Start as a fresh process does."""
    COUNT[0], SCALED[0], LAST_LOSS[0] = 0, False, None
    REST_AT[0] = LONG
    LIVES.clear()
    _latest.clear()


def number(value):
    """A hyperparameter as a number: it may be a Tensor."""
    return float(getattr(value, "_array", 0 if value is None else value))


def listed_numbers(values):
    """Numbers in a row, as text."""
    return ", ".join(f"{value:.3g}" for value in values)


def norm_of_gradients(optimizer):
    """The 2-norm of an optimizer's gradients together; None off the CPU."""
    total = 0.0
    for group in optimizer.param_groups:
        for param in group["params"]:
            if param._grad is None:
                continue
            array = param._grad._array
            if array.__class__ is not np.ndarray or array.dtype.kind == "c":
                return None
            flat = array.reshape(-1)
            if flat.dtype.itemsize == 2:
                flat = flat.astype(np.float32)
            with np.errstate(over="ignore", invalid="ignore"):
                total += float(flat @ flat)
    return math.sqrt(total) if total >= 0 else total

"""The watcher of a long training: 16 of every 128 steps are looked at closely.

# Note [Rest]
# What goes wrong with steps and gradients goes wrong at every step, so that it is seen
# as well in some of them.  After 112 backwards the places that each step passes see
# nothing for 112, and everything for the next 16; a new optimizer is watched for 112
# again.  At rest the counts go on, the loss is looked at (one that is nan or infinite
# wakes the watcher at once), and so is everything that is no part of a step: modes,
# evaluations, loaders, states, hooks, writes.  What a check remembers of one step for
# the next is forgotten before a rest, so that nothing is compared across it.  Under
# `thorough()` nobody rests.
"""

import sys

from rushlight._core.guarding import GUARDS
from rushlight._core.state import GRAD_MODE
from rushlight.guard import _history
from rushlight.guard._safe import safe
from rushlight.guard._watcher import WATCHER, Watcher
from rushlight.guard.checks.data import data_order
from rushlight.guard.checks.loss import data_write, lost_term
from rushlight.guard.checks.model import (
    broken_tie,
    eval_dropout,
    lost_train,
    nonfinite_op,
)
from rushlight.guard.checks.optim import (
    learning_rate,
    never_trained,
    no_optimizer,
    step_order,
)

ASLEEP, AWAKE = 112, 16
COUNT = _history.COUNT


def rest():
    """Begin a rest, between two steps."""
    if nonfinite_op.STATE.active or GUARDS.see is not WATCHER:
        _history.REST_AT[0] = COUNT[0] + AWAKE
        return
    lost_term.forget()
    data_write.NOTES.clear()
    step_order.RECENT.__init__()
    for history in _history.LIVES:
        history.discarded = None
    RESTING.until = COUNT[0] + ASLEEP
    GUARDS.see = RESTING


def wake():
    """End a rest."""
    _history.REST_AT[0] = COUNT[0] + AWAKE
    GUARDS.see = WATCHER


class Resting(Watcher):
    """Sees what is no part of a step, and counts (Note [Rest]).

    Attributes:
        until: the count of backwards at which it wakes.
    """

    def __init__(self):
        self.until = 0

    @safe
    def created(self, optimizer):
        wake()
        super().created(optimizer)

    def zeroing(self, optimizer):
        pass

    @safe
    def starting(self, tensor):
        array = tensor._array
        value = None
        if array.size == 1 and array.dtype.kind == "f":
            value = array.item()
            if value - value != 0:
                wake()
                WATCHER.starting(tensor)
                return
        COUNT[0] += 1
        _history.LAST_LOSS[0] = value

    def adding(self, tensor):
        pass

    def backward(self, walk):
        if never_trained.WATCHES:
            never_trained.backward(walk)

    @safe
    def stepping(self, optimizer, closure):
        history = _history.history_of(optimizer)
        history.steps += 1
        rate = optimizer.param_groups[0].get("lr")
        history.course.append((_history.LAST_LOSS[0], rate, None))
        if not history.steps & 63:
            learning_rate.stepping(optimizer)
        if never_trained.WATCHES:
            never_trained.stepping(optimizer)
        if broken_tie.PENDING:
            broken_tie.stepping(optimizer)
        if lost_train.PENDING:
            lost_train.lost(optimizer)
        if data_order.ORDERED:
            data_order.stepping()
        if history.steps in no_optimizer.ASK_AT:
            no_optimizer.stepping(optimizer, closure)
        if COUNT[0] >= self.until:
            wake()

    def stepped(self, optimizer):
        pass

    def clipping(self, gradients, limit):
        pass

    def number(self, tensor, value):
        pass

    def data(self, tensor):
        pass

    def dropping(self):
        if not GRAD_MODE.get():
            caller = sys._getframe(3)
            if caller.f_code.co_filename != eval_dropout.LAYERS:
                eval_dropout.dropping(caller)

    @safe
    def loss(self, name, input, target):
        if input._edge is None:
            super().loss(name, input, target)
        elif data_order.ORDERED:
            data_order.loss(name, input, target)


RESTING = Resting()

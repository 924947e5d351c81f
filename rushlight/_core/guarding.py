"""Where guards look in: the switch, and who is told what happens.

# Note [Guarded places]
# A place that a guard watches (an optimizer's step, a gradient that is added to) holds
# one line, ``if GUARDS.on: GUARDS.see.stepping(self, ...)``.  `see` comes from the
# floors above, loaded when the first such line runs; what it watches is its own
# business.  The places lie off the path of single operations, which pay nothing.
"""

import os
from collections import deque


class Guards:
    """The switch.

    Attributes:
        on: whether anything is watched; asked first at every guarded place.
        see: the watcher, with a method for each guarded place.
        open: ``() -> None`` puts the real watcher into `see`; the door sets it.
        made: the last few (weak tensor, name of the op) of softmax and sigmoid that
            were not recorded.
        evals: whether layers that switch with train() and eval() are to tell when they
            run in evaluation mode too.
    """

    __slots__ = ("on", "see", "open", "made", "evals")

    def __init__(self, on):
        self.on, self.see, self.open = on, _Unopened(), None
        self.made = deque(maxlen=8)
        self.evals = False


class _Unopened:
    """Stands for the watcher until the first guarded place asks for it."""

    def __getattr__(self, name):
        if GUARDS.open is not None:
            GUARDS.open()
        if GUARDS.see is self:  # no door, or guards are off
            GUARDS.on = False
            return _nothing
        return getattr(GUARDS.see, name)


def _nothing(*args):
    """What is seen while nobody watches."""


GUARDS = Guards(os.environ.get("RUSHLIGHT_GUARD", "warn") != "off")

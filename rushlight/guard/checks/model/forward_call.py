"""forward-call: model.forward(x) is called directly while hooks are registered.

A module that gets a hook gets a forward of its own, which looks at who calls it: the
module's call, which runs the hooks, or a line of the user's, which passes them over.
"""

import sys

from rushlight._core.guarding import GUARDS
from rushlight.guard._places import is_own
from rushlight.guard._report import found

NAME = "forward-call"
SUMMARY = "forward() is called directly, past the hooks"


class WatchedForward:
    """A module's forward while the module has hooks."""

    #: Copies and pickles are made without it.
    guarded = True

    def __init__(self, module):
        self.module, self.forward = module, module.forward

    def __call__(self, *args, **kwargs):
        if GUARDS.on and not is_own(sys._getframe(1)):
            count = _hooks_of(self.module)
            if count:
                _say(self.module, count)
        return self.forward(*args, **kwargs)

    def __getattr__(self, name):
        return getattr(self.__dict__["forward"], name)


def hooked(module):
    """A forward hook or pre-hook was registered."""
    if "forward" not in module.__dict__:
        module.__dict__["forward"] = WatchedForward(module)


def _hooks_of(module):
    return len(module._forward_hooks) + len(module._forward_pre_hooks)


def _say(module, count):
    name = type(module).__name__
    found(
        NAME,
        saw=f"{name}.forward() was called directly; {count} hooks on this {name} "
        "did not run",
        why="Hooks run in the module's call only: features are not collected, and "
        "weights that a hook computes (weight_norm, pruning) stay old",
        do="call the module itself: model(x) in place of model.forward(x)",
    )

"""eval-dropout: F.dropout without its argument training, in a module in eval mode.

F.dropout cannot know the module around it: by default it drops.  A call that names the
argument, be it True, was meant; so only calls that leave it out are named, which their
own code tells.
"""

import functools
import sys

from rushlight.guard._calls import given
from rushlight.guard._places import is_own
from rushlight.guard._report import found, is_listening
from rushlight.nn.modules.module import Module

NAME = "eval-dropout"
SUMMARY = "F.dropout drops although its module is in evaluation mode"

_meant = {}  # {(code, place of the call): whether the argument was given}


def dropping(depth):
    """A functional dropout drops; its caller stands `depth` frames above."""
    frame = sys._getframe(depth)
    code = frame.f_code
    place = code, frame.f_lasti
    meant = _meant.get(place)
    if meant is None:
        meant = _meant[place] = is_own(frame) or _names_training(*place)
    if meant or not is_listening(NAME):
        return
    owner = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
    if isinstance(owner, Module) and not owner.training and not _is_partial(owner):
        _say(owner, frame)


def _names_training(code, place):
    call = given(code, place)
    if call is None or not any("dropout" in name for name in code.co_names):
        return True
    positional, names = call
    return positional > 2 or "training" in names


def _is_partial(owner):
    """Whether arguments may come from elsewhere."""
    values = [*owner.__dict__.values(), *vars(type(owner)).values()]
    return any(isinstance(value, functools.partial) for value in values)


def _say(owner, frame):
    name = frame.f_code.co_name
    found(
        NAME,
        saw=f"dropout() in {type(owner).__name__}.{name}() drops values while the "
        "module is in evaluation mode: its argument training is left out, and is True "
        "by default",
        why="eval() does not reach functional dropout, so the outputs of the "
        "evaluation are random",
        do="F.dropout(x, p, training=self.training); or training=True, if it is meant",
    )

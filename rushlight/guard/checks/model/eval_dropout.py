"""eval-dropout: F.dropout without its argument training, in a module in eval mode.

F.dropout cannot know the module around it: by default it drops.  A call that names the
argument, be it True, was meant; so only calls that leave it out are named, which their
own code tells.
"""

import functools

from rushlight.guard._calls import given
from rushlight.guard._places import is_own
from rushlight.guard._report import found, is_listening
from rushlight.nn.modules import dropout
from rushlight.nn.modules.module import Module

NAME = "eval-dropout"
SUMMARY = "F.dropout drops although its module is in evaluation mode"

#: Where the layers are, which always name the argument.
LAYERS = dropout.__file__
_meant = {}  # {(id of the code, place of the call): (code, whether it was given)}


def dropping(frame):
    """A functional dropout drops, called from a frame."""
    code = frame.f_code
    place = id(code), frame.f_lasti
    known = _meant.get(place)
    if known is None or known[0] is not code:
        known = code, is_own(frame) or _names_training(code, frame.f_lasti)
        _meant[place] = known
    if known[1] or not is_listening(NAME):
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

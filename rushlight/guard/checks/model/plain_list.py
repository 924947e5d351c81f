"""plain-list: parameters that a module holds in a plain list, tuple or dict.

Those that get gradients and are in no optimizer are found by no-optimizer, those that
eval() does not reach by train-mode-eval.  Here: those that are trained all the same,
passed to an optimizer by hand, and missing in what was saved.

# Note [Saved elsewhere]
# A list by hand may be saved by hand.  So it is said when the run is over, and only of
# parameters that an optimizer stepped and that are in no module, whole or part, whose
# state_dict() was ever asked for.
"""

import weakref

from rushlight.guard._names import hidden, listed
from rushlight.guard._places import user_place
from rushlight.guard._report import found
from rushlight.guard.checks.optim import no_optimizer
from rushlight.nn.modules.module import Module

NAME = "plain-list"
SUMMARY = "parameters in a plain list, tuple or dict of a module are not trained"

_saved = weakref.WeakSet()  # modules whose state_dict() was asked for
_partial = {}  # id of a module: (weak module, line), those with hidden parameters


def saving(module):
    """state_dict() is called on a module, from outside."""
    if module in _saved:
        return
    _saved.add(module)
    if len(_partial) < 64 and any(True for _ in _hidden_in(module)):
        _partial[id(module)] = weakref.ref(module), user_place()


def _hidden_in(module):
    """Pairs (attribute with its module's class, parameter) in plain containers."""
    for below in module.modules():
        for attribute, _, value in hidden(below):
            name = f"{type(below).__name__}.{attribute}"
            inner = value.parameters() if isinstance(value, Module) else [value]
            for parameter in inner:
                yield name, parameter


def ending():
    """The run is over: what was trained and is in nothing that was saved?"""
    kept = {id(p) for module in _saved for p in module.parameters()}
    for ref, place in _partial.values():
        module = ref()
        lost = [] if module is None else list(_hidden_in(module))
        lost = [
            (name, p)
            for name, p in lost
            if id(p) not in kept and no_optimizer.was_held(p)
        ]
        if lost:
            _say(module, lost, place)


def _say(module, lost, place):
    names = ", ".join(sorted({name for name, _ in lost}))
    kind = type(module).__name__
    found(
        NAME,
        saw=f"{listed([p for _, p in lost])} were trained and are not in "
        f"{kind}.state_dict(): {names} is a plain list, tuple or dict",
        why="state_dict() does not look into plain containers, and nothing else that "
        "holds them was saved: a model that is loaded from it is not the one trained",
        do="use nn.ModuleList, nn.ModuleDict or nn.ParameterList",
        place=place,
    )


def forget():
    """Start as a fresh process does."""
    _saved.clear()
    _partial.clear()

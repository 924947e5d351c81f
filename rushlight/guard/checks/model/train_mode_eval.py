"""train-mode-eval: an evaluation with dropout or batch norm in training mode.

# Note [Evaluations]
# Dropout that runs under no_grad is often meant: Monte-Carlo dropout after train(),
# batch norm that is recalibrated, a generator that makes images for its discriminator,
# a copy of a model as a target.  So three things must come together: the module has
# trained (it ran with gradients) since train() or eval() was last called on it; it now
# runs without; and before it trains again the result is scored, by a loss function
# without gradients or by comparing class numbers.
"""

import sys
import weakref

import numpy as np

from rushlight._core.state import GRAD_MODE
from rushlight._core.table import TABLE
from rushlight.guard._names import hidden
from rushlight.guard._places import user_place
from rushlight.guard._report import found
from rushlight.nn.modules.module import Module

NAME = "train-mode-eval"
SUMMARY = "an evaluation with dropout or batch norm in training mode"

TRAINED = {}  # {id: weak module} of layers that trained; a WeakSet is slower
SUSPECTS = []  # [(weak module, line)]


def training(module):
    """A dropout or batch norm runs in training mode."""
    if GRAD_MODE.get():
        known = TRAINED.get(id(module))
        if known is None or known() is not module:
            TRAINED[id(module)] = weakref.ref(module)
        if SUSPECTS:
            _clear()
    elif not _is_unreached(module, sys._getframe(4)):
        if len(SUSPECTS) < 16 and has_trained(module):
            SUSPECTS.append((weakref.ref(module), user_place()))
            _watch_comparisons()


def has_trained(module):
    """Whether a layer ran with gradients since it was last switched."""
    known = TRAINED.get(id(module))
    return known is not None and known() is module


def _is_unreached(layer, frame):
    """Whether a layer is in a plain list of a module that is in evaluation mode."""
    owner = None
    for _ in range(12):
        code = frame.f_code
        owner = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
        frame = frame.f_back
        if frame is None or (isinstance(owner, Module) and not owner.training):
            break
    if not isinstance(owner, Module) or owner.training:
        return False
    for attribute, place, value in hidden(owner):
        if value is layer or (isinstance(value, Module) and layer in value.modules()):
            _say_hidden(owner, layer, attribute, place)
            return True
    return False


def _say_hidden(owner, layer, attribute, place):
    name = type(owner).__name__
    found(
        "plain-list",
        saw=f"a {type(layer).__name__} in {name}.{attribute}{place} runs in training "
        f"mode while {name} is in evaluation mode",
        why="eval(), parameters(), state_dict() and to() do not look into plain lists, "
        "tuples and dicts",
        do="use nn.ModuleList or nn.ModuleDict",
    )


def switched(module):
    """train() or eval() is called on a module."""
    TRAINED.pop(id(module), None)
    if SUSPECTS:
        _clear()


def loss(name, input, target):
    """A loss function is called."""
    if SUSPECTS and not GRAD_MODE.get():
        _say(f"{name}()")


def _clear():
    SUSPECTS.clear()
    detach()


def detach():
    """Stop looking at comparisons."""
    for kernels in (TABLE["eq"].kernels, TABLE["eq"].large):
        kernel = kernels.get(np.ndarray)
        if hasattr(kernel, "unguarded"):
            kernels[np.ndarray] = kernel.unguarded


def _watch_comparisons():
    for kernels in (TABLE["eq"].kernels, TABLE["eq"].large):
        kernel = kernels[np.ndarray]
        if not hasattr(kernel, "unguarded"):
            kernels[np.ndarray] = _comparing(kernel)


def _comparing(kernel):
    def comparing(x, y, *rest, **named):
        if SUSPECTS and _are_classes(x, y):
            _say("a comparison of class numbers")
        return kernel(x, y, *rest, **named)

    comparing.unguarded = kernel
    return comparing


def _are_classes(x, y):
    for array in (x, y):
        if getattr(array, "ndim", 0) == 0 or array.dtype.kind not in "iu":
            return False
    return x.shape == y.shape


def _say(score):
    modules = {type(ref()).__name__ for ref, _ in SUSPECTS if ref() is not None}
    place = SUSPECTS[0][1]
    _clear()
    names = " and ".join(sorted(modules))
    found(
        NAME,
        saw=f"{names} ran in training mode under no_grad, as in the training before, "
        f"and the result is scored by {score}",
        why="Dropout zeroes values, and batch norm uses this batch's statistics and "
        "changes its running ones: the score is not the model's",
        do="call model.eval() before the evaluation and model.train() after it",
        place=place,
    )


def forget():
    """Start as a fresh process does."""
    TRAINED.clear()
    _clear()

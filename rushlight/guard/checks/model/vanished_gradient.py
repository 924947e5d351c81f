"""vanished-gradient: weights that do not change by one bit although they are trained.

# Note [Not one bit]
# Whether a gradient is small is a matter of taste; whether it changes anything is not.
# At an optimizer's 10th step a few values of each matrix are kept; of those that are
# the same at the 20th, the whole is kept, and compared at the 30th.  Their gradients
# are not 0, nor is the learning rate, and other matrices of the optimizer do move: so
# the updates are smaller than what float32 can add to the weights.
"""

import math
import weakref

import numpy as np

from rushlight.guard._names import name_of, parameter_names
from rushlight.guard._report import found, is_listening

NAME = "vanished-gradient"
SUMMARY = "weights do not change by one bit, so small are their gradients"

LOOKS = (10, 20, 30)
_kept = weakref.WeakKeyDictionary()  # {optimizer: [(parameter, kept values)]}


def stepping(optimizer, closure):
    """step() is about to run for the 10th, 20th or 30th time."""
    if closure is not None or not is_listening(NAME):
        _kept.pop(optimizer, None)
        return
    steps = optimizer._guard_history.steps
    if steps == LOOKS[0]:
        matrices = [p for p in _moving(optimizer) if p._array.ndim > 1]
        _kept[optimizer] = [(p, _sample(p).copy()) for p in matrices]
        return
    kept = _kept.pop(optimizer, ())
    same = [p for p, old in kept if np.array_equal(_sample(p, old.size), old)]
    if not same or (steps == LOOKS[1] and len(same) == len(kept)):
        return
    still = {id(p) for p in _moving(optimizer)}
    same = [p for p in same if id(p) in still and _is_vanished(p)]
    if steps == LOOKS[1]:
        _kept[optimizer] = [(p, p._array.reshape(-1).copy()) for p in same]
    elif same:
        _say(optimizer, same)


def _moving(optimizer):
    """Parameters in float32 or wider that the optimizer is to move."""
    return [
        p
        for group in optimizer.param_groups
        if _is_positive(group.get("lr", 1))
        for p in group["params"]
        if p._grad is not None
        and p._array.__class__ is np.ndarray
        and p._array.dtype.kind == "f"
        and p._array.itemsize > 2
        and p._array.size > 1
    ]


def _is_positive(rate):
    return float(getattr(rate, "_array", rate)) > 0


def _sample(parameter, size=64):
    """Some values of a parameter, spread over it."""
    flat = parameter._array.reshape(-1)
    return flat[:: max(1, flat.size // size)][:size]


def _is_vanished(parameter):
    """Whether there is a gradient, and weights that could show its updates."""
    gradient = parameter._grad._array
    if gradient.__class__ is not np.ndarray or not gradient.any():
        return False
    if not np.isfinite(gradient).all():
        return False
    return len(set(abs(_sample(parameter)).tolist())) > 2  # not held at a bound


def _norm(array):
    return math.sqrt(float(np.square(array, dtype=np.float64).sum()))


def _say(optimizer, same):
    names = parameter_names()
    told = [
        f"{name_of(p, names)} (gradient {_norm(p._grad._array):.1e}, "
        f"weights {_norm(p._array):.2g})"
        for p in same[:3]
    ]
    rest = f" and {len(same) - 3} more" if len(same) > 3 else ""
    moving = max(_moving(optimizer), key=lambda p: _norm(p._grad._array))
    found(
        NAME,
        saw=f"{type(optimizer).__name__} did not change one bit of {', '.join(told)}"
        f"{rest} in 10 steps, while the gradient of {name_of(moving, names)} is "
        f"{_norm(moving._grad._array):.1e} (norms)",
        why="Their gradients vanish on the way back, and the updates are lost in "
        "rounding: these layers stay as they were initialised",
        do="use ReLU or GELU in place of sigmoid or tanh, a normalisation or residual "
        "connections between the layers, or fewer layers",
    )

"""broken-tie: one parameter under two names becomes two, or gets two values.

# Note [Tied again]
# ``load_state_dict(assign=True)`` and ``to_empty()`` put a new parameter under each
# name.  Programs that know this tie them again, so nothing is said before an optimizer
# steps and holds both, or one of them.
"""

import weakref

import numpy as np

from rushlight.guard._places import user_place
from rushlight.guard._report import found, is_listening

NAME = "broken-tie"
SUMMARY = "tied parameters are trained apart after a load, or loaded with two values"

PENDING = []  # [(weak module, names, the call, line)]


def ties(module):
    """Lists of names, each of one parameter that has several.

    >>> import rushlight
    >>> net = rushlight.nn.Sequential(*[rushlight.nn.Linear(1, 1) for _ in range(2)])
    >>> net[1].weight = net[0].weight
    >>> ties(net)
    [['0.weight', '1.weight']]
    """
    names, seen = {}, set()
    for path, below in module.named_modules(remove_duplicate=False):
        if id(below) in seen:  # a whole module with two names stays one
            continue
        seen.add(id(below))
        for name, parameter in below._parameters.items():
            if parameter is not None:
                key = f"{path}.{name}" if path else name
                names.setdefault(id(parameter), []).append(key)
    return [found_ for found_ in names.values() if len(found_) > 1]


def untying(module, call):
    """A call that makes new parameters is about to run."""
    for names in ties(module):
        PENDING.append((weakref.ref(module), names, call, user_place()))
    del PENDING[:-64]


def loading(module, state_dict):
    """Values are about to be copied into tied parameters: are they the same?"""
    for names in ties(module):
        first, *others = names
        for other in others:
            if _differ(state_dict.get(first), state_dict.get(other)):
                _say_values(module, first, other)
                return


def _differ(first, second):
    first, second = getattr(first, "_array", None), getattr(second, "_array", None)
    if first is second or not isinstance(first, np.ndarray):
        return False
    if not isinstance(second, np.ndarray) or first.shape != second.shape:
        return False
    return not np.array_equal(first, second, equal_nan=first.dtype.kind in "fc")


def stepping(optimizer):
    """step() is about to run."""
    if not is_listening(NAME):
        return
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    for entry in PENDING[:]:
        module, names = entry[0](), entry[1]
        parts = [] if module is None else [_at(module, name) for name in names]
        if None in parts or len({id(part) for part in parts}) < 2:
            PENDING.remove(entry)
        elif any(id(part) in held for part in parts):
            PENDING.remove(entry)
            _say_parts(module, names, parts, entry)


def _at(module, path):
    path, _, name = path.rpartition(".")
    try:
        return module.get_submodule(path)._parameters.get(name)
    except AttributeError:
        return None


def _say_parts(module, names, parts, entry):
    _, _, call, place = entry
    found(
        NAME,
        saw=f"{' and '.join(names)} of {type(module).__name__}, "
        f"{list(parts[0].shape)}, were one parameter before {call} and are "
        f"{len({id(part) for part in parts})} now, which an optimizer trains",
        why="They go apart with the first step, and the model has more parameters than "
        "it was made with",
        do=f"tie them again after {call}, before the optimizer is made: "
        f"model.{names[1]} = model.{names[0]}",
        place=place,
    )


def _say_values(module, first, second):
    found(
        NAME,
        saw=f"{first} and {second} of {type(module).__name__} are one parameter, and "
        "the state_dict holds different values for them",
        why="Both are copied into the same memory, so only the last one stays",
        do="load them into a model that does not tie them, or remove the wrong one "
        "from the state_dict",
    )


def forget():
    """Start as a fresh process does."""
    PENDING.clear()

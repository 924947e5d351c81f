"""live-state: a state_dict that is loaded back is the model itself, changed since.

`best = model.state_dict()` copies nothing: its values share the parameters' memory and
change with them.  Loading it back later writes each value onto itself.  Each state_dict
is remembered by its `_metadata`, weakly, with the versions of its values: same memory
and a newer version at load_state_dict() are facts.
"""

import weakref
from collections import OrderedDict

from rushlight.guard._places import user_place
from rushlight.guard._report import found

NAME = "live-state"
SUMMARY = "a state_dict that was no copy is loaded back into its own model"

MOST = 16
_taken = OrderedDict()  # id of metadata: (it, weakly; {name: version}; line)


def taken(state):
    """state_dict() has filled a dictionary."""
    metadata = getattr(state, "_metadata", None)
    if metadata.__class__ is not OrderedDict:
        return
    versions = {name: value._version for name, value in _tensors(state)}
    _taken[id(metadata)] = weakref.ref(metadata), versions, user_place()
    while len(_taken) > MOST:
        _taken.popitem(last=False)


def _tensors(state):
    return ((k, v) for k, v in state.items() if hasattr(v, "_memory"))


def loading(module, state):
    """load_state_dict() is about to run."""
    metadata = getattr(state, "_metadata", None)
    ref, versions, line = _taken.get(id(metadata), (None, None, None))
    if ref is None or ref() is not metadata:
        return
    own = dict(module.named_parameters())
    changed = 0
    for name, value in _tensors(state):
        parameter = own.get(name)
        if parameter is None:
            continue
        if value._memory is None or value._memory is not parameter._memory:
            return
        changed += value._version != versions.get(name)
    if changed:
        _say(module, changed, line)


def _say(module, changed, line):
    name = type(module).__name__
    found(
        NAME,
        saw=f"load_state_dict() gets what {name}.state_dict() gave at {line}: it has "
        f"the model's memory, and {changed} of its parameters have changed since",
        why="Each parameter is loaded from itself, so nothing is restored: the values "
        "are the latest, not those of that line",
        do="keep a copy: best = copy.deepcopy(model.state_dict())",
    )

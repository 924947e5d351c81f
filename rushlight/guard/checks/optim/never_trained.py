"""never-trained: parameters of an optimizer that no gradient ever moved.

# Note [Facts for the summary]
# A pooler that nobody reads, an auxiliary head that is off, a stage that comes later:
# that a parameter got no gradient over a whole run is a fact; whether it is a bug, its
# author alone knows.  So it is a note, with the reason: its module was not called, ran
# only without gradients, or was called and the loss does not depend on it; or every
# gradient was exactly 0.  Those that anybody wrote to (a target network) or froze are
# left out.  One kind is no matter of judgement: a layer that was not called, and that
# no line of the program mentions but the one that makes it.

# Note [Few are watched]
# Asked once, at the fourth step: who has no gradient then?  Only these are followed:
# they are looked up among the leaves of each backward, and every 16th step for values
# and gradients that were written by hand.  Whether their modules are called is seen by
# hooks on these modules alone, for the length of a step.
"""

import weakref

import numpy as np

from rushlight._core.state import GRAD_MODE
from rushlight.guard._history import history_of
from rushlight.guard._mentions import only_assignment
from rushlight.guard._names import living_modules, name_of, parameter_names
from rushlight.guard._report import found, is_listening
from rushlight.nn.parameter import Parameter

NAME = "never-trained"
SUMMARY = "parameters of an optimizer that no gradient ever moved"

ASK_AT, LEAST = 4, 10
WATCHES = []  # a Watch for each optimizer that has such parameters
_probes = weakref.WeakKeyDictionary()  # module: [called, called with gradients on]
_HOOK = "rushlight never-trained"  # under which hooks are registered

_REASONS = (
    "its module was not called",
    "its module ran under no_grad only",
    "its module was called, but the loss does not depend on it",
    "its gradient was exactly 0 at every look",
)


class Silent:
    """A parameter without gradients.

    Attributes:
        ref: weak reference to it.
        name: its path and shape.
        probe: [called, called with gradients on] of its module, or None.
        zero: whether it has gradients, which are 0.
        sample: some of its values.
        links: (class, attribute) on the way from a root to its module.
    """

    def __init__(self, parameter, name, zero):
        self.ref, self.name, self.probe = weakref.ref(parameter), name, None
        self.zero, self.sample, self.links = zero, _sample(parameter), ()

    def forgotten(self):
        """(Class.attribute, its line) of what no line of the program reads, or None."""
        for kind, attribute in self.links:
            line = only_assignment(kind, attribute)
            if line is not None:
                return f"{kind.__name__}.{attribute}", line
        return None

    def reason(self):
        """Which of _REASONS holds."""
        if self.zero:
            return 3
        called, with_gradients = self.probe or (True, True)
        return called + with_gradients


class Watch:
    """The silent parameters of one optimizer, by the edges that lead to them."""

    def __init__(self, history, decay):
        self.history, self.silent, self.decay = history, {}, decay


def forget():
    """Start as a fresh process does."""
    WATCHES.clear()
    _probes.clear()


# ------------------------------------------------------------------------ what happens


def stepping(optimizer):
    """step() is about to run: its fourth, or a sixteenth."""
    history = history_of(optimizer)
    if history.steps == ASK_AT:
        if is_listening(NAME):
            _ask(optimizer, history)
        return
    if history.steps == ASK_AT + 1 or not history.steps & 15:
        for watch in [watch for watch in WATCHES if watch.history is history]:
            _take_out(watch)
            _look(watch)
            if not watch.silent:
                WATCHES.remove(watch)


def backward(walk):
    """backward() has run: who was reached after all?"""
    for watch in WATCHES:
        gone = [
            edge
            for edge, silent in watch.silent.items()
            if not silent.zero and edge in walk.waiting
        ]
        for edge in gone:
            del watch.silent[edge]


def ending():
    """The run is over."""
    for watch in WATCHES:
        if watch.history.steps < LEAST:
            continue
        _look(watch, at_end=True)
        groups, forgotten, known = {}, {}, {}
        for silent in watch.silent.values():
            reason, layer = silent.reason(), None
            if reason == 0 and silent.links:
                if silent.links not in known:
                    known[silent.links] = silent.forgotten()
                layer = known[silent.links]
            if layer is None:
                groups.setdefault(reason, []).append(silent.name)
            else:
                forgotten.setdefault(layer, []).append(silent.name)
        for (path, line), names in forgotten.items():
            _say_forgotten(watch.history, path, line, names)
        if groups:
            _say(watch, sorted(groups.items()))


# ------------------------------------------------------------------ what follows of it


def _ask(optimizer, history):
    silent, decay = [], 0
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            gradient = parameter._grad
            if not parameter.requires_grad or not isinstance(parameter, Parameter):
                continue
            if gradient is None:
                silent.append((parameter, False))
            elif _is_zero(gradient._array):
                silent.append((parameter, True))
                decay = max(decay, group.get("weight_decay", 0))
    if silent:
        names, watch = parameter_names(), Watch(history, decay)
        for parameter, zero in silent:
            name = name_of(parameter, names)
            watch.silent[parameter._edge] = Silent(parameter, name, zero)
        _put_in(watch)
        WATCHES.append(watch)


def _put_in(watch):
    """Set hooks on the modules of a Watch's parameters for a step."""
    for root in living_modules():
        stack = [(root, ())]
        while stack:
            module, links = stack.pop()
            for name, inner in module._modules.items():
                if inner is not None:
                    stack.append((inner, (*links, (type(module), name))))
            for parameter in module._parameters.values():
                silent = watch.silent.get(getattr(parameter, "_edge", None))
                if silent is not None and not silent.zero:
                    module._forward_pre_hooks[_HOOK] = _called
                    silent.probe = _probes.setdefault(module, [False, False])
                    silent.links = links


def _called(module, args):
    """A module with a silent parameter is called."""
    seen = _probes.get(module)
    if seen is not None:
        seen[:] = True, seen[1] or GRAD_MODE.get()


def _take_out(watch):
    for module in list(_probes):
        if any(silent.probe is _probes[module] for silent in watch.silent.values()):
            module._forward_pre_hooks.pop(_HOOK, None)
            del _probes[module]


def _look(watch, at_end=False):
    """Leave out those that were written to, frozen, or have gradients after all."""
    for edge, silent in list(watch.silent.items()):
        parameter = silent.ref()
        if parameter is None:
            continue
        gradient = parameter._grad
        if silent.zero:
            moved = gradient is not None and not _is_zero(gradient._array)
        else:
            moved = gradient is not None and not at_end
            moved = moved or _sample(parameter) != silent.sample and not at_end
        if moved or parameter._edge is not edge:
            del watch.silent[edge]


def _is_zero(array):
    """Whether all values are 0; looks at all only where the first one is."""
    if array.__class__ is not np.ndarray or not array.size:
        return False
    return array.flat[0] == 0 and not array.any()


def _sample(parameter):
    array = parameter._array
    if array.__class__ is not np.ndarray:
        return None
    flat = array.reshape(-1)
    return flat[:: max(1, flat.size // 8)].tobytes()


def _say_forgotten(history, path, line, names):
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    found(
        NAME,
        saw=f"{path} is made here, and no line of the program reads it: "
        f"{', '.join(names[:4])}{more} of {history.kind} got no gradient in "
        f"{history.steps} steps",
        why="A layer that forward() does not call stays as it was initialised and "
        "changes nothing",
        do="call it in forward(), or take it out",
        place=line,
    )


def _say(watch, groups):
    history = watch.history
    told = []
    for reason, names in groups:
        more = f" and {len(names) - 4} more" if len(names) > 4 else ""
        why = _REASONS[reason]
        if reason == 3 and watch.decay:
            why += f", so that only the weight decay of {watch.decay:g} moves it"
        told.append(f"{', '.join(names[:4])}{more} ({why})")
    count = sum(len(names) for _, names in groups)
    found(
        NAME,
        saw=f"{count} parameters of {history.kind} got no gradient in "
        f"{history.steps} steps: {'; '.join(told)}",
        why="What no gradient reaches stays as it was made; that may be meant, or a "
        "layer was forgotten in forward() or detached from the loss",
        do="use it, freeze it with requires_grad_(False), or take it out",
        place=history.place,
        note=True,
    )

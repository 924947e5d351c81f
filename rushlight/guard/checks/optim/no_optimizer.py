"""no-optimizer: parameters that get gradients and are in no optimizer, and the reverse.

# Note [Whose parameters]
# Asked at an optimizer's 3rd, 30th, 300th step, of the leaves that the latest backward
# reached: those that are nn.Parameters, hold a gradient, were never in an optimizer and
# were not written since (an update by hand).  What they are decides:
# made (or unfrozen) after the optimizer, in a model whose other parameters it holds:
#   said at once;
# in a network of their own that trains (training mode, nothing loaded into it): said
#   when the run is over, as another optimizer may still come;
# there when the optimizer was made of others of the same model: chosen or forgotten, a
#   note.
# Networks in evaluation mode, or loaded, are there for their features: nothing.
# An optimizer over tensors that are no parameters (an image that is optimised) asks
# nothing.  The other way round, an optimizer none of whose parameters ever got a
# gradient holds ones that the model does not use any more.
"""

import weakref

from rushlight._core.node import AccumulateGrad, next_number
from rushlight.guard._history import COUNT, history_of
from rushlight.guard._names import listed, living_modules, parameter_names
from rushlight.guard._places import user_place
from rushlight.guard._report import found, is_listening
from rushlight.nn.parameter import Parameter

NAME = "no-optimizer"
SUMMARY = "parameters with gradients in no optimizer, optimizers without any"

ASK_AT = frozenset((1, 3, 30, 300, 3000))
_optimizers = weakref.WeakSet()
_loaded = weakref.WeakSet()  # modules on which load_state_dict() was called
YOUNG = [12]  # up to this count of backwards each is looked at, as some are young
_reached = []  # [(weak parameter, version)] of recent backwards
_held = {}  # id of a parameter that was ever in an optimizer that stepped: weak one
_pending = {}  # id of a parameter: Lost, to be told when the run is over


class Lost:
    """A parameter in no optimizer, which may still come into one."""

    def __init__(self, parameter, name, own, history):
        self.ref, self.name, self.own = weakref.ref(parameter), name, own
        self.history = history


def forget():
    """Start as a fresh process does."""
    for each in (_optimizers, _loaded, _reached, _held, _pending):
        each.clear()
    YOUNG[0] = 12


# ------------------------------------------------------------------------ what happens


def created(optimizer):
    """An optimizer is made."""
    _optimizers.add(optimizer)
    YOUNG[0] = COUNT[0] + 12
    history_of(optimizer).notes["born"] = next_number()


def loading(module):
    """load_state_dict() is called on a module."""
    _loaded.add(module)


def backward(walk):
    """backward() has run: who was reached?"""
    if COUNT[0] & 3 == 0:
        _reached.clear()
    known = {id(ref()) for ref, _ in _reached}
    for edge in walk.waiting:
        if edge.__class__ is AccumulateGrad:
            leaf = edge.variable
            if isinstance(leaf, Parameter) and id(leaf) not in known:
                _reached.append((weakref.ref(leaf), leaf._version))


def stepping(optimizer, closure):
    """step() is about to run, the first or one of ASK_AT."""
    own = [p for group in optimizer.param_groups for p in group["params"]]
    steps = history_of(optimizer).steps
    _optimizers.add(optimizer)
    for p in own:
        _held[id(p)] = weakref.ref(p)
        if id(p) in _pending and _pending[id(p)].ref() is p:
            del _pending[id(p)]
    if steps == 1 or closure is not None or not is_listening(NAME):
        return
    if not any(isinstance(p, Parameter) for p in own):
        return
    reached = {id(ref()) for ref, _ in _reached}
    if steps == 3 and COUNT[0] >= steps:
        if not any(p._grad is not None or id(p) in reached for p in own):
            _ask_of_idle(optimizer, own)
            return
    lost = _lost()
    if lost:
        _judge(optimizer, own, lost)


def barren(optimizer, history):
    """A step long after the first has no gradient at all: the third such in a row?"""
    last, count = history.notes.get("barren", (COUNT[0], 0))
    history.notes["barren"] = COUNT[0], count + (COUNT[0] > last)
    if count == 2 and COUNT[0] > last and is_listening(NAME):
        own = [p for group in optimizer.param_groups for p in group["params"]]
        if any(isinstance(p, Parameter) for p in own):
            _ask_of_idle(optimizer, own)


def _ask_of_idle(optimizer, own):
    """No gradient reaches an optimizer: is it that nothing is trained?"""
    lost = _lost()
    if not lost and _another_trains(optimizer):
        if _owners().keys() & {id(p) for p in own}:
            return
    _say_idle(optimizer, own, lost)


def ending():
    """The run is over: what is still in no optimizer?"""
    lost = {}
    for each in _pending.values():
        lost.setdefault((each.own, each.history.place), []).append(each)
    for (own, place), each in lost.items():
        _say_lost([one.name for one in each], place, each[0].history, note=not own)


def _another_trains(optimizer):
    """Whether another optimizer has gradients to step with."""
    return any(
        p._grad is not None
        for other in _optimizers
        if other is not optimizer
        for group in other.param_groups
        for p in group["params"]
    )


def was_held(parameter):
    """Whether a parameter was ever in an optimizer that stepped."""
    known = None if parameter is None else _held.get(id(parameter))
    return known is not None and known() is parameter


def _lost():
    """The reached parameters that are, and were, in no optimizer."""
    lost = [
        leaf
        for ref, version in _reached
        if (leaf := ref()) is not None
        and leaf._grad is not None
        and leaf._version == version
        and not was_held(leaf)
    ]
    if lost:
        held = {
            id(p)
            for optimizer in _optimizers
            for group in optimizer.param_groups
            for p in group["params"]
        }
        lost = [leaf for leaf in lost if id(leaf) not in held]
    return lost


def _judge(optimizer, own, lost):
    """Say at once what is certain, keep the rest (Note [Whose parameters])."""
    names, owners = parameter_names(), _owners()
    born = history_of(optimizer).notes.get("born")
    roots = {owners[id(p)][0] for p in own if id(p) in owners}
    plain, late = [], []
    for leaf in lost:
        root, module = owners.get(id(leaf), (None, None))
        name, hidden = names.get(id(leaf), (None, None))
        if module is not None and not _trains(module):
            continue
        if hidden is not None:
            plain.append(leaf)
        elif root in roots and born is not None and leaf._edge.number > born:
            late.append(leaf)
        else:
            name = f"{name or type(leaf).__name__} {list(leaf.shape)}"
            mine = Lost(leaf, name, root not in roots, history_of(optimizer))
            _pending.setdefault(id(leaf), mine)
    if plain:
        _say_plain(plain, names)
    if late:
        _say_late(optimizer, own, late, names, owners)


def _owners():
    """{id of a parameter: (root module, its own module)}."""
    return {
        id(parameter): (root, module)
        for root in living_modules()
        for module in root.modules()
        for parameter in module._parameters.values()
        if parameter is not None
    }


def _trains(module):
    """Whether a module is there to be trained, not for what was loaded into it."""
    return module.training and not any(module in set(m.modules()) for m in _loaded)


# ------------------------------------------------------------------------ what is said


def _say_plain(lost, names):
    lists = ", ".join(sorted({names[id(p)][1] for p in lost}))
    found(
        "plain-list",
        saw=f"{listed(lost, names)} get gradients and are in no optimizer: "
        f"{lists} is a plain list, tuple or dict",
        why="parameters(), state_dict(), to() and eval() do not look into plain "
        "containers, so these are never trained nor saved",
        do="use nn.ModuleList, nn.ModuleDict or nn.ParameterList",
    )


def _say_late(optimizer, own, late, names, owners):
    place = history_of(optimizer).place
    gone = [p for p in own if p._grad is None and id(p) not in owners]
    kept = ""
    if gone:
        kept = f"; it still holds {len(gone)} that are in no module any more"
    found(
        NAME,
        saw=f"{len(late)} parameters get gradients and are in no optimizer: "
        f"{listed(late, names)} were made, or unfrozen, after the "
        f"{type(optimizer).__name__} at {place}{kept}",
        why="Their gradients are computed at every step and never used: they are not "
        "trained",
        do="make the optimizer after the last change of the model, or call "
        "optimizer.add_param_group()",
    )


def _say_lost(names, place, history, note):
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    found(
        NAME,
        saw=f"{len(names)} parameters got gradients and were never in an optimizer: "
        f"{', '.join(names[:4])}{more}; the {history.kind} holds others",
        why="Their gradients were computed at every step and never used: they were not "
        "trained",
        do="pass them to an optimizer, or freeze them with requires_grad_(False): that "
        "saves their backward",
        place=place,
        note=note,
    )


def _say_idle(optimizer, own, lost):
    names, steps = parameter_names(), history_of(optimizer).steps
    frozen = not any(p.requires_grad for p in own)
    reason = "they are frozen" if frozen else "the loss does not depend on them"
    if lost:
        reason += f", while {listed(lost, names)} get gradients and are in no optimizer"
    found(
        NAME,
        saw=f"{type(optimizer).__name__} took {steps} steps and none of its {len(own)} "
        f"parameters ({listed(own, names)}) has a gradient: {reason}",
        why="It holds parameters of a model, or layer, that was replaced after the "
        "optimizer was made, so nothing is trained",
        do="make the optimizer after the last change of the model",
        place=user_place(),
    )

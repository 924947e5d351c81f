"""cut-graph: an optimizer steps on what forward uses and no backward reaches.

# Note [Used and never reached]
# An optimizer whose parameters have no gradient at its first steps may hold what is
# trained later, or what the model uses no more.  So from its third step to its fifth,
# and only then, operations are asked whether one of those parameters goes in.  Where
# they do at each of these steps, in a forward pass that records, and still none has a
# gradient, something between them and every loss cuts the graph.
"""

import weakref

from rushlight.guard._names import listed
from rushlight.guard._places import user_place
from rushlight.guard._recording import release, watch
from rushlight.guard._report import found, is_listening
from rushlight.guard.checks.optim import no_optimizer
from rushlight.nn.parameter import Parameter

NAME = "cut-graph"
SUMMARY = "forward uses what an optimizer holds, and no backward reaches it"

FIRST, LAST = 3, 5
_OPS = ("linear", "convolution", "convolution_transposed", "matmul", "embedding", "mul")
_ASKED = weakref.WeakKeyDictionary()  # optimizer -> _Asked, from step 3 to step 5
_PATIENCE = 20_000  # operations that are asked, at most, for optimizers that wait
_asked = [0]


class _Asked:
    """An optimizer without gradients.

    Attributes:
        ids: of its parameters.
        used: how many of its last steps came after a forward pass that used one.
        seen: (name of the op, line) of such a use since the last step, or None.
    """

    def __init__(self, parameters):
        self.ids = frozenset(map(id, parameters))
        self.used, self.seen = 0, None


def forget():
    """Start as a fresh process does."""
    _ASKED.clear()
    _asked[0] = 0
    _look_away()


def _look_away():
    for name, look in _LOOKS.items():
        release(name, look)


def _looker(name):
    def look(inputs, result):
        _asked[0] += 1
        if _asked[0] > _PATIENCE:
            forget()
        for asked in tuple(_ASKED.values()):
            if asked.seen is None and not asked.ids.isdisjoint(map(id, inputs)):
                asked.seen = name, user_place()

    return look


_LOOKS = {name: _looker(name) for name in _OPS}


def stepping(optimizer, steps, closure):
    """One of an optimizer's first steps is about to run."""
    if steps == FIRST:
        own = _without_gradients(optimizer)
        if own and closure is None and is_listening(NAME):
            _ASKED[optimizer] = _Asked(own)
            for name, look in _LOOKS.items():
                watch(name, look)
        return
    asked = _ASKED.get(optimizer) if steps > FIRST else None
    if asked is None:
        return
    own = _without_gradients(optimizer)
    asked.used += asked.seen is not None
    if own and steps == LAST and asked.used == LAST - FIRST:
        _say(optimizer, own, *asked.seen)
    if not own or steps == LAST:
        del _ASKED[optimizer]
        if not _ASKED:
            _look_away()
    asked.seen = None


def _without_gradients(optimizer):
    """An optimizer's parameters, if they want gradients and none got one; else []."""
    own = [p for group in optimizer.param_groups for p in group["params"]]
    reached = {id(ref()) for ref, _ in no_optimizer._reached}
    if any(p._grad is not None or id(p) in reached for p in own):
        return []
    wanting = [p for p in own if p.requires_grad and isinstance(p, Parameter)]
    return wanting if len(wanting) == len(own) else []


def _say(optimizer, own, op, place):
    found(
        NAME,
        saw=f"in {LAST} steps of {type(optimizer).__name__} no backward() reached any "
        f"of its {len(own)} parameters ({listed(own, most=2)}), although the forward "
        f"pass uses them, e.g. in {op}() at {place}",
        why="Between them and the loss the graph is cut, by .detach(), .item(), a trip "
        "through NumPy: these steps do nothing",
        do="let the loss depend on them: for a generator judge(fake) in place of "
        "judge(fake.detach()), for a reconstruction the codes as they are",
    )

"""no-optimizer: parameters that get gradients and are in no optimizer, and the reverse.

# Note [Whose parameters]
# Asked at an optimizer's third step, of the leaves that the latest backward reached:
# those that are nn.Parameters, hold a gradient, are in no living optimizer and were not
# written since (an update by hand).  An optimizer over tensors that are no parameters
# (an image that is optimised) asks nothing.  The other way round, an optimizer none of
# whose parameters ever got a gradient holds ones that the model does not use any more.
"""

import weakref

from rushlight._core.node import AccumulateGrad
from rushlight.guard._names import listed, parameter_names
from rushlight.guard._report import found, is_listening
from rushlight.guard.checks.step_order import COUNT, history_of
from rushlight.nn.parameter import Parameter

NAME = "no-optimizer"
SUMMARY = "parameters with gradients in no optimizer, optimizers without any"

ASK_AT = (3, 30)
_optimizers = weakref.WeakSet()
_reached = []  # [(weak parameter, version)] of recent backwards


def forget():
    """Start as a fresh process does."""
    _reached.clear()


def created(optimizer):
    """An optimizer is made."""
    _optimizers.add(optimizer)


def backward(walk):
    """backward() has run: who was reached?"""
    count = COUNT[0]
    if count > 4 and count & 15:
        return
    if count & 3 == 0:
        _reached.clear()
    known = {id(ref()) for ref, _ in _reached}
    for edge in walk.waiting:
        if edge.__class__ is AccumulateGrad:
            leaf = edge.variable
            if isinstance(leaf, Parameter) and id(leaf) not in known:
                _reached.append((weakref.ref(leaf), leaf._version))


def stepping(optimizer, closure):
    """step() is about to run."""
    _optimizers.add(optimizer)
    steps = history_of(optimizer).steps
    if steps not in ASK_AT or closure is not None or not is_listening(NAME):
        return
    own = [p for group in optimizer.param_groups for p in group["params"]]
    if not any(isinstance(p, Parameter) for p in own):
        return
    held = {
        id(p) for o in _optimizers for group in o.param_groups for p in group["params"]
    }
    lost = [
        leaf
        for ref, version in _reached
        if (leaf := ref()) is not None
        and id(leaf) not in held
        and leaf._grad is not None
        and leaf._version == version
    ]
    reached = {id(ref()) for ref, _ in _reached}
    idle = COUNT[0] >= steps and not any(
        p._grad is not None or id(p) in reached for p in own
    )
    if idle and steps == ASK_AT[0]:
        _say_idle(optimizer, own, lost)
    elif lost:
        _say_lost(optimizer, lost)


def _say_lost(optimizer, lost):
    names = parameter_names()
    plain = {names[id(p)][1] for p in lost if names.get(id(p), (0, None))[1]}
    if plain:
        lists = ", ".join(sorted(plain))
        found(
            "plain-list",
            saw=f"{listed(lost, names)} get gradients and are in no optimizer: "
            f"{lists} is a plain list, tuple or dict",
            why="parameters(), state_dict(), to() and eval() do not look into plain "
            "containers, so these are never trained nor saved",
            do="use nn.ModuleList, nn.ModuleDict or nn.ParameterList",
        )
        return
    found(
        NAME,
        saw=f"{len(lost)} parameters get gradients and are in no optimizer: "
        f"{listed(lost, names)}",
        why="Their gradients are computed at every step and never used: they are not "
        "trained",
        do="pass them to an optimizer, or freeze them with requires_grad_(False)",
    )


def _say_idle(optimizer, own, lost):
    names = parameter_names()
    frozen = not any(p.requires_grad for p in own)
    reason = "they are frozen" if frozen else "the loss does not depend on them"
    if lost:
        reason += f", while {listed(lost, names)} get gradients and are in no optimizer"
    found(
        NAME,
        saw=f"{type(optimizer).__name__} took 3 steps and none of its {len(own)} "
        f"parameters ({listed(own, names)}) has a gradient: {reason}",
        why="It holds parameters of a model, or layer, that was replaced after the "
        "optimizer was made, so nothing is trained",
        do="make the optimizer after the last change of the model",
    )

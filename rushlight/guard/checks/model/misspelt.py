"""misspelt: attributes that nothing reads, one slip away from ones that count.

`weight.requires_gard = False`, `model.trainning = False`, `model.eval = True`, and
`module.requires_grad = False`, which only parameters have.  Only a distance of one
letter (dropped, doubled, changed, two swapped) to a short list of names counts, and
only for plain values of the kind that the real one takes.
"""

import weakref

from rushlight.guard._history import history_of
from rushlight.guard._names import name_of
from rushlight.guard._places import user_place
from rushlight.guard._report import found

NAME = "misspelt"
SUMMARY = "attributes that nothing reads, one slip away from ones that count"

_OF_TENSORS = ("requires_grad", "grad", "data")
_OF_MODULES = ("training",)
_METHODS = frozenset("train eval parameters zero_grad requires_grad_ to".split())
_WORDS = frozenset(("raining", "draining", "straining", "trailing"))  # no slips
_switched = []  # [(weak module, value, line)]: requires_grad set on modules


def is_slip(name, right):
    """Whether a name is one slip away from the right one.

    >>> is_slip("requires_gard", "requires_grad"), is_slip("grade", "graph")
    (True, False)
    """
    if name == right or abs(len(name) - len(right)) > 1:
        return False
    head = 0
    while head < min(len(name), len(right)) and name[head] == right[head]:
        head += 1
    a, b = name[head:], right[head:]
    swapped = a[:2] == b[1::-1] and len(b) > 1 and a[2:] == b[2:]
    return swapped or a[1:] == b or a == b[1:] or a[1:] == b[1:]


def attribute(module, name, value):
    """A plain attribute is set on a module for the first time."""
    if name in _METHODS and not callable(value):
        found(
            NAME,
            saw=f"{type(module).__name__}.{name} = {value!r} replaces the method "
            f"{name}()",
            why="Nothing reads the value, and the method can no longer be called",
            do=f"call model.{name}(...)",
        )
    elif value.__class__ is not bool or _reads(type(module), name):
        return
    elif name == "requires_grad":
        _switched.append((weakref.ref(module), value, user_place()))
        del _switched[:-64]
    elif is_slip(name, "training") and name not in _WORDS:
        _say(f"{type(module).__name__}.{name} = {value}", "training")


def _reads(kind, name):
    """Whether a module's class has a use of its own for a name."""
    for cls in kind.__mro__:
        if cls.__module__.partition(".")[0] == "rushlight":
            continue
        for value in vars(cls).values():
            value = getattr(value, "fget", getattr(value, "__func__", value))
            code = getattr(value, "__code__", None)
            if code is not None and name in code.co_names:
                return True
    return False


def _look_at_switched(optimizer):
    """Whether the parameters below a module are not what was set on the module."""
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    for ref, value, place in _switched:
        module = ref()
        own = [] if module is None else list(module.parameters())
        if value:
            wrong = own and not any(p.requires_grad for p in own)
        else:
            wrong = any(p._grad is not None and id(p) in held for p in own)
        if wrong:
            _say_switch(module, value, place)
    _switched.clear()


def _say_switch(module, value, place):
    kind = type(module).__name__
    found(
        NAME,
        saw=f"{kind}.requires_grad = {value} was set on a module, and its parameters "
        f"are {'still frozen' if value else 'trained all the same'}",
        why="Nothing reads it there: only parameters have requires_grad",
        do=f"call module.requires_grad_({value}), which sets it on all parameters",
        place=place,
    )


def stepping(optimizer, closure):
    """step() is about to run: names on its parameters, at its first step only."""
    if history_of(optimizer).steps != 1:
        return
    if _switched:
        _look_at_switched(optimizer)
    for group in optimizer.param_groups:
        for param in group["params"]:
            for name in param.__dict__:
                for right in _OF_TENSORS:
                    if len(right) > 4 and is_slip(name, right):
                        value = param.__dict__[name]
                        _say(f"{name} = {value} on {name_of(param)}", right)


def _say(what, right):
    found(
        NAME,
        saw=f"{what} was set, which nothing reads; there is {right}",
        why="The assignment makes a new attribute and changes nothing",
        do=f"write {right}",
    )


def forget():
    """Start as a fresh process does."""
    _switched.clear()

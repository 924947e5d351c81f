"""Repeats: what several groups compute, and had better read (Note [Anchors])."""

from rushlight._base.symint import hint_of
from rushlight._compiler.graph.expression import POINTWISE

#: Instructions that cost more than reading and writing a value.
COSTLY = frozenset({"exp", "expm1", "log", "log1p", "tanh", "erf", "sin", "cos", "pow"})
#: Elements from which on that counts.
_MANY = 64
#: Expressions from which on a value of any size is stored: chains of them, as loops
#: in Python make, would only grow from group to group.
_LONG = 48


def costly_repeats(units, stored):
    """The expressions without memory that several groups compute, if it pays to store.

    Args:
        units: list of Unit.
        stored: set of expressions with memory.
    """
    homes = {}
    for unit in units:
        if unit.kind == "group":
            for e in _inside(unit, stored):
                homes.setdefault(e, set()).add(unit)
    found = set()
    for e, users in sorted(homes.items(), key=lambda item: item[0].number):
        if len(users) > 1 and e.kind in POINTWISE and _is_much(e, stored, found):
            found.add(e)
    return found


def _inside(unit, stored):
    """What a group computes without storing it."""
    found, stack = set(), [a for m in unit.members for a in m.args]
    while stack:
        e = stack.pop()
        if e in found or e in stored:
            continue
        found.add(e)
        stack.extend(e.args)
    return found


def _is_much(e, stored, found):
    """Whether computing it again costs more than storing and reading it would."""
    computed, read = _behind(e, stored, found)
    if computed > _LONG:
        return True
    size = hint_of(e.size)
    reads_much = sum(hint_of(source.size) * 2 >= size for source in read) > 2
    return size >= _MANY and (e.kind in COSTLY or reads_much)


def _behind(e, stored, found):
    """How many expressions are computed for one, and the set of those that are read."""
    seen, read, stack = {e}, set(), list(e.args)
    while stack and len(seen) - len(read) <= _LONG:
        arg = stack.pop()
        if arg in seen:
            continue
        seen.add(arg)
        if arg in stored or arg in found:
            read.add(arg)
        else:
            stack.extend(arg.args)
    return len(seen) - len(read), read

"""Nests of groups that repeat each other: the layers of a model mostly do.

A group's kernel depends on its expressions and on which of them have memory, not on
where they stand in the graph; of equal groups only the first is written.
"""

from rushlight._compiler.schedules.nest import Nest

#: How many nests are remembered.
LIMIT = 2048

_known = {}


def nest_of(unit, stored, written):
    """The kernel of a group, and the expression of each of its buffers in order.

    Args:
        unit, stored, written: as `Nest` takes them.
    """
    key, found = _signature(unit, stored, written)
    if key not in _known:
        nest = Nest(unit, stored, written, "nest")
        places = {e: place for place, e in enumerate(found)}
        while len(_known) >= LIMIT:
            del _known[next(iter(_known))]
        _known[key] = nest.kernel, [places[e] for e in nest.buffers]
    kernel, places = _known[key]
    return kernel, [found[place] for place in places]


def _signature(unit, stored, written):
    """What makes groups equal, and the expressions in the order in which it says so."""
    members = set(unit.members)
    places, rows = {}, []
    stack = list(reversed(unit.members))
    while stack:
        e = stack[-1]
        if e in places:
            stack.pop()
            continue
        is_read = e in stored and e not in members
        args = () if is_read else e.args
        waiting = [a for a in args if a not in places]
        if waiting:
            stack += reversed(waiting)
            continue
        places[e] = len(places)
        what = ("memory", None) if is_read else (e.kind, e.data)
        rows.append((*what, e.dtype, e.shape, e in stored, *[places[a] for a in args]))
        stack.pop()
    found = list(places)
    reads = [e for e in found if e in stored and e not in members]
    order = tuple([places[e] for e in sorted(reads, key=lambda e: e.number)])
    own = tuple([(places[m], m in written) for m in unit.members])
    return (unit.domain, unit.reduced, own, order, tuple(rows)), found

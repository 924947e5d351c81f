"""Looking at chosen operations as the tape records them, only while someone asks.

An op's `save` runs whenever a call is recorded, with its inputs and result; it is
wrapped for as long as at least one function looks.
"""

import weakref

from rushlight._core.table import TABLE

_LOOKS = {}  # name of an op -> the functions that look


def watch(name, look):
    """Call ``look(inputs, result)`` at each recorded call of an op, from now on."""
    looks = _LOOKS.setdefault(name, [])
    if look not in looks:
        looks.append(look)
    op = TABLE[name]
    if not hasattr(op.save, "unguarded"):
        op.save = _looking(op.save, looks)


def release(name, look):
    """Stop calling a function; other ones may still look."""
    looks = _LOOKS.get(name, [])
    if look in looks:
        looks.remove(look)
    if not looks:
        op = TABLE[name]
        op.save = getattr(op.save, "unguarded", op.save)


def links_of(inputs):
    """What the node of a call will link to, held weakly: nobody's graph is kept."""
    edges = [getattr(value, "_edge", None) for value in inputs]
    return tuple([None if edge is None else weakref.ref(edge) for edge in edges])


def are_links(links, edges):
    """Whether a node's edges are those that `links_of` saw."""
    return len(links) == len(edges) and all(
        edge is None if link is None else edge is not None and link() is edge
        for link, edge in zip(links, edges, strict=True)
    )


def _looking(save, looks):
    def looking(inputs, attrs, result):
        for look in looks:
            look(inputs, result)
        return save(inputs, attrs, result)

    looking.unguarded = save
    return looking

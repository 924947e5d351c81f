"""growing-graph: the graphs of losses long past are still held.

``total += loss`` keeps every step's graph; so does a list of losses.  Whether the graph
of a loss that backward() went through is still alive is a fact: 60 of the last 64.
"""

import weakref
from collections import deque

from rushlight._core.node import AccumulateGrad, Output
from rushlight.guard._report import found

NAME = "growing-graph"
SUMMARY = "the graphs of losses long past are still held"

WINDOW, ALIVE = 64, 60
_roots = deque(maxlen=WINDOW)
_count = [0]


def starting(tensor):
    """backward() begins at a loss."""
    edge = tensor._edge
    edge = edge.node if edge.__class__ is Output else edge  # cross_entropy's is one
    if edge.__class__ is AccumulateGrad:
        return
    _roots.append(weakref.ref(edge))
    _count[0] += 1
    if not _count[0] % WINDOW:
        living = {root for ref in _roots if (root := ref()) is not None}
        if len(living) >= ALIVE:
            _say(living)


def _say(living):
    nodes, size = _size(living)
    found(
        NAME,
        saw=f"the graphs of {len(living)} of the last {WINDOW} losses are still held "
        f"({nodes} nodes, {size / 1e6:.1f} MB)",
        why="A sum or list of losses that require grad keeps each step's graph, so "
        "memory grows with every step",
        do="add or append loss.item() (or loss.detach()) in place of loss",
    )


def _size(roots):
    """(number, bytes) of the nodes behind some roots and of what they saved."""
    seen, stack, arrays = set(), list(roots), {}
    while stack and len(seen) < 100_000:
        node = stack.pop()
        node = node.node if node.__class__ is Output else node
        if node is None or node in seen or node.__class__ is AccumulateGrad:
            continue
        seen.add(node)
        for value in node.saved or ():
            array = getattr(value, "_array", getattr(value, "array", None))
            if array is not None:
                arrays[id(array)] = array.nbytes
        stack.extend(node.edges)
    return len(seen), 400 * len(seen) + sum(arrays.values())

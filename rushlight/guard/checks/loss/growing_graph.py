"""growing-graph: graphs are held that no backward() will use.

``total += loss`` keeps every step's graph; so does a list of losses.  Whether the graph
of a loss that backward() went through is still alive is a fact: 60 of the last 64.

# Note [Graphs of evaluations]
# An evaluation without no_grad that adds up its losses holds all its graphs at once.
# While they are alive they might still be for one large backward.  So 64 losses whose
# graphs are all alive are only noted; when the next backward begins and they are gone,
# without any having run in between, they were for nothing.
"""

import weakref
from collections import deque

import numpy as np

from rushlight._core.node import AccumulateGrad, Output
from rushlight.guard._places import user_place
from rushlight.guard._report import found

NAME = "growing-graph"
SUMMARY = "graphs are held that no backward() will use"

WINDOW, ALIVE = 64, 60
FEW = 8  # so many losses before a backward are none of an evaluation
_roots = deque(maxlen=WINDOW)
_count = [0]


class Idle:
    """Losses that were computed with gradients since the last backward.

    Attributes:
        nodes: weak references to the nodes of their inputs, without the first few.
        count: how many there were.
        noted: (weak references, nodes, bytes, line) of 64 that were alive together.
    """

    def __init__(self):
        self.nodes, self.count, self.noted = deque(maxlen=WINDOW), 0, None


IDLE = Idle()


def forget():
    """Start as a fresh process does."""
    _roots.clear()
    _count[0] = 0
    used()


def starting(tensor):
    """backward() begins at a loss."""
    if IDLE.count > FEW:
        noted = IDLE.noted
        used()
        if noted is not None and _dead(noted[0]) >= ALIVE:
            _say_idle(*noted[1:])
    IDLE.count = 0
    edge = tensor._edge
    edge = edge.node if edge.__class__ is Output else edge  # cross_entropy's is one
    if edge.__class__ is AccumulateGrad:
        return
    _roots.append(weakref.ref(edge))
    _count[0] += 1
    if _count[0] >= WINDOW and not _count[0] & 15:
        living = {root for ref in _roots if (root := ref()) is not None}
        if len(living) >= ALIVE:
            _say(living)


def loss(input):
    """A loss function is called with an input that has a graph, after some others."""
    IDLE.nodes.append(weakref.ref(input._edge))
    if IDLE.count == WINDOW + FEW:
        living = {node for ref in IDLE.nodes if (node := ref()) is not None}
        if len(living) >= ALIVE:
            IDLE.noted = list(map(weakref.ref, living)), *_size(living), user_place()


def used():
    """Gradients were computed: what was noted may have been for them."""
    IDLE.nodes.clear()
    IDLE.count, IDLE.noted = 0, None


def _dead(refs):
    return sum([ref() is None for ref in refs])


def _say(living):
    nodes, size = _size(living)
    found(
        NAME,
        saw=f"the graphs of {len(living)} of the last {WINDOW} losses are still held "
        f"({nodes} nodes, {size / 1e6:.1f} MB: {size / 1e6 / len(living):.2g} MB more "
        "with each step)",
        why="A sum or list of losses that require grad keeps each step's graph, so "
        "memory grows with every step",
        do="add or append loss.item() (or loss.detach()) in place of loss",
    )


def _say_idle(nodes, size, place):
    found(
        NAME,
        saw=f"the graphs of {WINDOW} losses were held at once ({nodes} nodes, "
        f"{size / 1e6:.1f} MB) and dropped, and no backward() used them",
        why="An evaluation that records gradients and adds up its losses holds the "
        "graph of every batch until it ends",
        do="evaluate under torch.no_grad(), and add loss.item()",
        place=place,
    )


def _size(roots):
    """(number, bytes) of the nodes behind some roots and of what they saved."""
    seen, stack, arrays, leaves = set(), list(roots), {}, set()
    while stack and len(seen) < 100_000:
        node = stack.pop()
        node = node.node if node.__class__ is Output else node
        if node.__class__ is AccumulateGrad:
            leaf = node.variable
            if leaf is not None:
                leaves.add(id(_owner(leaf._array)))
        elif node is not None and node not in seen:
            seen.add(node)
            _add_saved(node.saved or (), arrays)
            stack.extend(node.edges)
    held = sum([size for key, size in arrays.items() if key not in leaves])
    return len(seen), 400 * len(seen) + held


def _add_saved(values, arrays):
    """Enter the memory that saved values hold: {id of its array: bytes}."""
    for value in values:
        if isinstance(value, list | tuple):
            _add_saved(value, arrays)
            continue
        array = getattr(value, "_array", getattr(value, "array", value))
        if array.__class__ is np.ndarray:
            array = _owner(array)
            arrays[id(array)] = array.nbytes


def _owner(array):
    """The array whose memory a view shows."""
    while array.__class__ is np.ndarray and array.base.__class__ is np.ndarray:
        array = array.base
    return array

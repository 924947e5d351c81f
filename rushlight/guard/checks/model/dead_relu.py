"""dead-relu: a hidden ReLU that gave nothing but zeros, look after look.

# Note [Five looks]
# A ReLU of zeros may be right: a hinge loss whose margins all hold.  So only one whose
# output goes into a layer with weights is looked at, through views, pooling and
# dropout, and only where it is recorded for training.  The graph of every 20th of the
# first 100 backwards is read; a layer must have been fed zeros alone in all five.
"""

import weakref

from rushlight._core.node import AccumulateGrad, Output
from rushlight.guard._names import name_of
from rushlight.guard._report import found, is_listening

NAME = "dead-relu"
SUMMARY = "a hidden ReLU gives nothing but zeros, for every sample"

EVERY, LAST = 20, 100
_LAYERS = frozenset(("linear", "convolution"))
_PASSES = frozenset("max_pool avg_pool adaptive_avg_pool mul clone to cast".split())
SEEN = {}  # {id of the next layer's weight: [weak weight, looks, looks of zeros]}


def starting(tensor, count):
    """The backward of this number begins at a loss."""
    if not is_listening(NAME):
        return
    looks = {}
    for node in _layers(tensor._edge):
        weight = node.edges[1]
        relu = _relu_behind(node.edges[0])
        if relu is not None and weight.__class__ is AccumulateGrad:
            zeros = not bool(relu.saved[0].array.any())
            key = id(weight.variable)
            old = looks.get(key, (None, True))[1]
            looks[key] = weight.variable, old and zeros
    for key, (weight, zeros) in looks.items():
        entry = SEEN.get(key)
        if entry is None or entry[0]() is not weight:
            entry = SEEN[key] = [weakref.ref(weight), 0, 0]
        entry[1] += 1
        entry[2] += zeros
    if count >= LAST:
        _tell()


def _layers(edge):
    """The linear layers and convolutions of a graph."""
    seen, stack = set(), [edge]
    while stack and len(seen) < 5000:
        node = stack.pop()
        node = node.node if node.__class__ is Output else node
        if node is None or node.__class__ is AccumulateGrad or node in seen:
            continue
        seen.add(node)
        if node.op is not None and node.op.name in _LAYERS:
            yield node
        stack.extend(node.edges)


def _relu_behind(edge):
    """The ReLU whose output a layer gets; None where another operation made it."""
    for _ in range(6):
        node = edge.node if edge.__class__ is Output else edge
        if node is None or node.__class__ is AccumulateGrad or node.op is None:
            return None
        if node.op.name == "relu":
            return node if node.saved else None
        if not node.op.view and node.op.name not in _PASSES:
            return None
        edge = node.edges[0]
    return None


def _tell():
    dead = [
        ref() for ref, looks, zeros in SEEN.values() if looks >= 5 and zeros == looks
    ]
    SEEN.clear()
    dead = [weight for weight in dead if weight is not None]
    if dead:
        found(
            NAME,
            saw=f"the ReLU in front of {name_of(dead[0])} gave only zeros, for every "
            f"sample, at backwards 20, 40, 60, 80 and 100"
            + (f" (and {len(dead) - 1} more)" if len(dead) > 1 else ""),
            why="A ReLU whose inputs are all below 0 passes no gradient: the layers "
            "before it never move again",
            do="lower the learning rate, look at the biases and the scale of the "
            "inputs, start anew, or use leaky_relu or gelu",
        )


def forget():
    """Start as a fresh process does."""
    SEEN.clear()

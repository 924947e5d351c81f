"""dead-relu: hidden ReLUs that give nothing but zeros cut the loss off from the input.

# Note [Cut off]
# A ReLU of zeros may be right: a hinge loss whose margins all hold, a narrow gate
# beside the main path.  So only one whose output goes into a layer with weights is
# looked at, through views, pooling and dropout, and only where no other way leads from
# the loss to a layer that data enters, nor to any other operation with an input that is
# not recorded: then the model gives the same for every sample.  The graph of every 20th
# of the first 100 backwards is read, and it must be so in all five.
"""

import weakref

from rushlight._core.node import AccumulateGrad, Output
from rushlight.guard._names import name_of
from rushlight.guard._report import found, is_listening

NAME = "dead-relu"
SUMMARY = "a ReLU gives nothing but zeros, and so the model the same for every sample"

EVERY, LAST = 20, 100
_LAYERS = frozenset(("linear", "convolution"))
_PASSES = frozenset("max_pool avg_pool adaptive_avg_pool mul clone to cast".split())
#: Operations whose further inputs (statistics, masks) are no data.
_ONE_WAY = frozenset(
    ("batch_norm", "group_norm", "layer_norm", "scaled_dot_product_attention")
)
SEEN = {}  # {id of the next layer's weight: [weak weight, looks that found zeros]}


def starting(tensor, count):
    """The backward of this number begins at a loss."""
    if not is_listening(NAME):
        return
    dead = _cutting(tensor._edge)
    if not dead:
        SEEN.clear()
    for weight in dead:
        entry = SEEN.get(id(weight))
        if entry is None or entry[0]() is not weight:
            entry = SEEN[id(weight)] = [weakref.ref(weight), 0]
        entry[1] += 1
    if count >= LAST:
        _tell()


def _cutting(edge):
    """The weights fed with zeros by ReLUs that cut a loss off; empty if none do."""
    seen, stack, dead = set(), [(edge, False)], []
    while stack:
        edge, behind = stack.pop()
        node = edge.node if edge.__class__ is Output else edge
        if node is None or node.__class__ is AccumulateGrad or node in seen:
            continue
        seen.add(node)
        if node.op is None or len(seen) > 5000:
            return []
        into = node.edges
        if node.op.name in _LAYERS:
            behind, weight = True, node.edges[1]
            if _is_dead(node) and weight.__class__ is AccumulateGrad:
                dead.append(weight.variable)
                into = node.edges[1:]
            elif node.edges[0] is None:
                return []
        elif behind and node.op.name != "mul":
            ways = into[:1] if node.op.name in _ONE_WAY else into
            if None in ways:
                return []
        stack.extend((each, behind) for each in into)
    return dead


def _is_dead(node):
    """Whether a layer gets nothing but zeros from a ReLU."""
    relu = _relu_behind(node.edges[0])
    return relu is not None and not bool(relu.saved[0].array.any())


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
    dead = [ref() for ref, looks in SEEN.values() if looks >= LAST // EVERY]
    SEEN.clear()
    dead = [weight for weight in dead if weight is not None]
    if dead:
        found(
            NAME,
            saw=f"the ReLU in front of {name_of(dead[0])} gave only zeros, for every "
            "sample, at backwards 20, 40, 60, 80 and 100, and nothing else leads from "
            "the input to the loss",
            why="A ReLU whose inputs are all below 0 passes no gradient: the layers "
            "before it never move again, and the model gives the same for every sample",
            do="lower the learning rate, look at the biases and the scale of the "
            "inputs, start anew, or use leaky_relu or gelu",
        )


def forget():
    """Start as a fresh process does."""
    SEEN.clear()

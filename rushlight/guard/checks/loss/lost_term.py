"""lost-term: a term of the loss is a number that .item() gave: its gradient is lost.

# Note [Numbers as terms]
# ``loss = one + other.item()`` trains on `one` alone.  A number carries no history, so
# the numbers that .item() gives of tensors with a graph are kept until the next
# backward.  Where one of them, to the last bit, is added to what leads to the loss by
# sums and factors only, it has no effect on any gradient.  Until the step another
# backward may go through the term itself, and a term that shares numbers with the loss
# may be there to correct its value only: neither is named.
"""

import weakref

from rushlight._core.node import AccumulateGrad, Output
from rushlight.guard._places import user_place
from rushlight.guard._recording import are_links, links_of, release, watch
from rushlight.guard._report import found

NAME = "lost-term"
SUMMARY = "a term of the loss is a number, whose gradient is lost"

_SUMS = ("add", "sub", "rsub")
_LINEAR = frozenset(
    "add sub rsub neg mul div to clone view squeeze unsqueeze stack cat sum "
    "mean".split()
)
#: value -> (name of the node it was taken of, weak references to it and to the other
#: operations on single numbers before it), since the last backward.
NUMBERS = {}
_ADDED = []  # (links of the sum, value, line)
#: (node of the term or None, its name, value, line): told at the step if not used.
PENDING = []


def forget():
    """Start as a fresh process does."""
    _clear()
    PENDING.clear()


def _clear():
    NUMBERS.clear()
    _ADDED.clear()
    for name in _SUMS:
        release(name, _looking)


def taken(tensor, value):
    """.item() took a number of a tensor that has a graph."""
    edge = tensor._edge
    node = edge.node if edge.__class__ is Output else edge
    if value.__class__ is not float or value == 0 or node.__class__ is AccumulateGrad:
        return
    if _is_used(node) or len(NUMBERS) > 64:
        return
    own = _behind(node, 16, lambda n: n is node or n.shape == ())
    NUMBERS[value] = node.name(), weakref.ref(node), [weakref.ref(n) for n in own]
    for name in _SUMS:
        watch(name, _looking)


def _looking(inputs, result):
    if result._array.size != 1:
        return
    for value in inputs:
        if value.__class__ is float and value in NUMBERS:
            _ADDED.append((links_of(inputs), value, user_place()))
            del _ADDED[:-64]


def _is_used(node):
    """Whether a backward has gone through a node."""
    for _ in range(32):
        if node.saved != ():
            return node.saved is None
        node = next((e for e in node.edges if e is not None), None)
        node = node.node if node.__class__ is Output else node
        if node is None or node.__class__ is AccumulateGrad:
            return False
    return False


def starting(tensor):
    """backward() begins at a loss, and numbers were taken before."""
    if _ADDED:
        graph = _behind(tensor._edge, 2000, lambda n: True)
        for _, value, place in _terms(tensor._edge):
            name, ref, own = NUMBERS[value]
            if all(each() not in graph for each in own):
                PENDING.append((ref(), name, value, place))
                del PENDING[:-8]
    _clear()


def _terms(edge):
    """The sums with a number that lead to a loss by sums and factors."""
    stack, steps = [edge], 0
    while stack and steps < 64:
        steps += 1
        node = stack.pop()
        if node is None or node.__class__ in (AccumulateGrad, Output):
            continue
        name = getattr(node.op, "name", None)
        if name not in _LINEAR:
            continue
        if name in _SUMS:
            yield from [a for a in _ADDED if are_links(a[0], node.edges)]
        stack.extend(node.edges)


def _behind(edge, most, wanted):
    seen, stack = set(), [edge]
    while stack and len(seen) < most:
        node = stack.pop()
        node = node.node if node.__class__ is Output else node
        if node is None or node in seen or node.__class__ is AccumulateGrad:
            continue
        if wanted(node):
            seen.add(node)
            stack.extend(node.edges)
    return seen


def stepping(closure):
    """step() is about to run: which terms did no backward go through?"""
    for node, name, value, place in PENDING:
        if closure is None and (node is None or not _is_used(node)):
            _say(name, value, place)
    PENDING.clear()


def _say(name, value, place):
    found(
        NAME,
        saw=f"the loss adds {value:.4g}, a number that .item() (or float()) took of a "
        f"tensor made by {name}",
        why="A number has no graph: the term changes the loss that is printed, and no "
        "gradient",
        do="add the tensor itself; take .item() of what you print",
        place=place,
    )
